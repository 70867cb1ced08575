/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log's properties
 */
#ifndef HW_VFIO_TRACE_LOG_PROPS_H
#define HW_VFIO_TRACE_LOG_PROPS_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_properties() - give the log's class its properties
 * @klass: the class
 */
void vfio_trace_log_properties(ObjectClass *klass);

/**
 * vfio_trace_log_mirror() - let an object have the log's properties
 * @log: the log
 * @owner: the object; each property is there with "trace-" before its name
 */
void vfio_trace_log_mirror(VFIOTraceLog *log, Object *owner);

#endif /* HW_VFIO_TRACE_LOG_PROPS_H */
