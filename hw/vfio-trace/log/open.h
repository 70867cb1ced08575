/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how a log begins
 */
#ifndef HW_VFIO_TRACE_LOG_OPEN_H
#define HW_VFIO_TRACE_LOG_OPEN_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_open() - begin a log
 * @log: the log, its id and properties set
 * @errp: error that says why not, and what to do
 *
 * What a QEMU that was killed left in the ring of the same file is brought
 * into that first.
 *
 * Return: whether it is open
 */
bool vfio_trace_log_open(VFIOTraceLog *log, Error **errp);

#endif /* HW_VFIO_TRACE_LOG_OPEN_H */
