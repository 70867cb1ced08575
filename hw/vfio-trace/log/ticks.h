/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the processor's counter, for times on the path of an access
 *
 * It takes an instruction where the clock takes a call.  Sums of its ticks
 * become nanoseconds when somebody asks for them: the ratio of the two clocks
 * is that of the time since the process's first log began.
 *
 * Where the counter's rate is not constant, the clock is used in its place.
 */
#ifndef HW_VFIO_TRACE_LOG_TICKS_H
#define HW_VFIO_TRACE_LOG_TICKS_H

#include "qemu/timer.h"

/* The counter can be used; set by vfio_trace_ticks_start() */
extern bool vfio_trace_ticks_constant;

/**
 * vfio_trace_ticks() - read the counter, or the clock in its place
 *
 * Return: ticks since some moment
 */
static inline uint64_t vfio_trace_ticks(void)
{
#if defined(__aarch64__)
    uint64_t ticks;

    asm volatile("mrs %0, cntvct_el0" : "=r" (ticks));
    return ticks;
#elif defined(__x86_64__)
    if (likely(vfio_trace_ticks_constant)) {
        return cpu_get_host_ticks();
    }
    return get_clock();
#else
    return get_clock();
#endif
}

/**
 * vfio_trace_ticks_fence() - the counter is read when all loads are done
 *
 * Processors read it earlier if nothing depends on it.
 */
static inline void vfio_trace_ticks_fence(void)
{
#if defined(__x86_64__)
    asm volatile("lfence" : : : "memory");
#elif defined(__aarch64__)
    asm volatile("dsb ld; isb" : : : "memory");
#endif
}

/**
 * vfio_trace_ticks_start() - prepare the functions here
 *
 * Under the BQL.  Further calls do nothing.
 */
void vfio_trace_ticks_start(void);

/**
 * vfio_trace_ticks_ns() - convert a difference of ticks
 * @ticks: the difference
 *
 * Return: nanoseconds
 */
uint64_t vfio_trace_ticks_ns(uint64_t ticks);

#endif /* HW_VFIO_TRACE_LOG_TICKS_H */
