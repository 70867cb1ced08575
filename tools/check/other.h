/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: traces that are not mmiotrace: QEMU's trace events, ftrace
 */
#ifndef VFIO_TRACE_CHECK_OTHER_H
#define VFIO_TRACE_CHECK_OTHER_H

#include <json-glib/json-glib.h>

#include "libmmiotrace/reader.h"
#include "tools/check/internal.h"

typedef struct CheckOther CheckOther;

/**
 * check_other_begin() - is a line of another format?
 * @check: the log
 * @line: the line, of a block of the reader: bytes behind it can be read
 *
 * A notice of lost events, which several formats have, is reported at once.
 *
 * Return: the check of a trace in that format, or NULL
 */
CheckOther *check_other_begin(Check *check, const MmtLine *line);

/**
 * check_other_line() - check a line
 * @check: the log
 * @line: the line, likewise; the one that began it must be passed, too
 */
void check_other_line(Check *check, const MmtLine *line);

/**
 * check_other_print() - print the result as text
 * @check: the log
 */
void check_other_print(const Check *check);

/**
 * check_other_json() - add the result to a JSON object
 * @check: the log
 * @b: the object
 */
void check_other_json(const Check *check, JsonBuilder *b);

void check_other_free(CheckOther *other);

#endif /* VFIO_TRACE_CHECK_OTHER_H */
