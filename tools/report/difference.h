/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the difference of two logs, as the verb diff finds it
 */
#ifndef VFIO_TRACE_REPORT_DIFFERENCE_H
#define VFIO_TRACE_REPORT_DIFFERENCE_H

#include "tools/common/tool.h"
#include "tools/report/block.h"

/* Differences that are written, bytes of their text, accesses of each side */
#define REPORT_HUNKS 10000
#define REPORT_HUNKS_TEXT (16u << 20)
#define REPORT_HUNK_TOKENS 8

/**
 * report_difference_put() - compare two logs, and write "diff"
 * @verb: the verb, for messages
 * @paths: the logs, which are read once more
 * @blocks: where blocks go
 * @json: the index
 *
 * Return: as diff_compare(); after TOOL_TROUBLE, nothing was written
 */
ToolStatus report_difference_put(const Verb *verb, char *const paths[2],
                                 ReportBlocks *blocks, GString *json);

#endif /* VFIO_TRACE_REPORT_DIFFERENCE_H */
