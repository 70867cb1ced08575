/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a small QMP client (see qmp.h)
 *
 * Theory of operation
 *
 * The socket never blocks; every wait is a poll with the time that is left.
 * QEMU sends one JSON object after the other, each on one line or, with
 * pretty=on, on several: an object's end is found by its brackets.
 */
#include "tools/qemu/qmp.h"

#include "tools/common/json-read.h"
#include "tools/common/tool.h"

#include <gio/gio.h>
#include <gio/gunixfdmessage.h>
#include <gio/gunixsocketaddress.h>
#include <stdbool.h>
#include <string.h>

/* It is only read when there is something to read. */
#define LISTENER_TIMEOUT_US G_USEC_PER_SEC

/* Maximum size of an answer; all valid ones are much smaller. */
#define ANSWER_MAX (64u * 1024 * 1024)

/**
 * struct QmpClient
 * @path: path of the socket, for messages
 * @socket: the connection
 * @timeout_us: time limit for each answer
 * @deadline: of the current answer, in monotonic microseconds
 * @next_id: ID of the next command, which its answer repeats
 * @in: bytes received and not yet parsed
 * @on_event: called for each event, or NULL
 * @opaque: for @on_event
 */
struct QmpClient {
    char *path;
    GSocket *socket;
    gint64 timeout_us;
    gint64 deadline;
    gint64 next_id;
    GByteArray *in;
    QmpOnEvent *on_event;
    void *opaque;
};

GQuark qmp_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-qmp");
}

static void set_error_code(GError **error, const char *where, QmpError code,
                           const char *fmt, ...) G_GNUC_PRINTF(4, 5);

static void set_error_code(GError **error, const char *where, QmpError code,
                           const char *fmt, ...)
{
    g_autofree char *message = NULL;
    va_list ap;

    va_start(ap, fmt);
    message = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    /*
     * The program at the other end of the socket need not be QEMU: its text
     * must not control the terminal.
     */
    tool_printable(message);
    g_set_error(error, QMP_ERROR, code, "%s: %s", where, message);
}

#define set_error(error, client, ...) \
    set_error_code(error, (client)->path, QMP_ERROR_CONNECTION, __VA_ARGS__)

