/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: IOMMU groups of the devices
 */
#ifndef VFIO_TRACE_RUN_GROUP_H
#define VFIO_TRACE_RUN_GROUP_H

#include "tools/run/plan.h"

/**
 * run_group_add() - add the other devices of the guest's devices' groups
 * @plan: the plan; @others is filled in
 * @error: where to store why a group can't be taken, with the remedy
 *
 * VFIO needs all devices of a group.  A device that disappears with one of the
 * guest's is none of them.
 */
bool run_group_add(RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_GROUP_H */
