/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: directory of a TPM's state, which is lent to QEMU's user
 *
 * The emulator of the TPM runs as QEMU's user, which is another one in each
 * run.  So the directory and its files belong to that user during the run, and
 * to their owner before and afterwards.
 */
#ifndef VFIO_TRACE_SESSION_TPM_H
#define VFIO_TRACE_SESSION_TPM_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * session_tpm_open() - open the directory of a TPM's state
 * @path: its absolute path; it is made if it does not exist
 * @owner: where to store to whom it belongs when it is not lent
 * @error: where to store why not
 *
 * As root, the directory must belong to root, or to the user who has called
 * sudo, or be what is left of a run that could not give it back.
 *
 * Return: a descriptor; or -1
 */
int session_tpm_open(const char *path, uid_t *owner, GError **error);

/**
 * session_tpm_lend() - give the directory to QEMU's user
 * @fd: what session_tpm_open() returned
 * @path: its path, for messages
 * @uid: QEMU's user
 * @error: where to store why not
 */
bool session_tpm_lend(int fd, const char *path, uid_t uid, GError **error);

/**
 * session_tpm_return() - give the directory back to its owner
 * @path: its absolute path
 * @uid: QEMU's user, which has no processes any more
 * @owner: the owner
 *
 * Only what belongs to QEMU's user is given back.
 */
void session_tpm_return(const char *path, uid_t uid, uid_t owner);

#endif /* VFIO_TRACE_SESSION_TPM_H */
