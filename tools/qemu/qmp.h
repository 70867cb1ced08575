/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a small QMP client
 *
 * Synchronous: one command, one answer; events in between are dropped. A
 * listener takes events, and runs no commands.
 * Every wait has a time limit.
 */
#ifndef VFIO_TRACE_QMP_H
#define VFIO_TRACE_QMP_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Default time limit for each answer, in seconds */
#define QMP_TIMEOUT_DEFAULT 10

/* Largest time limit, in seconds: a day */
#define QMP_TIMEOUT_MAX 86400

typedef struct QmpClient QmpClient;

#define QMP_ERROR qmp_error_quark()

/**
 * qmp_error_quark() - the domain of the errors below
 */
GQuark qmp_error_quark(void);

/* Reasons why a command failed */
typedef enum QmpError {
    QMP_ERROR_CONNECTION,   /* the client can't be used any more */
    QMP_ERROR_NO_COMMAND,   /* QEMU does not have the command */
    QMP_ERROR_REFUSED,      /* QEMU refused it; other commands may work */
} QmpError;

/**
 * qmp_connect() - connect to QEMU and agree on QMP
 * @path: its UNIX socket
 * @timeout_ms: time limit for each answer
 * @error: where to store why not, with the socket and the remedy
 *
 * Return: the client, or NULL
 */
QmpClient *qmp_connect(const char *path, int timeout_ms, GError **error);

/**
 * qmp_execute() - run a command and wait for its answer
 * @client: the client
 * @command: the command's name
 * @arguments: its arguments, or NULL; ownership is taken
 * @error: where to store why not
 *
 * Return: the command's return value, to be freed with json_node_unref(); or
 *         NULL with a QMP_ERROR
 */
JsonNode *qmp_execute(QmpClient *client, const char *command,
                      JsonObject *arguments, GError **error);

/**
 * qmp_execute_fd() - run a command that takes a descriptor, as "getfd"
 * @client: the client
 * @command: as for qmp_execute()
 * @arguments: as for qmp_execute()
 * @fd: the descriptor, of which QEMU gets a copy; -1 for none
 * @error: as for qmp_execute()
 *
 * Return: as qmp_execute()
 */
JsonNode *qmp_execute_fd(QmpClient *client, const char *command,
                         JsonObject *arguments, int fd, GError **error);

/**
 * QmpOnEvent - take an event
 * @opaque: of qmp_new_listener()
 * @name: the event's name: "RESET"
 * @data: its data, or NULL; valid during the call only
 */
typedef void QmpOnEvent(void *opaque, const char *name, JsonObject *data);

/**
 * qmp_new_listener() - listen to the events of a QEMU that may not run yet
 * @fd: one of two connected sockets, of which QEMU has the other one as a
 *      monitor; the client closes it
 * @on_event: called for each event
 * @opaque: for @on_event
 *
 * Unlike a client that runs commands, it never gives up on a QEMU that does not
 * answer in time, so it misses no event.
 *
 * Return: the client, for qmp_fd(), qmp_read_events() and qmp_close() only; or
 *         NULL
 */
QmpClient *qmp_new_listener(int fd, QmpOnEvent *on_event, void *opaque);

/**
 * qmp_fd() - get the socket's descriptor, to wait for events
 * @client: the client
 */
int qmp_fd(const QmpClient *client);

/**
 * qmp_read_events() - read once, and take the events
 * @client: the client, of which qmp_fd() is readable
 * @error: where to store why the client can't be used any more
 */
bool qmp_read_events(QmpClient *client, GError **error);

/**
 * qmp_take_return() - get the return value from QEMU's answer
 * @where: prefix of errors: the socket or the domain
 * @command: the command's name
 * @answer: the answer; not changed
 * @error: where to store why there is none
 *
 * For answers that were not received by a QmpClient, too.
 *
 * Return: as qmp_execute()
 */
JsonNode *qmp_take_return(const char *where, const char *command,
                          JsonObject *answer, GError **error);

/**
 * qmp_close() - disconnect
 * @client: the client, or NULL
 */
void qmp_close(QmpClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QmpClient, qmp_close)

#endif /* VFIO_TRACE_QMP_H */
