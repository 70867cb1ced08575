/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: end of a log
 */
#ifndef HW_VFIO_TRACE_LOG_END_H
#define HW_VFIO_TRACE_LOG_END_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_end_init() - end all logs when QEMU exits
 *
 * One call is enough for all logs.
 */
void vfio_trace_log_end_init(void);

/**
 * vfio_trace_log_end_prepare() - allocate what the end of a log needs
 * @log: a log that is about to be opened
 */
void vfio_trace_log_end_prepare(VFIOTraceLog *log);

/**
 * vfio_trace_log_close() - end a log
 * @log: the log; nothing happens if it is not open
 *
 * Under the BQL.  Waits 100 ms at most for the log's disk or reader.  If the
 * writer takes longer, the log is referenced until it has ended.
 */
void vfio_trace_log_close(VFIOTraceLog *log);

/**
 * vfio_trace_log_writer_end() - VFIOTraceWriterOps.end
 * @opaque: the log
 * @whole: all records are written
 */
void vfio_trace_log_writer_end(void *opaque, bool whole);

/**
 * vfio_trace_log_writer_ended() - VFIOTraceWriterOps.ended
 * @opaque: the log
 */
void vfio_trace_log_writer_ended(void *opaque);

#endif /* HW_VFIO_TRACE_LOG_END_H */
