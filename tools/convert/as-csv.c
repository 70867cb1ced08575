/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat --as csv
 *
 * RFC 4180, but with newlines alone.  Offsets, values and addresses are
 * hexadecimal with 0x: programs that guess types would make floating-point
 * numbers of 64-bit values in a column with empty fields.
 */
#include "tools/convert/sink.h"
#include "tools/convert/op.h"

#include "libmmiotrace/printable.h"

#define HEAD \
    "line,time,op,device,region,offset,width,value,address,cpu,pc,phase,text\n"

#define NAMED_HEAD \
    "line,time,op,device,region,offset,width,value,address,cpu,pc,phase,text,name\n"

/**
 * struct Csv: state of a conversion
 * @trace: the trace
 * @out: the output
 * @db: names of registers, for a column of their own; or NULL
 * @second: the second of the last row
 * @places: GString: "device,region,", by number of the region; NULL if it was
 *          not needed yet
 * @phase: number of the phase in @phase_text
 * @phase_text: quoted name of the phase, with the commas around it
 */
typedef struct Csv {
    MmtTrace *trace;
    ConvertOut *out;
    AnalysisDb *db;
    ConvertSecond second;
    GPtrArray *places;
    uint32_t phase;
    GString *phase_text;
} Csv;

/* A field, quoted if it must be */
static void put_field(GString *row, const char *text, size_t len)
{
    g_autofree char *clean = g_malloc(len + 1);
    size_t i;

    len = mmt_printable(text, len, clean, len);
    if (!strpbrk(clean, ",\"") && (!len || (clean[0] != ' ' &&
                                            clean[len - 1] != ' '))) {
        g_string_append_len(row, clean, len);
        return;
    }
    g_string_append_c(row, '"');
    for (i = 0; i < len; i++) {
        if (clean[i] == '"') {
            g_string_append_c(row, '"');
        }
        g_string_append_c(row, clean[i]);
    }
    g_string_append_c(row, '"');
}

static void free_text(gpointer text)
{
    if (text) {
        g_string_free(text, TRUE);
    }
}

static GString *make_place(Csv *csv, uint32_t number)
{
    const MmtRegion *region = mmt_trace_region(csv->trace, number);
    GString *text = g_string_new(NULL);

    put_field(text, region->device, strlen(region->device));
    g_string_append_c(text, ',');
    put_field(text, region->name, strlen(region->name));
    g_string_append_c(text, ',');
    if (number >= csv->places->len) {
        g_ptr_array_set_size(csv->places, number + 1);
    }
    csv->places->pdata[number] = text;
    return text;
}

static const GString *place_of(Csv *csv, uint32_t number)
{
    if (number < csv->places->len && csv->places->pdata[number]) {
        return csv->places->pdata[number];
    }
    return make_place(csv, number);
}

static const GString *phase_of(Csv *csv, uint32_t number)
{
    if (csv->phase != number) {
        const char *name = mmt_trace_phase(csv->trace, number);

        csv->phase = number;
        g_string_assign(csv->phase_text, ",");
        put_field(csv->phase_text, name, strlen(name));
        g_string_append_c(csv->phase_text, ',');
    }
    return csv->phase_text;
}

/* A device's name changes when its mark comes, not while accesses do. */
static void forget_places(Csv *csv)
{
    g_ptr_array_set_size(csv->places, 0);
}

static char *put_start(Csv *csv, char *p, const MmtEntry *entry)
{
    const char *op = convert_op(entry);

    p = convert_put_dec(p, entry->line);
    *p++ = ',';
    if (entry->flags & MMT_ENTRY_TIMED) {
        p = convert_put_time(&csv->second, p, entry->ns);
    }
    *p++ = ',';
    p = convert_put_str(p, op, strlen(op));
    *p++ = ',';
    return p;
}

/* The end of the row, with the register's name, which may be long */
static void put_name(Csv *csv, const MmtEntry *entry)
{
    g_autoptr(GString) end = g_string_new(",");
    const char *name = analysis_db_name(csv->db, entry->region,
                                        entry->offset);

    if (name) {
        put_field(end, name, strlen(name));
    }
    g_string_append_c(end, '\n');
    convert_out_put(csv->out, end->str, end->len);
}

