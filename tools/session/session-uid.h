/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: user IDs for QEMU processes
 *
 * A guest that has broken out of QEMU must not be able to use anything of
 * another user.  So each QEMU gets a user ID that no account, process or
 * session has.
 */
#ifndef VFIO_TRACE_SESSION_UID_H
#define VFIO_TRACE_SESSION_UID_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* An unused range according to systemd's documentation (UIDS-GIDS) */
#define SESSION_UID_FIRST 60578u
#define SESSION_UID_LAST  61183u

/**
 * session_uid_of_processes() - list the users that have processes
 *
 * Return: a set of GUINT_TO_POINTER(user ID), to be freed
 */
GHashTable *session_uid_of_processes(void);

/**
 * session_uid_is_free() - is a user ID unused by all processes?
 * @uid: the user ID
 */
bool session_uid_is_free(uid_t uid);

/**
 * session_uid_end() - kill all processes of a user
 * @uid: the user
 */
void session_uid_end(uid_t uid);

#endif /* VFIO_TRACE_SESSION_UID_H */
