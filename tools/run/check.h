/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: may, and can, these devices be traced here?
 */
#ifndef VFIO_TRACE_RUN_CHECK_H
#define VFIO_TRACE_RUN_CHECK_H

#include "tools/run/plan.h"

/**
 * run_check() - may, and can, the devices be traced on this host?
 * @plan: all but @others is there; these are added
 * @error: where to store what is wrong, and the remedy
 *
 * Nothing is changed on the host.
 */
bool run_check(RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_CHECK_H */
