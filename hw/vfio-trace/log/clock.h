/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: clock marks
 */
#ifndef HW_VFIO_TRACE_LOG_CLOCK_H
#define HW_VFIO_TRACE_LOG_CLOCK_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_mark_clock() - mark that relates the log's clock to the host's
 * wall clock
 * @log: the log
 */
void vfio_trace_log_mark_clock(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_CLOCK_H */
