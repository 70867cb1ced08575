/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: takes the devices, runs QEMU, gives them back
 */
#ifndef VFIO_TRACE_RUN_SESSION_H
#define VFIO_TRACE_RUN_SESSION_H

#include "tools/common/tool.h"
#include "tools/run/plan.h"

/**
 * run_session() - take the devices, run QEMU, give the devices back
 * @plan: the plan; @hand and @log_work are set during the run
 * @lock: the sessions' lock; it is closed
 *
 * Return: the verb's exit status
 */
ToolStatus run_session(RunPlan *plan, int lock);

#endif /* VFIO_TRACE_RUN_SESSION_H */
