/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace serve: an HTTP server on 127.0.0.1 (see http.h)
 */
#include "tools/serve/http.h"

#include <glib-unix.h>
#include <string.h>

/* What all answers say.  The page's own policy allows only what it needs. */
#define HEADERS \
    "Cache-Control: no-store\r\n" \
    "Connection: close\r\n" \
    "Content-Security-Policy: frame-ancestors 'none'\r\n" \
    "Cross-Origin-Opener-Policy: same-origin\r\n" \
    "Cross-Origin-Resource-Policy: same-origin\r\n" \
    "Referrer-Policy: no-referrer\r\n" \
    "X-Content-Type-Options: nosniff\r\n" \
    "X-Frame-Options: DENY\r\n"

/**
 * struct HttpServer: a server
 * @service: accepts connections
 * @handle: answers requests
 * @opaque: its argument
 * @port: the port
 * @replies: all connections, the oldest first
 */
struct HttpServer {
    GSocketService *service;
    HttpHandle *handle;
    void *opaque;
    unsigned port;
    GQueue replies;
};

/**
 * struct HttpReply: a connection
 * @server: the server
 * @connection: GIO's
 * @cancel: ends what is pending
 * @head: what has come of the request
 * @timer: for the rest of it; 0 if there is none
 * @watch: sees that the client has gone; 0 if there is none
 * @admitted: http_reply_admit() was called
 * @closed: it is freed as soon as nothing is pending
 * @pending: something is read or written
 * @last: to be closed when all is written
 * @out: what is written
 * @stream: the stream's owner, or NULL
 * @opaque: its argument
 */
struct HttpReply {
    HttpServer *server;
    GSocketConnection *connection;
    GCancellable *cancel;
    GByteArray *head;
    guint timer;
    guint watch;
    bool admitted;
    bool closed;
    bool pending;
    bool last;
    GBytes *out;
    const HttpStream *stream;
    void *opaque;
};

/* --- end of a connection ------------------------------------------------- */

static void free_reply(HttpReply *reply)
{
    g_object_unref(reply->connection);
    g_object_unref(reply->cancel);
    g_byte_array_unref(reply->head);
    g_clear_pointer(&reply->out, g_bytes_unref);
    g_free(reply);
}

static void stop_timer(HttpReply *reply)
{
    if (reply->timer) {
        g_source_remove(reply->timer);
        reply->timer = 0;
    }
}

static void close_reply(HttpReply *reply)
{
    const HttpStream *stream = reply->stream;

    if (reply->closed) {
        return;
    }
    reply->closed = true;
    g_queue_remove(&reply->server->replies, reply);
    stop_timer(reply);
    if (reply->watch) {
        g_source_remove(reply->watch);
    }
    if (stream) {
        stream->gone(reply, reply->opaque);
    }
    g_cancellable_cancel(reply->cancel);
    if (!reply->pending) {
        free_reply(reply);
    }
}

/* Return: does the reply live on after what was pending? */
static bool settle(HttpReply *reply)
{
    reply->pending = false;
    if (reply->closed) {
        free_reply(reply);
        return false;
    }
    return true;
}

/* --- writing ------------------------------------------------------------- */

static void written(GObject *object, GAsyncResult *result, gpointer opaque)
{
    HttpReply *reply = opaque;
    bool done = g_output_stream_write_all_finish(G_OUTPUT_STREAM(object),
                                                 result, NULL, NULL);

    if (!settle(reply)) {
        return;
    }
    g_clear_pointer(&reply->out, g_bytes_unref);
    if (!done || reply->last) {
        close_reply(reply);
    } else if (reply->stream) {
        reply->stream->want(reply, reply->opaque);
    }
}

static void write_out(HttpReply *reply, GBytes *bytes)
{
    GIOStream *io = G_IO_STREAM(reply->connection);
    gsize len;
    const void *data;

    stop_timer(reply);
    reply->out = bytes;
    reply->pending = true;
    data = g_bytes_get_data(bytes, &len);
    g_output_stream_write_all_async(g_io_stream_get_output_stream(io), data,
                                    len, G_PRIORITY_DEFAULT, reply->cancel,
                                    written, reply);
}

