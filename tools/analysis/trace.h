/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: reading a trace, as all verbs do it
 *
 *      AnalysisTrace *a = analysis_open(&verb_stat, path);
 *
 *      while ((n = analysis_next(a, &entries)) > 0) {
 *          ...
 *      }
 *      status = analysis_end(a);
 *      ... print what was found ...
 *      analysis_free(a);
 *      return analysis_finish(&verb_stat, status);
 *
 * The options of options.h apply.  Progress is shown on a terminal.  ^C ends
 * reading: the verb prints what was found so far, and analysis_finish() then
 * ends the process as SIGINT would have.  A second ^C ends it at once.
 */
#ifndef VFIO_TRACE_ANALYSIS_TRACE_H
#define VFIO_TRACE_ANALYSIS_TRACE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/common/tool.h"

typedef struct AnalysisTrace AnalysisTrace;

/**
 * analysis_open() - open a trace for a verb
 * @verb: the verb
 * @path: the file, or "-" for standard input
 *
 * Return: the trace; NULL after an error was printed
 */
AnalysisTrace *analysis_open(const Verb *verb, const char *path);

/**
 * analysis_hide_progress() - show no progress
 * @a: a trace from which nothing was read
 *
 * For verbs that print while they read, on the same terminal.
 */
void analysis_hide_progress(AnalysisTrace *a);

/**
 * analysis_trace() - get the library's trace
 * @a: the trace
 */
MmtTrace *analysis_trace(AnalysisTrace *a);

/**
 * analysis_db() - get the names of the trace's registers
 * @a: the trace
 *
 * Return: the databases, which belong to @a
 */
AnalysisDb *analysis_db(AnalysisTrace *a);

/**
 * analysis_next() - get the next entries: mmt_trace_next()
 * @a: the trace
 * @entries: where to store the first of the entries
 *
 * Return: number of entries; 0 at the end, after an error and after ^C
 */
size_t analysis_next(AnalysisTrace *a, const MmtEntry **entries);

/**
 * analysis_end() - print what is wrong with a trace that was read
 * @a: the trace
 *
 * An error of the reader; in one line, how many lines were skipped or are
 * damaged; that the trace is cut off; --reg that has matched no register.
 *
 * Return: TOOL_OK; TOOL_FAULT if lines are damaged or the trace is cut off;
 *         TOOL_TROUBLE after an error
 */
ToolStatus analysis_end(AnalysisTrace *a);

/**
 * analysis_free() - close a trace
 * @a: the trace, or NULL
 */
void analysis_free(AnalysisTrace *a);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalysisTrace, analysis_free)

/**
 * analysis_catch_interrupt() - from now on, ^C only ends reading
 *
 * analysis_open() does it: this is for what else takes long.
 */
void analysis_catch_interrupt(void);

/**
 * analysis_interrupted() - has ^C ended reading?
 */
bool analysis_interrupted(void);

/**
 * analysis_finish() - tool_finish() for verbs that ^C may have ended
 * @verb: the verb
 * @status: its exit status
 *
 * Return: as tool_finish(); does not return after ^C
 */
int analysis_finish(const Verb *verb, ToolStatus status);

#endif /* VFIO_TRACE_ANALYSIS_TRACE_H */