static void put_access(Csv *csv, const MmtEntry *entry)
{
    const GString *place = place_of(csv, entry->region);
    const GString *phase = phase_of(csv, entry->phase);
    char *p = convert_out_room(csv->out, CONVERT_ROW_MAX);

    p = put_start(csv, p, entry);
    p = convert_put_str(p, place->str, place->len);
    p = convert_put_hex(p, entry->offset);
    *p++ = ',';
    if (entry->width) {
        *p++ = '0' + entry->width;
    }
    *p++ = ',';
    if (convert_has_value(entry)) {
        p = convert_put_hex(p, entry->value);
    }
    *p++ = ',';
    p = convert_put_hex(p, entry->address);
    *p++ = ',';
    if (entry->cpu != MMT_NO_CPU) {
        p = convert_put_dec(p, entry->cpu);
    }
    *p++ = ',';
    if (entry->pc) {
        p = convert_put_hex(p, entry->pc);
    }
    p = convert_put_str(p, phase->str, phase->len);
    if (!csv->db) {
        *p++ = '\n';
    }
    convert_out_took(csv->out, p);
    if (csv->db) {
        put_name(csv, entry);
    }
}

/* The text of a mark; the line of a device */
static void put_text(Csv *csv, GString *row, const MmtEntry *entry)
{
    const char *text = NULL;
    size_t len = 0;

    if (entry->kind == MMT_ENTRY_MARK) {
        text = mmt_trace_text(csv->trace, entry, &len);
    } else if (entry->kind == MMT_ENTRY_DEVICE) {
        text = mmt_trace_line(csv->trace, entry, &len);
        len -= len && text[len - 1] == '\r';
    }
    if (text) {
        put_field(row, text, len);
    }
}

static void put_other(Csv *csv, const MmtEntry *entry)
{
    const GString *phase = phase_of(csv, entry->phase);
    g_autoptr(GString) row = g_string_new(NULL);
    char buf[128];

    if (entry->kind == MMT_ENTRY_DEVICE || entry->kind == MMT_ENTRY_MARK) {
        forget_places(csv);
    }
    g_string_append_len(row, buf, put_start(csv, buf, entry) - buf);
    if (entry->region != MMT_NO_REGION) {
        const GString *place = place_of(csv, entry->region);

        g_string_append_len(row, place->str, place->len);
    } else {
        g_string_append(row, ",,");
    }
    g_string_append(row, ",,");
    if (convert_has_value(entry)) {
        g_string_append_len(row, buf, convert_put_hex(buf, entry->value) - buf);
    }
    g_string_append_c(row, ',');
    if (entry->kind == MMT_ENTRY_MAP) {
        g_string_append_len(row, buf,
                            convert_put_hex(buf, entry->address) - buf);
    }
    g_string_append(row, ",,");
    g_string_append_len(row, phase->str, phase->len);
    put_text(csv, row, entry);
    g_string_append(row, csv->db ? ",\n" : "\n");
    convert_out_put(csv->out, row->str, row->len);
}

static void csv_entries(void *state, const MmtEntry *entries, size_t n)
{
    Csv *csv = state;
    size_t i;

    for (i = 0; i < n; i++) {
        if (convert_is_access(&entries[i])) {
            put_access(csv, &entries[i]);
        } else if (convert_op(&entries[i])) {
            put_other(csv, &entries[i]);
        }
    }
}

static void *csv_begin(MmtTrace *trace, ConvertOut *out)
{
    Csv *csv = g_new0(Csv, 1);

    csv->trace = trace;
    csv->out = out;
    csv->places = g_ptr_array_new_with_free_func(free_text);
    csv->phase = UINT32_MAX;
    csv->phase_text = g_string_new(NULL);
    return csv;
}

static void csv_names(void *state, AnalysisDb *db)
{
    ((Csv *)state)->db = db;
}

static void csv_end(void *state, GString *notes)
{
    Csv *csv = state;

    (void)notes;
    g_ptr_array_unref(csv->places);
    g_string_free(csv->phase_text, TRUE);
    g_free(csv);
}

const ConvertSink convert_as_csv = {
    .name = "csv",
    .head = HEAD,
    .named_head = NAMED_HEAD,
    .begin = csv_begin,
    .names = csv_names,
    .entries = csv_entries,
    .end = csv_end,
};