static const char *reason_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        { 200, "OK" }, { 303, "See Other" }, { 400, "Bad Request" },
        { 403, "Forbidden" }, { 404, "Not Found" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" }, { 503, "Service Unavailable" },
        { 505, "HTTP Version Not Supported" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "";
}

static GString *begin_answer(unsigned status, const char *type,
                             const char *headers)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "HTTP/1.1 %u %s\r\n" HEADERS
                           "Content-Type: %s\r\n%s", status,
                           reason_of(status), type, headers ? headers : "");
    return text;
}

void http_reply_send(HttpReply *reply, unsigned status, const char *type,
                     const char *headers, GBytes *body)
{
    GString *text = begin_answer(status, type, headers);
    gsize len;
    const char *data = g_bytes_get_data(body, &len);

    g_string_append_printf(text, "Content-Length: %zu\r\n\r\n", (size_t)len);
    g_string_append_len(text, data, len);
    reply->last = true;
    write_out(reply, g_string_free_to_bytes(text));
}

void http_reply_say(HttpReply *reply, unsigned status, const char *headers,
                    const char *text)
{
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    g_autoptr(GBytes) body = g_bytes_new(line, strlen(line));

    http_reply_send(reply, status, "text/plain; charset=utf-8", headers,
                    body);
}

/* --- streams ------------------------------------------------------------- */

/* A client has no more to say: what it sends, and its end, end the stream. */
static gboolean client_speaks(gint fd, GIOCondition condition,
                              gpointer opaque)
{
    HttpReply *reply = opaque;

    (void)fd;
    (void)condition;
    reply->watch = 0;
    close_reply(reply);
    return G_SOURCE_REMOVE;
}

void http_reply_stream(HttpReply *reply, const char *type,
                       const char *headers, const HttpStream *stream,
                       void *opaque)
{
    GSocket *socket = g_socket_connection_get_socket(reply->connection);
    GString *text = begin_answer(200, type, headers);

    g_string_append(text, "Transfer-Encoding: chunked\r\n\r\n");
    reply->stream = stream;
    reply->opaque = opaque;
    reply->watch = g_unix_fd_add(g_socket_get_fd(socket), G_IO_IN | G_IO_HUP,
                                 client_speaks, reply);
    write_out(reply, g_string_free_to_bytes(text));
}

bool http_reply_ready(const HttpReply *reply)
{
    return !reply->pending && !reply->closed;
}

void http_reply_piece(HttpReply *reply, GString *text)
{
    g_autofree char *size = g_strdup_printf("%zx\r\n", text->len);

    g_string_prepend(text, size);
    g_string_append(text, "\r\n");
    write_out(reply, g_string_free_to_bytes(text));
}

void http_reply_end(HttpReply *reply)
{
    reply->last = true;
    write_out(reply, g_bytes_new_static("0\r\n\r\n", 5));
}

void http_reply_abort(HttpReply *reply)
{
    close_reply(reply);
}

/* --- reading ------------------------------------------------------------- */

/* Return: bytes of a complete head, with the empty line; 0 if it is not */
static size_t head_end(const GByteArray *head)
{
    static const char *const ends[] = { "\r\n\r\n", "\n\n" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ends); i++) {
        const guint8 *end = memmem(head->data, head->len, ends[i],
                                   strlen(ends[i]));

        if (end) {
            return end - head->data + strlen(ends[i]);
        }
    }
    return 0;
}

static void answer(HttpReply *reply, size_t len)
{
    ServeRequest request;
    unsigned wrong = serve_request_parse(&request,
                                         (const char *)reply->head->data,
                                         len);

    if (wrong) {
        http_reply_say(reply, wrong, NULL, reason_of(wrong));
    } else {
        reply->server->handle(reply, &request, reply->server->opaque);
    }
    serve_request_clear(&request);
}

static void read_more(HttpReply *reply);

