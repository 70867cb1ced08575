/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: where entries are on a page's axis of time
 *
 * The axis begins at the first entry with a time, and never goes back.  Of a
 * log without times, lines take their place.
 */
#ifndef VFIO_TRACE_REPORT_AXIS_H
#define VFIO_TRACE_REPORT_AXIS_H

#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/**
 * struct ReportAxis: the axis; all 0 at first
 * @decided: it is known which of the two it is
 * @timed: it has times, in nanoseconds
 * @started: @start is known
 * @start: time at which it begins
 * @last: place of the last entry
 * @clamped: accesses whose time went back
 */
typedef struct ReportAxis {
    bool decided;
    bool timed;
    bool started;
    uint64_t start;
    uint64_t last;
    uint64_t clamped;
} ReportAxis;

/**
 * report_axis_take() - find the place of the next entry
 * @axis: the axis
 * @entry: the entry
 *
 * Return: the place
 */
uint64_t report_axis_take(ReportAxis *axis, const MmtEntry *entry);

/**
 * report_axis_at() - find the place of an earlier entry
 * @axis: the axis
 * @timed: it has a time
 * @ns: the time
 * @line: its line
 *
 * Return: the place
 */
uint64_t report_axis_at(const ReportAxis *axis, bool timed, uint64_t ns,
                        uint64_t line);

#endif /* VFIO_TRACE_REPORT_AXIS_H */
