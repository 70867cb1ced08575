/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: rehearsal
 *
 * Before a device is taken from its driver, QEMU is started once with the
 * command line of the run, as the same user and with the same sandbox, but with
 * stand-ins for the devices (stand-in.h), and with a log, sockets and variables
 * of OVMF that are deleted afterwards.  The guest does not run: QEMU makes its
 * machine, answers by QMP, and is ended.
 */
#ifndef VFIO_TRACE_RUN_REHEARSE_H
#define VFIO_TRACE_RUN_REHEARSE_H

#include "tools/run/plan.h"

/**
 * run_rehearse() - find out whether QEMU accepts the command line
 * @plan: the plan, which has been checked
 * @untried: where to store why QEMU was not asked: a constant text; NULL if it
 *           was
 * @error: where to store QEMU's reason to refuse it
 *
 * With --dry-run, disks have stand-ins, too.
 *
 * Return: false if QEMU refuses it
 */
bool run_rehearse(const RunPlan *plan, const char **untried, GError **error);

#endif /* VFIO_TRACE_RUN_REHEARSE_H */
