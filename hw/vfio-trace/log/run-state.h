/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks for QEMU's run states
 */
#ifndef HW_VFIO_TRACE_LOG_RUN_STATE_H
#define HW_VFIO_TRACE_LOG_RUN_STATE_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_run_state_init() - log from now on when the run state changes
 *
 * One call is enough for all logs.
 */
void vfio_trace_log_run_state_init(void);

/**
 * vfio_trace_log_run_state_begin() - log the run state in which a log begins
 * @log: a log that is about to be opened; it takes text already
 *
 * Without a mark, the machine runs or has not run yet.
 */
void vfio_trace_log_run_state_begin(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_RUN_STATE_H */
