/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat --as jsonl: a JSON object on each line
 *
 * Members are as in vfio-trace's other JSON: offsets, values and addresses are
 * strings with 0x, times are whole nanoseconds.  What an entry does not have is
 * absent.
 */
#include "tools/convert/sink.h"
#include "tools/analysis/json-line.h"
#include "tools/convert/op.h"


/**
 * struct Jsonl: state of a conversion
 * @trace: the trace
 * @out: the output
 * @db: names of registers, or NULL
 * @places: GString: members of a region, by its number; NULL if they were not
 *          needed yet
 * @phase: number of the phase in @phase_text
 * @phase_text: members of the phase
 */
typedef struct Jsonl {
    MmtTrace *trace;
    ConvertOut *out;
    AnalysisDb *db;
    GPtrArray *places;
    uint32_t phase;
    GString *phase_text;
} Jsonl;

static void free_text(gpointer text)
{
    if (text) {
        g_string_free(text, TRUE);
    }
}

static GString *make_place(Jsonl *json, uint32_t number)
{
    const MmtRegion *region = mmt_trace_region(json->trace, number);
    GString *text = g_string_new(NULL);

    if (*region->device) {
        g_string_append(text, ", \"device\": ");
        json_line_quote(text, region->device, strlen(region->device));
    }
    g_string_append(text, ", \"region\": ");
    json_line_quote(text, region->name, strlen(region->name));
    if (number >= json->places->len) {
        g_ptr_array_set_size(json->places, number + 1);
    }
    json->places->pdata[number] = text;
    return text;
}

static const GString *place_of(Jsonl *json, uint32_t number)
{
    if (number < json->places->len && json->places->pdata[number]) {
        return json->places->pdata[number];
    }
    return make_place(json, number);
}

static const GString *phase_of(Jsonl *json, uint32_t number)
{
    if (json->phase != number) {
        const char *name = mmt_trace_phase(json->trace, number);

        json->phase = number;
        g_string_printf(json->phase_text,
                        ", \"phase\": %u, \"phase-name\": ", number);
        json_line_quote(json->phase_text, name, strlen(name));
    }
    return json->phase_text;
}

static char *put_start(char *p, const MmtEntry *entry)
{
    const char *op = convert_op(entry);

    p = CONVERT_LITERAL(p, "{\"line\": ");
    p = convert_put_dec(p, entry->line);
    if (entry->flags & MMT_ENTRY_TIMED) {
        p = CONVERT_LITERAL(p, ", \"ns\": ");
        p = convert_put_dec(p, entry->ns);
    }
    p = CONVERT_LITERAL(p, ", \"op\": \"");
    p = convert_put_str(p, op, strlen(op));
    *p++ = '"';
    return p;
}

#define PUT_HEX(p, name, v) \
    put_hex(CONVERT_LITERAL(p, ", \"" name "\": \""), v)

static inline char *put_hex(char *p, uint64_t v)
{
    p = convert_put_hex(p, v);
    *p++ = '"';
    return p;
}

/* The end of the object, with the register's name, which may be long */
static void put_name(Jsonl *json, const MmtEntry *entry)
{
    g_autoptr(GString) end = g_string_new(NULL);
    const char *name = analysis_db_name(json->db, entry->region,
                                        entry->offset);

    if (name) {
        g_string_append(end, ", \"name\": ");
        json_line_quote(end, name, strlen(name));
    }
    g_string_append(end, "}\n");
    convert_out_put(json->out, end->str, end->len);
}

