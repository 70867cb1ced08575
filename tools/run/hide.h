/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: a guest that does not see KVM (--hide-hypervisor)
 *
 * Some drivers refuse to work in a virtual machine.  Hidden are the bit by
 * which a processor says that it is a virtual one, the CPUID leaves of KVM and
 * of Hyper-V, and QEMU's names in the SMBIOS tables.  docs/guests.md says what
 * it costs, and what can't be hidden.
 */
#ifndef VFIO_TRACE_RUN_HIDE_H
#define VFIO_TRACE_RUN_HIDE_H

#include "tools/run/plan.h"

/**
 * run_hide_plan() - check --hide-hypervisor, and plan it
 * @plan: the plan; @cpu_opts and @smbios are set
 * @error: where to store why not
 */
bool run_hide_plan(RunPlan *plan, GError **error);

#endif /* VFIO_TRACE_RUN_HIDE_H */
