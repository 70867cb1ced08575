/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: what a trapped access costs (see log.h) */
#include "qemu/osdep.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/vcpu/exit-cost.h"

void vfio_trace_log_tell_cost(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    const VFIOTraceExitCost *cost;

    if (!s->cost_told) {
        s->cost_told = true;
        cost = vfio_trace_exit_cost();
        vfio_trace_log_own_mark(log, MMT_MARK_TRAP_COST,
                                MMT_NUMBER("exit-ns", cost->ns),
                                MMT_TEXT("from", cost->ns ? "kvm" : "none"),
                                cost->why ? MMT_TEXT("why", cost->why)
                                          : MMT_NO_WORD);
    }
}
