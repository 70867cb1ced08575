/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: polls, as the folder finds them
 */
#ifndef VFIO_TRACE_REPORT_POLLS_H
#define VFIO_TRACE_REPORT_POLLS_H

#include "tools/analysis/db.h"
#include "tools/report/axis.h"
#include "tools/report/block.h"

/* Polls that are written: the longest */
#define REPORT_POLLS 5000

typedef struct ReportPolls ReportPolls;

ReportPolls *report_polls_new(void);

/**
 * report_polls_take() - take an access
 * @polls: the polls
 * @entry: the access
 */
void report_polls_take(ReportPolls *polls, const MmtEntry *entry);

/**
 * report_polls_put() - write "polls"
 * @polls: the polls
 * @blocks: where blocks go
 * @json: the log's object
 * @axis: the log's axis
 * @db: names of registers, or NULL
 */
void report_polls_put(ReportPolls *polls, ReportBlocks *blocks, GString *json,
                      const ReportAxis *axis, AnalysisDb *db);

void report_polls_free(ReportPolls *polls);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportPolls, report_polls_free)

#endif /* VFIO_TRACE_REPORT_POLLS_H */
