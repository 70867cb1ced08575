/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: times of accesses and marks (see
 * perfetto-spans.h)
 */
#include "tools/export/perfetto-spans.h"

#include <glib.h>
#include <stdbool.h>

#include "tools/analysis/latency.h"
#include "tools/export/clock.h"

/**
 * struct Span: the last event of a track
 * @begin: when it begins
 * @end: when it ends
 * @free: when the next one may begin
 * @open: the end is not yet written
 */
typedef struct Span {
    uint64_t begin;
    uint64_t end;
    uint64_t free;
    bool open;
} Span;

/**
 * struct PerfettoSpans: the state
 * @out: the output
 * @tracks: Span's by the number of the track
 * @moved: events that are shown too late
 */
struct PerfettoSpans {
    PerfettoOut *out;
    GArray *tracks;
    uint64_t moved;
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

/* The last event of a track is known.  None has the time of one without end. */
static void spans_set(Span *span, uint64_t begin, uint64_t end)
{
    span->begin = begin;
    span->end = end;
    span->free = end + (end == begin);
}

/* End the last access of a track, at @ns at the latest. */
static void spans_close(PerfettoSpans *spans, uint64_t track, Span *span,
                        uint64_t ns)
{
    if (span->open) {
        spans_set(span, span->begin, CLAMP(ns, span->begin, span->end));
        span->open = false;
        perfetto_out_end(spans->out, track, span->end);
    }
}

/*
 * Make room for an event at @event->ns, which becomes the time at which it is
 * shown.
 */
static Span *spans_next(PerfettoSpans *spans, PerfettoEvent *event)
{
    Span *span = spans_of(spans, event->track);
    uint64_t ns = event->ns;

    spans_close(spans, event->track, span, ns);
    event->ns = MAX(ns, span->free);
    spans->moved += event->ns - ns > EXPORT_CLOCK_PRECISION_NS;
    return span;
}

void perfetto_spans_instant(PerfettoSpans *spans, PerfettoEvent *event)
{
    Span *span = spans_next(spans, event);

    perfetto_out_instant(spans->out, event);
    spans_set(span, event->ns, event->ns);
}

static void spans_read(PerfettoSpans *spans, PerfettoEvent *event,
                       uint32_t latency)
{
    Span *span = spans_next(spans, event);
    uint64_t end = event->ns;

    event->ns = MAX(end - MIN(latency, end), span->free);
    perfetto_out_slice(spans->out, event, end);
    spans_set(span, event->ns, end);
}

static void spans_write(PerfettoSpans *spans, PerfettoEvent *event,
                        uint32_t latency)
{
    Span *span = spans_next(spans, event);

    perfetto_out_begin(spans->out, event);
    spans_set(span, event->ns, event->ns + latency);
    span->open = true;
}

void perfetto_spans_access(PerfettoSpans *spans, PerfettoEvent *event,
                           MmtEntryKind kind, uint32_t latency)
{
    if (latency == ANALYSIS_NO_LATENCY) {
        perfetto_spans_instant(spans, event);
    } else if (kind == MMT_ENTRY_READ) {
        spans_read(spans, event, latency);
    } else {
        spans_write(spans, event, latency);
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

uint64_t perfetto_spans_moved(const PerfettoSpans *spans)
{
    return spans->moved;
}
