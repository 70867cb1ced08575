/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: what was found as text and as JSON (see describe.h)
 */
#include "tools/extract/describe.h"

#include <inttypes.h>

#include "tools/analysis/json-line.h"

/* Digits of a sum in the table */
#define SUM_SHOWN 12

static const char *const way_names[] = {
    [UPLOAD_PORT] = "port",
    [UPLOAD_WINDOW] = "window",
    [UPLOAD_PAIR] = "pair",
    [UPLOAD_FIELDS] = "fields",
};

static const char *const end_names[] = {
    [UPLOAD_END_FLUSH] = "trace",
    [UPLOAD_END_OTHER] = "others",
    [UPLOAD_END_JUMP] = "jump",
    [UPLOAD_END_LIMIT] = "limit",
};

static const char *const content_names[] = {
    [UPLOAD_DATA] = "data",
    [UPLOAD_FILL] = "fill",
    [UPLOAD_COUNTING] = "counting",
};

void extract_columns(Table *table, bool files)
{
    table_column(table, "#", true);
    table_column(table, "bytes", true);
    table_column(table, "kind", false);
    table_column(table, "how", false);
    table_column(table, "lines", true);
    table_column(table, "time", true);
    table_column(table, "phase", false);
    table_column(table, files ? "file" : "sha256", false);
}

static void put_step(GString *text, int64_t step)
{
    if (step < 0) {
        g_string_append_printf(text, "-0x%" PRIx64, -(uint64_t)step);
    } else {
        g_string_append_printf(text, "0x%" PRIx64, step);
    }
}

static void put_kind(GString *text, const ExtractItem *item)
{
    const char *name = item->kind.name;

    if (item->upload && item->upload->content != UPLOAD_DATA) {
        name = content_names[item->upload->content];
    }
    g_string_append(text, name);
    if (item->kind.swapped) {
        g_string_append_printf(text, ", words of %u swapped",
                               item->kind.swapped);
    }
}

static void put_pages(GString *text, const AnalysisNames *names,
                      const Upload *up)
{
    g_string_append_printf(text, ", %" PRIu64 " pages by ", up->pages);
    analysis_put_register(names, up->index_region, up->index_offset, text);
    g_string_append_printf(text, " from 0x%" PRIx64 " by ", up->index_first);
    put_step(text, up->index_step);
}

static void put_window(GString *text, const AnalysisNames *names,
                       const Upload *up)
{
    uint64_t step = ABS(up->stride);
    uint64_t bytes = up->pages ? up->page_bytes : up->bytes->len;
    uint64_t last = up->offset + bytes - 1;

    if (step != up->width) {
        last = up->offset + step * (bytes / up->width - 1) + up->width - 1;
    }
    analysis_put_window(names, up->region, up->offset, last, text);
    if (up->stride != up->width) {
        g_string_append(text, " by ");
        put_step(text, up->stride);
    }
    if (up->pages) {
        put_pages(text, names, up);
    }
}

/* "index bits 2-7 from 0x0 by 0x1, data bits 16-31" */
static void put_fields(GString *text, const Upload *up)
{
    g_string_append_printf(text, ", index bits %u-%u from 0x%" PRIx64 " by ",
                           up->index_bit, up->index_bit + up->index_bits - 1,
                           up->index_first);
    put_step(text, up->index_step);
    g_string_append_printf(text, ", data bits %u-%u", up->data_bit,
                           up->data_bit + up->data_bits - 1);
}

static void put_upload(GString *text, const AnalysisNames *names,
                       const Upload *up)
{
    g_string_append(text, up->reads ? "read " : "");
    g_string_append(text, way_names[up->way]);
    g_string_append_c(text, ' ');
    if (up->way == UPLOAD_WINDOW) {
        put_window(text, names, up);
        return;
    }
    if (up->registers > 1) {
        analysis_put_window(names, up->region, up->offset, up->offset +
                            (uint64_t)up->registers * up->width - 1, text);
        return;
    }
    analysis_put_register(names, up->region, up->offset, text);
    if (up->way == UPLOAD_FIELDS) {
        put_fields(text, up);
    } else if (up->way == UPLOAD_PAIR) {
        g_string_append(text, ", index ");
        analysis_put_register(names, up->region, up->index_offset, text);
        g_string_append_printf(text, " from 0x%" PRIx64 " by ",
                               up->index_first);
        put_step(text, up->index_step);
    } else if (up->prior) {
        g_string_append(text, ", after ");
        analysis_put_register(names, up->region, up->prior_offset, text);
        g_string_append_printf(text, " = 0x%" PRIx64, up->prior_value);
    }
}

static void put_memory(GString *text, const ExtractItem *item)
{
    const AnalysisMemoryThing *thing = item->thing;

    if (item->data) {
        g_string_append_printf(text, "%s[%" PRIu64 "] %s at 0x%" PRIx64,
                               thing->name, thing->index, item->data->name,
                               item->data->at);
    } else {
        g_string_append_printf(text, "snapshot at 0x%" PRIx64, thing->at);
    }
}

static void put_time(GString *text, uint64_t ns)
{
    g_string_append_printf(text, "%" PRIu64 ".%06" PRIu64, ns / 1000000000,
                           ns / 1000 % 1000000);
}

static uint32_t phase_of(const ExtractItem *item)
{
    return item->upload ? item->upload->phase : item->thing->place.phase;
}

static void put_lines(GString *text, const ExtractItem *item)
{
    if (item->upload) {
        g_string_append_printf(text, "%" PRIu64 "-%" PRIu64,
                               item->upload->first_line,
                               item->upload->last_line);
    } else {
        g_string_append_printf(text, "%" PRIu64, item->thing->place.line);
    }
}

