/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: who may see the page (see gate.h)
 */
#include "tools/serve/gate.h"

#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#define TOKEN_KEY "token="
#define COOKIE_KEY "vfio-trace="

/* Digits of a random number, and the final NUL */
#define TOKEN_ROOM (2 * SERVE_TOKEN_BYTES + 1)
#define PATH_ROOM  (2 * SERVE_PATH_BYTES + 1)

/**
 * struct Session: a browser that has shown a token
 * @path: its path, without slashes; "" if there is no session
 * @secret: its cookie's value
 */
typedef struct Session {
    char path[PATH_ROOM];
    char secret[TOKEN_ROOM];
} Session;

/**
 * struct ServeGate: who may see the page
 * @port: the port
 * @token: the token; "" if there is none
 * @sessions: the sessions
 * @next: the one that the next browser gets
 */
struct ServeGate {
    unsigned port;
    char token[TOKEN_ROOM];
    Session sessions[SERVE_SESSIONS];
    unsigned next;
};

/* --- secrets ------------------------------------------------------------- */

/* Random digits, of the kernel */
static void make_secret(char *text, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char random[SERVE_TOKEN_BYTES];
    size_t i;

    if (getrandom(random, bytes, 0) != (ssize_t)bytes) {
        g_error("the kernel has no random numbers");
    }
    for (i = 0; i < bytes; i++) {
        *text++ = digits[random[i] >> 4];
        *text++ = digits[random[i] & 15];
    }
    *text = 0;
}

/*
 * Compare all of it, whatever comes first: how long it takes must not tell how
 * much of a guess is right.  The length is no secret.
 */
static bool is_secret(const char *text, size_t len, const char *secret)
{
    /* volatile, so that the compiler does not end the loop early */
    volatile unsigned char different = 0;
    size_t i;

    if (!*secret || len != strlen(secret)) {
        return false;
    }
    for (i = 0; i < len; i++) {
        different |= text[i] ^ secret[i];
    }
    return !different;
}

/* --- where a request comes from ------------------------------------------ */

/* "127.0.0.1:PORT" or "localhost:PORT", after @prefix */
static bool is_ours(const ServeGate *gate, const char *text,
                    const char *prefix)
{
    static const char *const hosts[] = { "127.0.0.1", "localhost" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *ours = g_strdup_printf("%s%s:%u", prefix, hosts[i],
                                                gate->port);

        if (!g_ascii_strcasecmp(text, ours)) {
            return true;
        }
    }
    return false;
}

/*
 * A click on a link elsewhere, in a mail for example, is a navigation, and may
 * show the page; scripts and elements of other pages may not ask for it.  The
 * cookie is SameSite=Lax for that: a browser would not send a strict one after
 * the redirect.
 */
static bool is_foreign(const ServeRequest *request)
{
    const char *site = request->headers[SERVE_FETCH_SITE];
    const char *mode = request->headers[SERVE_FETCH_MODE];

    return site && strcmp(site, "same-origin") && strcmp(site, "none") &&
           (!mode || strcmp(mode, "navigate"));
}

static bool is_at_home(const ServeGate *gate, const ServeRequest *request)
{
    const char *host = request->headers[SERVE_HOST];
    const char *origin = request->headers[SERVE_ORIGIN];

    return host && is_ours(gate, host, "") &&
           (!origin || is_ours(gate, origin, "http://")) &&
           !is_foreign(request);
}

/* --- tokens and sessions ------------------------------------------------- */

static ServePass enter(ServeGate *gate)
{
    Session *session = &gate->sessions[gate->next];

    gate->next = (gate->next + 1) % SERVE_SESSIONS;
    gate->token[0] = 0;
    make_secret(session->path, SERVE_PATH_BYTES);
    make_secret(session->secret, SERVE_TOKEN_BYTES);
    return (ServePass) {
        .verdict = SERVE_ENTERS,
        .location = g_strdup_printf("/%s/", session->path),
        .cookie = g_strdup_printf(COOKIE_KEY "%s; Path=/%s/; HttpOnly; "
                                  "SameSite=Lax", session->secret,
                                  session->path),
    };
}

static bool has_token(const ServeGate *gate, const ServeRequest *request)
{
    const char *query = request->query;

    return !strcmp(request->path, "/") && query &&
           g_str_has_prefix(query, TOKEN_KEY) &&
           is_secret(query + strlen(TOKEN_KEY),
                     strlen(query) - strlen(TOKEN_KEY), gate->token);
}

/* "NAME=VALUE; NAME=VALUE": is one of them the session's? */
static bool has_cookie(const ServeRequest *request, const Session *session)
{
    const char *p = request->headers[SERVE_COOKIE];

    while (p) {
        size_t len;

        p += strspn(p, "; ");
        len = strcspn(p, "; ");
        if (g_str_has_prefix(p, COOKIE_KEY) &&
            is_secret(p + strlen(COOKIE_KEY), len - strlen(COOKIE_KEY),
                      session->secret)) {
            return true;
        }
        p = strchr(p, ';');
    }
    return false;
}

static const Session *find_session(const ServeGate *gate,
                                   const ServeRequest *request)
{
    const char *name = request->path + 1;
    size_t len = strcspn(name, "/");
    unsigned i;

    for (i = 0; name[len] && i < SERVE_SESSIONS; i++) {
        const Session *session = &gate->sessions[i];

        if (is_secret(name, len, session->path) &&
            has_cookie(request, session)) {
            return session;
        }
    }
    return NULL;
}

ServePass serve_gate_check(ServeGate *gate, const ServeRequest *request)
{
    const Session *session;

    if (!is_at_home(gate, request) || strcmp(request->method, "GET")) {
        return (ServePass) { .verdict = SERVE_REFUSED };
    }
    if (has_token(gate, request)) {
        return enter(gate);
    }
    session = find_session(gate, request);
    if (session) {
        return (ServePass) {
            .verdict = SERVE_PASSES,
            .session = session - gate->sessions,
            .path = request->path + PATH_ROOM,
        };
    }
    return (ServePass) { .verdict = SERVE_REFUSED };
}

void serve_pass_clear(ServePass *pass)
{
    g_clear_pointer(&pass->location, g_free);
    g_clear_pointer(&pass->cookie, g_free);
}

ServeGate *serve_gate_new(unsigned port)
{
    ServeGate *gate = g_new0(ServeGate, 1);

    gate->port = port;
    return gate;
}

char *serve_gate_invite(ServeGate *gate)
{
    make_secret(gate->token, SERVE_TOKEN_BYTES);
    return g_strdup_printf("http://127.0.0.1:%u/?" TOKEN_KEY "%s", gate->port,
                           gate->token);
}

void serve_gate_free(ServeGate *gate)
{
    g_free(gate);
}
