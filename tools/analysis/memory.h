/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest memory in a log, put together from its marks
 *
 * docs/log-format.md, Guest memory, describes the marks.  A reader hands over
 * each mark of the tracer, and says when something else comes; it gets whole
 * things back: snapshots, entries of rings with what they point to, watches
 * with all their contents.  What is not whole is left out; who wants to know
 * why, takes the faults.
 *
 * Memory is bounded, whatever the log says.
 */
#ifndef VFIO_TRACE_ANALYSIS_MEMORY_H
#define VFIO_TRACE_ANALYSIS_MEMORY_H

#include "libmmiotrace/mmiotrace.h"
#include "libmmiotrace/parse.h"
#include "tools/analysis/memory-types.h"

/**
 * analysis_memory_new() - begin with a log
 * @user: the user; static
 * @opaque: last argument of its functions
 */
AnalysisMemory *analysis_memory_new(const AnalysisMemoryUser *user,
                                    void *opaque);

/**
 * analysis_memory_mark() - take a mark of the tracer
 * @memory: the memory
 * @text: its text
 * @place: its place
 *
 * Return: is it one of guest memory?
 */
bool analysis_memory_mark(AnalysisMemory *memory, MmtSpan text,
                          const AnalysisMemoryPlace *place);

/**
 * analysis_memory_entry() - take an entry of a trace, whatever it is
 * @memory: the memory
 * @trace: the trace
 * @entry: the entry
 *
 * Calls analysis_memory_mark(), analysis_memory_other() or
 * analysis_memory_lost().
 *
 * Return: is it a mark of guest memory?
 */
bool analysis_memory_entry(AnalysisMemory *memory, const MmtTrace *trace,
                           const MmtEntry *entry);

/**
 * analysis_memory_before() - a mark of the tracer will come
 * @memory: the memory
 * @text: its text
 *
 * Gives an entry that does not go on with it, as analysis_memory_mark() does,
 * for who does something else with the mark first.
 */
void analysis_memory_before(AnalysisMemory *memory, MmtSpan text);

/**
 * analysis_memory_other() - something else has come
 * @memory: the memory
 *
 * An entry has all its data then.  To be called for every line or entry that is
 * not a mark of the tracer.
 */
void analysis_memory_other(AnalysisMemory *memory);

/**
 * analysis_memory_settle() - give what is whole now, as nothing may follow
 * @memory: the memory
 */
void analysis_memory_settle(AnalysisMemory *memory);

/**
 * analysis_memory_lost() - something is missing: what comes may not fit
 * @memory: the memory
 */
void analysis_memory_lost(AnalysisMemory *memory);

/**
 * analysis_memory_end() - the log has ended
 * @memory: the memory
 * @complete: it has its end: what is missing is a fault
 */
void analysis_memory_end(AnalysisMemory *memory, bool complete);

/**
 * analysis_memory_free() - end
 * @memory: the memory, or NULL
 */
void analysis_memory_free(AnalysisMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalysisMemory, analysis_memory_free)

#endif /* VFIO_TRACE_ANALYSIS_MEMORY_H */
