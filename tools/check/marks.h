/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: the tracer's marks
 */
#ifndef VFIO_TRACE_CHECK_MARKS_H
#define VFIO_TRACE_CHECK_MARKS_H

#include "tools/check/internal.h"

/**
 * check_mark() - a MARK
 * @check: the log
 * @ev: the line
 */
void check_mark(Check *check, const MmtEvent *ev);

/**
 * check_marks_end() - what can be said of marks when all have been seen
 * @check: the log
 */
void check_marks_end(Check *check);

#endif /* VFIO_TRACE_CHECK_MARKS_H */
