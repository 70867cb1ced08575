/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the users that QEMUs get
 *
 * A QEMU whose guest has broken out of it must have nothing that is another's:
 * each gets a user ID that no account, process or session has.
 */
#ifndef VFIO_TRACE_SESSION_UID_H
#define VFIO_TRACE_SESSION_UID_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* What systemd's documentation (UIDS-GIDS) calls unused */
#define SESSION_UID_FIRST 60578u
#define SESSION_UID_LAST  61183u

/**
 * session_uid_of_processes() - the users that have processes
 *
 * Return: a set of GUINT_TO_POINTER(user ID), to be freed
 */
GHashTable *session_uid_of_processes(void);

/**
 * session_uid_is_free() - has no process the ID?
 * @uid: it
 */
bool session_uid_is_free(uid_t uid);

#endif /* VFIO_TRACE_SESSION_UID_H */
