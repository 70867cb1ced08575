/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how a log ends
 */
#ifndef HW_VFIO_TRACE_LOG_END_H
#define HW_VFIO_TRACE_LOG_END_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_end_init() - end all logs when QEMU exits; once is enough
 */
void vfio_trace_log_end_init(void);

/**
 * vfio_trace_log_end_prepare() - have what it takes to end a log
 * @log: a log that is about to be opened
 */
void vfio_trace_log_end_prepare(VFIOTraceLog *log);

/**
 * vfio_trace_log_close() - bring a log to its end
 * @log: the log; one that is not open stays as it is
 *
 * Under the BQL.  If its disk, or its reader, takes longer than a moment, this
 * returns all the same, and the log is referenced until it has ended.
 */
void vfio_trace_log_close(VFIOTraceLog *log);

/**
 * vfio_trace_log_writer_end() - VFIOTraceWriterOps.end
 * @opaque: the log
 * @whole: all is written
 */
void vfio_trace_log_writer_end(void *opaque, bool whole);

/**
 * vfio_trace_log_writer_ended() - VFIOTraceWriterOps.ended
 * @opaque: the log
 */
void vfio_trace_log_writer_ended(void *opaque);

#endif /* HW_VFIO_TRACE_LOG_END_H */
