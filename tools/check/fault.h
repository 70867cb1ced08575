/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: faults of a log
 */
#ifndef VFIO_TRACE_CHECK_FAULT_H
#define VFIO_TRACE_CHECK_FAULT_H

#include "tools/check/internal.h"

/**
 * check_fault() - report a fault
 * @check: the log
 * @at: the line
 * @column: column in the line, in bytes from 1 up
 * @fmt: the message
 */
void check_fault(Check *check, Place at, uint64_t column, const char *fmt, ...)
    G_GNUC_PRINTF(4, 5);

/**
 * check_fault_lost() - report that events were lost
 * @check: the log
 * @column: column in the line being checked
 * @fmt: the message
 *
 * That is a fault of every format: it is reported while others are held.
 */
void check_fault_lost(Check *check, uint64_t column, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/* Report a fault in a field of the line being checked. */
#define FAULT(check, ev, field, ...) \
    check_fault(check, (check)->at, (ev)->column[field], __VA_ARGS__)

/**
 * check_report_pending() - the faults that were held are faults
 * @check: the log
 */
void check_report_pending(Check *check);

/**
 * check_drop_pending() - the faults that were held are none
 * @check: the log
 */
void check_drop_pending(Check *check);

/**
 * check_line_name() - "line 5", or "line 5 of FILE" if it is in another part
 * @check: the log
 * @at: the line
 *
 * Return: the name, to be freed
 */
char *check_line_name(const Check *check, Place at);

/**
 * check_hold() - keep a fault of an access, which the mark after it may excuse
 * @check: the log
 * @column: as for check_fault()
 * @fmt: the message
 */
void check_hold(Check *check, uint32_t column, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * check_release_held() - report the fault kept by check_hold(), if any
 * @check: the log
 */
void check_release_held(Check *check);

/**
 * check_add_lost() - count lost events
 * @check: the log
 * @n: their number, as the log says it: the sum stays below 2^63
 */
void check_add_lost(Check *check, uint64_t n);

#endif /* VFIO_TRACE_CHECK_FAULT_H */
