/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: entries of rings and watches as JSON
 */
#include "tools/decode/memory.h"

#include <stdlib.h>
#include <string.h>

#include "tools/analysis/json-line.h"
#include "tools/analysis/layout.h"

static void end_line(Decode *d)
{
    g_string_append(d->work, "}\n");
    convert_out_put(&d->out, d->work->str, d->work->len);
}

static void put_bytes(GString *json, const char *name, const uint8_t *bytes,
                      size_t n)
{
    size_t i;

    g_string_append_printf(json, ", \"%s\": \"", name);
    for (i = 0; i < n; i++) {
        g_string_append_printf(json, "%02x", bytes[i]);
    }
    g_string_append_c(json, '"');
}

/* "SQ[3]": the ring is SQ, n is 3 */
static void put_name(GString *json, const char *key, const char *name)
{
    const char *bracket = strchr(name, '[');
    g_autofree char *bare = g_strndup(name, bracket ? bracket - name
                                                    : (long)strlen(name));

    json_line_text(json, "name", name);
    json_line_text(json, key, bare);
    if (bracket) {
        json_line_number(json, "n", strtoull(bracket + 1, NULL, 10));
    }
}

static void begin(Decode *d, const AnalysisMemoryThing *thing,
                  const char *type)
{
    json_line_begin(d->work, type);
    if (thing->place.timed) {
        json_line_number(d->work, "ns", thing->place.ns);
    }
    json_line_number(d->work, "line", thing->place.line);
    json_line_text(d->work, "device", thing->device);
}

static void put_state(GString *json, const char *state)
{
    if (*state) {
        json_line_text(json, "state", state);
    }
}

/**
 * struct Words: the words of an entry are written
 * @json: the line
 * @view: the layout
 */
typedef struct Words {
    GString *json;
    RegDbView *view;
} Words;

/* Words that are 0 are left out. */
static void put_field(const RegDbRegister *reg, uint64_t offset,
                      unsigned bits, uint64_t value, void *opaque)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Words *words = opaque;

    if (!value) {
        return;
    }
    json_line_item(words->json);
    if (reg) {
        json_line_text(words->json, "name", reg->name);
    }
    json_line_hex(words->json, "offset", offset);
    json_line_hex(words->json, "value", value);
    if (reg && reg->type) {
        regdb_put_value(words->view, reg->type, value, bits, &regdb_no_colors,
                        text);
        json_line_text(words->json, "text", text->str);
    }
    json_line_item_end(words->json);
}

static void put_fields(Decode *d, const AnalysisMemoryThing *thing)
{
    Words words = { .json = d->work };

    if (!thing->ring || !*thing->ring->layout) {
        return;
    }
    json_line_text(d->work, "layout", thing->ring->layout);
    words.view = decode_memory_layout(d, thing);
    if (words.view) {
        json_line_list(d->work, "fields");
        analysis_layout_each(words.view, thing->bytes->data,
                             thing->bytes->len, put_field, &words);
        json_line_list_end(d->work);
    }
}

static void put_data(GString *json, const GPtrArray *list)
{
    guint i;

    json_line_list(json, "data");
    for (i = 0; i < list->len; i++) {
        const AnalysisMemoryData *data = list->pdata[i];

        json_line_item(json);
        json_line_text(json, "name", data->name);
        json_line_hex(json, "address", data->at);
        json_line_number(json, "of", data->of);
        put_state(json, data->state);
        put_bytes(json, "bytes", data->bytes->data, data->bytes->len);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void print_entry(Decode *d, const AnalysisMemoryThing *thing)
{
    begin(d, thing, "entry");
    put_name(d->work, "ring", thing->name);
    json_line_number(d->work, "index", thing->index);
    json_line_hex(d->work, "address", thing->at);
    put_state(d->work, thing->state);
    put_bytes(d->work, "bytes", thing->bytes->data, thing->bytes->len);
    put_fields(d, thing);
    put_data(d->work, thing->data);
    if (thing->left_out) {
        json_line_number(d->work, "data_left_out", thing->left_out);
    }
    end_line(d);
}

static void print_watch(Decode *d, const AnalysisMemoryThing *thing)
{
    guint i;

    begin(d, thing, "watch");
    put_name(d->work, "watch", thing->name);
    json_line_hex(d->work, "address", thing->at);
    json_line_number(d->work, "length", thing->len);
    json_line_text(d->work, "on", thing->on);
    json_line_text(d->work, "state", thing->state);
    if (thing->left) {
        json_line_number(d->work, "left", thing->left);
    }
    json_line_list(d->work, "changed");
    for (i = 0; i < thing->runs->len && thing->contents; i++) {
        const AnalysisMemoryRun *run = &g_array_index(thing->runs,
                                                      AnalysisMemoryRun, i);

        json_line_item(d->work);
        json_line_hex(d->work, "offset", run->offset);
        put_bytes(d->work, "bytes", thing->contents + run->offset, run->len);
        json_line_item_end(d->work);
    }
    json_line_list_end(d->work);
    end_line(d);
}

static void take(const AnalysisMemoryThing *thing, void *opaque)
{
    Decode *d = opaque;

    if (!decode_memory_shown(d)) {
        return;
    }
    if (thing->kind == ANALYSIS_MEMORY_ENTRY) {
        print_entry(d, thing);
    } else if (thing->kind == ANALYSIS_MEMORY_WATCH) {
        print_watch(d, thing);
    }
}

const AnalysisMemoryUser decode_memory_json = { .take = take };
