/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: QEMU's user
 *
 * A guest that breaks out of QEMU can use everything that QEMU's user has.  So
 * QEMU gets its own user, which has nothing: no files, no groups, no processes.
 * QEMU gets what it needs as follows:
 *
 *   - device nodes: in QEMU's own mount namespace, /dev/vfio has only the nodes
 *     of the session's IOMMU groups; they and /dev/kvm belong to this user.
 *     They disappear with the namespace: nothing has to be given back.
 *   - disks, CDs, OVMF's variables, QMP's sockets: as descriptors (hand.h).
 *   - kernel, initrd and a firmware image: as copies in memory (hand.h).
 *   - the log: session/session-log.h.
 *   - locked memory: the limit is removed before.
 */
#ifndef VFIO_TRACE_RUN_USER_H
#define VFIO_TRACE_RUN_USER_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tools/run/plan.h"

typedef struct RunUser RunUser;

/**
 * run_user_choose() - choose an unused user ID
 * @uid: where to store the ID, which is also that of its group
 * @error: where to store why there is none
 *
 * It is from SESSION_UID_FIRST to SESSION_UID_LAST, and no account, process or
 * session has it.  The caller must hold the sessions' lock until the session's
 * file has the ID.
 */
bool run_user_choose(uid_t *uid, GError **error);

/**
 * run_user_check_log() - check whether QEMU's user can write a log there
 * @plan: the plan; its log is a file
 * @error: where to store why not
 *
 * QEMU sees only the log in the log's directory: other files that QEMU needs
 * must not be there.
 */
bool run_user_check_log(const RunPlan *plan, GError **error);

/**
 * run_user_may() - check whether QEMU's user can access a file
 * @uid: the user
 * @path: the file
 * @mode: R_OK, W_OK, X_OK
 */
bool run_user_may(uid_t uid, const char *path, int mode);

/**
 * run_user_node_dir() - the directory that is private to QEMU's user
 * @plan: the plan
 *
 * In QEMU's mount namespace, it has device nodes, and mounts of directories.
 */
const char *run_user_node_dir(const RunPlan *plan);

/**
 * run_user_new() - prepare to start QEMU as its user
 * @plan: the plan, with @uid; the devices are bound to VFIO, unless it is a
 *        rehearsal, which has no devices
 * @dir: the log's directory, or NULL if the log is not a file
 * @work: the log's work directory, which is mounted over @dir, or NULL
 * @error: where to store why not
 *
 * Return: the user, to be freed; or NULL
 */
RunUser *run_user_new(const RunPlan *plan, const char *dir, const char *work,
                      GError **error);

/**
 * run_user_become() - become the user; called between fork() and exec()
 * @user: the user
 *
 * Makes only async-signal-safe calls.  If it fails, it prints an error to
 * standard error and exits with status 127.
 */
void run_user_become(const RunUser *user);

/**
 * run_user_free() - free the user
 * @user: the user, or NULL
 */
void run_user_free(RunUser *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunUser, run_user_free)

#endif /* VFIO_TRACE_RUN_USER_H */
