/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: what the tools do with a trace beyond mmiotrace.h
 */
#ifndef LIBMMIOTRACE_TRACE_H
#define LIBMMIOTRACE_TRACE_H

#include <glib.h>
#include <stdbool.h>

#include "libmmiotrace/mmiotrace.h"
#include "libmmiotrace/reader.h"
#include "libmmiotrace/regions.h"

/**
 * mmt_trace_new() - read a trace from a reader
 * @reader: the reader, from which nothing was read; the trace frees it
 */
MmtTrace *mmt_trace_new(MmtReader *reader);

/**
 * mmt_trace_follow() - keep reading at the end of the file
 * @trace: the trace
 * @follow: whether to do so
 *
 * While following, mmt_trace_next() returns 0 if there are no more whole lines
 * at the moment; mmt_trace_error() tells that from an error.
 */
void mmt_trace_follow(MmtTrace *trace, bool follow);

/**
 * mmt_trace_reader() - get the reader, for its name and what is cut off
 * @trace: the trace
 */
const MmtReader *mmt_trace_reader(const MmtTrace *trace);

/**
 * mmt_trace_table() - get the devices and regions
 * @trace: the trace
 */
const MmtRegions *mmt_trace_table(const MmtTrace *trace);

/**
 * mmt_trace_unterminated() - did the trace end without a newline?
 * @trace: the trace, at its end
 */
bool mmt_trace_unterminated(const MmtTrace *trace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtTrace, mmt_trace_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtSelection, mmt_selection_free)

#endif /* LIBMMIOTRACE_TRACE_H */
