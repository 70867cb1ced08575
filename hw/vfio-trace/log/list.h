/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: list of all logs
 */
#ifndef HW_VFIO_TRACE_LOG_LIST_H
#define HW_VFIO_TRACE_LOG_LIST_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_enter() - put a log on the list of logs
 * @log: the log, not on it
 */
void vfio_trace_log_enter(VFIOTraceLog *log);

/**
 * vfio_trace_log_leave() - take a log off the list of logs
 * @log: the log, on it
 */
void vfio_trace_log_leave(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_LIST_H */
