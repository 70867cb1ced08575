/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: one 'vfio-trace run', as it is remembered if it is killed
 *
 *     session.c       a session
 *     session-file.c  its file
 *     session-json.c  what is in the file
 *     session-log.c   the log of a QEMU that has a user of its own
 *     session-uid.c   the users that QEMUs get
 *     bind.c          takes a device from its driver, and gives it back
 *     bind-holder.c   who has a device open
 *     give-back.c     gives back all devices of a session
 *     proc-id.c       which process that was
 */
#ifndef VFIO_TRACE_SESSION_H
#define VFIO_TRACE_SESSION_H

#include <glib.h>
#include <stdbool.h>

#include "tools/session/proc-id.h"

#define SESSION_ERROR session_error_quark()

/**
 * session_error_quark() - the domain of the errors below
 */
GQuark session_error_quark(void);

typedef enum SessionError {
    SESSION_ERROR_IO,       /* the directory or a file can't be used */
    SESSION_ERROR_CONTENT,  /* that is no session's file */
    SESSION_ERROR_LOCKED,   /* another vfio-trace is at work */
} SessionError;

/**
 * session_error() - set an error of the domain above
 * @error: where to
 * @code: which
 * @fmt: the message
 *
 * Return: false
 */
bool session_error(GError **error, SessionError code, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * struct Session: one run
 * @name: address of its first device
 * @run: the process that made it
 * @qemu: its QEMU; no process as long as there is none
 * @qmp: the socket where other tools can reach QEMU
 * @log: the log
 * @uid: QEMU's user, if it is one of its own; else 0
 * @work: that directory, or NULL (session-log.h)
 * @devices: an array of BindState: what the devices were like
 */
typedef struct Session {
    char *name;
    ProcId run;
    ProcId qemu;
    char *qmp;
    char *log;
    uid_t uid;
    char *work;
    GPtrArray *devices;
} Session;

/**
 * session_new() - a session of this process, without a QEMU or devices yet
 * @name: address of its first device
 * @qmp: path of the socket
 * @log: path of the log
 */
Session *session_new(const char *name, const char *qmp, const char *log);

/**
 * session_dir() - where sessions' files are
 *
 * Return: $VFIO_TRACE_RUN_DIR, or /run/vfio-trace
 */
const char *session_dir(void);

/**
 * session_path() - a path below session_dir()
 * @name: name of a session
 * @suffix: what follows it
 */
char *session_path(const char *name, const char *suffix);

/**
 * session_alive() - does the process of a session still run?
 * @session: the session
 */
bool session_alive(const Session *session);

/**
 * session_has() - is a device one of a session's?
 * @session: the session
 * @bdf: the device's address
 */
bool session_has(const Session *session, const char *bdf);

/**
 * session_free() - forget a session
 * @session: the session, or NULL
 */
void session_free(Session *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

#endif /* VFIO_TRACE_SESSION_H */
