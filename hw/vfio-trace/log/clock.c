/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: clock marks, and marks at stop and resume of the guest
 *
 * The log's times are from the host's monotonic clock.  Marks relate it to the
 * wall clock and to the guest's clocks: KVM's clock, from which Linux makes the
 * times in dmesg, and the time stamp counter.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "system/kvm.h"
#include "system/runstate.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/clock.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/vcpu/vcpu.h"
#ifdef CONFIG_KVM
#include <linux/kvm.h>
#endif

/* Seconds with nanoseconds, in the log's notation */
static char *log_clock_seconds(uint64_t ns)
{
    return g_strdup_printf("%" PRIu64 ".%09" PRIu64,
                           (uint64_t)(ns / NANOSECONDS_PER_SECOND),
                           (uint64_t)(ns % NANOSECONDS_PER_SECOND));
}

static void log_clock_put(VFIOTraceLog *log, const char *more)
{
    g_autofree char *mono = log_clock_seconds(get_clock());
    struct timespec real;

    clock_gettime(CLOCK_REALTIME, &real);
    vfio_trace_log_markf(log, "clock monotonic=%s realtime=%lld.%09ld%s", mono,
                         (long long)real.tv_sec, real.tv_nsec, more);
}

void vfio_trace_log_mark_clock(VFIOTraceLog *log)
{
    log_clock_put(log, "");
}

static void log_clock_add_kvmclock(GString *more)
{
#if defined(CONFIG_KVM) && defined(KVM_GET_CLOCK)
    struct kvm_clock_data data;

    if (kvm_enabled() && kvm_vm_ioctl(kvm_state, KVM_GET_CLOCK, &data) == 0) {
        g_autofree char *text = log_clock_seconds(data.clock);

        g_string_append_printf(more, " kvmclock=%s", text);
    }
#endif
}

void vfio_trace_log_mark_guest_clock(VFIOTraceLog *log)
{
    g_autoptr(GString) more = g_string_new(NULL);
    uint64_t tsc;

    if (!current_cpu) {
        return;
    }
    log->clock_due = false;
    log_clock_add_kvmclock(more);
    if (vfio_trace_tsc(&tsc)) {
        g_string_append_printf(more, " tsc=0x%" PRIx64 " cpu=%d", tsc,
                               current_cpu->cpu_index);
    }
    if (more->len) {
        log_clock_put(log, more->str);
    }
}

static void log_clock_vm_runs(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    g_autofree char *paused = NULL;

    if (s->stopped_at) {
        paused = g_strdup_printf(" paused-ns=%" PRId64,
                                 get_clock() - s->stopped_at);
    }
    vfio_trace_log_markf(log, "vm state=running%s", paused ?: "");
    log->clock_due = true;
}

static void log_clock_vm_changed(void *opaque, bool running, RunState state)
{
    VFIOTraceLog *log = NULL;

    while ((log = vfio_trace_log_next(log))) {
        VFIOTraceLogState *s = vfio_trace_log_state(log);

        if (running == s->running || s->closing) {
            continue;
        }
        s->running = running;
        if (running) {
            trace_vfio_trace_vm_running(log->id);
            log_clock_vm_runs(log);
        } else {
            trace_vfio_trace_vm_paused(log->id, RunState_str(state));
            s->stopped_at = get_clock();
            vfio_trace_log_markf(log, "vm state=paused reason=%s",
                                 RunState_str(state));
        }
    }
}

void vfio_trace_log_watch_vm(void)
{
    qemu_add_vm_change_state_handler(log_clock_vm_changed, NULL);
}
