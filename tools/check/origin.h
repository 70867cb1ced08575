/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: the format of a trace, and who wrote it
 *
 * The kernel's own mmiotrace has faults of its own, and a trace may be in
 * another format: what is a fault depends on it.
 */
#ifndef VFIO_TRACE_CHECK_ORIGIN_H
#define VFIO_TRACE_CHECK_ORIGIN_H

#include "libmmiotrace/parse.h"
#include "libmmiotrace/reader.h"
#include "tools/check/internal.h"

/**
 * check_origin_init() - begin with a trace of which nothing is known
 * @check: the log; its options are set
 */
void check_origin_init(Check *check);

/**
 * check_origin_line() - look at a line before it is checked
 * @check: the log
 * @line: the line
 * @ev: its event, or NULL if the line can't be parsed as mmiotrace
 *
 * May set Check.kernel, Check.headless or Check.other, and report or drop the
 * faults that were held.
 */
void check_origin_line(Check *check, const MmtLine *line, const MmtEvent *ev);

/**
 * check_origin_ours() - the line being checked is one that our tracer wrote
 * @check: the log
 *
 * If the log was taken for the kernel's, it is none.
 */
void check_origin_ours(Check *check);

/**
 * check_origin_end() - the trace has ended
 * @check: the log
 */
void check_origin_end(Check *check);

#endif /* VFIO_TRACE_CHECK_ORIGIN_H */
