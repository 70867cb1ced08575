/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: marks that say what is in the log
 */
#ifndef VFIO_TRACE_CHECK_COVERAGE_H
#define VFIO_TRACE_CHECK_COVERAGE_H

#include "tools/check/internal.h"

/**
 * check_coverage() - what is in the log of some range
 * @check: the log
 * @ev: the mark; its words have been checked
 */
void check_coverage(Check *check, const MmtEvent *ev);

/**
 * check_coverage_end() - do the ranges go together?
 * @check: the log
 */
void check_coverage_end(Check *check);

#endif /* VFIO_TRACE_CHECK_COVERAGE_H */
