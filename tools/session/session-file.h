/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what 'vfio-trace run' leaves behind in case that it is killed
 *
 * Theory of operation
 *
 * Each run has a file of JSON in a directory that only its user can look into,
 * named after its first device.  The file is complete and on the disk before
 * anything is done to a device, and goes when the last one is as it was.  So
 * whoever finds one whose process has ended knows what is left to be done.
 *
 * Who makes or clears away such a file holds the directory's lock; the process
 * of a running session changes and removes its own without.
 */
#ifndef VFIO_TRACE_SESSION_FILE_H
#define VFIO_TRACE_SESSION_FILE_H

#include <glib.h>
#include <stdbool.h>

#include "tools/session/proc-id.h"

#define SESSION_FILE_ERROR session_file_error_quark()

/**
 * session_file_error_quark() - the domain of the errors below
 */
GQuark session_file_error_quark(void);

typedef enum SessionFileError {
    SESSION_FILE_ERROR_IO,       /* the directory or a file can't be used */
    SESSION_FILE_ERROR_CONTENT,  /* that is no session's file */
    SESSION_FILE_ERROR_LOCKED,   /* another vfio-trace is at work */
} SessionFileError;

/**
 * struct SessionFile: one run
 * @name: address of its first device
 * @run: the process that made it
 * @qemu: its QEMU; no process as long as there is none
 * @qmp: the socket where other tools can reach QEMU
 * @log: the log
 * @uid: QEMU's user, if it is one of its own; else 0
 * @work: that directory, or NULL (session-log.h)
 * @devices: an array of BindState: what the devices were like
 */
typedef struct SessionFile {
    char *name;
    ProcId run;
    ProcId qemu;
    char *qmp;
    char *log;
    uid_t uid;
    char *work;
    GPtrArray *devices;
} SessionFile;

/**
 * session_file_new() - a session of this process, without a QEMU or devices yet
 * @name: address of its first device
 * @qmp: path of the socket
 * @log: path of the log
 */
SessionFile *session_file_new(const char *name, const char *qmp,
                              const char *log);

/**
 * session_file_dir() - where sessions' files are
 *
 * Return: $VFIO_TRACE_RUN_DIR, or /run/vfio-trace
 */
const char *session_file_dir(void);

/**
 * session_file_path() - a path below session_file_dir()
 * @name: name of a session
 * @suffix: what follows it
 */
char *session_file_path(const char *name, const char *suffix);

/**
 * session_file_prepare_dir() - make the directory, for nobody else to look into
 * @path: the directory
 * @error: where to store why not
 */
bool session_file_prepare_dir(const char *path, GError **error);

/**
 * session_file_lock() - keep other vfio-traces from changing what is there
 * @error: where to store why not
 *
 * Waits for some seconds.
 *
 * Return: a file descriptor, to be closed; or -1
 */
int session_file_lock(GError **error);

/**
 * session_file_save() - write a session's file, on the disk
 * @session: the session
 * @error: where to store why not
 *
 * There is the old file or the new one at any time.
 */
bool session_file_save(const SessionFile *session, GError **error);

/**
 * session_file_text() - what a session's file says
 * @session: the session
 *
 * Return: the text, to be freed
 */
char *session_file_text(const SessionFile *session);

/**
 * session_file_parse() - read a session's file
 * @name: name of the session
 * @text: what the file says; it may say anything
 * @len: bytes of @text
 * @error: where to store what is wrong with it
 *
 * Return: the session, or NULL
 */
SessionFile *session_file_parse(const char *name, const char *text, gsize len,
                       GError **error);

/**
 * session_file_load() - read a session's file
 * @name: name of the session
 * @error: where to store why not
 *
 * Only a file that this user alone could have written is believed.
 *
 * Return: the session, or NULL
 */
SessionFile *session_file_load(const char *name, GError **error);

/**
 * session_file_names() - the names of all sessions that have a file
 *
 * Return: a list, in order, to be freed with g_strfreev()
 */
char **session_file_names(void);

/**
 * session_file_alive() - does the process of a session still run?
 * @session: the session
 */
bool session_file_alive(const SessionFile *session);

/**
 * session_file_has() - is a device one of a session's?
 * @session: the session
 * @bdf: the device's address
 */
bool session_file_has(const SessionFile *session, const char *bdf);

/**
 * session_file_remove() - nothing is left to be done
 * @session: the session; its file goes, and its directory with all in it
 */
void session_file_remove(const SessionFile *session);

/**
 * session_file_free() - forget a session
 * @session: the session, or NULL
 */
void session_file_free(SessionFile *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SessionFile, session_file_free)

#endif /* VFIO_TRACE_SESSION_FILE_H */
