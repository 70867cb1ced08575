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
 * in 12); twice as much if QEMU's main loop is too busy to compare in time.  If
 * the host has slept, or the virtual machine that it is has been moved, the
 * time follows the clock at once, or stands still until the clock has come that
 * far.
 *
 * The counter is used if the kernel makes its own clock of it.  Elsewhere, if
 * the kernel's choice can not be read, in the first moments of the first log,
 * and whenever no time can be computed, the clock is read.
 */
#ifndef HW_VFIO_TRACE_LOG_TIME_H
#define HW_VFIO_TRACE_LOG_TIME_H

#include "qemu/atomic.h"
#include "libmmiotrace/counter.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/log/ticks.h"

/* One is in use; the others are older, but whoever reads them may finish. */
#define VFIO_TRACE_TIMES 4

/**
 * struct VFIOTraceTimes: how to compute times
 * @count: how often that has been said; changed under the BQL
 * @time: what has been said, the last one at @count modulo VFIO_TRACE_TIMES
 */
typedef struct VFIOTraceTimes {
    unsigned count;
    MmtCounterTime time[VFIO_TRACE_TIMES];
} VFIOTraceTimes;

extern VFIOTraceTimes vfio_trace_times;

/**
 * vfio_trace_time() - how to compute times now
 *
 * Any thread.  It waits for nobody: it looks again if it was asleep for longer
 * than two comparisons take.
 */
static inline QEMU_ALWAYS_INLINE MmtCounterTime vfio_trace_time(void)
{
    const MmtCounterTime *from;
    MmtCounterTime time;
    unsigned count;

    do {
        count = qatomic_load_acquire(&vfio_trace_times.count);
        from = &vfio_trace_times.time[count % VFIO_TRACE_TIMES];
        time.ticks = qatomic_read(&from->ticks);
        time.ns = qatomic_read(&from->ns);
        time.rate = qatomic_read(&from->rate);
        time.limit = qatomic_read(&from->limit);
        /* what has been read, before the look whether it was too late */
        smp_rmb();
    } while (unlikely(qatomic_read(&vfio_trace_times.count) - count >=
                      VFIO_TRACE_TIMES - 1));
    return time;
}

/**
 * vfio_trace_time_begin() - compare the counter with the clock from now on
 *
 * Under the BQL, when a log has begun.
 */
void vfio_trace_time_begin(void);

/**
 * vfio_trace_log_now() - the time for a record
 * @log: the log; the caller is in its gate, or has closed it
 *
 * Return: nanoseconds, at least as many as for the record before
 */
static inline QEMU_ALWAYS_INLINE uint64_t
vfio_trace_log_now(VFIOTraceLog *log)
{
    MmtCounterTime time = vfio_trace_time();
    uint64_t ns;

    if (unlikely(!mmt_counter_computes(&time, vfio_trace_ticks(), &ns))) {
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
static inline QEMU_ALWAYS_INLINE uint64_t
vfio_trace_log_answered(VFIOTraceLog *log)
{
    vfio_trace_ticks_fence();
    return vfio_trace_log_now(log);
}

#endif /* HW_VFIO_TRACE_LOG_TIME_H */
