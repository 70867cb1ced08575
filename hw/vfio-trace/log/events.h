/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP events of a log
 */
#ifndef HW_VFIO_TRACE_LOG_EVENTS_H
#define HW_VFIO_TRACE_LOG_EVENTS_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_note() - request an event
 * @log: the log
 * @note: VFIOTraceNote: which event
 *
 * Any thread.  The main loop sends the event.
 */
void vfio_trace_log_note(VFIOTraceLog *log, uint32_t note);

/**
 * vfio_trace_log_events() - send the requested events
 * @opaque: the log
 */
void vfio_trace_log_events(void *opaque);

/**
 * vfio_trace_log_still_waiting() - callback of the log's @waiting_timer
 * @opaque: the log
 */
void vfio_trace_log_still_waiting(void *opaque);

/**
 * vfio_trace_log_trouble() - why the log can't be written
 * @log: the log
 *
 * Return: a text, or NULL if it can be written
 */
const char *vfio_trace_log_trouble(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_EVENTS_H */
