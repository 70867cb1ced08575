/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: back pressure: pausing the guest until its log has caught up
 */
#ifndef HW_VFIO_TRACE_LOG_PAUSE_H
#define HW_VFIO_TRACE_LOG_PAUSE_H

#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/log/writer.h"

/**
 * vfio_trace_log_pause() - request a pause of the guest for a log
 * @log: the log
 *
 * Any thread.  The guest resumes when no log has an error or is above its
 * low-water mark.  Another request before that has no further effect.

 */
void vfio_trace_log_pause(VFIOTraceLog *log);

/**
 * vfio_trace_log_release() - resume the guest if no log needs the pause now
 *
 * Call it when a log has been closed.  The check runs in the main loop.
 */
void vfio_trace_log_release(void);

/**
 * vfio_trace_log_pause_init() - watch the guest's run state
 *
 * One call is enough for all logs.
 *
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
