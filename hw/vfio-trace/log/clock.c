/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: clock marks
 *
 * The log's times are from the host's monotonic clock.  Marks relate it to the
 * wall clock and to the guest's clocks: KVM's clock, from which Linux makes the
 * times in dmesg, and the counter that the architecture has.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "system/kvm.h"
#include "hw/vfio-trace/log/clock.h"
#include "hw/vfio-trace/vcpu/vcpu.h"
#ifdef CONFIG_KVM
#include <linux/kvm.h>
#endif

/**
 * struct LogClockGuest: the guest's clocks at one moment
 * @has_kvmclock: @kvmclock is known
 * @kvmclock: KVM's clock, in nanoseconds
 * @has_counter: @counter is known
 * @counter: counter of time of this thread's vCPU
 */
typedef struct LogClockGuest {
    bool has_kvmclock;
    uint64_t kvmclock;
    bool has_counter;
    uint64_t counter;
} LogClockGuest;

static void log_clock_put(VFIOTraceLog *log, const LogClockGuest *guest)
{
    uint64_t mono = get_clock();
    struct timespec real;

    clock_gettime(CLOCK_REALTIME, &real);
    vfio_trace_log_own_mark(log, MMT_MARK_CLOCK,
        MMT_NUMBER("monotonic", mono),
        MMT_NUMBER("realtime",
                   real.tv_sec * NANOSECONDS_PER_SECOND + real.tv_nsec),
        guest->has_kvmclock ? MMT_NUMBER("kvmclock", guest->kvmclock)
                            : MMT_NO_WORD,
        guest->has_counter ? MMT_NUMBER("tsc", guest->counter) : MMT_NO_WORD,
        guest->has_counter ? MMT_NUMBER("cpu", current_cpu->cpu_index)
                       : MMT_NO_WORD);
}

void vfio_trace_log_mark_clock(VFIOTraceLog *log)
{
    log_clock_put(log, &(LogClockGuest) { 0 });
}

static bool log_clock_kvmclock(uint64_t *ns)
{
#if defined(CONFIG_KVM) && defined(KVM_GET_CLOCK)
    struct kvm_clock_data data;

    if (kvm_enabled() && kvm_vm_ioctl(kvm_state, KVM_GET_CLOCK, &data) == 0) {
        *ns = data.clock;
        return true;
    }
#endif
    return false;
}

void vfio_trace_log_mark_guest_clock(VFIOTraceLog *log)
{
    LogClockGuest guest;

    if (!current_cpu) {
        return;
    }
    log->clock_due = false;
    guest.has_kvmclock = log_clock_kvmclock(&guest.kvmclock);
    guest.has_counter = vfio_trace_counter(&guest.counter);
    if (guest.has_kvmclock || guest.has_counter) {
        log_clock_put(log, &guest);
    }
}