static bool wait_for(QmpClient *client, GIOCondition condition,
                     const char *what, GError **error)
{
    gint64 left = client->deadline - g_get_monotonic_time();
    g_autoptr(GError) local = NULL;

    if (left > 0 &&
        g_socket_condition_timed_wait(client->socket, condition, left, NULL,
                                      &local)) {
        return true;
    }
    if (left <= 0 || g_error_matches(local, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
        set_error(error, client, "%s within %g s", what,
                  client->timeout_us / 1e6);
    } else {
        set_error(error, client, "%s", local->message);
    }
    return false;
}

/* Receive more bytes from QEMU. */
static bool receive(QmpClient *client, const char *late, GError **error)
{
    guint8 buf[16384];
    g_autoptr(GError) local = NULL;
    gssize n;

    if (!wait_for(client, G_IO_IN, late, error)) {
        return false;
    }
    n = g_socket_receive(client->socket, (char *)buf, sizeof(buf), NULL,
                         &local);
    if (n < 0 && g_error_matches(local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        return true;
    }
    if (n < 0) {
        set_error(error, client, "%s", local->message);
        return false;
    }
    if (n == 0) {
        set_error(error, client, "QEMU closed the connection; did it end?");
        return false;
    }
    if (client->in->len + n > ANSWER_MAX) {
        set_error(error, client, "the answer has more than %u bytes",
                  ANSWER_MAX);
        return false;
    }
    g_byte_array_append(client->in, buf, n);
    return true;
}

/* Take an object of @len bytes, as json_scan() has found it. */
static JsonNode *take_object(QmpClient *client, gssize len, GError **error)
{
    JsonNode *object = len > 0 ?
                       json_read_object((char *)client->in->data, len) : NULL;

    if (object) {
        g_byte_array_remove_range(client->in, 0, len);
    } else {
        set_error(error, client,
                  "not a QMP socket: it does not send JSON (is it a human monitor, or a console?)");
    }
    return object;
}

/* Receive the next object from QEMU. */
static JsonNode *receive_object(QmpClient *client, const char *late,
                                GError **error)
{
    JsonScan scan = { 0 };
    gssize len;

    for (;;) {
        len = json_scan(&scan, (char *)client->in->data, client->in->len);
        if (len) {
            return take_object(client, len, error);
        }
        if (!receive(client, late, error)) {
            return NULL;
        }
    }
}

/* Send the first bytes of a command, with a descriptor if @fd is not -1. */
static gssize send_some(QmpClient *client, const char *p, gsize len, int fd,
                        GError **error)
{
    GOutputVector vector = { p, len };
    g_autoptr(GSocketControlMessage) message = NULL;

    if (fd < 0) {
        return g_socket_send(client->socket, p, len, NULL, error);
    }
    message = g_unix_fd_message_new();
    if (!g_unix_fd_message_append_fd(G_UNIX_FD_MESSAGE(message), fd, error)) {
        return -1;
    }
    return g_socket_send_message(client->socket, NULL, &vector, 1, &message, 1,
                                 G_SOCKET_MSG_NONE, NULL, error);
}

static bool send_object(QmpClient *client, JsonNode *node, int fd,
                        GError **error)
{
    g_autofree char *text = json_to_string(node, FALSE);
    g_autofree char *line = g_strconcat(text, "\r\n", NULL);
    gsize len = strlen(line);
    gsize done = 0;

    while (done < len) {
        g_autoptr(GError) local = NULL;
        gssize n;

        if (!wait_for(client, G_IO_OUT, "QEMU did not take the command",
                      error)) {
            return false;
        }
        n = send_some(client, line + done, len - done, done ? -1 : fd, &local);
        if (n >= 0) {
            done += n;
        } else if (!g_error_matches(local, G_IO_ERROR,
                                    G_IO_ERROR_WOULD_BLOCK)) {
            set_error(error, client, "%s", local->message);
            return false;
        }
    }
    return true;
}

/* Set @error from the answer's "error"; @refused is the usual code. */
static void set_qemu_error(GError **error, const char *where,
                           QmpError refused, const char *command,
                           JsonObject *answer)
{
    JsonNode *node = json_object_get_member(answer, "error");
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT(node) ?
                         json_node_get_object(node) : NULL;
    const char *class = object ? json_read_str(object, "class") : NULL;
    const char *desc = object ? json_read_str(object, "desc") : NULL;

    if (!g_strcmp0(class, "CommandNotFound")) {
        set_error_code(error, where, QMP_ERROR_NO_COMMAND,
                       "this QEMU has no command %s: it was built without vfio-trace, or with an older version; build and install QEMU again, and start the guest with it",
                       command);
    } else {
        set_error_code(error, where, refused, "%s", desc ? desc :
                       "QEMU refused and gave no reason");
    }
}

JsonNode *qmp_take_return(const char *where, const char *command,
                          JsonObject *answer, GError **error)
{
    JsonNode *node = json_object_get_member(answer, "return");

    if (!node || json_object_has_member(answer, "error")) {
        set_qemu_error(error, where, QMP_ERROR_REFUSED, command, answer);
        return NULL;
    }
    return json_node_copy(node);
}

static bool is_answer(JsonObject *object, gint64 id)
{
    JsonNode *node = json_object_get_member(object, "id");

    return (json_object_has_member(object, "return") ||
            json_object_has_member(object, "error")) &&
           node && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_INT64 &&
           json_node_get_int(node) == id;
}

JsonNode *qmp_execute_fd(QmpClient *client, const char *command,
                         JsonObject *arguments, int fd, GError **error)
{
    g_autoptr(JsonNode) request = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    gint64 id = client->next_id++;

    json_object_set_string_member(object, "execute", command);
    if (arguments) {
        json_object_set_object_member(object, "arguments", arguments);
    }
    json_object_set_int_member(object, "id", id);
    json_node_take_object(request, object);

    client->deadline = g_get_monotonic_time() + client->timeout_us;
    if (!send_object(client, request, fd, error)) {
        return NULL;
    }
    for (;;) {
        g_autoptr(JsonNode) answer =
            receive_object(client, "QEMU did not answer", error);

        if (!answer) {
            return NULL;
        }
        object = json_node_get_object(answer);
        if (json_object_has_member(object, "event") ||
            !is_answer(object, id)) {
            /*
             * An error without an ID is about the connection: QEMU could not
             * parse the command.
             */
            if (json_object_has_member(object, "error") &&
                !json_object_has_member(object, "id")) {
                set_qemu_error(error, client->path, QMP_ERROR_CONNECTION,
                               command, object);
                return NULL;
            }
            continue;
        }
        return qmp_take_return(client->path, command, object, error);
    }
}

JsonNode *qmp_execute(QmpClient *client, const char *command,
                      JsonObject *arguments, GError **error)
{
    return qmp_execute_fd(client, command, arguments, -1, error);
}

/* Pass an object on if it is an event. */
static void take_event(const QmpClient *client, JsonObject *object)
{
    const char *name = json_read_str(object, "event");

    if (name && client->on_event) {
        client->on_event(client->opaque, name,
                         json_read_object_member(object, "data"));
    }
}

/* Pass on all that has come. */
static void take_events(QmpClient *client)
{
    gssize len;

    do {
        JsonScan scan = { 0 };
        g_autoptr(JsonNode) object = NULL;

        len = json_scan(&scan, (char *)client->in->data, client->in->len);
        object = len > 0 ? take_object(client, len, NULL) : NULL;
        if (!object) {
            return;
        }
        take_event(client, json_node_get_object(object));
    } while (len > 0);
}

int qmp_fd(const QmpClient *client)
{
    return g_socket_get_fd(client->socket);
}

bool qmp_read_events(QmpClient *client, GError **error)
{
    client->deadline = g_get_monotonic_time() + client->timeout_us;
    if (!receive(client, "QEMU sent nothing", error)) {
        return false;
    }
    take_events(client);
    return true;
}

/* Remedy for an error of g_socket_connect() */
static const char *remedy_of(const GError *error)
{
    static const struct {
        GIOErrorEnum code;
        const char *remedy;
    } remedies[] = {
        { G_IO_ERROR_NOT_FOUND,
          "; start QEMU with -qmp unix:PATH,server=on,wait=off and name this PATH"
        },
        { G_IO_ERROR_PERMISSION_DENIED,
          "; run this as the user that runs QEMU, or as root" },
        { G_IO_ERROR_CONNECTION_REFUSED,
          "; it is not a socket, or the QEMU that made it has ended" },
        { G_IO_ERROR_WOULD_BLOCK,
          "; other clients are waiting for this socket: give QEMU a second -qmp for this tool"
        },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(remedies); i++) {
        if (g_error_matches(error, G_IO_ERROR, remedies[i].code)) {
            return remedies[i].remedy;
        }
    }
    return "";
}

static bool open_socket(QmpClient *client, GError **error)
{
    g_autoptr(GSocketAddress) address = NULL;
    g_autoptr(GError) local = NULL;

    if (strlen(client->path) > 107) {
        set_error(error, client,
                  "the path of a UNIX socket can't be longer than 107 bytes");
        return false;
    }
    client->socket = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &local);
    if (!client->socket) {
        set_error(error, client, "%s", local->message);
        return false;
    }
    g_socket_set_blocking(client->socket, FALSE);
    address = g_unix_socket_address_new(client->path);
    if (g_socket_connect(client->socket, address, NULL, &local)) {
        return true;
    }
    set_error(error, client, "%s%s", local->message, remedy_of(local));
    return false;
}

/*
 * QEMU accepts a client in one thread and emits events in any: an event can
 * reach a client before its greeting.
 */
static JsonNode *receive_greeting(QmpClient *client, GError **error)
{
    for (;;) {
        g_autoptr(JsonNode) node =
            receive_object(client,
                           "no greeting from QEMU (it serves one client for each socket: is another one connected?)",
                           error);

        if (!node || !json_object_has_member(json_node_get_object(node),
                                             "event")) {
            return g_steal_pointer(&node);
        }
    }
}

static bool greet(QmpClient *client, GError **error)
{
    g_autoptr(JsonNode) greeting = NULL;
    g_autoptr(JsonNode) answer = NULL;

    client->deadline = g_get_monotonic_time() + client->timeout_us;
    greeting = receive_greeting(client, error);
    if (!greeting) {
        return false;
    }
    if (!json_object_has_member(json_node_get_object(greeting), "QMP")) {
        set_error(error, client,
                  "not a QMP socket: it sends JSON, but not QEMU's greeting (is it a guest agent's?)");
        return false;
    }
    answer = qmp_execute(client, "qmp_capabilities", NULL, error);
    return answer;
}

QmpClient *qmp_connect(const char *path, int timeout_ms, GError **error)
{
    g_autoptr(QmpClient) client = g_new0(QmpClient, 1);

    client->path = g_strdup(path);
    client->timeout_us = (gint64)timeout_ms * 1000;
    client->next_id = 1;
    client->in = g_byte_array_new();
    if (!open_socket(client, error) || !greet(client, error)) {
        return NULL;
    }
    return g_steal_pointer(&client);
}

QmpClient *qmp_new_listener(int fd, QmpOnEvent *on_event, void *opaque)
{
    static const char hello[] = "{\"execute\": \"qmp_capabilities\"}\r\n";
    g_autoptr(QmpClient) client = g_new0(QmpClient, 1);

    client->path = g_strdup("QEMU's events");
    client->in = g_byte_array_new();
    client->socket = g_socket_new_from_fd(fd, NULL);
    if (!client->socket) {
        return NULL;
    }
    g_socket_set_blocking(client->socket, FALSE);
    client->timeout_us = LISTENER_TIMEOUT_US;
    client->on_event = on_event;
    client->opaque = opaque;
    return g_socket_send(client->socket, hello, strlen(hello), NULL, NULL) ==
           (gssize)strlen(hello) ? g_steal_pointer(&client) : NULL;
}

void qmp_close(QmpClient *client)
{
    if (!client) {
        return;
    }
    if (client->socket) {
        g_socket_close(client->socket, NULL);
        g_object_unref(client->socket);
    }
    g_byte_array_unref(client->in);
    g_free(client->path);
    g_free(client);
}
