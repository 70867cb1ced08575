/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the data of one log
 *
 * The log is read once.  Each part (bins, rows, segments, chunks, marks, polls,
 * memory, the profile) gets its entries and has a limit: memory does not grow
 * with the log.  Single accesses are written while the log is read, all else at
 * its end.
 */
#ifndef VFIO_TRACE_REPORT_LOG_H
#define VFIO_TRACE_REPORT_LOG_H

#include "tools/analysis/trace.h"
#include "tools/report/block.h"

typedef struct ReportLog ReportLog;

/**
 * report_log_new() - begin with a log
 * @a: the trace, from which nothing was read
 * @blocks: where to write; report_blocks_log() was called
 * @room: bytes that the log's blocks may have
 */
ReportLog *report_log_new(AnalysisTrace *a, ReportBlocks *blocks,
                          uint64_t room);

/**
 * report_log_take() - take entries
 * @log: the log
 * @entries: what analysis_next() gave last
 * @n: their number
 */
void report_log_take(ReportLog *log, const MmtEntry *entries, size_t n);

/**
 * report_log_accesses() - get the number of accesses so far
 * @log: the log
 */
uint64_t report_log_accesses(const ReportLog *log);

/**
 * report_log_single() - get the number of accesses that are on the page one by
 *                       one, once it is written
 * @log: the data
 */
uint64_t report_log_single(const ReportLog *log);

/**
 * report_log_single_line() - get the line of the last one, or 0
 * @log: the data
 */
uint64_t report_log_single_line(const ReportLog *log);

/**
 * report_log_put() - write the rest, and the log's object
 * @log: the log, to which nothing is added any more
 * @name: its name
 * @selected: there was a selection
 * @cut: the log is cut off
 * @json: the list of logs
 */
void report_log_put(ReportLog *log, const char *name, bool selected, bool cut,
                    GString *json);

void report_log_free(ReportLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportLog, report_log_free)

#endif /* VFIO_TRACE_REPORT_LOG_H */
