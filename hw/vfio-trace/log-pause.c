/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: back pressure
 *
 * A vCPU's callback can not wait: it holds the BQL, and waiting would freeze
 * QMP or hang vm_stop.  So the ring has a high-water mark at which the guest is
 * asked to pause, and room above it for what the vCPUs still do until they get
 * there.  When the writer has caught up, a bottom half lets the guest go on, if
 * it was us who stopped it.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "hw/core/cpu.h"
#include "log.h"

void vfio_trace_log_pause(VFIOTraceLog *log)
{
    if (qatomic_xchg(&log->pausing, true)) {
        return;
    }
    /* As vm_stop() does it on a vCPU; safe on any thread. */
    qemu_system_vmstop_request_prepare();
    qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    if (current_cpu) {
        cpu_stop_current();
    }
}

static void log_writer_stuck(void *opaque)
{
    vfio_trace_log_pause(opaque);
}

static void log_writer_drained(void *opaque)
{
    VFIOTraceLog *log = opaque;

    if (qatomic_read(&log->pausing) &&
        mmt_ring_used(log->ring) <= log->low_water) {
        qemu_bh_schedule(log->resume_bh);
    }
}

const VFIOTraceWriterOps vfio_trace_log_writer_ops = {
    .stuck = log_writer_stuck,
    .drained = log_writer_drained,
};

void vfio_trace_log_resume_bh(void *opaque)
{
    VFIOTraceLog *log = opaque;

    /*
     * While our own request to stop is still on its way the run state is
     * another one: the change of state brings us back here.
     */
    if (qatomic_read(&log->pausing) && runstate_check(RUN_STATE_IO_ERROR) &&
        !qatomic_read(&log->writer.error) &&
        mmt_ring_used(log->ring) <= log->low_water) {
        vm_start();
    }
}

void vfio_trace_log_vm_state_change(void *opaque, bool running, RunState state)
{
    VFIOTraceLog *log = opaque;

    if (running) {
        qatomic_set(&log->pausing, false);
    } else if (qatomic_read(&log->pausing)) {
        qemu_bh_schedule(log->resume_bh);
    }
}
