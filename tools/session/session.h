/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: session of a 'vfio-trace run', which outlives a killed run
 *
 *     session.c       a session
 *     session-file.c  its file
 *     session-json.c  contents of the file
 *     session-log.c   log of a QEMU that has its own user
 *     session-tpm.c   directory of a TPM's state
 *     session-uid.c   user IDs for QEMU processes
 *     bind.c          takes a device from its driver, and gives it back
 *     bind-holder.c   search for the program that has a device open
 *     give-back.c     gives back all devices of a session
 *     usb-back.c      gives back a USB device
 *     proc-id.c       identity of a process
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
    SESSION_ERROR_CONTENT,  /* the file is not a valid session file */
    SESSION_ERROR_LOCKED,   /* another vfio-trace has the lock or a device */
} SessionError;

/**
 * session_error() - set an error of the domain above
 * @error: where to store it
 * @code: its code
 * @fmt: the message
 *
 * Return: false
 */
bool session_error(GError **error, SessionError code, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * struct Session: one run
 * @name: address of its first device, or session_name_without_devices()
 * @run: the process that made it
 * @qemu: its QEMU; its ID is 0 until QEMU is started
 * @qmp: the QMP socket for other tools
 * @log: the log, or NULL
 * @uid: QEMU's user if QEMU has its own; otherwise 0
 * @work: the log's work directory, or NULL (session-log.h)
 * @helpers: an array of ProcId: other programs of the run
 * @tpm: the directory of the TPM's state if it is lent to @uid, or NULL
 * @tpm_owner: to whom @tpm belongs
 * @devices: an array of BindState: original states of the devices
 * @usb: names in sysfs of the USB devices that the guest has
 * @connect: commands by which the user connects to the guest
 */
typedef struct Session {
    char *name;
    ProcId run;
    ProcId qemu;
    char *qmp;
    char *log;
    uid_t uid;
    char *work;
    GArray *helpers;
    char *tpm;
    uid_t tpm_owner;
    GPtrArray *devices;
    GPtrArray *usb;
    GPtrArray *connect;
} Session;

/**
 * session_new() - make a session of this process, without QEMU and devices
 * @name: address of its first device
 * @qmp: path of the socket
 * @log: path of the log, or NULL
 */
Session *session_new(const char *name, const char *qmp, const char *log);

/**
 * session_verb() - get the name of the verb that the session is of
 * @session: the session
 *
 * Return: "run"; "play" if there is no socket of a QEMU
 */
const char *session_verb(const Session *session);

/**
 * session_name_without_devices() - make a name for a session without devices
 *
 * Return: the name, which has this process's number; to be freed
 */
char *session_name_without_devices(void);

/**
 * session_is_name() - can a session have this name?
 * @name: the name
 */
bool session_is_name(const char *name);

/**
 * session_use_own_dir() - use a directory of this user for session files
 *
 * Without root, there can only be sessions without devices.  Does nothing if
 * $VFIO_TRACE_RUN_DIR is set.  It must be the first call that needs the
 * directory.
 */
void session_use_own_dir(void);

/**
 * session_dir() - get the directory of the session files
 *
 * Return: $VFIO_TRACE_RUN_DIR, or /run/vfio-trace
 */
const char *session_dir(void);

/**
 * session_path() - make a path below session_dir()
 * @name: name of a session
 * @suffix: appended to @name
 */
char *session_path(const char *name, const char *suffix);

/**
 * session_display_path() - make the path of root's socket for a display
 * @name: name of a session
 * @protocol: "vnc" or "spice"
 *
 * Not in the session's directory, which is closed to all but root.  The path
 * has no colon, which a viewer could take for the end of a host's name.
 */
char *session_display_path(const char *name, const char *protocol);

/**
 * session_alive() - does the process of a session still run?
 * @session: the session
 */
bool session_alive(const Session *session);

/**
 * session_has() - does a device belong to a session?
 * @session: the session
 * @bdf: the device's address
 */
bool session_has(const Session *session, const char *bdf);

/**
 * session_free() - free a session
 * @session: the session, or NULL
 */
void session_free(Session *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

#endif /* VFIO_TRACE_SESSION_H */
