/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: faults of a log
 */
#ifndef VFIO_TRACE_CHECK_FAULT_H
#define VFIO_TRACE_CHECK_FAULT_H

#include "tools/check/internal.h"

/**
 * check_fault() - a fault
 * @check: the log
 * @at: the line
 * @column: in it, in bytes from 1 up
 * @fmt: what is wrong
 */
void check_fault(Check *check, Place at, uint64_t column, const char *fmt, ...)
    G_GNUC_PRINTF(4, 5);

/* A fault in a field of the line being checked */
#define FAULT(check, ev, field, ...) \
    check_fault(check, (check)->at, (ev)->column[field], __VA_ARGS__)

/**
 * check_line_name() - "line 5", or "line 5 of FILE" if that is another part
 * @check: the log
 * @at: the line
 *
 * Return: the name, to be freed
 */
char *check_line_name(const Check *check, Place at);

/**
 * check_hold() - a fault of an access, unless the mark after it excuses it
 * @check: the log
 * @column: as for check_fault()
 * @fmt: what is wrong
 */
void check_hold(Check *check, uint32_t column, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * check_release_held() - no mark has excused the access before
 * @check: the log
 */
void check_release_held(Check *check);

#endif /* VFIO_TRACE_CHECK_FAULT_H */
