/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: where entries are on a page's axis of time
 *
 * The axis begins at the first entry with a time, and never goes back.  Of a
 * log without times, lines take their place.
 *
 * Where the clock jumps, the axis is cut: the page of a guest that stood still
 * for a night would show nothing but the night, and that of two boots in one
 * log would have the second one in a single place.
 */
#ifndef VFIO_TRACE_REPORT_AXIS_H
#define VFIO_TRACE_REPORT_AXIS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/* Cuts at most; further jumps are no cuts */
#define REPORT_CUTS 256

/*
 * The clock jumps if it goes forward by more than a minute, and by more than
 * ten times what the axis has so far; or if it goes back by more than a second.
 * By less, it is no jump: threads overtake each other, say.
 */
#define REPORT_JUMP_NS    UINT64_C(60000000000)
#define REPORT_JUMP_TIMES 10
#define REPORT_BACK_NS    UINT64_C(1000000000)

/* Length of a cut on the axis: an eighth of what is before, within these */
#define REPORT_CUT_MIN_NS UINT64_C(1000000)
#define REPORT_CUT_MAX_NS UINT64_C(1000000000)

/**
 * struct ReportCut: a cut of the axis
 * @from: place of the last entry before it
 * @to: place of the first one after it
 * @line: line of that
 * @ns: its time
 */
typedef struct ReportCut {
    uint64_t from;
    uint64_t to;
    uint64_t line;
    uint64_t ns;
} ReportCut;

/**
 * struct ReportAxis: the axis; all 0 at first
 * @decided: it is known which of the two it is
 * @timed: it has times, in nanoseconds
 * @started: @start is known
 * @start: time at which it begins
 * @last: place of the last entry
 * @clamped: accesses whose time went back
 * @n_cuts: number of cuts
 * @cuts: the cuts
 */
typedef struct ReportAxis {
    bool decided;
    bool timed;
    bool started;
    uint64_t start;
    uint64_t last;
    uint64_t clamped;
    uint32_t n_cuts;
    ReportCut cuts[REPORT_CUTS];
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

/**
 * report_axis_put() - write "axis", "start", "end", "clamped" and "cuts"
 * @axis: the axis
 * @json: the log's object
 */
void report_axis_put(const ReportAxis *axis, GString *json);

#endif /* VFIO_TRACE_REPORT_AXIS_H */
