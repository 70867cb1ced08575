/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: log of a QEMU that has its own user
 *
 * QEMU makes and removes files beside the log: its parts and its sidecar.  It
 * must not be able to change other files of that directory.  So QEMU gets a
 * work directory, which lies in the log's directory.  In QEMU's mount
 * namespace, the work directory is mounted over the log's directory, so that
 * all paths in its files are right.  When QEMU has ended, its files move to
 * the log's directory, and root becomes their owner.  Until then the log can be
 * read at its final path by a hard link.
 */
#ifndef VFIO_TRACE_SESSION_LOG_H
#define VFIO_TRACE_SESSION_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tools/session/bind.h"

/* Prefix of the work directories' names */
#define SESSION_LOG_WORK ".vfio-trace-"

/**
 * session_log_is_file() - is the log a regular file?
 * @log: the log, as QEMU's file= has it
 *
 * Return: true for a regular file, or if none exists there yet; false for a
 *         socket, a FIFO, a device, a set of file descriptors
 */
bool session_log_is_file(const char *log);

/**
 * session_log_work() - choose a path for the work directory
 * @log: the log's absolute path
 *
 * Return: the path, to be freed; the directory is not made yet
 */
char *session_log_work(const char *log);

/**
 * session_log_prepare() - make the work directory
 * @log: the log's absolute path
 * @work: what session_log_work() returned
 * @overwrite: remove an existing log with its parts; otherwise, an existing log
 *      is an error
 * @uid: QEMU's user
 * @error: where to store why not
 */
bool session_log_prepare(const char *log, const char *work, bool overwrite,
                         uid_t uid, GError **error);

/**
 * session_log_show() - link the log to its final path while it is written
 * @log: as for session_log_prepare()
 * @work: likewise
 * @uid: QEMU's user
 */
void session_log_show(const char *log, const char *work, uid_t uid);

/**
 * session_log_finish() - complete the log, and move it to its final path
 * @log: as for session_log_prepare()
 * @work: likewise; removed, if it exists
 * @uid: QEMU's user; its remaining processes are killed
 * @say: called with messages for the user
 * @opaque: for @say
 *
 * Can be repeated if it was interrupted.  A log that can't be completed stays
 * in @work, and so do files that can't be moved; @say gets a message then.
 */
void session_log_finish(const char *log, const char *work, uid_t uid,
                        BindSay *say, void *opaque);

/**
 * session_log_adopt() - finish a log that has no session any more
 * @log: the log's path
 * @say: as for session_log_finish()
 * @opaque: for @say
 *
 * That is so if the host has crashed, or if the log could not be completed
 * before.  Does nothing while the user that wrote the log has processes.
 */
void session_log_adopt(const char *log, BindSay *say, void *opaque);

#endif /* VFIO_TRACE_SESSION_LOG_H */
