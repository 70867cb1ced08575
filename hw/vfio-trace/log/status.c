/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of a log (see log.h)
 */
#include "qemu/osdep.h"
#include "qapi/qapi-types-vfio-trace.h"
#include "qemu/atomic.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "hw/vfio-trace/log/events.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/vcpu/exit-cost.h"

VfioTraceLogInfo *vfio_trace_log_info(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    VfioTraceLogInfo *info = g_new0(VfioTraceLogInfo, 1);
    CPUState *cpu;

    info->id = g_strdup(log->id);
    info->file = g_strdup(s->file);
    info->events = qatomic_read(&s->writer.records);
    info->bytes = qatomic_read(&s->writer.bytes);
    info->ring_size = log->ring->slots;
    info->ring_used = mmt_ring_used(log->ring);
    info->lost = mmt_ring_total_lost(log->ring);
    info->stopped = qatomic_read(&s->pausing);
    info->error = g_strdup(vfio_trace_log_trouble(log));
    info->durability = s->durability;
    info->on_full = s->on_full;
    info->part = qatomic_read(&s->writer.part) + 1;
    info->ring_file = g_strdup(s->ring_file->path);
    info->pauses = qatomic_read(&s->pauses);
    info->pause_ns = s->pause_ns;
    info->exit_ns = s->cost_told ? vfio_trace_exit_cost()->ns : 0;
    info->running_ns = vfio_trace_log_running_ns(log);
    CPU_FOREACH(cpu) {
        info->vcpus++;
    }
    if (info->stopped) {
        info->pause_ns += get_clock() - qatomic_read(&s->pause_since);
    }
    return info;
}

bool vfio_trace_log_is_open(VFIOTraceLog *log)
{
    return vfio_trace_log_state(log)->open;
}

bool vfio_trace_log_has_ended(VFIOTraceLog *log)
{
    return vfio_trace_log_state(log)->closing;
}

const char *vfio_trace_log_file(VFIOTraceLog *log)
{
    return vfio_trace_log_state(log)->file;
}

const char *vfio_trace_log_configured(VFIOTraceLog *log)
{
    return vfio_trace_log_state(log)->configured;
}

uint64_t vfio_trace_log_slots(VFIOTraceLog *log)
{
    return log->ring->slots;
}

uint64_t vfio_trace_log_slots_used(VFIOTraceLog *log)
{
    return mmt_ring_used(log->ring);
}
