/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: guest memory (see memory.h)
 */
#include "tools/report/memory.h"

#include <inttypes.h>

#include "libregdb/text.h"
#include "tools/analysis/layout.h"
#include "tools/analysis/memory.h"
#include "tools/report/access.h"
#include "tools/report/json.h"

/* Fields of an entry, and runs of a watch, that are shown */
#define FIELDS_MAX 256
#define RUNS_MAX 256

/**
 * struct ReportMemory: guest memory of a log
 * @trace: the log
 * @db: layouts
 * @axis: the log's axis
 * @memory: puts things together
 * @list: things, in JSON
 * @bytes: their bytes
 * @n: their number
 * @left_out: things that were left out
 */
struct ReportMemory {
    const MmtTrace *trace;
    AnalysisDb *db;
    const ReportAxis *axis;
    AnalysisMemory *memory;
    GString *list;
    GByteArray *bytes;
    unsigned n;
    uint64_t left_out;
};

static const char *const kinds[] = {
    [ANALYSIS_MEMORY_SNAPSHOT] = "snapshot",
    [ANALYSIS_MEMORY_ENTRY] = "entry",
    [ANALYSIS_MEMORY_WATCH] = "watch",
};

static void put_bytes(ReportMemory *m, const uint8_t *bytes, uint64_t len)
{
    bool room = bytes && len <= REPORT_THINGS_BYTES - m->bytes->len;

    report_json_number(m->list, "offset", m->bytes->len);
    report_json_number(m->list, "length", room ? len : 0);
    if (room) {
        g_byte_array_append(m->bytes, bytes, len);
    } else if (len) {
        report_json_bool(m->list, "left-out", true);
    }
}

/* --- fields -------------------------------------------------------------- */

/**
 * struct Fields: fields of an entry are written
 * @view: the layout
 * @json: the list
 * @n: their number
 */
typedef struct Fields {
    RegDbView *view;
    GString *json;
    unsigned n;
} Fields;

static void put_field(const RegDbRegister *reg, uint64_t offset, unsigned bits,
                      uint64_t value, void *opaque)
{
    Fields *fields = opaque;
    g_autoptr(GString) text = NULL;
    g_autofree char *place = NULL;

    if (fields->n++ >= FIELDS_MAX) {
        return;
    }
    text = g_string_new(NULL);
    place = g_strdup_printf("+0x%" PRIx64, offset);
    regdb_put_value(fields->view, reg ? reg->type : NULL, value, bits,
                    &regdb_no_colors, text);
    report_json_open(fields->json, NULL, '[');
    report_json_text(fields->json, NULL, reg ? reg->name : place);
    report_json_text(fields->json, NULL, text->str);
    report_json_close(fields->json, ']');
}

static void put_fields(ReportMemory *m, const AnalysisMemoryThing *thing)
{
    Fields fields = { .json = m->list };

    if (!thing->bytes || !thing->ring || !*thing->ring->layout) {
        return;
    }
    fields.view = analysis_db_domain_view(
        m->db, analysis_layout_region(m->trace, thing->device),
        thing->ring->layout);
    if (!fields.view) {
        return;
    }
    report_json_open(m->list, "fields", '[');
    analysis_layout_each(fields.view, thing->bytes->data, thing->bytes->len,
                         put_field, &fields);
    report_json_close(m->list, ']');
}

/* --- parts --------------------------------------------------------------- */

static void put_data(ReportMemory *m, const AnalysisMemoryThing *thing)
{
    guint i;

    report_json_open(m->list, "data", '[');
    for (i = 0; thing->data && i < thing->data->len; i++) {
        const AnalysisMemoryData *data = thing->data->pdata[i];

        report_json_open(m->list, NULL, '{');
        report_json_text(m->list, "name", data->name);
        report_json_hex(m->list, "at", data->at);
        report_json_number(m->list, "of", data->of);
        report_json_text(m->list, "state", data->state);
        put_bytes(m, data->bytes->data, data->bytes->len);
        report_json_close(m->list, '}');
    }
    report_json_close(m->list, ']');
}

