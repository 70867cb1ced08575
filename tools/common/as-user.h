/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: do something as the user whose files it is about
 *
 * Root that works on a user's files can be led astray by their owner, who may
 * swap directories, links and files at any moment.  A process that is that user
 * can do nothing that the user could not do.
 */
#ifndef VFIO_TRACE_AS_USER_H
#define VFIO_TRACE_AS_USER_H

#include <glib.h>
#include <sys/types.h>

/**
 * as_user() - call a function as another user
 * @uid: the user
 * @function: what to call; what it returns must be 0 to 255
 * @opaque: for @function
 * @result: where to store what it has returned
 * @error: where to store why it was not called, or did not return
 *
 * In a process of its own if @uid is not the effective user, which takes root:
 * with the user's groups and without any privileges.  What the function changes
 * in memory does not come back then.  Standard output is flushed before and
 * after.
 *
 * Return: whether @function has returned
 */
gboolean as_user(uid_t uid, int (*function)(void *opaque), void *opaque,
                 int *result, GError **error);

/**
 * as_user_drop() - become a user for good; between fork() and exec(), too
 * @uid: the user
 * @gid: its group; it has no others
 *
 * Makes no call that is not safe there.  The process leaves its terminal and
 * its keyring behind: by the one it could type into root's shell, by the other
 * read root's keys.  It can't get privileges by a program, either.
 *
 * Return: 0, or -1 with errno set
 */
int as_user_drop(uid_t uid, gid_t gid);

#endif /* VFIO_TRACE_AS_USER_H */
