/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: the head of an HTTP request
 *
 * Anybody on this machine can send one, so the parser takes as little as
 * possible: a head of SERVE_HEAD_MAX bytes, no body, one address per request.
 */
#ifndef VFIO_TRACE_SERVE_REQUEST_H
#define VFIO_TRACE_SERVE_REQUEST_H

#include <glib.h>

#define SERVE_HEAD_MAX 8192

/**
 * enum ServeHeader: the headers that are looked at
 */
typedef enum ServeHeader {
    SERVE_HOST,
    SERVE_ORIGIN,
    SERVE_COOKIE,
    SERVE_FETCH_SITE,
    SERVE_FETCH_MODE,
    SERVE_LAST_EVENT_ID,
    SERVE_LENGTH,
    SERVE_CODING,
    SERVE_HEADERS,
} ServeHeader;

/**
 * struct ServeRequest: a request
 * @method: "GET", for example
 * @path: its path, which begins with '/'; nothing in it is decoded
 * @query: what is behind '?', or NULL
 * @headers: values of headers, NULL if the request does not have them
 * @text: room for all of these
 */
typedef struct ServeRequest {
    const char *method;
    const char *path;
    const char *query;
    const char *headers[SERVE_HEADERS];
    char *text;
} ServeRequest;

/**
 * serve_request_parse() - take a request apart
 * @request: where to store it, to be freed with serve_request_clear()
 * @head: its bytes, up to and with the empty line
 * @len: their number
 *
 * Return: 0, or the status of HTTP that says what is wrong: 400 or 505
 */
unsigned serve_request_parse(ServeRequest *request, const char *head,
                             size_t len);

void serve_request_clear(ServeRequest *request);

#endif /* VFIO_TRACE_SERVE_REQUEST_H */
