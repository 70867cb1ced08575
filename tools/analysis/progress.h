/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: progress of reading, on a terminal
 */
#ifndef VFIO_TRACE_ANALYSIS_PROGRESS_H
#define VFIO_TRACE_ANALYSIS_PROGRESS_H

#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

typedef struct AnalysisProgress AnalysisProgress;

/**
 * analysis_progress_new() - begin
 * @verb: name of the verb
 * @path: the file that is read, or "-"
 *
 * Return: the progress; NULL if standard error is not a terminal
 */
AnalysisProgress *analysis_progress_new(const char *verb, const char *path);

/**
 * analysis_progress_show() - show how much was read
 * @progress: the progress
 * @trace: the trace
 *
 * Shows nothing in the first two seconds, and four times a second afterwards.
 */
void analysis_progress_show(AnalysisProgress *progress, const MmtTrace *trace);

/**
 * analysis_progress_bytes() - show how much was read of what is not a trace
 * @progress: the progress, or NULL
 * @what: what is done, printable
 * @bytes: bytes so far
 *
 * As often as analysis_progress_show().
 */
void analysis_progress_bytes(AnalysisProgress *progress, const char *what,
                             uint64_t bytes);

/**
 * analysis_progress_text() - format the line
 * @verb: name of the verb
 * @totals: what was read
 * @size: bytes of text in all, or 0 if not known
 * @seconds: time since it began, not 0
 *
 * Return: the line, to be freed
 */
char *analysis_progress_text(const char *verb, const MmtTotals *totals,
                             uint64_t size, double seconds);

/**
 * analysis_progress_size() - get the bytes of text of a file
 * @path: the file, or "-"
 *
 * Return: its size; 0 if it is compressed or not a regular file
 */
uint64_t analysis_progress_size(const char *path);

/**
 * analysis_progress_free() - remove the line from the terminal
 * @progress: the progress, or NULL
 */
void analysis_progress_free(AnalysisProgress *progress);

#endif /* VFIO_TRACE_ANALYSIS_PROGRESS_H */
