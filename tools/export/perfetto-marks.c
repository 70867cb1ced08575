/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: what is no access (see perfetto-marks.h)
 *
 * What a guest or a user has written is shown, and does not become a pause or
 * an interrupt: those are marks of the tracer (MMT_ENTRY_TRACER).
 */
#include "tools/export/perfetto-marks.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "tools/analysis/mark.h"

/* Bytes of a mark that its name on a track has; the argument has all */
#define MARK_NAME_MAX 120

/**
 * struct PerfettoMarks: the state
 * @out: the output
 * @tracks: its tracks
 * @spans: times of its events
 * @trace: the trace
 * @text: room for a mark's text
 * @begun: there was an entry
 * @phase: number of the phase
 * @phase_ns: when it began
 * @state: of the machine, if it does not run
 * @state_ns: since when
 */
struct PerfettoMarks {
    PerfettoOut *out;
    PerfettoTracks *tracks;
    PerfettoSpans *spans;
    MmtTrace *trace;
    GString *text;
    bool begun;
    uint32_t phase;
    uint64_t phase_ns;
    char *state;
    uint64_t state_ns;
};

PerfettoMarks *perfetto_marks_new(PerfettoOut *out, PerfettoTracks *tracks,
                                  PerfettoSpans *spans, MmtTrace *trace)
{
    PerfettoMarks *marks = g_new0(PerfettoMarks, 1);

    marks->out = out;
    marks->tracks = tracks;
    marks->spans = spans;
    marks->trace = trace;
    marks->text = g_string_new(NULL);
    return marks;
}

void perfetto_marks_free(PerfettoMarks *marks)
{
    if (marks) {
        g_string_free(marks->text, TRUE);
        g_free(marks->state);
        g_free(marks);
    }
}

static void marks_slice(PerfettoMarks *marks, PerfettoCommon track,
                        PerfettoCategory category, const char *name,
                        uint64_t ns, uint64_t end)
{
    const PerfettoEvent event = {
        .track = perfetto_tracks_common(marks->tracks, track),
        .category = category,
        .name = name,
        .ns = ns,
    };

    perfetto_out_slice(marks->out, &event, end);
}

static void marks_end_phase(PerfettoMarks *marks, uint64_t ns)
{
    if (marks->begun) {
        marks_slice(marks, PERFETTO_PHASES, PERFETTO_PHASE,
                    mmt_trace_phase(marks->trace, marks->phase),
                    marks->phase_ns, ns);
    }
}

void perfetto_marks_phase(PerfettoMarks *marks, const MmtEntry *entry,
                          uint64_t ns)
{
    if (!marks->begun || entry->phase != marks->phase) {
        marks_end_phase(marks, ns);
        marks->begun = true;
        marks->phase = entry->phase;
        marks->phase_ns = ns;
    }
}

static void marks_end_state(PerfettoMarks *marks, uint64_t ns)
{
    if (marks->state) {
        marks_slice(marks, PERFETTO_MACHINE, PERFETTO_PAUSE, marks->state,
                    marks->state_ns, ns);
        g_clear_pointer(&marks->state, g_free);
    }
}

/* The machine runs, or why it does not */
static void marks_take_vm(PerfettoMarks *marks, MmtSpan mark, uint64_t ns)
{
    MmtSpan state = mmt_mark_value(mark, "state");
    MmtSpan reason = mmt_mark_value(mark, "reason");

    if (!state.p) {
        return;
    }
    marks_end_state(marks, ns);
    if (!mmt_words_are(state, "running")) {
        g_autofree char *what = mmt_words_printable(state);
        g_autofree char *why = reason.p ? mmt_words_printable(reason) : NULL;

        marks->state = why ? g_strconcat(what, ": ", why, NULL) :
                             g_strdup(what);
        marks->state_ns = ns;
    }
}

/* Return: the track of a mark */
static PerfettoCommon marks_sort(PerfettoMarks *marks, const MmtEntry *entry,
                            MmtSpan mark, uint64_t ns)
{
    MmtSpan name = mmt_mark_name(mark);

    if (!(entry->flags & MMT_ENTRY_TRACER)) {
        return PERFETTO_MARKS;
    }
    if (mmt_words_are(name, "vm")) {
        marks_take_vm(marks, mark, ns);
    }
    return mmt_words_are(name, "irq") ? PERFETTO_IRQS : PERFETTO_TRACER;
}

static void marks_instant(PerfettoMarks *marks, PerfettoCommon track,
                          PerfettoCategory category, const char *name,
                          const MmtEntry *entry, uint64_t ns)
{
    PerfettoEvent event = {
        .track = perfetto_tracks_common(marks->tracks, track),
        .category = category,
        .name = name,
        .ns = ns,
    };

    perfetto_arg_text(&event, PERFETTO_TEXT, marks->text->str);
    perfetto_arg(&event, PERFETTO_LINE, entry->line);
    perfetto_spans_instant(marks->spans, &event);
}

static void marks_take_mark(PerfettoMarks *marks, const MmtEntry *entry,
                            uint64_t ns)
{
    size_t len;
    const char *text = mmt_trace_text(marks->trace, entry, &len);
    PerfettoCommon track = marks_sort(marks, entry, (MmtSpan) { text, len }, ns);
    g_autofree char *name = NULL;
    const char *shown;

    g_string_truncate(marks->text, 0);
    analysis_put_mark(text, len, marks->text);
    shown = marks->text->str;
    if (track != PERFETTO_MARKS && g_str_has_prefix(shown, MMT_MARK_PREFIX)) {
        shown += strlen(MMT_MARK_PREFIX);
    }
    /* the output makes what is cut within a character printable */
    name = g_strndup(shown, MARK_NAME_MAX);
    marks_instant(marks, track, PERFETTO_MARK, name, entry, ns);
}

static void marks_put_region(PerfettoMarks *marks, const char *what,
                             const MmtEntry *entry)
{
    const MmtRegion *region = mmt_trace_region(marks->trace, entry->region);

    g_string_printf(marks->text, "%s %s%s%s", what,
                    region ? region->device : "",
                    region && *region->device ? " " : "",
                    region ? region->name : "-");
}

/* Return: false if it is not shown */
static bool marks_put_other(PerfettoMarks *marks, const MmtEntry *entry)
{
    switch (entry->kind) {
    case MMT_ENTRY_MAP:
        marks_put_region(marks, "map", entry);
        g_string_append_printf(marks->text, " at 0x%" PRIx64 ", %" PRIu64
                               " bytes", entry->address, entry->value);
        return true;
    case MMT_ENTRY_UNMAP:
        marks_put_region(marks, "unmap", entry);
        return true;
    case MMT_ENTRY_LOST:
        g_string_assign(marks->text, "lost events");
        if (entry->value != UINT64_MAX) {
            g_string_append_printf(marks->text, ": %" PRIu64, entry->value);
        }
        return true;
    default:
        return false;
    }
}

void perfetto_marks_entry(PerfettoMarks *marks, const MmtEntry *entry,
                          uint64_t ns)
{
    if (entry->kind == MMT_ENTRY_MARK) {
        marks_take_mark(marks, entry, ns);
    } else if (marks_put_other(marks, entry)) {
        marks_instant(marks, PERFETTO_TRACER, PERFETTO_OTHER,
                      marks->text->str, entry, ns);
    }
}

void perfetto_marks_end(PerfettoMarks *marks, uint64_t ns)
{
    marks_end_phase(marks, ns);
    marks_end_state(marks, ns);
    marks->begun = false;
}
