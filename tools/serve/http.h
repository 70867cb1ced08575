/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: an HTTP server on 127.0.0.1
 *
 * Theory of operation
 *
 * It does what the page needs, and nothing else: one request per connection,
 * without a body; an answer that is complete, or a stream.  All of it is in the
 * main loop, and nothing waits for a client.
 *
 * What clients can take is bounded.  A connection has one piece of a stream
 * that is not sent yet: its owner makes the next one when http_reply_ready(),
 * or in its HttpWant.  A connection whose request does not come, or whose
 * client does not read, is closed after a while.  Of connections that were not
 * admitted, the oldest makes room for the newest: who floods the port does not
 * keep others out for long.
 */
#ifndef VFIO_TRACE_SERVE_HTTP_H
#define VFIO_TRACE_SERVE_HTTP_H

#include <gio/gio.h>
#include <stdbool.h>

#include "tools/serve/request.h"

/* Connections that were not admitted, and all connections */
#define HTTP_STRANGERS   16
#define HTTP_CONNECTIONS 64

/* Seconds for a request to come, and for a client to read something */
#define HTTP_HEAD_SECONDS  10
#define HTTP_WRITE_SECONDS 30

typedef struct HttpServer HttpServer;
typedef struct HttpReply HttpReply;

/**
 * typedef HttpHandle - answer a request, at once or later
 * @reply: the answer
 * @request: the request, valid during the call
 * @opaque: of http_server_new()
 */
typedef void HttpHandle(HttpReply *reply, const ServeRequest *request,
                        void *opaque);

/**
 * struct HttpStream: the owner of a stream
 * @want: called when the next piece can be sent
 * @gone: called when the connection is closed, whoever has closed it; the reply
 *        is freed then
 */
typedef struct HttpStream {
    void (*want)(HttpReply *reply, void *opaque);
    void (*gone)(HttpReply *reply, void *opaque);
} HttpStream;

/**
 * http_server_new() - listen
 * @port: the port, or 0 for any free one
 * @handle: answers requests
 * @opaque: its argument
 * @error: where to store why not
 *
 * Return: the server, or NULL
 */
HttpServer *http_server_new(unsigned port, HttpHandle *handle, void *opaque,
                            GError **error);

/**
 * http_server_port() - get the port
 * @server: the server
 */
unsigned http_server_port(const HttpServer *server);

/**
 * http_server_free() - close all connections, and the port
 * @server: the server, or NULL
 *
 * What was pending ends in the main loop.
 */
void http_server_free(HttpServer *server);

/**
 * http_reply_admit() - the client may be here
 * @reply: the answer to its request
 */
void http_reply_admit(HttpReply *reply);

/**
 * http_reply_send() - answer completely
 * @reply: the answer
 * @status: status of HTTP
 * @type: type of the contents
 * @headers: further headers, each with its line end, or NULL
 * @body: the contents
 *
 * Each answer has headers that keep it out of caches and frames.
 */
void http_reply_send(HttpReply *reply, unsigned status, const char *type,
                     const char *headers, GBytes *body);

/**
 * http_reply_say() - answer with a line of text
 * @reply: the answer
 * @status: status of HTTP
 * @headers: as for http_reply_send()
 * @text: the text
 */
void http_reply_say(HttpReply *reply, unsigned status, const char *headers,
                    const char *text);

/**
 * http_reply_stream() - begin a stream
 * @reply: the answer
 * @type: type of the contents
 * @headers: further headers, or NULL
 * @stream: its owner
 * @opaque: for @stream
 */
void http_reply_stream(HttpReply *reply, const char *type,
                       const char *headers, const HttpStream *stream,
                       void *opaque);

/**
 * http_reply_ready() - can the next piece be sent?
 * @reply: a stream
 */
bool http_reply_ready(const HttpReply *reply);

/**
 * http_reply_piece() - send a piece
 * @reply: a stream that is ready
 * @text: the piece, not empty; the function takes it over
 */
void http_reply_piece(HttpReply *reply, GString *text);

/**
 * http_reply_end() - end a stream as it should
 * @reply: a stream that is ready
 */
void http_reply_end(HttpReply *reply);

/**
 * http_reply_abort() - break the connection
 * @reply: a stream
 */
void http_reply_abort(HttpReply *reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpServer, http_server_free)

#endif /* VFIO_TRACE_SERVE_HTTP_H */
