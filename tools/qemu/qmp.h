/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a small QMP client
 *
 * Synchronous: one command, one answer; events in between are dropped.
 * Every wait has an end.
 */
#ifndef VFIO_TRACE_QMP_H
#define VFIO_TRACE_QMP_H

#include <json-glib/json-glib.h>

/* Seconds that QEMU is given for each answer, if the user names none. */
#define QMP_TIMEOUT_DEFAULT 10

/* Longest time that makes sense to wait: a day. */
#define QMP_TIMEOUT_MAX 86400

typedef struct QmpClient QmpClient;

#define QMP_ERROR qmp_error_quark()

/**
 * qmp_error_quark() - the domain of the errors below
 */
GQuark qmp_error_quark(void);

/* Why there is no answer to a command. */
typedef enum QmpError {
    QMP_ERROR_CONNECTION,   /* the client is of no use any more */
    QMP_ERROR_NO_COMMAND,   /* QEMU does not know it */
    QMP_ERROR_REFUSED,      /* QEMU does not want it; others may do */
} QmpError;

/**
 * qmp_connect() - connect to QEMU and agree on QMP
 * @path: its UNIX socket
 * @timeout_ms: how long each answer may take
 * @error: where to store why not: the socket and the remedy
 *
 * Return: the client, or NULL
 */
QmpClient *qmp_connect(const char *path, int timeout_ms, GError **error);

/**
 * qmp_execute() - run a command and wait for its answer
 * @client: the client
 * @command: the command's name
 * @arguments: its arguments, or NULL; taken over
 * @error: where to store why not
 *
 * Return: what the command returned, to be freed with json_node_unref();
 *         or NULL with a QMP_ERROR
 */
JsonNode *qmp_execute(QmpClient *client, const char *command,
                      JsonObject *arguments, GError **error);

/**
 * qmp_take_return() - what QEMU returned in its answer
 * @where: what errors begin with: the socket, the domain
 * @command: the command's name
 * @answer: the answer; keeps what is in it
 * @error: where to store why there is nothing
 *
 * For answers that came another way than over a QmpClient's socket.
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
