/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: session files
 *
 * Theory of operation
 *
 * Each run has a JSON file in a directory that only its user can access.  The
 * file is named after the run's first device.  It is complete and on the disk
 * before any device is changed, and is removed when all devices are restored.
 * So the file of a run whose process has ended tells what is left to restore.
 *
 * The directory's lock must be held to create such a file and to remove that of
 * another process.  The process of a running session changes and removes its
 * own file without the lock.
 */
#ifndef VFIO_TRACE_SESSION_FILE_H
#define VFIO_TRACE_SESSION_FILE_H

#include "tools/session/session.h"

/**
 * session_file_prepare_dir() - make a directory that other users can't access
 * @path: the directory
 * @error: where to store why not
 */
bool session_file_prepare_dir(const char *path, GError **error);

/**
 * session_file_lock() - lock the directory against other vfio-trace processes
 * @error: where to store why not
 *
 * Waits for some seconds if it is locked.
 *
 * Return: a file descriptor, to be closed; or -1
 */
int session_file_lock(GError **error);

/**
 * session_file_save() - write a session's file to the disk
 * @session: the session
 * @error: where to store why not
 *
 * The file is replaced atomically.
 */
bool session_file_save(const Session *session, GError **error);

/**
 * session_file_load() - read a session's file
 * @name: name of the session
 * @error: where to store why not
 *
 * A file that another user could have written is refused.
 *
 * Return: the session, or NULL
 */
Session *session_file_load(const char *name, GError **error);

/**
 * session_file_names() - list the names of all sessions that have a file
 *
 * Return: a sorted list, to be freed with g_strfreev()
 */
char **session_file_names(void);

/**
 * session_file_remove() - remove a session's file and directory
 * @session: the session; all files in its directory are removed, and its
 *           sockets for a display
 */
void session_file_remove(const Session *session);

#endif /* VFIO_TRACE_SESSION_FILE_H */
