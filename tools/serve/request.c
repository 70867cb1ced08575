/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: the head of an HTTP request (see request.h)
 */
#include "tools/serve/request.h"

#include <stdbool.h>
#include <string.h>

static const char *const names[SERVE_HEADERS] = {
    [SERVE_HOST] = "Host",
    [SERVE_ORIGIN] = "Origin",
    [SERVE_COOKIE] = "Cookie",
    [SERVE_FETCH_SITE] = "Sec-Fetch-Site",
    [SERVE_FETCH_MODE] = "Sec-Fetch-Mode",
    [SERVE_LAST_EVENT_ID] = "Last-Event-ID",
    [SERVE_LENGTH] = "Content-Length",
    [SERVE_CODING] = "Transfer-Encoding",
};

/*
 * No control characters.  What is not ASCII is none of ours, but browsers send
 * cookies that another server of this machine has set, whatever is in them.
 */
static bool is_plain(const char *head, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = head[i];

        if ((c < ' ' && c != '\r' && c != '\n' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

/* Return: the next line, without its end; NULL if there is none */
static char *take_line(char **rest)
{
    char *line = *rest;
    char *end = strchr(line, '\n');

    if (!end) {
        return NULL;
    }
    *rest = end + 1;
    if (end > line && end[-1] == '\r') {
        end--;
    }
    *end = 0;
    return line;
}

static unsigned parse_first(ServeRequest *request, char *line)
{
    char *path = strchr(line, ' ');
    char *version = path ? strchr(path + 1, ' ') : NULL;
    char *query;

    if (!version || path == line || path[1] != '/' ||
        strchr(version + 1, ' ')) {
        return 400;
    }
    *path++ = 0;
    *version++ = 0;
    if (strcmp(version, "HTTP/1.1") && strcmp(version, "HTTP/1.0")) {
        return 505;
    }
    query = strchr(path, '?');
    if (query) {
        *query++ = 0;
    }
    request->method = line;
    request->path = path;
    request->query = query;
    return 0;
}

static unsigned parse_header(ServeRequest *request, char *line)
{
    char *value = strchr(line, ':');
    size_t i;

    /* A name has no space; a line that begins with one goes on the last one. */
    if (!value || value == line || line + strcspn(line, " \t") < value) {
        return 400;
    }
    *value++ = 0;
    for (i = 0; i < SERVE_HEADERS; i++) {
        if (!g_ascii_strcasecmp(line, names[i])) {
            if (request->headers[i]) {
                return 400;
            }
            request->headers[i] = g_strstrip(value);
        }
    }
    return 0;
}

/* Nobody needs a body here, and what is behind a head is never read. */
static bool has_body(const ServeRequest *request)
{
    const char *length = request->headers[SERVE_LENGTH];

    return request->headers[SERVE_CODING] || (length && strcmp(length, "0"));
}

unsigned serve_request_parse(ServeRequest *request, const char *head,
                             size_t len)
{
    unsigned wrong;
    char *rest;
    char *line;

    *request = (ServeRequest) { .text = g_strndup(head, len) };
    rest = request->text;
    line = is_plain(head, len) ? take_line(&rest) : NULL;
    wrong = line ? parse_first(request, line) : 400;
    while (!wrong && (line = take_line(&rest)) && *line) {
        wrong = parse_header(request, line);
    }
    return wrong ? wrong : line && !has_body(request) ? 0 : 400;
}

void serve_request_clear(ServeRequest *request)
{
    g_clear_pointer(&request->text, g_free);
}
