/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: takes the devices, runs QEMU, gives them back
 */
#ifndef VFIO_TRACE_RUN_SESSION_H
#define VFIO_TRACE_RUN_SESSION_H

#include "tools/common/tool.h"
#include "tools/run/plan.h"

/**
 * run_session() - do it
 * @plan: what; gets what there is of it meanwhile
 * @lock: the sessions' lock, taken over
 *
 * Return: the verb's exit status
 */
ToolStatus run_session(RunPlan *plan, int lock);

#endif /* VFIO_TRACE_RUN_SESSION_H */
