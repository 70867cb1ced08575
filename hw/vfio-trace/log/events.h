/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the events that a log sends
 */
#ifndef HW_VFIO_TRACE_LOG_EVENTS_H
#define HW_VFIO_TRACE_LOG_EVENTS_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_note() - something happened
 * @log: the log
 * @note: VFIOTraceNote, what
 *
 * Any thread.  The event is sent from the main loop.
 */
void vfio_trace_log_note(VFIOTraceLog *log, uint32_t note);

/**
 * vfio_trace_log_events() - send the events that are due
 * @opaque: the log
 */
void vfio_trace_log_events(void *opaque);

/**
 * vfio_trace_log_still_waiting() - the log's @waiting_timer
 * @opaque: the log
 */
void vfio_trace_log_still_waiting(void *opaque);

/**
 * vfio_trace_log_trouble() - why the log can't be written
 * @log: the log
 *
 * Return: text, or NULL if it can
 */
const char *vfio_trace_log_trouble(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_EVENTS_H */