static void was_read(GObject *object, GAsyncResult *result, gpointer opaque)
{
    HttpReply *reply = opaque;
    g_autoptr(GBytes) bytes =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(object), result,
                                         NULL);
    gsize len = 0;
    const void *data = bytes ? g_bytes_get_data(bytes, &len) : NULL;

    if (!settle(reply)) {
        return;
    }
    if (!len) {
        close_reply(reply);
        return;
    }
    g_byte_array_append(reply->head, data, len);
    len = head_end(reply->head);
    if (len) {
        answer(reply, len);
    } else if (reply->head->len >= SERVE_HEAD_MAX) {
        http_reply_say(reply, 431, NULL, reason_of(431));
    } else {
        read_more(reply);
    }
}

static void read_more(HttpReply *reply)
{
    GIOStream *io = G_IO_STREAM(reply->connection);

    reply->pending = true;
    g_input_stream_read_bytes_async(g_io_stream_get_input_stream(io),
                                    SERVE_HEAD_MAX - reply->head->len,
                                    G_PRIORITY_DEFAULT, reply->cancel,
                                    was_read, reply);
}

/* --- connections --------------------------------------------------------- */

static gboolean too_late(gpointer opaque)
{
    HttpReply *reply = opaque;

    reply->timer = 0;
    close_reply(reply);
    return G_SOURCE_REMOVE;
}

/* The oldest stranger goes if there are too many of them. */
static void make_room(HttpServer *server)
{
    HttpReply *oldest = NULL;
    unsigned strangers = 0;
    GList *i;

    for (i = server->replies.head; i; i = i->next) {
        HttpReply *reply = i->data;

        if (!reply->admitted) {
            oldest = oldest ? oldest : reply;
            strangers++;
        }
    }
    if (strangers >= HTTP_STRANGERS) {
        close_reply(oldest);
    }
}

static gboolean incoming(GSocketService *service,
                         GSocketConnection *connection, GObject *source,
                         gpointer opaque)
{
    HttpServer *server = opaque;
    HttpReply *reply;

    (void)service;
    (void)source;
    make_room(server);
    if (server->replies.length >= HTTP_CONNECTIONS) {
        /* GIO closes what nobody keeps. */
        return TRUE;
    }
    reply = g_new0(HttpReply, 1);
    reply->server = server;
    reply->connection = g_object_ref(connection);
    reply->cancel = g_cancellable_new();
    reply->head = g_byte_array_new();
    g_queue_push_tail(&server->replies, reply);
    g_socket_set_timeout(g_socket_connection_get_socket(connection),
                         HTTP_WRITE_SECONDS);
    reply->timer = g_timeout_add_seconds(HTTP_HEAD_SECONDS, too_late, reply);
    read_more(reply);
    return TRUE;
}

void http_reply_admit(HttpReply *reply)
{
    reply->admitted = true;
}

HttpServer *http_server_new(unsigned port, HttpHandle *handle, void *opaque,
                            GError **error)
{
    g_autoptr(HttpServer) server = g_new0(HttpServer, 1);
    g_autoptr(GInetAddress) host =
        g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new(host, port);
    g_autoptr(GSocketAddress) bound = NULL;

    g_queue_init(&server->replies);
    server->handle = handle;
    server->opaque = opaque;
    server->service = g_socket_service_new();
    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(server->service),
                                       wanted, G_SOCKET_TYPE_STREAM,
                                       G_SOCKET_PROTOCOL_TCP, NULL, &bound,
                                       error)) {
        return NULL;
    }
    server->port =
        g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_signal_connect(server->service, "incoming", G_CALLBACK(incoming),
                     server);
    g_socket_service_start(server->service);
    return g_steal_pointer(&server);
}

unsigned http_server_port(const HttpServer *server)
{
    return server->port;
}

void http_server_free(HttpServer *server)
{
    if (!server) {
        return;
    }
    g_signal_handlers_disconnect_by_data(server->service, server);
    g_socket_service_stop(server->service);
    g_socket_listener_close(G_SOCKET_LISTENER(server->service));
    while (server->replies.head) {
        close_reply(server->replies.head->data);
    }
    g_object_unref(server->service);
    g_free(server);
}
