/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the guest waits for the log
 */
#ifndef HW_VFIO_TRACE_LOG_PAUSE_H
#define HW_VFIO_TRACE_LOG_PAUSE_H

#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/log/writer.h"

/**
 * vfio_trace_log_pause() - ask for a pause of the guest until the log is well
 * @log: the log
 *
 * Any thread.  Asking again before the guest has gone on does nothing.
 */
void vfio_trace_log_pause(VFIOTraceLog *log);

/**
 * vfio_trace_log_release() - see whether the guest may go on
 *
 * For when a log has gone.
 */
void vfio_trace_log_release(void);

/**
 * vfio_trace_log_pause_init() - watch the guest's state; once is enough
 */
void vfio_trace_log_pause_init(void);

/**
 * vfio_trace_log_writer_note() - VFIOTraceWriterOps.note
 * @opaque: the log
 * @note: what happened
 */
void vfio_trace_log_writer_note(void *opaque, VFIOTraceNote note);

/**
 * vfio_trace_log_writer_drained() - VFIOTraceWriterOps.drained
 * @opaque: the log
 */
void vfio_trace_log_writer_drained(void *opaque);

#endif /* HW_VFIO_TRACE_LOG_PAUSE_H */
