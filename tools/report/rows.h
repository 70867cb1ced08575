/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: what the heat map, the latencies and the comparison of
 * phases count by
 *
 * A row is a register.  Their number has a limit: if there are more, a row is
 * the other registers of 4 KiB, of a region, or all others.  A table that is
 * uploaded does not take the rows of registers: a page of 4 KiB has a limit,
 * too.  Each access is in one row.
 */
#ifndef VFIO_TRACE_REPORT_ROWS_H
#define VFIO_TRACE_REPORT_ROWS_H

#include "tools/analysis/db.h"
#include "tools/report/access.h"
#include "tools/report/bins.h"
#include "tools/report/block.h"
#include "tools/report/row.h"

/* Bins of the heat map: one has the time of 16 of the timeline's */
#define REPORT_HEAT_BINS 1024
#define REPORT_HEAT_JOIN (REPORT_BINS / REPORT_HEAT_BINS)

ReportRows *report_rows_new(void);

/**
 * report_rows_double() - two bins become one
 * @rows: the rows
 */
void report_rows_double(ReportRows *rows);

/**
 * report_rows_take() - count an access
 * @rows: the rows
 * @access: the access
 */
void report_rows_take(ReportRows *rows, const ReportAccess *access);

/**
 * report_rows_sort() - bring them into the order in which they are written
 * @rows: the rows, to which nothing is added any more
 */
void report_rows_sort(ReportRows *rows);

/**
 * report_rows_find() - find the row of a register
 * @rows: the rows, sorted
 * @region: its region
 * @offset: its offset
 *
 * Return: the row's number in what is written; UINT32_MAX: it has none of its
 *         own
 */
uint32_t report_rows_find(const ReportRows *rows, uint32_t region,
                          uint64_t offset);

/**
 * struct ReportRowsOut: what rows are written with
 * @blocks: where blocks go
 * @json: the log's object
 * @db: names of registers, or NULL
 * @bins: bins of the timeline in use
 * @width: width of one
 * @phases: number of phases
 * @latency: the log has latencies
 */
typedef struct ReportRowsOut {
    ReportBlocks *blocks;
    GString *json;
    AnalysisDb *db;
    uint32_t bins;
    uint64_t width;
    uint32_t phases;
    bool latency;
} ReportRowsOut;

/**
 * report_rows_put() - write "rows", "heat", "phase-counts" and "latency"
 * @rows: the rows, sorted
 * @out: where and how
 */
void report_rows_put(const ReportRows *rows, const ReportRowsOut *out);

void report_rows_free(ReportRows *rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportRows, report_rows_free)

#endif /* VFIO_TRACE_REPORT_ROWS_H */
