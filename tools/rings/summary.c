/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings: what a rings file says (see summary.h)
 */
#include "tools/rings/summary.h"

#include "tools/analysis/json-line.h"
#include "tools/common/tool.h"
#include "tools/rings/words.h"

static const GmemRegister *reg_at(const GmemFile *file, unsigned i)
{
    return &g_array_index(file->reg, GmemRegister, i);
}

static const GmemStatement *statement_at(const GmemFile *file, unsigned i)
{
    return &g_array_index(file->statement, GmemStatement, i);
}

/* --- text ---------------------------------------------------------------- */

static void print_count(unsigned n, const char *one, const char *many)
{
    tool_print(" %u %s", n, n == 1 ? one : many);
}

/* "path: title; devices; 7 registers, 4 rings ..." */
static void print_head(const char *path, const GmemFile *file)
{
    static const char *const kinds[][2] = {
        [GMEM_RING] = { "ring", "rings" },
        [GMEM_WATCH] = { "watch", "watches" },
        [GMEM_SNAPSHOT] = { "snapshot", "snapshots" },
    };
    g_autofree char *devices = rings_devices_words(file, ", ");
    unsigned n[G_N_ELEMENTS(kinds)] = { 0 };
    unsigned i;

    for (i = 0; i < file->statement->len; i++) {
        n[statement_at(file, i)->kind]++;
    }
    tool_print("%s: %s%s", path, file->title ? file->title : "",
               file->title ? "; " : "");
    tool_print("devices: %s;", *devices ? devices : "any");
    print_count(file->reg->len, "register", "registers");
    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (n[i]) {
            tool_print(",");
            print_count(n[i], kinds[i][0], kinds[i][1]);
        }
    }
    tool_print("%s\n", gmem_file_has(file, GMEM_ON_IRQ) ?
               "; needs irq=on" : "");
}

static void print_register(const GmemFile *file, const GmemRegister *reg)
{
    g_autofree char *name = rings_register_name(reg);
    g_autofree char *place = rings_place_word(file, reg);

    tool_print("    register %s %s %s%s\n", name, place,
               rings_access_word(reg), reg->bank.n ? " in banks" : "");
}

static void print_triggers(const GmemFile *file, const char *word,
                           const GArray *triggers)
{
    unsigned i;

    for (i = 0; i < triggers->len; i++) {
        g_autofree char *text = rings_trigger_words(
            file, &g_array_index(triggers, GmemTrigger, i));

        tool_print("        %-9s%s\n", word, text);
    }
}

static void print_items(const GPtrArray *items, unsigned indent)
{
    unsigned i;

    for (i = 0; i < items->len; i++) {
        const GmemItem *item = items->pdata[i];

        tool_print("%*s%-9s%s%s\n", indent, "",
                   item->is_list ? "list" : "data", item->name,
                   item->when.n ? " when ..." : "");
        print_items(item->item, indent + 4);
    }
}

static void print_rules(const GmemFile *file, const GmemStatement *s)
{
    unsigned i;

    for (i = 0; i < s->rule->len; i++) {
        const GmemRule *rule = &g_array_index(s->rule, GmemRule, i);

        tool_print("        %-9s%s\n", rule->deletes ? "delete" : "create",
                   statement_at(file, rule->ring)->name);
    }
    if (s->by_device) {
        tool_print("        %-9s%s\n", "by", "device");
    }
    if (s->answers >= 0) {
        tool_print("        %-9s%s\n", "answers",
                   statement_at(file, s->answers)->name);
    }
}

static void print_statement(const GmemFile *file, const GmemStatement *s)
{
    g_autofree char *name = rings_statement_name(s);

    tool_print("    %s %s", rings_kind_word(s), name);
    if (s->kind == GMEM_RING) {
        tool_print(": entries of %u bytes%s%s, by %s%s", s->entry,
                   s->layout ? ", " : "", s->layout ? s->layout : "",
                   rings_order_word(s), s->base.n ? "" : ", created by a rule");
    }
    tool_print("\n");
    print_triggers(file, "on", s->trigger);
    print_triggers(file, "reset", s->reset);
    print_rules(file, s);
    print_items(s->item, 8);
}

void rings_summary_text(const char *path, const GmemFile *file)
{
    unsigned i;

    print_head(path, file);
    for (i = 0; i < file->reg->len; i++) {
        print_register(file, reg_at(file, i));
    }
    for (i = 0; i < file->statement->len; i++) {
        print_statement(file, statement_at(file, i));
    }
}

/* --- JSON ---------------------------------------------------------------- */

static void put_devices(GString *json, const GmemFile *file)
{
    unsigned i;

    json_line_list(json, "devices");
    for (i = 0; i < file->device->len; i++) {
        g_autofree char *word = rings_device_word(
            &g_array_index(file->device, GmemFor, i));

        json_line_item(json);
        json_line_text(json, "device", word);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void put_registers(GString *json, const GmemFile *file)
{
    unsigned i;

    json_line_list(json, "registers");
    for (i = 0; i < file->reg->len; i++) {
        const GmemRegister *reg = reg_at(file, i);
        g_autofree char *name = rings_register_name(reg);
        g_autofree char *place = rings_place_word(file, reg);

        json_line_item(json);
        json_line_text(json, "name", name);
        json_line_text(json, "place", place);
        json_line_text(json, "access", rings_access_word(reg));
        json_line_number(json, "line", reg->line);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void put_triggers(GString *json, const GmemFile *file,
                         const char *name, const GArray *triggers)
{
    unsigned i;

    json_line_list(json, name);
    for (i = 0; i < triggers->len; i++) {
        g_autofree char *text = rings_trigger_words(
            file, &g_array_index(triggers, GmemTrigger, i));

        json_line_item(json);
        json_line_text(json, "trigger", text);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

static void put_statements(GString *json, const GmemFile *file)
{
    unsigned i;

    json_line_list(json, "statements");
    for (i = 0; i < file->statement->len; i++) {
        const GmemStatement *s = statement_at(file, i);
        g_autofree char *name = rings_statement_name(s);

        json_line_item(json);
        json_line_text(json, "kind", rings_kind_word(s));
        json_line_text(json, "name", name);
        json_line_number(json, "line", s->line);
        if (s->kind == GMEM_RING) {
            json_line_number(json, "entry", s->entry);
            json_line_text(json, "order", rings_order_word(s));
        }
        if (s->layout) {
            json_line_text(json, "layout", s->layout);
        }
        put_triggers(json, file, "on", s->trigger);
        put_triggers(json, file, "reset", s->reset);
        json_line_item_end(json);
    }
    json_line_list_end(json);
}

void rings_summary_json(const char *path, const GmemFile *file,
                        const GError *error)
{
    g_autoptr(GString) json = g_string_new(NULL);

    json_line_begin(json, "rings");
    json_line_text(json, "file", path);
    json_line_bool(json, "valid", file);
    if (!file) {
        json_line_text(json, "error", error->message);
        json_line_print(json);
        return;
    }
    if (file->title) {
        json_line_text(json, "title", file->title);
    }
    json_line_text(json, "sha256", file->sha256);
    json_line_bool(json, "irq", gmem_file_has(file, GMEM_ON_IRQ));
    json_line_number(json, "per_trigger", file->per_trigger);
    json_line_number(json, "per_second", file->per_second);
    put_devices(json, file);
    put_registers(json, file);
    put_statements(json, file);
    json_line_print(json);
}
