/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace lookup: output as text (see show.h) */
#include "tools/lookup/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libregdb/text.h"
#include "tools/analysis/table.h"
#include "tools/common/tool.h"

/* Types that are named by other types */
#define NAMED_MAX 8

/* How values are read, for people */
static const char *const kinds[] = {
    [REGDB_HEX] = "hex",
    [REGDB_UINT] = "unsigned",
    [REGDB_INT] = "signed",
    [REGDB_BOOLEAN] = "flag",
    [REGDB_FLOAT] = "float",
    [REGDB_FIXED] = "fixed point",
    [REGDB_UFIXED] = "fixed point",
    [REGDB_ENUM] = "enum",
    [REGDB_BITSET] = "bitset",
    [REGDB_NAMED] = "hex",
};

static Table *list;

const RegDbType *lookup_plain_type(const RegDbType *type)
{
    unsigned depth;

    for (depth = 0; type && depth < NAMED_MAX; depth++) {
        if (type->kind != REGDB_NAMED) {
            return type;
        }
        type = type->base;
    }
    return NULL;
}

/* The value as its enum has it */
static uint64_t move_value(const RegDbType *type, uint64_t value)
{
    unsigned depth;

    for (depth = 0; type && depth < NAMED_MAX; depth++) {
        value = (value << type->shr) + type->add;
        type = type->kind == REGDB_NAMED ? type->base : NULL;
    }
    return value;
}

const RegDbValue *lookup_find_value(const RegDbView *view,
                                    const RegDbType *type, uint64_t value)
{
    const RegDbType *plain = lookup_plain_type(type);
    uint32_t i;

    if (!plain || plain->kind != REGDB_ENUM) {
        return NULL;
    }
    value = move_value(type, value);
    for (i = 0; i < plain->n_values; i++) {
        const RegDbValue *v = &plain->values[i];

        if (v->known && v->value == value && regdb_view_holds(view, v->when)) {
            return v;
        }
    }
    return NULL;
}

static void put_bits(unsigned low, unsigned high, GString *text)
{
    if (low == high) {
        g_string_append_printf(text, "%u", low);
    } else {
        g_string_append_printf(text, "%u:%u", high, low);
    }
}

/* What a value means, beyond its number */
static void put_meaning(const RegDbView *view, const RegDbType *type,
                        uint64_t value, unsigned bits, GString *text)
{
    const RegDbValue *named = lookup_find_value(view, type, value);
    const RegDbType *plain = lookup_plain_type(type);
    g_autofree char *hex = g_strdup_printf(value ? "0x%" PRIx64 : "0", value);
    gsize begin = text->len;

    if (named) {
        g_string_append_printf(text, "%s%s%s%s", named->name,
                               named->brief ? " (" : "", named->brief ?: "",
                               named->brief ? ")" : "");
    } else if (plain && !(plain->kind == REGDB_BOOLEAN && value <= 1)) {
        regdb_put_value(view, type, value, bits, &regdb_no_colors, text);
        if (!strcmp(text->str + begin, hex)) {
            g_string_truncate(text, begin);
        }
    }
}

static void add_row(Table *table, const char *bits, const char *name,
                    const char *value, const char *meaning, const char *brief)
{
    g_string_append(table_cell(table), bits);
    g_string_append(table_cell(table), name);
    g_string_append(table_cell(table), value);
    g_string_append(table_cell(table), meaning);
    g_string_append(table_cell(table), brief);
}

/**
 * struct Rows: rows of a table of fields are made
 * @table: the table
 * @view: the view
 */
typedef struct Rows {
    Table *table;
    const RegDbView *view;
} Rows;

static void add_value_row(const RegDbField *field, uint64_t value,
                          const char *name, void *opaque)
{
    Rows *rows = opaque;
    g_autofree char *number = g_strdup_printf("0x%" PRIx64, value);
    g_autoptr(GString) bits = g_string_new(NULL);
    g_autoptr(GString) meaning = g_string_new(NULL);

    (void)name;
    if (!field) {
        add_row(rows->table, "", "", number, "bits that no field has", "");
        return;
    }
    put_bits(field->low, field->high, bits);
    put_meaning(rows->view, field->type, value, field->high - field->low + 1,
                meaning);
    add_row(rows->table, bits->str, field->name, number, meaning->str,
            field->brief ?: "");
}

