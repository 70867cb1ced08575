/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: times of accesses and marks
 *
 * With extra=latency, an access is a slice: a read from its request to its
 * answer, which is the read's time in the log; a write from its time on.  Marks
 * and accesses of other logs have no duration.
 *
 * Readers nest slices of a track that overlap, and take the first end for that
 * of the last begin.  A trace can say anything, so a slice lasts until the next
 * access of its track at most.
 *
 * Readers stack events without a duration that have the same time, and leave
 * out what is too deep.  So such an event is shown a nanosecond after the one
 * before, at least.
 */
#ifndef VFIO_TRACE_EXPORT_PERFETTO_SPANS_H
#define VFIO_TRACE_EXPORT_PERFETTO_SPANS_H

#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/export/perfetto-out.h"

typedef struct PerfettoSpans PerfettoSpans;

/**
 * perfetto_spans_new() - begin
 * @out: the output
 *
 * Return: the state, to be freed with perfetto_spans_free()
 */
PerfettoSpans *perfetto_spans_new(PerfettoOut *out);

void perfetto_spans_free(PerfettoSpans *spans);

/**
 * perfetto_spans_instant() - write an event without a duration
 * @spans: the state
 * @event: the event, whose time may be changed; times of a track do not go back
 */
void perfetto_spans_instant(PerfettoSpans *spans, PerfettoEvent *event);

/**
 * perfetto_spans_access() - write an access
 * @spans: the state
 * @event: the access, likewise
 * @kind: whether it is a read
 * @latency: how long it took, in nanoseconds, or ANALYSIS_NO_LATENCY
 */
void perfetto_spans_access(PerfettoSpans *spans, PerfettoEvent *event,
                           MmtEntryKind kind, uint32_t latency);

/**
 * perfetto_spans_end() - write what is pending
 * @spans: the state
 */
void perfetto_spans_end(PerfettoSpans *spans);

/**
 * perfetto_spans_moved() - count events that are shown too late
 * @spans: the state
 *
 * Return: the number of those that are shown more than
 *         EXPORT_CLOCK_PRECISION_NS after their time
 */
uint64_t perfetto_spans_moved(const PerfettoSpans *spans);

#endif /* VFIO_TRACE_EXPORT_PERFETTO_SPANS_H */
