/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a log can't do once QEMU has become another user
 */
#ifndef HW_VFIO_TRACE_LOG_RIGHTS_H
#define HW_VFIO_TRACE_LOG_RIGHTS_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_rights_check() - refuse what QEMU can't do as its later user
 * @log: a log that is about to be opened
 * @errp: error with the reason
 *
 * Return: whether the log can do what it was asked for
 */
bool vfio_trace_log_rights_check(VFIOTraceLog *log, Error **errp);

/**
 * vfio_trace_log_rights_warn() - warn if the log's ring will stay
 * @log: the log; it has its ring
 */
void vfio_trace_log_rights_warn(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_RIGHTS_H */