static void add_enum_rows(Rows *rows, const RegDbType *type)
{
    uint32_t i;

    for (i = 0; i < type->n_values; i++) {
        const RegDbValue *value = &type->values[i];
        g_autofree char *number = value->known ?
            g_strdup_printf("0x%" PRIx64, value->value) : g_strdup("?");

        if (regdb_view_holds(rows->view, value->when)) {
            add_row(rows->table, "", "", number, value->name,
                    value->brief ?: "");
        }
    }
}

static void add_field_row(Rows *rows, const RegDbField *field)
{
    const RegDbType *plain = lookup_plain_type(field->type);
    g_autoptr(GString) bits = g_string_new(NULL);
    g_autofree char *kind = plain && plain->name ?
        g_strdup_printf("%s %s", kinds[plain->kind], plain->name) :
        g_strdup(plain ? kinds[plain->kind] : kinds[REGDB_HEX]);

    put_bits(field->low, field->high, bits);
    add_row(rows->table, bits->str, field->name, "", kind, field->brief ?: "");
    if (plain && plain->kind == REGDB_ENUM) {
        add_enum_rows(rows, plain);
    }
}

static void add_field_rows(Rows *rows, const RegDbType *type)
{
    uint32_t i;

    for (i = 0; i < type->n_fields; i++) {
        if (regdb_view_holds(rows->view, type->fields[i].when)) {
            add_field_row(rows, &type->fields[i]);
        }
    }
}

static Table *fields_table(void)
{
    Table *table = table_new();

    table_column(table, "bits", false);
    table_column(table, "field", false);
    table_column(table, "value", false);
    table_column(table, "meaning", false);
    table_column(table, "brief", false);
    return table;
}

static Table *values_table(void)
{
    Table *table = table_new();

    table_column(table, "value", false);
    table_column(table, "name", false);
    table_column(table, "brief", false);
    return table;
}

/* All values of an enum */
static void print_enum(const RegDbView *view, const RegDbType *type)
{
    Table *table = values_table();
    uint32_t i;

    for (i = 0; i < type->n_values; i++) {
        const RegDbValue *value = &type->values[i];

        if (regdb_view_holds(view, value->when)) {
            g_string_append_printf(table_cell(table),
                                   value->known ? "0x%" PRIx64 : "?",
                                   value->value);
            g_string_append(table_cell(table), value->name);
            g_string_append(table_cell(table), value->brief ?: "");
        }
    }
    table_free(table);
}

/* The fields of a value, or all of them */
static void print_fields(const RegDbView *view, const RegDbType *type,
                         const uint64_t *value, uint64_t mask)
{
    const RegDbType *plain = lookup_plain_type(type);
    Rows rows = { .view = view };

    if (!plain || plain->kind != REGDB_BITSET) {
        if (plain && plain->kind == REGDB_ENUM && !value) {
            print_enum(view, plain);
        }
        return;
    }
    rows.table = fields_table();
    if (value) {
        regdb_each_field(view, type, *value, mask, add_value_row, &rows);
    } else {
        add_field_rows(&rows, plain);
    }
    table_free(rows.table);
}

static uint64_t mask_of(const LookupFound *found)
{
    uint64_t mask = found->reach >= 64 ? UINT64_MAX :
                    ((uint64_t)1 << found->reach) - 1;

    return mask << found->low;
}

static void put_text(const LookupFound *found, GString *text)
{
    RegDbRegister reg = { .name = found->name, .type = found->type,
                          .bits = found->bits };
    RegDbPart part = { .reg = &reg, .low = found->low, .bits = found->reach };

    regdb_put_part(found->place->view, &part, found->value, &regdb_no_colors,
                   text);
}

static void put_repeats(const RegDbMatch *match, GString *text)
{
    unsigned i;

    for (i = 0; i < match->n_repeats; i++) {
        g_string_append(text, i ? ", " : "");
        if (match->length[i]) {
            g_string_append_printf(text, "%" PRIu64, match->length[i]);
        } else {
            g_string_append(text, "any number");
        }
        if (match->stride[i]) {
            g_string_append_printf(text, " x 0x%" PRIx64, match->stride[i]);
        } else {
            g_string_append(text, ", at no regular distance");
        }
    }
}

static const char *access_text(unsigned access)
{
    static const char *const texts[] = {
        [0] = "none",
        [REGDB_READ] = "read",
        [REGDB_WRITE] = "write",
        [REGDB_READ_WRITE] = "read, write",
    };

    return texts[access & REGDB_READ_WRITE];
}

static void print_row(const char *name, const char *text)
{
    tool_print("  %-8s %s\n", name, text);
}

