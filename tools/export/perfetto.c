/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to perfetto: a trace for ui.perfetto.dev and
 * trace_processor (perfetto.proto)
 *
 * Each access is an event on the track of its region and processor
 * (perfetto-tracks.h), with a duration if the log has latencies
 * (perfetto-spans.h).  perfetto-polls.h, perfetto-rates.h and perfetto-marks.h
 * make the rest.
 */
#include "tools/export/format.h"

#include <inttypes.h>

#include "tools/analysis/latency.h"
#include "tools/convert/op.h"
#include "tools/convert/sink.h"
#include "tools/export/clock.h"
#include "tools/export/perfetto-marks.h"
#include "tools/export/perfetto-out.h"
#include "tools/export/perfetto-polls.h"
#include "tools/export/perfetto-rates.h"
#include "tools/export/perfetto-spans.h"
#include "tools/export/perfetto-tracks.h"

/* Names whose numbers are remembered; a name may get a second number. */
#define NAMES_MAX 65536

/**
 * struct Place: a register and what was done to it
 * @offset: its offset
 * @region: number of its region
 * @kind: MmtEntryKind
 */
typedef struct Place {
    uint64_t offset;
    uint32_t region;
    uint32_t kind;
} Place;

/**
 * struct Perfetto: state of the format
 * @job: what the verb has given
 * @clock: times
 * @out: the output
 * @names: numbers of names by Place
 * @changes: analysis_db_changes() of @names
 * @tracks: tracks of regions and processors
 * @spans: times of accesses and marks
 * @polls: polls and loops
 * @rates: rates
 * @marks: marks, phases, pauses
 */
typedef struct Perfetto {
    ExportJob job;
    ExportClock clock;
    PerfettoOut *out;
    GHashTable *names;
    unsigned changes;
    PerfettoTracks *tracks;
    PerfettoSpans *spans;
    PerfettoPolls *polls;
    PerfettoRates *rates;
    PerfettoMarks *marks;
} Perfetto;

static guint place_hash(gconstpointer p)
{
    const Place *place = p;
    uint64_t x = place->offset ^ (uint64_t)place->region << 40 ^
                 (uint64_t)place->kind << 60;

    x *= UINT64_C(0x9e3779b97f4a7c15);
    return x >> 32;
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
    const Place *one = a, *other = b;

    return one->offset == other->offset && one->region == other->region &&
           one->kind == other->kind;
}

static void *perfetto_begin(const ExportJob *job, GError **error)
{
    Perfetto *p = g_new0(Perfetto, 1);

    (void)error;
    p->job = *job;
    p->out = perfetto_out_new(job->out);
    p->names = g_hash_table_new_full(place_hash, place_equal, g_free, g_free);
    p->changes = analysis_db_changes(job->db);
    p->tracks = perfetto_tracks_new(p->out, job->trace);
    p->spans = perfetto_spans_new(p->out);
    p->polls = perfetto_polls_new(p->out, p->tracks, job->trace, job->db);
    p->rates = perfetto_rates_new(p->out, p->tracks);
    p->marks = perfetto_marks_new(p->out, p->tracks, p->spans,
                                  job->trace);
    return p;
}

static void perfetto_free(void *state)
{
    Perfetto *p = state;

    perfetto_marks_free(p->marks);
    perfetto_rates_free(p->rates);
    perfetto_polls_free(p->polls);
    perfetto_spans_free(p->spans);
    perfetto_tracks_free(p->tracks);
    g_hash_table_unref(p->names);
    perfetto_out_free(p->out);
    g_free(p);
}

/* "R STATUS" or "R 0x8", to be freed */
static char *make_name(const Perfetto *p, const MmtEntry *entry)
{
    const char *name = analysis_db_name(p->job.db, entry->region,
                                        entry->offset);

    return name ? g_strdup_printf("%s %s", convert_op(entry), name) :
                  g_strdup_printf("%s 0x%" PRIx64, convert_op(entry),
                                  entry->offset);
}

/* Set the number of an event's name.  Return: the name, if it is a new one */
static char *name_event(Perfetto *p, const MmtEntry *entry,
                        PerfettoEvent *event)
{
    const Place place = { entry->offset, entry->region, entry->kind };
    const uint64_t *known = g_hash_table_lookup(p->names, &place);

    if (known) {
        event->iid = *known;
        return NULL;
    }
    if (g_hash_table_size(p->names) >= NAMES_MAX) {
        g_hash_table_remove_all(p->names);
    }
    event->iid = perfetto_out_iid(p->out);
    g_hash_table_insert(p->names, g_memdup2(&place, sizeof(place)),
                        g_memdup2(&event->iid, sizeof(event->iid)));
    return make_name(p, entry);
}

static void take_access(Perfetto *p, const MmtEntry *entry, uint64_t ns)
{
    PerfettoEvent event = {
        .category = PERFETTO_ACCESS,
        .track = perfetto_tracks_cpu(p->tracks, entry->region, entry->cpu),
        .ns = ns,
    };
    g_autofree char *name = name_event(p, entry, &event);
    size_t len;
    const char *line = mmt_trace_line(p->job.trace, entry, &len);

    event.name = name;
    perfetto_arg_hex(&event, PERFETTO_OFFSET, entry->offset);
    if (convert_has_value(entry)) {
        perfetto_arg_hex(&event, PERFETTO_VALUE, entry->value);
    }
    if (entry->width) {
        perfetto_arg(&event, PERFETTO_WIDTH, entry->width);
    }
    if (entry->pc) {
        perfetto_arg_hex(&event, PERFETTO_PC, entry->pc);
    }
    perfetto_arg(&event, PERFETTO_LINE, entry->line);
    perfetto_spans_access(p->spans, &event, entry->kind,
                          analysis_latency(line, len));
    perfetto_polls_access(p->polls, entry, ns);
    perfetto_rates_count(p->rates, entry->region, ns);
}

static void take(Perfetto *p, const MmtEntry *entry)
{
    uint64_t ns;

    if (!convert_op(entry) || entry->kind == MMT_ENTRY_DEVICE) {
        return;
    }
    ns = export_clock_next(&p->clock, entry);
    perfetto_marks_phase(p->marks, entry, ns);
    if (convert_is_access(entry)) {
        take_access(p, entry, ns);
    } else {
        perfetto_marks_entry(p->marks, entry, ns);
    }
}

static bool perfetto_entries(void *state, const MmtEntry *entries, size_t n,
                             GError **error)
{
    Perfetto *p = state;
    unsigned changes = analysis_db_changes(p->job.db);
    size_t i;

    (void)error;
    export_clock_begin(&p->clock, entries, n);
    if (changes != p->changes) {
        p->changes = changes;
        g_hash_table_remove_all(p->names);
    }
    for (i = 0; i < n; i++) {
        take(p, &entries[i]);
    }
    return true;
}

static bool perfetto_end(void *state, GError **error)
{
    Perfetto *p = state;

    (void)error;
    perfetto_spans_end(p->spans);
    perfetto_polls_end(p->polls);
    perfetto_rates_end(p->rates);
    perfetto_marks_end(p->marks, p->clock.last);
    export_clock_end(&p->clock, p->job.notes);
    export_clock_note_moved(p->job.notes, perfetto_spans_moved(p->spans));
    return true;
}

const ExportFormat export_perfetto = {
    .name = "perfetto",
    .ending = "perfetto-trace",
    .begin = perfetto_begin,
    .entries = perfetto_entries,
    .end = perfetto_end,
    .free = perfetto_free,
};
