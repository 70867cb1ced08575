/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: the guest's TPM
 *
 * swtpm emulates a TPM 2.0.  It runs as QEMU's user, and sees the directory of
 * its state at /tmp: a closed directory on the way does not matter, and
 * AppArmor's profile of swtpm permits it.
 */
#ifndef VFIO_TRACE_RUN_TPM_H
#define VFIO_TRACE_RUN_TPM_H

#include "tools/run/internal.h"

/**
 * run_tpm() - plan the guest's TPM
 * @plan: the plan; @tpm and @tpm_dir are filled in
 * @error: where to store why the guest can't have one, with the remedy
 */
bool run_tpm(RunPlan *plan, GError **error);

/**
 * run_tpm_check() - does QEMU have a TPM?
 * @plan: the plan
 * @error: where to store the remedy
 */
bool run_tpm_check(RunPlan *plan, GError **error);

/**
 * run_tpm_command() - make swtpm's command line
 * @plan: the plan, which has a TPM
 * @fd: its connection to QEMU; -1: it waits at the plan's @tpm
 *
 * Return: the words, to be freed with g_strfreev()
 */
char **run_tpm_command(const RunPlan *plan, int fd);

/**
 * run_tpm_options() - add QEMU's options for the TPM, if the guest has one
 * @plan: the plan
 * @argv: QEMU's command line
 */
void run_tpm_options(const RunPlan *plan, GPtrArray *argv);

/**
 * run_tpm_await() - wait until swtpm answers a first command
 * @session: the run; a signal that asks it to end ends the wait
 * @fd: QEMU's end of the connection
 * @limit_us: how long to wait
 * @error: where to store why there is no answer
 *
 * QEMU itself would wait without a limit and without a message.
 */
bool run_tpm_await(RunSession *session, int fd, gint64 limit_us,
                   GError **error);

/**
 * run_tpm_start() - start swtpm, if the guest has a TPM
 * @session: the run; its plan has the files for QEMU
 * @error: where to store why not
 */
bool run_tpm_start(RunSession *session, GError **error);

#endif /* VFIO_TRACE_RUN_TPM_H */
