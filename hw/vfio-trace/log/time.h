/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: times of records
 */
#ifndef HW_VFIO_TRACE_LOG_TIME_H
#define HW_VFIO_TRACE_LOG_TIME_H

#include "qemu/timer.h"
#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_now() - the time for a record
 * @log: the log; the caller is in its gate, or has closed it
 *
 * Return: nanoseconds, at least as many as for the record before
 */
static inline uint64_t vfio_trace_log_now(VFIOTraceLog *log)
{
    uint64_t ns = get_clock();

    log->now = MAX(log->now, ns);
    return log->now;
}

#endif /* HW_VFIO_TRACE_LOG_TIME_H */
