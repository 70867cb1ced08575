/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: putting lines of text into the ring, for the log itself
 */
#ifndef HW_VFIO_TRACE_LOG_PUT_H
#define HW_VFIO_TRACE_LOG_PUT_H

#include "hw/vfio-trace/log/log.h"

/**
 * vfio_trace_log_put_text() - log a line of text, if there is room
 * @log: the log
 * @kind: MMT_KIND_LINE or MMT_KIND_MARK
 * @text: the text, sanitized
 * @len: bytes of @text
 *
 * Return: whether there was room
 */
bool vfio_trace_log_put_text(VFIOTraceLog *log, MmtKind kind,
                             const char *text, size_t len);

#endif /* HW_VFIO_TRACE_LOG_PUT_H */
