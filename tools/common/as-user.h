/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: calls a function as another user
 *
 * When root works on a user's files, their owner can redirect it by swapping
 * directories, links and files at any moment.  A process with the user's ID can
 * do nothing that the user could not do.
 */
#ifndef VFIO_TRACE_AS_USER_H
#define VFIO_TRACE_AS_USER_H

#include <glib.h>
#include <sys/types.h>

/**
 * as_user() - call a function as another user
 * @uid: the user
 * @function: the function; it must return 0 to 255
 * @opaque: for @function
 * @result: where to store its return value
 * @error: where to store why it was not called, or did not return
 *
 * If @uid is not the effective user (this needs root), the function runs in a
 * child process, with the user's groups and without any privileges; its changes
 * in memory are lost then.  Standard output is flushed before and after.
 *
 * Return: whether @function has returned
 */
gboolean as_user(uid_t uid, int (*function)(void *opaque), void *opaque,
                 int *result, GError **error);

/**
 * as_user_start() - start a process that calls a function as another user
 * @uid: the user
 * @function: the function; it must return 0 to 255
 * @opaque: for @function
 * @error: where to store why it was not started
 *
 * As as_user(), but always in a child process, whose exit status is what
 * @function returns.
 *
 * Return: its ID, to be waited for; or -1
 */
pid_t as_user_start(uid_t uid, int (*function)(void *opaque), void *opaque,
                    GError **error);

/**
 * as_user_drop() - become a user permanently
 * @uid: the user
 * @gid: its only group
 *
 * Makes only async-signal-safe calls, so it can be used between fork() and
 * exec().  The process gives up its terminal, by which it could type into
 * root's shell, and its keyring, by which it could read root's keys.  It can
 * not get privileges by executing a program, either.
 *
 * Return: 0, or -1 with errno set
 */
int as_user_drop(uid_t uid, gid_t gid);

#endif /* VFIO_TRACE_AS_USER_H */
