/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: back pressure (see pause.h)
 *
 * A vCPU's callback can not wait: it holds the BQL, and waiting would freeze
 * QMP or hang vm_stop.  So the ring has a high-water mark at which a pause of
 * the guest is requested, and room above it for what the vCPUs still do until
 * they stop.  When all writers have caught up, a bottom half resumes the guest,
 * if it was paused for a log.
 *
 * A request to stop is carried out later, in the main loop, where a "cont" that
 * comes at the same moment may discard it.  So the request is repeated whenever
 * the guest is found running above the mark, and the guest is only resumed from
 * the stopped state.
 *
 * QMP's "stop" while the guest is paused for a log can't be detected here: the
 * guest resumes nevertheless.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "hw/core/cpu.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/events.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/log/pause.h"

/* A stop was requested since the guest last ran; any thread. */
static bool log_pause_asked;

/* The guest is paused for a log; BQL. */
static bool log_pause_held;

static QEMUBH *log_pause_resume_bh;

/*
 * Stopping the machine flushes its disks and sends two events.  A guest that is
 * always a little faster than the log is stopped at most once in this time.
 */
#define PAUSE_MS 50

static QEMUTimer *log_pause_resume_timer;
static int64_t log_pause_stopped_at;

void vfio_trace_log_pause(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    bool again;

    if (qatomic_read(&s->closing) ||
        s->on_full == VFIO_TRACE_ON_FULL_DROP) {
        return;
    }
    qatomic_set(&s->writer.hurry, true);
    again = qatomic_xchg(&s->pausing, true);
    if (!again) {
        trace_vfio_trace_pause_asked(log->id);
        qatomic_set(&s->pause_since, get_clock());
        qatomic_inc(&s->pauses);
        vfio_trace_log_note(log, VFIO_TRACE_NOTE_WAITING);
    }
    if (!again || (bql_locked() && runstate_is_running())) {
        /* As vm_stop() does on a vCPU; safe on any thread. */
        qatomic_set(&log_pause_asked, true);
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    }
    if (current_cpu) {
        cpu_stop_current();
    }
}

void vfio_trace_log_writer_note(void *opaque, VFIOTraceNote note)
{
    vfio_trace_log_note(opaque, note);
    if (note == VFIO_TRACE_NOTE_ERROR) {
        vfio_trace_log_pause(opaque);
    }
}

void vfio_trace_log_writer_drained(void *opaque)
{
    if (qatomic_read(&log_pause_asked)) {
        qemu_bh_schedule(log_pause_resume_bh);
    }
}

static bool log_pause_all_well(void)
{
    VFIOTraceLog *log = NULL;

    while ((log = vfio_trace_log_next(log))) {
        VFIOTraceLogState *s = vfio_trace_log_state(log);

        if (s->on_full == VFIO_TRACE_ON_FULL_PAUSE &&
            (qatomic_read(&s->writer.error) ||
             mmt_ring_used(log->ring) > s->low_water)) {
            return false;
        }
    }
    return true;
}

/* A reset makes PRELAUNCH of the state in which we stopped the guest. */
static bool log_pause_guest_stands(void)
{
    return runstate_check(RUN_STATE_IO_ERROR) ||
           runstate_check(RUN_STATE_PRELAUNCH);
}

static void log_pause_resume(void *opaque)
{
    /* A dump relies on the guest being stopped. */
    if (!qatomic_read(&log_pause_asked) || !log_pause_all_well() ||
        qemu_system_dump_in_progress()) {
        return;
    }
    if (log_pause_held && log_pause_guest_stands()) {
        int64_t due = log_pause_stopped_at + PAUSE_MS;

        if (qemu_clock_get_ms(QEMU_CLOCK_REALTIME) < due) {
            timer_mod(log_pause_resume_timer, due);
            return;
        }
        vm_start();
    } else if (runstate_is_running()) {
        /* Not stopped yet, or a "cont" has discarded the request. */
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(RUN_STATE_IO_ERROR);
    }
}

void vfio_trace_log_release(void)
{
    qemu_bh_schedule(log_pause_resume_bh);
}

static void log_pause_guest_runs(void)
{
    VFIOTraceLog *log = NULL;

    log_pause_held = false;
    qatomic_set(&log_pause_asked, false);
    while ((log = vfio_trace_log_next(log))) {
        VFIOTraceLogState *s = vfio_trace_log_state(log);

        s->used |= !QTAILQ_EMPTY(&log->taps);
        if (qatomic_xchg(&s->pausing, false)) {
            int64_t ns = get_clock() - qatomic_read(&s->pause_since);

            trace_vfio_trace_pause_over(log->id, ns);
            s->pause_ns += ns;
            qatomic_set(&s->writer.hurry, false);
        }
        /* The user has resumed a guest whose log has not caught up yet. */
        if (qatomic_read(&s->writer.error) ||
            mmt_ring_used(log->ring) >= log->high_water) {
            vfio_trace_log_pause(log);
        }
    }
}

static void log_pause_vm_changed(void *opaque, bool running, RunState state)
{
    if (running) {
        log_pause_guest_runs();
    } else if (qatomic_read(&log_pause_asked) && state == RUN_STATE_IO_ERROR) {
        log_pause_held = true;
        log_pause_stopped_at = qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
        qemu_bh_schedule(log_pause_resume_bh);
    }
}

void vfio_trace_log_pause_init(void)
{
    if (!log_pause_resume_bh) {
        log_pause_resume_bh = qemu_bh_new(log_pause_resume, NULL);
        log_pause_resume_timer = timer_new_ms(QEMU_CLOCK_REALTIME,
                                              log_pause_resume, NULL);
        qemu_add_vm_change_state_handler(log_pause_vm_changed, NULL);
    }
}
