/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks for QEMU's run states (see run-state.h)
 *
 * QEMU's handlers of state changes are called when the machine is stopped and
 * when it continues.  Three changes go past them: the guest goes to sleep (ACPI
 * S3), it wakes up, and a reset makes "prelaunch" of the state of a machine
 * that does not run.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/log/run-state.h"

static QEMUBH *log_run_state_reset_bh;

static const char *log_run_state_wakeup_name(WakeupReason reason)
{
    static const char *const names[] = {
        [QEMU_WAKEUP_REASON_RTC] = "rtc",
        [QEMU_WAKEUP_REASON_PMTIMER] = "pm-timer",
    };

    return reason < ARRAY_SIZE(names) && names[reason] ? names[reason]
                                                       : "other";
}

/* Does the machine continue by itself, that is, without QMP's "cont"? */
static bool log_run_state_is_live(RunState state)
{
    return state == RUN_STATE_RUNNING || state == RUN_STATE_SUSPENDED;
}

static void log_run_state_count(VFIOTraceLogState *s, bool runs)
{
    int64_t now = get_clock();

    if (s->running_since) {
        s->ran_ns += now - s->running_since;
    }
    s->running_since = runs ? now : 0;
}

static void log_run_state_mark_live(VFIOTraceLog *log, RunState state,
                                    const char *wakeup)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    int64_t paused = s->stopped_at ? get_clock() - s->stopped_at : 0;

    vfio_trace_log_own_mark(log, MMT_MARK_VM,
                            MMT_TEXT("state", RunState_str(state)),
                            s->stopped_at ? MMT_NUMBER("paused-ns", paused)
                                          : MMT_NO_WORD,
                            wakeup ? MMT_TEXT("wakeup", wakeup) : MMT_NO_WORD);
    s->stopped_at = 0;
    log->clock_due = state == RUN_STATE_RUNNING;
}

static void log_run_state_mark_paused(VFIOTraceLog *log, RunState state)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    if (log_run_state_is_live(s->run_state)) {
        s->stopped_at = get_clock();
    }
    vfio_trace_log_own_mark(log, MMT_MARK_VM, MMT_TEXT("state", "paused"),
                            MMT_TEXT("reason", RunState_str(state)));
}

static void log_run_state_mark(VFIOTraceLog *log, RunState state,
                               const char *wakeup)
{
    trace_vfio_trace_vm_state(log->id, RunState_str(state));
    if (log_run_state_is_live(state)) {
        log_run_state_mark_live(log, state, wakeup);
    } else {
        log_run_state_mark_paused(log, state);
    }
    vfio_trace_log_state(log)->run_state = state;
    log_run_state_count(vfio_trace_log_state(log), state == RUN_STATE_RUNNING);
}

/* @wakeup: why the guest has woken up, or NULL */
static void log_run_state_tell(RunState state, const char *wakeup)
{
    VFIOTraceLog *log = NULL;

    while ((log = vfio_trace_log_next(log))) {
        VFIOTraceLogState *s = vfio_trace_log_state(log);

        if (state != s->run_state && !s->closing) {
            log_run_state_mark(log, state, wakeup);
        }
    }
}

static void log_run_state_changed(void *opaque, bool running, RunState state)
{
    log_run_state_tell(state, NULL);
}

/* The vCPUs stand still; QEMU changes the state next. */
static void log_run_state_suspend(Notifier *n, void *data)
{
    log_run_state_tell(RUN_STATE_SUSPENDED, NULL);
}

/* The devices have been reset; the vCPUs go on next, unless a "stop" came. */
static void log_run_state_wakeup(Notifier *n, void *data)
{
    const WakeupReason *reason = data;

    log_run_state_tell(runstate_get(), log_run_state_wakeup_name(*reason));
}

static void log_run_state_after_reset(void *opaque)
{
    log_run_state_tell(runstate_get(), NULL);
}

/* QEMU changes the state when all has been reset. */
static void log_run_state_reset(void *opaque)
{
    if (!runstate_is_running()) {
        qemu_bh_schedule(log_run_state_reset_bh);
    }
}

static Notifier log_run_state_suspend_notifier = {
    .notify = log_run_state_suspend,
};

static Notifier log_run_state_wakeup_notifier = {
    .notify = log_run_state_wakeup,
};

void vfio_trace_log_run_state_init(void)
{
    log_run_state_reset_bh = qemu_bh_new(log_run_state_after_reset, NULL);
    qemu_add_vm_change_state_handler(log_run_state_changed, NULL);
    qemu_register_suspend_notifier(&log_run_state_suspend_notifier);
    qemu_register_wakeup_notifier(&log_run_state_wakeup_notifier);
    qemu_register_reset(log_run_state_reset, NULL);
}

void vfio_trace_log_run_state_begin(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    s->run_state = runstate_get();
    s->stopped_at = 0;
    s->ran_ns = 0;
    s->running_since = 0;
    log_run_state_count(s, runstate_is_running());
    log->clock_due = runstate_is_running();
    if (phase_check(PHASE_MACHINE_READY) && !runstate_is_running()) {
        log_run_state_mark(log, s->run_state, NULL);
    }
}

uint64_t vfio_trace_log_running_ns(VFIOTraceLog *log)
{
    const VFIOTraceLogState *s = vfio_trace_log_state(log);

    return s->ran_ns +
           (s->running_since ? get_clock() - s->running_since : 0);
}
