/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing vfio-trace serve: arbitrary heads of requests
 *
 * Anybody on the machine can connect.  No request opens the page that has
 * neither the token nor a session's path and cookie, whatever else it has; the
 * token is valid once.  In the input, 0x01 is the token, 0x02 a session's path
 * and 0x03 its secret.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "tools/serve/gate.h"
#include "tools/serve/update.h"

#define PORT 4711

/**
 * struct Secrets: what a browser knows
 * @token: the token that is valid
 * @path: a session's path, without slashes
 * @secret: its cookie's value
 */
typedef struct Secrets {
    char *token;
    char *path;
    char *secret;
} Secrets;

static char *take_token(ServeGate *gate)
{
    g_autofree char *address = serve_gate_invite(gate);

    return g_strdup(strchr(address, '=') + 1);
}

static void make_session(ServeGate *gate, Secrets *secrets)
{
    g_autofree char *token = take_token(gate);
    g_autofree char *head = g_strdup_printf("GET /?token=%s HTTP/1.1\r\n"
                                            "Host: 127.0.0.1:%d\r\n\r\n",
                                            token, PORT);
    ServeRequest request;
    ServePass pass;

    fuzz_check(!serve_request_parse(&request, head, strlen(head)), "%s",
               head);
    pass = serve_gate_check(gate, &request);
    fuzz_check(pass.verdict == SERVE_ENTERS, "%d", pass.verdict);
    secrets->path = g_strndup(pass.location + 1, strlen(pass.location) - 2);
    *strchr(pass.cookie, ';') = '\0';
    secrets->secret = g_strdup(strchr(pass.cookie, '=') + 1);
    secrets->token = take_token(gate);
    serve_pass_clear(&pass);
    serve_request_clear(&request);
}

static GString *expand(const uint8_t *data, size_t size,
                       const Secrets *secrets)
{
    GString *head = g_string_new(NULL);
    size_t i;

    for (i = 0; i < size && head->len < SERVE_HEAD_MAX; i++) {
        if (data[i] == 1) {
            g_string_append(head, secrets->token);
        } else if (data[i] == 2) {
            g_string_append(head, secrets->path);
        } else if (data[i] == 3) {
            g_string_append(head, secrets->secret);
        } else {
            g_string_append_c(head, data[i]);
        }
    }
    return head;
}

static bool has(const GString *head, const char *text)
{
    return memmem(head->str, head->len, text, strlen(text)) != NULL;
}

static void check_pass(const ServePass *pass, const GString *head,
                       const Secrets *secrets)
{
    switch (pass->verdict) {
    case SERVE_ENTERS:
        fuzz_check(has(head, secrets->token), "%s", head->str);
        fuzz_check(pass->location && pass->cookie, "%s", head->str);
        break;
    case SERVE_PASSES:
        fuzz_check(has(head, secrets->path) && has(head, secrets->secret),
                   "%s", head->str);
        fuzz_check(*pass->path == '/', "'%s'", pass->path);
        break;
    case SERVE_REFUSED:
        fuzz_check(!pass->location && !pass->cookie, "%s", head->str);
        break;
    }
}

static void check_request(ServeGate *gate, const GString *head,
                          const Secrets *secrets)
{
    ServePosition position = { 0 };
    ServeRequest request;
    ServePass pass;

    if (serve_request_parse(&request, head->str, head->len)) {
        serve_request_clear(&request);
        return;
    }
    fuzz_check(*request.path == '/', "'%s'", request.path);
    serve_position_parse(&position, request.headers[SERVE_LAST_EVENT_ID],
                         "x");
    pass = serve_gate_check(gate, &request);
    check_pass(&pass, head, secrets);
    if (pass.verdict == SERVE_ENTERS) {
        ServePass again = serve_gate_check(gate, &request);

        fuzz_check(again.verdict == SERVE_REFUSED, "%s", head->str);
    }
    serve_pass_clear(&pass);
    serve_request_clear(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(ServeGate) gate = serve_gate_new(PORT);
    Secrets secrets;
    GString *head;

    make_session(gate, &secrets);
    head = expand(data, size, &secrets);
    check_request(gate, head, &secrets);
    g_string_free(head, TRUE);
    g_free(secrets.token);
    g_free(secrets.path);
    g_free(secrets.secret);
    return 0;
}
