/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: the processor's counter (see ticks.h) */
#include "qemu/osdep.h"
#include "hw/vfio-trace/log/ticks.h"
#if defined(__x86_64__)
#include "qemu/cpuid.h"

#define CPUID_HYPERVISOR (1u << 31)     /* leaf 1, ECX */
#define CPUID_INVARIANT  (1u << 8)      /* leaf 0x80000007, EDX */
#endif

bool vfio_trace_ticks_constant;

/* Both clocks at the same moment, when the first log began */
static uint64_t log_ticks_first;
static int64_t log_ticks_clock;

/*
 * Processors of this century's first decade change the rate of the counter with
 * their frequency.  Hypervisors seldom say that theirs is constant, since the
 * machine may migrate; it is until then.
 */
static bool log_ticks_are_constant(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;

    return (__get_cpuid(0x80000007, &a, &b, &c, &d) && d & CPUID_INVARIANT) ||
           (__get_cpuid(1, &a, &b, &c, &d) && c & CPUID_HYPERVISOR);
#else
    return true;
#endif
}

void vfio_trace_ticks_start(void)
{
    if (!log_ticks_clock) {
        vfio_trace_ticks_constant = log_ticks_are_constant();
        log_ticks_first = vfio_trace_ticks();
        log_ticks_clock = get_clock();
    }
}

uint64_t vfio_trace_ticks_ns(uint64_t ticks)
{
    /* Signed: a host that has slept may have begun to count again. */
    int64_t passed = vfio_trace_ticks() - log_ticks_first;
    int64_t ns = get_clock() - log_ticks_clock;

    return passed > 0 && ns > 0 ? ticks * ((double)ns / passed) : 0;
}
