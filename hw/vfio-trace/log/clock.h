/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: clocks, and when the guest stands still
 */
#ifndef HW_VFIO_TRACE_LOG_CLOCK_H
#define HW_VFIO_TRACE_LOG_CLOCK_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_mark_clock() - relate the log's clock to the host's others
 * @log: the log
 */
void vfio_trace_log_mark_clock(VFIOTraceLog *log);

/**
 * vfio_trace_log_watch_vm() - log when the guest stops and goes on; once is
 * enough for all logs
 */
void vfio_trace_log_watch_vm(void);

#endif /* HW_VFIO_TRACE_LOG_CLOCK_H */
