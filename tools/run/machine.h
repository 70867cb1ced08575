/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: room in the guest's machine and on the host
 */
#ifndef VFIO_TRACE_RUN_MACHINE_H
#define VFIO_TRACE_RUN_MACHINE_H

#include "tools/run/plan.h"

/**
 * run_machine_check() - check whether machine and host have room for the plan
 * @plan: the plan
 * @error: where to store what there is too little of
 *
 * Prints notes.
 */
bool run_machine_check(const RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_MACHINE_H */
