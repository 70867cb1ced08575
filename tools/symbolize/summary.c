/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace symbolize --summary (see summary.h)
 */
#include "tools/symbolize/summary.h"
#include "tools/common/json-text.h"

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <string.h>

/**
 * struct Row: the accesses of one symbol
 * @symbol: the symbol, or NULL
 * @reads: number of reads
 * @writes: number of writes
 * @unknown: number of UNKNOWN records
 * @config: accesses to config space, which are not counted in the others
 * @bytes: bytes of reads and writes
 */
typedef struct Row {
    const Symbol *symbol;
    uint64_t reads;
    uint64_t writes;
    uint64_t unknown;
    uint64_t config;
    uint64_t bytes;
} Row;

/**
 * struct Summary: the accesses of all symbols
 * @rows: Symbol -> Row
 * @same: Symbol -> Row, by is_same(): a function has one row in all boots
 * @unnamed: accesses whose program counter has no name
 * @without_pc: accesses without a program counter
 */
struct Summary {
    GHashTable *rows;
    GHashTable *same;
    Row unnamed;
    Row without_pc;
};

/* KASLR moves the kernel and its modules by whole pages. */
#define IN_PAGE 0xfffu

static guint hash(gconstpointer opaque)
{
    const Symbol *symbol = opaque;

    return g_str_hash(symbol->name) ^ (symbol->addr & IN_PAGE);
}

static gboolean is_same(gconstpointer a, gconstpointer b)
{
    const Symbol *x = a;
    const Symbol *y = b;

    return !((x->addr ^ y->addr) & IN_PAGE) && x->size == y->size &&
           !strcmp(x->name, y->name) && !g_strcmp0(x->module, y->module);
}

Summary *summary_new(void)
{
    Summary *summary = g_new0(Summary, 1);

    summary->rows = g_hash_table_new(NULL, NULL);
    summary->same = g_hash_table_new_full(hash, is_same, NULL, g_free);
    return summary;
}

void summary_free(Summary *summary)
{
    if (summary) {
        g_hash_table_unref(summary->rows);
        g_hash_table_unref(summary->same);
        g_free(summary);
    }
}

static Row *get_row(Summary *summary, const PcLine *line, const Symbol *symbol)
{
    Row *row;

    if (!symbol) {
        return line->pc ? &summary->unnamed : &summary->without_pc;
    }
    row = g_hash_table_lookup(summary->rows, symbol);
    if (row) {
        return row;
    }
    row = g_hash_table_lookup(summary->same, symbol);
    if (!row) {
        row = g_new0(Row, 1);
        row->symbol = symbol;
        g_hash_table_insert(summary->same, (gpointer)symbol, row);
    }
    g_hash_table_insert(summary->rows, (gpointer)symbol, row);
    return row;
}

void summary_add(Summary *summary, const PcLine *line, const Symbol *symbol)
{
    Row *row = get_row(summary, line, symbol);

    if (line->kind == PC_LINE_CONFIG) {
        row->config++;
        return;
    }
    row->reads += line->op == 'R';
    row->writes += line->op == 'W';
    row->unknown += line->op == 'U';
    row->bytes += line->width;
}

static uint64_t accesses(const Row *row)
{
    return row->reads + row->writes + row->unknown + row->config;
}

/* The busiest first */
static int compare_rows(gconstpointer a, gconstpointer b)
{
    const Row *x = a;
    const Row *y = b;
    uint64_t nx = accesses(x);
    uint64_t ny = accesses(y);
    int names;

    if (nx != ny) {
        return nx > ny ? -1 : 1;
    }
    names = strcmp(x->symbol->name, y->symbol->name);
    return names ? names : x->symbol->addr < y->symbol->addr ? -1 : 1;
}

static GList *sorted_rows(const Summary *summary)
{
    return g_list_sort(g_hash_table_get_values(summary->same), compare_rows);
}

static void print_row(FILE *out, const Row *row, const char *name)
{
    fprintf(out, "%10" PRIu64 " %10" PRIu64 " %8" PRIu64 " %8" PRIu64 " %12"
            PRIu64 "  %s", row->reads, row->writes, row->unknown, row->config,
            row->bytes, name);
    if (row->symbol && row->symbol->module) {
        fprintf(out, "[%s]", row->symbol->module);
    }
    fputc('\n', out);
}

void summary_print(const Summary *summary, FILE *out)
{
    g_autoptr(GList) rows = sorted_rows(summary);
    GList *l;

    fprintf(out, "%10s %10s %8s %8s %12s  %s\n", "reads", "writes", "unknown",
            "config", "bytes", "symbol");
    for (l = rows; l; l = l->next) {
        const Row *row = l->data;

        print_row(out, row, row->symbol->name);
    }
    if (accesses(&summary->unnamed)) {
        print_row(out, &summary->unnamed, "(no name)");
    }
    if (accesses(&summary->without_pc)) {
        print_row(out, &summary->without_pc, "(no PC)");
    }
}

static void add_counts(JsonBuilder *b, const Row *row)
{
    const struct {
        const char *name;
        uint64_t n;
    } counts[] = {
        { "reads", row->reads }, { "writes", row->writes },
        { "unknown", row->unknown }, { "config", row->config },
        { "bytes", row->bytes },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        json_builder_set_member_name(b, counts[i].name);
        json_builder_add_int_value(b, counts[i].n);
    }
}

static void add_string(JsonBuilder *b, const char *name, const char *value)
{
    json_builder_set_member_name(b, name);
    json_builder_add_string_value(b, value);
}

static void add_symbol(JsonBuilder *b, const Row *row)
{
    g_autofree char *addr = g_strdup_printf("0x%" PRIx64, row->symbol->addr);

    json_builder_begin_object(b);
    add_string(b, "name", row->symbol->name);
    if (row->symbol->module) {
        add_string(b, "module", row->symbol->module);
    }
    add_string(b, "address", addr);
    add_counts(b, row);
    json_builder_end_object(b);
}

static void add_rest(JsonBuilder *b, const char *name, const Row *row)
{
    json_builder_set_member_name(b, name);
    json_builder_begin_object(b);
    add_counts(b, row);
    json_builder_end_object(b);
}

void summary_print_json(const Summary *summary, const char *log, FILE *out)
{
    g_autoptr(GList) rows = sorted_rows(summary);
    g_autoptr(JsonBuilder) b = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *file = g_utf8_make_valid(log, -1);
    g_autofree char *text = NULL;
    GList *l;

    json_builder_begin_object(b);
    add_string(b, "file", file);
    json_builder_set_member_name(b, "symbols");
    json_builder_begin_array(b);
    for (l = rows; l; l = l->next) {
        add_symbol(b, l->data);
    }
    json_builder_end_array(b);
    add_rest(b, "without-name", &summary->unnamed);
    add_rest(b, "without-pc", &summary->without_pc);
    json_builder_end_object(b);
    root = json_builder_get_root(b);
    text = json_text(root, true);
    fprintf(out, "%s\n", text);
}
