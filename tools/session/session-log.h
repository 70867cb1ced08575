/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log of a QEMU that has a user of its own
 *
 * QEMU makes and removes files beside the log: its parts, the name of its ring.
 * It must not be able to do so to what else is in that directory.  So it works
 * in one of its own, a directory beside the log that in QEMU's mount namespace
 * stands in the place of the log's: all that it writes down has the log's
 * path.  When QEMU has ended its files go to where they belong, and become
 * root's.  Until then the log can be read at its place, too, by another link.
 */
#ifndef VFIO_TRACE_SESSION_LOG_H
#define VFIO_TRACE_SESSION_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tools/session/bind.h"

/* What names of such directories begin with */
#define SESSION_LOG_WORK ".vfio-trace-"

/**
 * session_log_is_file() - is it a log that has a path?
 * @log: as QEMU is told
 *
 * Return: false for a socket, a FIFO, a device, a set of file descriptors
 */
bool session_log_is_file(const char *log);

/**
 * session_log_work() - choose a path for the directory
 * @log: the log's absolute path
 *
 * Return: the path, to be freed; nothing is there yet
 */
char *session_log_work(const char *log);

/**
 * session_log_prepare() - make the directory
 * @log: the log's absolute path
 * @work: what session_log_work() returned
 * @overwrite: remove a log that is there, with its parts; else there must be
 *      none
 * @uid: who it is for
 * @error: where to store why not
 */
bool session_log_prepare(const char *log, const char *work, bool overwrite,
                         uid_t uid, GError **error);

/**
 * session_log_show() - have the log at its place while it is written
 * @log: as for session_log_prepare()
 * @work: likewise
 * @uid: whose it is
 */
void session_log_show(const char *log, const char *work, uid_t uid);

/**
 * session_log_finish() - complete the log, and have it at its place
 * @log: as for session_log_prepare()
 * @work: likewise; gone afterwards, if it was there
 * @uid: whose it was; no process of this user is left
 * @say: called with what the user should know
 * @opaque: for @say
 *
 * Can be done again if it was interrupted.  A log that can't be completed stays
 * where it was written, and so does what @say is told of.
 */
void session_log_finish(const char *log, const char *work, uid_t uid,
                        BindSay *say, void *opaque);

/**
 * session_log_adopt() - finish a log that no session knows of any more
 * @log: the log's path
 * @say: as for session_log_finish()
 * @opaque: for @say
 *
 * The host has crashed, or it could not be completed before.  Only if no process
 * has the user that wrote it.
 */
void session_log_adopt(const char *log, BindSay *say, void *opaque);

#endif /* VFIO_TRACE_SESSION_LOG_H */
