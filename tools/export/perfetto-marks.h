/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: what is no access
 *
 * Each mark is an event on one of three tracks: marks of users and guests,
 * interrupts, and other marks of the tracer, with mappings and lost events.
 * Phases and pauses of the machine are slices on two more.
 */
#ifndef VFIO_TRACE_EXPORT_PERFETTO_MARKS_H
#define VFIO_TRACE_EXPORT_PERFETTO_MARKS_H

#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/export/perfetto-out.h"
#include "tools/export/perfetto-spans.h"
#include "tools/export/perfetto-tracks.h"

typedef struct PerfettoMarks PerfettoMarks;

/**
 * perfetto_marks_new() - begin
 * @out: the output
 * @tracks: its tracks
 * @spans: times of its events
 * @trace: the trace
 *
 * Return: the state, to be freed with perfetto_marks_free()
 */
PerfettoMarks *perfetto_marks_new(PerfettoOut *out, PerfettoTracks *tracks,
                                  PerfettoSpans *spans, MmtTrace *trace);

void perfetto_marks_free(PerfettoMarks *marks);

/**
 * perfetto_marks_phase() - note an entry's phase; call it with all of them
 * @marks: the state
 * @entry: the entry
 * @ns: its time, not less than that of the last one
 */
void perfetto_marks_phase(PerfettoMarks *marks, const MmtEntry *entry,
                          uint64_t ns);

/**
 * perfetto_marks_entry() - write an entry that is no access
 * @marks: the state
 * @entry: the entry, of the current batch
 * @ns: its time, not less than that of the last one
 */
void perfetto_marks_entry(PerfettoMarks *marks, const MmtEntry *entry,
                          uint64_t ns);

/**
 * perfetto_marks_end() - end what is open
 * @marks: the state
 * @ns: the time of the last entry
 */
void perfetto_marks_end(PerfettoMarks *marks, uint64_t ns);

#endif /* VFIO_TRACE_EXPORT_PERFETTO_MARKS_H */
