/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a log
 */
#ifndef HW_VFIO_TRACE_LOG_PROPS_H
#define HW_VFIO_TRACE_LOG_PROPS_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_properties() - add the log's properties to its class
 * @klass: the class
 */
void vfio_trace_log_properties(ObjectClass *klass);

/**
 * vfio_trace_log_mirror() - add aliases of the log's properties to an object
 * @log: the log
 * @owner: the object, which gets each property with "trace-" before its name
 */
void vfio_trace_log_mirror(VFIOTraceLog *log, Object *owner);

#endif /* HW_VFIO_TRACE_LOG_PROPS_H */
