/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace lookup: output as JSON (see show.h) */
#include "tools/lookup/show.h"

#include <string.h>

#include "libregdb/text.h"
#include "tools/analysis/json-line.h"

static void put_brief(GString *json, const char *brief)
{
    if (brief) {
        json_line_text(json, "brief", brief);
    }
}

static void put_text_of(GString *json, const char *name, const RegDbView *view,
                        const RegDbType *type, uint64_t value, unsigned bits)
{
    g_autoptr(GString) text = g_string_new(NULL);

    regdb_put_value(view, type, value, bits, &regdb_no_colors, text);
    json_line_text(json, name, text->str);
}

static void put_values(GString *json, const RegDbView *view,
                       const RegDbType *type)
{
    uint32_t i;

    if (!type || type->kind != REGDB_ENUM) {
        return;
    }
    json_line_list(json, "values");
    for (i = 0; i < type->n_values; i++) {
        const RegDbValue *value = &type->values[i];

        if (!regdb_view_holds(view, value->when)) {
            continue;
        }
        json_line_item(json);
        json_line_text(json, "name", value->name);
        if (value->known) {
            json_line_hex(json, "value", value->value);
        }
        put_brief(json, value->brief);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void begin_field(GString *json, const RegDbField *field)
{
    json_line_item(json);
    json_line_text(json, "name", field->name);
    json_line_number(json, "low", field->low);
    json_line_number(json, "high", field->high);
    put_brief(json, field->brief);
}

/**
 * struct Fields: a list of fields is made
 * @json: the line
 * @view: the view
 */
typedef struct Fields {
    GString *json;
    const RegDbView *view;
} Fields;

static void put_field_value(const RegDbField *field, uint64_t value,
                            const char *name, void *opaque)
{
    Fields *fields = opaque;
    const RegDbValue *named;

    (void)name;
    if (!field) {
        json_line_item(fields->json);
        json_line_hex(fields->json, "value", value);
        json_line_item_end(fields->json);
        return;
    }
    named = lookup_find_value(fields->view, field->type, value);
    begin_field(fields->json, field);
    json_line_hex(fields->json, "value", value);
    put_text_of(fields->json, "meaning", fields->view, field->type, value,
                field->high - field->low + 1);
    if (named && named->brief) {
        json_line_text(fields->json, "value-brief", named->brief);
    }
    json_line_item_end(fields->json);
}

static void put_fields(GString *json, const RegDbView *view,
                       const RegDbType *type, const uint64_t *value,
                       uint64_t mask)
{
    const RegDbType *plain = lookup_plain_type(type);
    Fields fields = { .json = json, .view = view };
    uint32_t i;

    if (!plain || plain->kind != REGDB_BITSET) {
        if (!value) {
            put_values(json, view, plain);
        }
        return;
    }
    json_line_list(json, "fields");
    if (value) {
        regdb_each_field(view, type, *value, mask, put_field_value, &fields);
    }
    for (i = 0; !value && i < plain->n_fields; i++) {
        const RegDbField *field = &plain->fields[i];

        if (regdb_view_holds(view, field->when)) {
            begin_field(json, field);
            put_values(json, view, lookup_plain_type(field->type));
            json_line_item_end(json);
        }
    }
    json_line_list_end(json);
}

static void put_place(GString *json, const LookupFound *found)
{
    const RegDbRegionOf *region = found->place->region;

    json_line_text(json, "domain", found->place->domain->name);
    json_line_hex(json, "domain-offset", found->offset);
    if (!region) {
        return;
    }
    json_line_text(json, "region", region->region);
    if (region->at) {
        json_line_text(json, "at", region->at);
    } else {
        json_line_hex(json, "offset", region->offset + found->offset);
    }
}

static void put_repeats(GString *json, const RegDbMatch *match)
{
    unsigned i;

    json_line_list(json, "repeated");
    for (i = 0; i < match->n_repeats; i++) {
        json_line_item(json);
        json_line_number(json, "length", match->length[i]);
        json_line_hex(json, "stride", match->stride[i]);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void put_register(GString *json, const LookupFound *found)
{
    static const char *const accesses[] = {
        [0] = "", [REGDB_READ] = "r", [REGDB_WRITE] = "w",
        [REGDB_READ_WRITE] = "rw",
    };

    json_line_number(json, "bits", found->bits);
    json_line_text(json, "access", accesses[found->access & REGDB_READ_WRITE]);
    put_brief(json, found->brief);
}

static uint64_t mask_of(unsigned low, unsigned bits)
{
    return (bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1) << low;
}

static void put_value(GString *json, const LookupFound *found)
{
    RegDbRegister reg = { .type = found->type, .bits = found->bits };
    RegDbPart part = { .reg = &reg, .low = found->low, .bits = found->reach };
    g_autoptr(GString) text = g_string_new(NULL);

    json_line_hex(json, "value", found->value);
    if (found->reach < found->bits) {
        json_line_number(json, "low", found->low);
        json_line_number(json, "high", found->low + found->reach - 1);
    }
    regdb_put_part(found->place->view, &part, found->value, &regdb_no_colors,
                   text);
    json_line_text(json, "meaning", text->str);
}

void lookup_show_json(const LookupFound *found, bool fields)
{
    g_autoptr(GString) json = g_string_new(NULL);
    const RegDbView *view = found->place->view;
    const RegDbVarset *undecided;
    uint64_t value = found->value << found->low;

    json_line_begin(json, found->bits ? "register" : "array");
    json_line_text(json, "name", found->name);
    put_place(json, found);
    if (found->match && found->match->n_repeats) {
        put_repeats(json, found->match);
    }
    if (found->bits) {
        put_register(json, found);
        if (found->has_value) {
            put_value(json, found);
        }
        if (fields) {
            put_fields(json, view, found->type,
                       found->has_value ? &value : NULL,
                       mask_of(found->low, found->reach));
        }
    }
    undecided = regdb_view_undecided(view);
    if (undecided && fields) {
        json_line_text(json, "depends-on", undecided->name);
    }
    json_line_print(json);
}

void lookup_show_type_json(const RegDbView *view, const RegDbType *type,
                           const uint64_t *value)
{
    g_autoptr(GString) json = g_string_new(NULL);

    json_line_begin(json, type->kind == REGDB_ENUM ? "enum" : "bitset");
    json_line_text(json, "name", type->name ?: "");
    if (value) {
        json_line_hex(json, "value", *value);
        put_text_of(json, "meaning", view, type, *value, 64);
    }
    put_fields(json, view, type, value, UINT64_MAX);
    json_line_print(json);
}
