/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: times of records
 *
 * Theory of operation
 *
 * Times are those of the host's monotonic clock, which takes a call and some
 * twenty nanoseconds to read.  An access computes its time from the processor's
 * counter (libmmiotrace/counter.h): a timer compares the two five times a
 * second.  A log's times never go back.
 *
 * So a time differs from the clock by what the clock's own rate has changed
 * since the last comparison: nanoseconds; up to 0.1 ms while the host's time is
 * being adjusted (1 in 2,000), and some 20 ms at the moment at which a time
 * server's program begins to correct a large error at its quickest (chrony: 1
 * in 12).  If the host has slept, or the virtual machine that it is has been
 * moved, the time follows the clock at once, or stands still until the clock
 * has come that far.
 *
 * The counter is used if the kernel makes its own clock of it.  Elsewhere, if
 * the kernel's choice can not be read, in the first moments of the first log,
 * and whenever no time can be computed, the clock is read.
 */
#ifndef HW_VFIO_TRACE_LOG_TIME_H
#define HW_VFIO_TRACE_LOG_TIME_H

#include "qemu/rcu.h"
#include "libmmiotrace/counter.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/log/ticks.h"

/* How to compute times: RCU, or the BQL, with which it is replaced */
extern const MmtCounterTime *vfio_trace_time;

/**
 * vfio_trace_time_begin() - compare the counter with the clock from now on
 *
 * Under the BQL, when a log has begun.
 */
void vfio_trace_time_begin(void);

/**
 * vfio_trace_log_now() - the time for a record
 * @log: the log; the caller is in its gate, in an RCU read section, or has
 *       closed it
 *
 * Return: nanoseconds, at least as many as for the record before
 */
static inline uint64_t vfio_trace_log_now(VFIOTraceLog *log)
{
    const MmtCounterTime *time = qatomic_rcu_read(&vfio_trace_time);
    uint64_t ns;

    if (unlikely(!mmt_counter_computes(time, vfio_trace_ticks(), &ns))) {
        ns = get_clock();
    }
    log->now = MAX(log->now, ns);
    return log->now;
}

/**
 * vfio_trace_log_answered() - the time for a read that the device has answered
 * @log: as for vfio_trace_log_now()
 *
 * Return: likewise
 */
static inline uint64_t vfio_trace_log_answered(VFIOTraceLog *log)
{
    vfio_trace_ticks_fence();
    return vfio_trace_log_now(log);
}

#endif /* HW_VFIO_TRACE_LOG_TIME_H */
