/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: directories of the host that the guest gets
 *
 * By virtiofs, if the host has a virtiofsd that needs no privileges; otherwise
 * by 9p, which QEMU has itself.  Both see only the directory, as QEMU's user
 * (idmap.h).  By 9p, the guest's owners and modes are extended attributes: it
 * makes only plain files, which are private to their owner on the host.
 */
#ifndef VFIO_TRACE_RUN_SHARE_H
#define VFIO_TRACE_RUN_SHARE_H

#include "tools/run/internal.h"

/**
 * run_share_plan() - plan the directories
 * @plan: the plan; @shares and @virtiofsd are filled in
 * @error: where to store which the guest can't get, with the remedy
 */
bool run_share_plan(RunPlan *plan, GError **error);

/**
 * run_share_check() - check whether QEMU has what the directories need
 * @plan: the plan
 * @error: where to store what it lacks, with the remedy
 */
bool run_share_check(RunPlan *plan, GError **error);

/**
 * run_share_path() - where QEMU's user sees a directory
 * @plan: the plan
 * @i: the number of the directory
 *
 * Return: the path, to be freed
 */
char *run_share_path(const RunPlan *plan, guint i);

/**
 * run_share_start() - make the mounts for QEMU's user, and start virtiofsd
 * @session: the run; its plan has the files for QEMU
 * @error: where to store why not
 */
bool run_share_start(RunSession *session, GError **error);

/**
 * run_share_command() - make virtiofsd's command line
 * @plan: the plan
 * @i: the number of the directory
 * @fd: the socket where QEMU connects
 *
 * Return: the words, to be freed with g_strfreev(); NULL: QEMU serves it
 */
char **run_share_command(const RunPlan *plan, guint i, int fd);

/**
 * run_share_options() - add the directories to QEMU's command line
 * @plan: the plan
 * @argv: the command line
 */
void run_share_options(const RunPlan *plan, GPtrArray *argv);

/**
 * run_share_say() - say how the guest mounts the directories
 * @session: the run
 */
void run_share_say(RunSession *session);

#endif /* VFIO_TRACE_RUN_SHARE_H */
