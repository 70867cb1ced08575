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
#include "libmmiotrace/select.h"

/**
 * mmt_trace_new() - read a trace from a reader
 * @reader: the reader, from which nothing was read; the trace frees it
 */
MmtTrace *mmt_trace_new(MmtReader *reader);

/**
 * mmt_trace_keep_head() - also give what a log needs to be a log
 * @trace: a trace from which nothing was read
 *
 * A selection by time, line, mark or phase also leaves out the lines about
 * devices and mappings, and the tracer's marks, that lie outside.  With this,
 * it does not: without them, the selected accesses would be of no region.
 */
void mmt_trace_keep_head(MmtTrace *trace);

/**
 * mmt_trace_keep_rings() - also give marks of rings that are not selected
 * @trace: a trace from which nothing was read
 *
 * They have MMT_ENTRY_ASIDE.  A ring has its mark once: without it, nobody
 * knows what the ring's entries are, of which some may be selected.
 */
void mmt_trace_keep_rings(MmtTrace *trace);

/**
 * typedef MmtTraceWatch - called while a trace is read
 * @opaque: of mmt_trace_watch()
 *
 * Return: true to go on, false to end reading
 */
typedef bool MmtTraceWatch(void *opaque);

/**
 * mmt_trace_watch() - call a function before each block of text
 * @trace: the trace
 * @watch: the function
 * @opaque: its argument
 *
 * mmt_trace_next() may read for long until an entry is selected.
 */
void mmt_trace_watch(MmtTrace *trace, MmtTraceWatch *watch, void *opaque);

/**
 * typedef MmtTraceObserve - sees accesses before they are selected
 * @entry: an access; one of the kind MMT_ENTRY_DEVICE, without contents, if the
 *         PCI IDs of a device have changed; NULL when a batch begins
 * @opaque: of mmt_trace_observe()
 *
 * Return: true if it matters for what comes next: the line is the last one of
 *         its batch
 */
typedef bool MmtTraceObserve(const MmtEntry *entry, void *opaque);

/**
 * mmt_trace_observe() - see some accesses, whether they are selected or not
 * @trace: the trace
 * @below: accesses whose offset is less than this
 * @regions: and those of regions with this number or a higher one
 * @observe: the function, which may call this one; NULL for none
 * @opaque: its argument
 */
void mmt_trace_observe(MmtTrace *trace, uint64_t below, uint32_t regions,
                       MmtTraceObserve *observe, void *opaque);

/**
 * mmt_trace_name() - registers have names, for --reg
 * @trace: the trace
 * @named: tests a name, or NULL
 * @opaque: its argument
 *
 * Call it again when registers have got other names.
 */
void mmt_trace_name(MmtTrace *trace, MmtSelectNamed *named, void *opaque);

/**
 * mmt_trace_unmatched() - get the arguments of --reg that matched nothing
 * @trace: the trace
 * @i: which of them, from 0 up
 *
 * Return: the argument; NULL if there are no more
 */
const char *mmt_trace_unmatched(const MmtTrace *trace, unsigned i);

/**
 * mmt_trace_missed() - get the options of the selection that fit nothing
 * @trace: the trace
 *
 * Return: MMT_MISSED_DEVICE and so on (select.h)
 */
unsigned mmt_trace_missed(const MmtTrace *trace);

/**
 * mmt_trace_devices() - get the devices that an argument of --device fits
 * @trace: the trace
 * @i: number of the argument, from 0 up
 * @found: where to add them (MmtRegionDevice), those that have regions
 *
 * Return: the argument; NULL if there are no more
 */
const char *mmt_trace_devices(const MmtTrace *trace, unsigned i,
                              GPtrArray *found);

/**
 * mmt_trace_take() - mmt_trace_next() with a limit
 * @trace: the trace
 * @entries: where to store the first entry
 * @max: maximum number of entries, not 0
 */
size_t mmt_trace_take(MmtTrace *trace, const MmtEntry **entries, size_t max);

/**
 * mmt_trace_fail() - end a trace by an error
 * @trace: the trace
 * @message: what mmt_trace_error() returns, unless there was an error before
 */
void mmt_trace_fail(MmtTrace *trace, const char *message);

/**
 * mmt_trace_every_line() - give lines without an entry, too
 * @trace: a trace from which nothing was read
 *
 * Lines of other programs and so on become MMT_ENTRY_OTHER, damaged ones
 * MMT_ENTRY_DAMAGED.
 */
void mmt_trace_every_line(MmtTrace *trace);

/**
 * mmt_trace_replaced() - how often was the file replaced that is followed?
 * @trace: the trace
 */
unsigned mmt_trace_replaced(const MmtTrace *trace);

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
 * mmt_trace_overlong() - is the only line of this batch too long?
 * @trace: the trace, after mmt_trace_next()
 *
 * It has more than MMT_READER_LINE_MAX bytes, of which the rest is missing.
 */
bool mmt_trace_overlong(const MmtTrace *trace);

/**
 * mmt_trace_unterminated() - did the trace end without a newline?
 * @trace: the trace, at its end, or with its last line as the only one of a
 *         batch
 */
bool mmt_trace_unterminated(const MmtTrace *trace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtTrace, mmt_trace_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MmtSelection, mmt_selection_free)

#endif /* LIBMMIOTRACE_TRACE_H */