static void put_file(GString *text, const ExtractItem *item, bool files)
{
    if (item->same) {
        g_string_append_printf(text, "same as %" PRIu64, item->same);
    } else if (files) {
        g_string_append(text, item->file);
    } else {
        g_string_append_len(text, item->sha256, SUM_SHOWN);
    }
}

void extract_row(Table *table, const AnalysisNames *names,
                 const ExtractItem *item, bool files)
{
    const char *phase = mmt_trace_phase(names->trace, phase_of(item));

    g_string_append_printf(table_cell(table), "%" PRIu64, item->number);
    g_string_append_printf(table_cell(table), "%u", item->bytes->len);
    put_kind(table_cell(table), item);
    if (item->upload) {
        put_upload(table_cell(table), names, item->upload);
    } else {
        put_memory(table_cell(table), item);
    }
    put_lines(table_cell(table), item);
    put_time(table_cell(table), item->upload ? item->upload->first_ns
                                             : item->thing->place.ns);
    g_string_append(table_cell(table), phase ? phase : "-");
    put_file(table_cell(table), item, files);
}

static void json_step(GString *json, const char *name, int64_t step)
{
    g_autoptr(GString) text = g_string_new(NULL);

    put_step(text, step);
    json_line_text(json, name, text->str);
}

/* A register of the same region: its offset and name */
static void json_other(GString *json, const AnalysisNames *names,
                       uint32_t region, uint64_t offset, const char *offset_key,
                       const char *name_key)
{
    const char *name = analysis_db_name(names->db, region, offset);

    json_line_hex(json, offset_key, offset);
    if (name) {
        json_line_text(json, name_key, name);
    }
}

static void json_pages(GString *json, const AnalysisNames *names,
                       const Upload *up)
{
    const char *name = mmt_trace_region(names->trace, up->index_region)->name;

    json_line_number(json, "pages", up->pages);
    json_line_number(json, "page-bytes", up->page_bytes);
    json_line_text(json, "page-region", name);
    json_other(json, names, up->index_region, up->index_offset, "page-offset",
               "page-name");
    json_line_hex(json, "page-first", up->index_first);
    json_step(json, "page-step", up->index_step);
}

static void json_fields(GString *json, const Upload *up)
{
    json_line_number(json, "index-bit", up->index_bit);
    json_line_number(json, "index-bits", up->index_bits);
    json_line_number(json, "data-bit", up->data_bit);
    json_line_number(json, "data-bits", up->data_bits);
}

static void json_way(GString *json, const AnalysisNames *names,
                     const Upload *up)
{
    if (up->way == UPLOAD_WINDOW) {
        json_step(json, "stride", up->stride);
        if (up->pages) {
            json_pages(json, names, up);
        }
    } else if (up->way == UPLOAD_PAIR || up->way == UPLOAD_FIELDS) {
        json_other(json, names, up->region, up->index_offset, "index-offset",
                   "index-name");
        json_line_hex(json, "index-first", up->index_first);
        json_step(json, "index-step", up->index_step);
        json_line_number(json, "blocks", up->blocks);
        if (up->way == UPLOAD_FIELDS) {
            json_fields(json, up);
        }
    } else if (up->prior) {
        json_other(json, names, up->region, up->prior_offset, "prior-offset",
                   "prior-name");
        json_line_hex(json, "prior-value", up->prior_value);
    }
}

static void json_upload(GString *json, const AnalysisNames *names,
                        const Upload *up)
{
    json_line_text(json, "way", way_names[up->way]);
    analysis_json_register(names, up->region, up->offset, json);
    json_line_number(json, "width", up->width);
    json_line_bool(json, "mixed", up->mixed);
    json_line_number(json, "registers", up->registers);
    json_way(json, names, up);
    json_line_text(json, "content", content_names[up->content]);
    json_line_number(json, "accesses", up->accesses);
    json_line_number(json, "other-reads", up->other_reads);
    json_line_number(json, "other-writes", up->other_writes);
    json_line_text(json, "end", end_names[up->end]);
    json_line_number(json, "first-line", up->first_line);
    json_line_number(json, "last-line", up->last_line);
    json_line_number(json, "first-ns", up->first_ns);
    json_line_number(json, "last-ns", up->last_ns);
}

static void json_memory(GString *json, const ExtractItem *item)
{
    const AnalysisMemoryThing *thing = item->thing;

    json_line_text(json, "device", thing->device);
    if (item->data) {
        json_line_text(json, "ring", thing->name);
        json_line_number(json, "index", thing->index);
        json_line_text(json, "data", item->data->name);
        json_line_number(json, "of", item->data->of);
    }
    json_line_hex(json, "at", item->data ? item->data->at : thing->at);
    json_line_number(json, "first-line", thing->place.line);
    if (thing->place.timed) {
        json_line_number(json, "first-ns", thing->place.ns);
    }
}

void extract_json(GString *json, const AnalysisNames *names,
                  const ExtractItem *item)
{
    const char *phase = mmt_trace_phase(names->trace, phase_of(item));

    json_line_begin(json, item->thing ? "memory" :
                    item->upload->reads ? "download" : "upload");
    json_line_number(json, "number", item->number);
    if (item->file) {
        json_line_text(json, "file", item->file);
    }
    if (item->same) {
        json_line_number(json, "same-as", item->same);
    }
    json_line_number(json, "bytes", item->bytes->len);
    json_line_text(json, "sha256", item->sha256);
    json_line_text(json, "kind", item->kind.name);
    if (item->kind.swapped) {
        json_line_number(json, "swapped", item->kind.swapped);
    }
    if (item->upload) {
        json_upload(json, names, item->upload);
    } else {
        json_memory(json, item);
    }
    json_line_number(json, "phase", phase_of(item));
    if (phase) {
        json_line_text(json, "phase-name", phase);
    }
}