static void put_runs(ReportMemory *m, const AnalysisMemoryThing *thing)
{
    guint i;

    report_json_open(m->list, "runs", '[');
    for (i = 0; thing->runs && i < MIN(thing->runs->len, RUNS_MAX); i++) {
        const AnalysisMemoryRun *run =
            &g_array_index(thing->runs, AnalysisMemoryRun, i);

        report_json_open(m->list, NULL, '[');
        report_json_number(m->list, NULL, run->offset);
        report_json_number(m->list, NULL, run->len);
        report_json_close(m->list, ']');
    }
    report_json_close(m->list, ']');
}

static void put_place(ReportMemory *m, const AnalysisMemoryPlace *place)
{
    report_json_number(m->list, "t",
                       report_axis_at(m->axis, place->timed, place->ns,
                                      place->line));
    report_json_number(m->list, "line", place->line);
    report_json_number(m->list, "phase",
                       MIN(place->phase, REPORT_PHASES - 1));
}

static void put_contents(ReportMemory *m, const AnalysisMemoryThing *thing)
{
    if (thing->kind == ANALYSIS_MEMORY_WATCH) {
        put_bytes(m, thing->contents, thing->contents ? thing->len : 0);
        put_runs(m, thing);
    } else {
        put_bytes(m, thing->bytes ? thing->bytes->data : NULL,
                  thing->bytes ? thing->bytes->len : 0);
        put_fields(m, thing);
    }
    if (thing->kind == ANALYSIS_MEMORY_ENTRY) {
        report_json_number(m->list, "index", thing->index);
        put_data(m, thing);
    }
}

static void take(const AnalysisMemoryThing *thing, void *opaque)
{
    ReportMemory *m = opaque;

    if (thing->kind >= G_N_ELEMENTS(kinds) || !kinds[thing->kind]) {
        return;
    }
    if (m->n == REPORT_THINGS || m->list->len > REPORT_THINGS_TEXT) {
        m->left_out++;
        return;
    }
    m->n++;
    report_json_open(m->list, NULL, '{');
    report_json_text(m->list, "kind", kinds[thing->kind]);
    put_place(m, &thing->place);
    report_json_text(m->list, "device", thing->device);
    report_json_text(m->list, "name", thing->name);
    report_json_hex(m->list, "at", thing->at);
    report_json_text(m->list, "on", thing->on);
    report_json_text(m->list, "state", thing->state);
    put_contents(m, thing);
    report_json_close(m->list, '}');
}

static const AnalysisMemoryUser user = { .take = take };

ReportMemory *report_memory_new(const MmtTrace *trace, AnalysisDb *db,
                                const ReportAxis *axis)
{
    ReportMemory *m = g_new0(ReportMemory, 1);

    m->trace = trace;
    m->db = db;
    m->axis = axis;
    m->list = g_string_new(NULL);
    m->bytes = g_byte_array_new();
    m->memory = analysis_memory_new(&user, m);
    return m;
}

void report_memory_free(ReportMemory *m)
{
    if (m) {
        analysis_memory_free(m->memory);
        g_string_free(m->list, TRUE);
        g_byte_array_unref(m->bytes);
        g_free(m);
    }
}

void report_memory_take(ReportMemory *m, const MmtEntry *entry)
{
    analysis_memory_entry(m->memory, m->trace, entry);
}

bool report_memory_end(ReportMemory *m)
{
    analysis_memory_settle(m->memory);
    return m->n > 0;
}

void report_memory_put(ReportMemory *m, ReportBlocks *blocks, GString *json)
{
    g_autoptr(GString) text = g_string_new("[");

    if (!m->n) {
        report_json_null(json, "memory");
        return;
    }
    g_string_append_len(text, m->list->str, m->list->len);
    report_json_close(text, ']');
    report_json_open(json, "memory", '{');
    report_block_put_json(blocks, json, "things", text);
    report_block_put(blocks, json, "bytes", REPORT_BYTES, m->bytes->data,
                     m->bytes->len);
    report_json_number(json, "left-out", m->left_out);
    report_json_close(json, '}');
}
