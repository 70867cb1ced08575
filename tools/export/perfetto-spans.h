/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: times that accesses take
 *
 * With extra=latency, an access is a slice: a read from its request to its
 * answer, which is the read's time in the log; a write from its time on.
 * Accesses of other logs have no duration.
 *
 * Readers nest slices of a track that overlap, and take the first end for that
 * of the last begin.  A trace can say anything, so a slice lasts until the next
 * access of its track at most.
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
 * perfetto_spans_put() - write an access
 * @spans: the state
 * @event: the access, whose time is changed; times of a track do not go back
 * @kind: whether it is a read
 * @latency: how long it took, in nanoseconds, or ANALYSIS_NO_LATENCY
 */
void perfetto_spans_put(PerfettoSpans *spans, PerfettoEvent *event,
                        MmtEntryKind kind, uint32_t latency);

/**
 * perfetto_spans_end() - write what is pending
 * @spans: the state
 */
void perfetto_spans_end(PerfettoSpans *spans);

#endif /* VFIO_TRACE_EXPORT_PERFETTO_SPANS_H */