static void print_address(const LookupFound *found)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const RegDbRegionOf *region = found->place->region;
    uint64_t first = found->offset;

    lookup_put_address(found->place, first, text);
    if (region && region->at) {
        g_string_append_printf(text, " (in %s, from the value of %s on)",
                               region->region, region->at);
    }
    if (found->asked != first && found->bits) {
        g_string_append_printf(text, "; 0x%" PRIx64 " is its byte %" PRIu64,
                               found->asked, found->asked - first);
    }
    print_row("address", text->str);
}

static void print_value(const LookupFound *found)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "0x%" PRIx64 " => ", found->value);
    put_text(found, text);
    print_row("value", text->str);
}

static void print_head(const LookupFound *found)
{
    const RegDbVarset *undecided;
    g_autofree char *bits = g_strdup_printf("%u bits", found->bits);
    g_autoptr(GString) repeats = g_string_new(NULL);

    tool_print("%s\n", found->name);
    print_address(found);
    if (found->match && found->match->n_repeats) {
        put_repeats(found->match, repeats);
        print_row("repeated", repeats->str);
    }
    if (!found->bits) {
        print_row("note", "the database has no register at this address");
        return;
    }
    print_row("width", bits);
    print_row("access", access_text(found->access));
    if (found->brief) {
        print_row("brief", found->brief);
    }
    if (found->has_value) {
        print_value(found);
    }
    undecided = regdb_view_undecided(found->place->view);
    if (undecided) {
        tool_print("  note     depends on %s, which is not known; use --variant\n",
                   undecided->name);
    }
}

static void show_long(const LookupFound *found)
{
    static bool printed;
    uint64_t value = found->value << found->low;

    if (printed) {
        putchar('\n');
    }
    printed = true;
    print_head(found);
    if (found->bits) {
        print_fields(found->place->view, found->type,
                     found->has_value ? &value : NULL, mask_of(found));
    }
}

static void show_short(const LookupFound *found)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (found->has_value && found->bits) {
        g_string_append(text, " => ");
        put_text(found, text);
    }
    tool_print("%s%s\n", found->name, text->str);
}

void lookup_show(const LookupFound *found, LookupFormat format)
{
    switch (format) {
    case LOOKUP_LONG:
        show_long(found);
        break;
    case LOOKUP_SHORT:
        show_short(found);
        break;
    case LOOKUP_JSON:
        lookup_show_json(found, true);
        break;
    }
}

void lookup_list_begin(LookupFormat format)
{
    if (format != LOOKUP_LONG) {
        return;
    }
    list = table_new();
    table_column(list, "register", false);
    table_column(list, "address", false);
    table_column(list, "bits", true);
    table_column(list, "repeated", false);
    table_column(list, "access", false);
    table_column(list, "brief", false);
}

void lookup_list_add(const LookupFound *found, LookupFormat format)
{
    g_autoptr(GString) address = NULL;

    if (format == LOOKUP_JSON) {
        lookup_show_json(found, false);
        return;
    }
    address = g_string_new(NULL);
    lookup_put_address(found->place, found->offset, address);
    if (format == LOOKUP_SHORT) {
        tool_print("%s %s\n", address->str, found->name);
        return;
    }
    g_string_append(table_cell(list), found->name);
    g_string_append(table_cell(list), address->str);
    g_string_append_printf(table_cell(list), "%u", found->bits);
    put_repeats(found->match, table_cell(list));
    g_string_append(table_cell(list), access_text(found->access));
    g_string_append(table_cell(list), found->brief ?: "");
}

void lookup_list_end(void)
{
    if (list) {
        table_free(list);
        list = NULL;
    }
}

static void print_type_value(const RegDbView *view, const RegDbType *type,
                             uint64_t value, LookupFormat format)
{
    g_autoptr(GString) text = g_string_new(NULL);

    regdb_put_value(view, type, value, 64, &regdb_no_colors, text);
    tool_print("%s\n", text->str);
    if (format == LOOKUP_LONG) {
        print_fields(view, type, &value, UINT64_MAX);
    }
}

void lookup_show_type(const RegDbView *view, const RegDbType *type,
                      const uint64_t *value, LookupFormat format)
{
    if (format == LOOKUP_JSON) {
        lookup_show_type_json(view, type, value);
    } else if (value) {
        print_type_value(view, type, *value, format);
    } else {
        print_fields(view, type, NULL, 0);
    }
}
