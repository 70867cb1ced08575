/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: ordinary accesses without a fault, which most lines are
 */
#ifndef VFIO_TRACE_CHECK_FAST_H
#define VFIO_TRACE_CHECK_FAST_H

#include "libmmiotrace/reader.h"
#include "tools/check/internal.h"

/**
 * check_fast() - check lines of a block, as far as they are ordinary accesses
 * @check: the log
 * @p: the first line
 * @end: end of the block
 *
 * Stops at the first line that is anything else, may have a fault, or needs a
 * look at the lines around it: the caller checks that one by all the rules.
 *
 * Return: the first line that was not checked, or @end
 */
const char *check_fast(Check *check, const char *p, const char *end);

/**
 * check_fast_settle() - prepare for a line that is checked by all the rules
 * @check: the log
 *
 * Must also be called before the block's text goes.
 */
void check_fast_settle(Check *check);

#endif /* VFIO_TRACE_CHECK_FAST_H */