static void put_access(Jsonl *json, const MmtEntry *entry)
{
    const GString *place = place_of(json, entry->region);
    const GString *phase = phase_of(json, entry->phase);
    char *p = convert_out_room(json->out, CONVERT_ROW_MAX);

    p = put_start(p, entry);
    p = convert_put_str(p, place->str, place->len);
    p = PUT_HEX(p, "offset", entry->offset);
    if (entry->width) {
        p = CONVERT_LITERAL(p, ", \"width\": ");
        *p++ = '0' + entry->width;
    }
    if (convert_has_value(entry)) {
        p = PUT_HEX(p, "value", entry->value);
    }
    p = PUT_HEX(p, "address", entry->address);
    if (entry->cpu != MMT_NO_CPU) {
        p = CONVERT_LITERAL(p, ", \"cpu\": ");
        p = convert_put_dec(p, entry->cpu);
    }
    if (entry->pc) {
        p = PUT_HEX(p, "pc", entry->pc);
    }
    p = convert_put_str(p, phase->str, phase->len);
    if (!json->db) {
        p = CONVERT_LITERAL(p, "}\n");
    }
    convert_out_took(json->out, p);
    if (json->db) {
        put_name(json, entry);
    }
}

/* The text of a mark; the line of a device */
static void put_text(Jsonl *json, GString *row, const MmtEntry *entry)
{
    const char *text = NULL;
    size_t len = 0;

    if (entry->kind == MMT_ENTRY_MARK) {
        text = mmt_trace_text(json->trace, entry, &len);
    } else if (entry->kind == MMT_ENTRY_DEVICE) {
        text = mmt_trace_line(json->trace, entry, &len);
        len -= len && text[len - 1] == '\r';
    }
    if (text) {
        g_string_append(row, ", \"text\": ");
        json_line_quote(row, text, len);
    }
}

static void put_other(Jsonl *json, const MmtEntry *entry)
{
    const GString *phase = phase_of(json, entry->phase);
    g_autoptr(GString) row = g_string_new(NULL);
    char buf[128];

    if (entry->kind == MMT_ENTRY_DEVICE || entry->kind == MMT_ENTRY_MARK) {
        /* a device's name changes when its mark comes */
        g_ptr_array_set_size(json->places, 0);
    }
    g_string_append_len(row, buf, put_start(buf, entry) - buf);
    if (entry->region != MMT_NO_REGION) {
        const GString *place = place_of(json, entry->region);

        g_string_append_len(row, place->str, place->len);
    }
    if (convert_has_value(entry)) {
        g_string_append_len(row, buf, PUT_HEX(buf, "value", entry->value) -
                            buf);
    }
    if (entry->kind == MMT_ENTRY_MAP) {
        g_string_append_len(row, buf, PUT_HEX(buf, "address", entry->address) -
                            buf);
    }
    g_string_append_len(row, phase->str, phase->len);
    put_text(json, row, entry);
    g_string_append(row, "}\n");
    convert_out_put(json->out, row->str, row->len);
}

static void jsonl_entries(void *state, const MmtEntry *entries, size_t n)
{
    Jsonl *json = state;
    size_t i;

    for (i = 0; i < n; i++) {
        if (convert_is_access(&entries[i])) {
            put_access(json, &entries[i]);
        } else if (convert_op(&entries[i])) {
            put_other(json, &entries[i]);
        }
    }
}

static void *jsonl_begin(MmtTrace *trace, ConvertOut *out)
{
    Jsonl *json = g_new0(Jsonl, 1);

    json->trace = trace;
    json->out = out;
    json->places = g_ptr_array_new_with_free_func(free_text);
    json->phase = UINT32_MAX;
    json->phase_text = g_string_new(NULL);
    return json;
}

static void jsonl_names(void *state, AnalysisDb *db)
{
    ((Jsonl *)state)->db = db;
}

static void jsonl_end(void *state, GString *notes)
{
    Jsonl *json = state;

    (void)notes;
    g_ptr_array_unref(json->places);
    g_string_free(json->phase_text, TRUE);
    g_free(json);
}

const ConvertSink convert_as_jsonl = {
    .name = "jsonl",
    .begin = jsonl_begin,
    .names = jsonl_names,
    .entries = jsonl_entries,
    .end = jsonl_end,
};
