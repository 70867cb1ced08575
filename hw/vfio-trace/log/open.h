/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: opening of a log
 */
#ifndef HW_VFIO_TRACE_LOG_OPEN_H
#define HW_VFIO_TRACE_LOG_OPEN_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_open() - open a log and start its writer
 * @log: the log, its id and properties set
 * @errp: error with the reason and a hint
 *
 * If a QEMU that was killed has left records in the ring of the same file, that
 * log is completed first.
 *
 * Return: whether it is open
 */
bool vfio_trace_log_open(VFIOTraceLog *log, Error **errp);

#endif /* HW_VFIO_TRACE_LOG_OPEN_H */
