/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: output
 */
#ifndef VFIO_TRACE_STAT_REPORT_H
#define VFIO_TRACE_STAT_REPORT_H

#include "tools/analysis/db.h"
#include "tools/stat/fields.h"

/**
 * struct StatReport: what is printed
 * @path: name of the trace
 * @trace: the trace, which was read
 * @db: names of its registers
 * @result: what was counted
 * @by: what accesses are grouped by
 * @top: number of groups to print; 0: all
 */
typedef struct StatReport {
    const char *path;
    const MmtTrace *trace;
    AnalysisDb *db;
    const StatResult *result;
    const StatBy *by;
    uint32_t top;
} StatReport;

/**
 * stat_print() - print it for people
 * @report: what to print
 */
void stat_print(const StatReport *report);

/**
 * stat_json() - print it as JSON, with an object on each line
 * @report: what to print
 */
void stat_json(const StatReport *report);

/**
 * stat_rate() - get accesses per second
 * @n: number of accesses
 * @ns: time from the first to the last, in nanoseconds
 *
 * Return: the rate; 0 if it can't be known
 */
static inline double stat_rate(uint64_t n, uint64_t ns)
{
    return n > 1 && ns ? (n - 1) * 1e9 / ns : 0;
}

#endif /* VFIO_TRACE_STAT_REPORT_H */
