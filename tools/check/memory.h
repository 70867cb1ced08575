/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: marks with guest memory
 */
#ifndef VFIO_TRACE_CHECK_MEMORY_H
#define VFIO_TRACE_CHECK_MEMORY_H

#include "tools/check/internal.h"

void check_memory_init(Check *check);
void check_memory_clear(Check *check);

/**
 * check_memory_mark() - take a mark of the tracer
 * @check: the log
 * @ev: the mark; its words have been checked
 */
void check_memory_mark(Check *check, const MmtEvent *ev);

/**
 * check_memory_other() - something else has come
 * @check: the log
 */
void check_memory_other(Check *check);

/**
 * check_memory_end() - no more of it will come
 * @check: the log
 * @complete: what is missing is a fault
 */
void check_memory_end(Check *check, bool complete);

/**
 * check_memory_forget() - something is missing: what comes may not fit
 * @check: the log
 */
void check_memory_forget(Check *check);

#endif /* VFIO_TRACE_CHECK_MEMORY_H */
