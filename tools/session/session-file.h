/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the files of sessions
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

#include "tools/session/session.h"

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
bool session_file_save(const Session *session, GError **error);

/**
 * session_file_load() - read a session's file
 * @name: name of the session
 * @error: where to store why not
 *
 * Only a file that this user alone could have written is believed.
 *
 * Return: the session, or NULL
 */
Session *session_file_load(const char *name, GError **error);

/**
 * session_file_names() - the names of all sessions that have a file
 *
 * Return: a list, in order, to be freed with g_strfreev()
 */
char **session_file_names(void);

/**
 * session_file_remove() - nothing is left to be done
 * @session: the session; its file goes, and its directory with all in it
 */
void session_file_remove(const Session *session);

#endif /* VFIO_TRACE_SESSION_FILE_H */
