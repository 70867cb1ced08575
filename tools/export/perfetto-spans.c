/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: times that accesses take (see
 * perfetto-spans.h)
 */
#include "tools/export/perfetto-spans.h"

#include <glib.h>
#include <stdbool.h>

#include "tools/analysis/latency.h"

/**
 * struct Span: the last access of a track
 * @end: when it ends
 * @open: the end is not yet written
 */
typedef struct Span {
    uint64_t end;
    bool open;
} Span;

/**
 * struct PerfettoSpans: the state
 * @out: the output
 * @tracks: Span's by the number of the track
 */
struct PerfettoSpans {
    PerfettoOut *out;
    GArray *tracks;
};

PerfettoSpans *perfetto_spans_new(PerfettoOut *out)
{
    PerfettoSpans *spans = g_new0(PerfettoSpans, 1);

    spans->out = out;
    spans->tracks = g_array_new(FALSE, TRUE, sizeof(Span));
    return spans;
}

void perfetto_spans_free(PerfettoSpans *spans)
{
    if (spans) {
        g_array_unref(spans->tracks);
        g_free(spans);
    }
}

static Span *spans_of(PerfettoSpans *spans, uint64_t track)
{
    if (track >= spans->tracks->len) {
        g_array_set_size(spans->tracks, track + 1);
    }
    return &g_array_index(spans->tracks, Span, track);
}

/* End the last access of a track, at @ns at the latest. */
static void spans_close(PerfettoSpans *spans, uint64_t track, Span *span,
                        uint64_t ns)
{
    if (span->open) {
        span->end = MIN(span->end, ns);
        span->open = false;
        perfetto_out_end(spans->out, track, span->end);
    }
}

void perfetto_spans_put(PerfettoSpans *spans, PerfettoEvent *event,
                        MmtEntryKind kind, uint32_t latency)
{
    Span *span = spans_of(spans, event->track);
    uint64_t ns = event->ns;

    spans_close(spans, event->track, span, ns);
    if (latency == ANALYSIS_NO_LATENCY) {
        perfetto_out_instant(spans->out, event);
        span->end = ns;
    } else if (kind == MMT_ENTRY_READ) {
        event->ns = MAX(ns - MIN(latency, ns), span->end);
        perfetto_out_slice(spans->out, event, ns);
        span->end = ns;
    } else {
        perfetto_out_begin(spans->out, event);
        span->end = ns + latency;
        span->open = true;
    }
}

void perfetto_spans_end(PerfettoSpans *spans)
{
    guint i;

    for (i = 0; i < spans->tracks->len; i++) {
        spans_close(spans, i, &g_array_index(spans->tracks, Span, i),
                    UINT64_MAX);
    }
}
