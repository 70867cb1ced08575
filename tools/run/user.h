/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the user that QEMU is
 *
 * A guest that breaks out of QEMU has what QEMU's user has.  So QEMU gets a user
 * of its own, who has nothing: no files, no groups, no processes.  What it needs
 * is handed over:
 *
 *   - device nodes: in a mount namespace of its own /dev/vfio has those of the
 *     session's IOMMU groups, and nothing else; /dev/kvm is this user's, too.
 *     They go with the namespace: there is nothing to give back.
 *   - disks, CDs, OVMF's variables, QMP's sockets: as file descriptors.
 *   - kernel, initrd and a firmware of the user's: as copies in the session's
 *     directory.
 *   - the log: session/session-log.h.
 *   - locked memory, as much as it wants: the limit is raised before.
 */
#ifndef VFIO_TRACE_RUN_USER_H
#define VFIO_TRACE_RUN_USER_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tools/run/plan.h"

typedef struct RunUser RunUser;

/**
 * run_user_choose() - a user that nobody is
 * @uid: where to store its ID, which is its group's, too
 * @error: where to store why there is none
 *
 * From SESSION_UID_FIRST to SESSION_UID_LAST: no account has the ID, no process,
 * and no session.  Under the sessions' lock, until the session's file tells of
 * it.
 */
bool run_user_choose(uid_t *uid, GError **error);

/**
 * run_user_check_log() - can a log be there for such a user?
 * @plan: the plan; its log is a file
 * @error: where to store why not
 *
 * QEMU sees nothing of the log's directory but the log: what it needs must not
 * be in there.
 */
bool run_user_check_log(const RunPlan *plan, GError **error);

/**
 * run_user_may() - can QEMU's user do this?
 * @uid: the user
 * @path: a file
 * @mode: R_OK, W_OK, X_OK
 */
bool run_user_may(uid_t uid, const char *path, int mode);

/**
 * run_user_new() - find out what it takes to start QEMU as that user
 * @plan: the plan, @uid and @log_dir filled in; the devices are VFIO's
 * @log_work: the directory that the log is written to in the place of its own;
 *            NULL: it is no file
 * @error: where to store why it can't be done
 *
 * Return: to be freed, or NULL
 */
RunUser *run_user_new(const RunPlan *plan, const char *log_work,
                      GError **error);

/**
 * run_user_become() - become it; between fork() and exec()
 * @user: who
 *
 * Makes no call that is not safe there.  Does not return if it fails: what is
 * wrong is on standard error, and the exit status 127.
 */
void run_user_become(const RunUser *user);

/**
 * run_user_free() - forget it
 * @user: the user, or NULL
 */
void run_user_free(RunUser *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunUser, run_user_free)

#endif /* VFIO_TRACE_RUN_USER_H */
