/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: times of records
 *
 * Theory of operation
 *
 * Times are those of the host's monotonic clock, which takes a call and some
 * twenty nanoseconds to read.  An access computes its time from the processor's
 * counter (libmmiotrace/counter.h): a timer compares the two five times a
 * second, and gives each log what to compute with.  A time never goes back.
 *
 * So a time differs from the clock by what the clock's own rate has changed
 * since the last comparison: nanoseconds, or some microseconds while the host's
 * time is being adjusted.  If the two are apart by more than that (the host has
 * slept, or the virtual machine that it is has been moved), the time follows
 * the clock at once, or stands still until the clock has come that far.
 *
 * The counter is used if the kernel makes its own clock of it.  Elsewhere, if
 * the kernel's choice can not be read, in the first moments of the first log,
 * and whenever no time can be computed, the clock is read.
 */
#ifndef HW_VFIO_TRACE_LOG_TIME_H
#define HW_VFIO_TRACE_LOG_TIME_H

#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/log/ticks.h"

/**
 * vfio_trace_time_begin() - begin to compare, and give a log what is known
 * @log: the log, on the list of logs
 */
void vfio_trace_time_begin(VFIOTraceLog *log);

/**
 * vfio_trace_log_now() - the time for a record
 * @log: the log; the caller is in its gate, or has closed it
 *
 * Return: nanoseconds, at least as many as for the record before
 */
static inline uint64_t vfio_trace_log_now(VFIOTraceLog *log)
{
    uint64_t ns;

    if (unlikely(!mmt_counter_computes(&log->time, vfio_trace_ticks(), &ns))) {
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
