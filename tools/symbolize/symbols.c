/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: table of symbols by address (see symbols.h)
 *
 * Theory of operation
 *
 * The table is an array, sorted by address, with binary search.  Most sources
 * have the start of a function, but not its end: the function ends at the next
 * symbol of any kind.  The last function of a module has no next symbol in the
 * module, so its size is unknown.
 */
#include "tools/symbolize/symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Maximum size of a module's last function, in bytes */
#define OPEN_END_MAX 0x10000u

/* Number of nested symbols after which an enclosing one is not found */
#define NESTED_MAX 16

/* End of a name that was cut */
#define ELLIPSIS "..."

struct SymTable {
    GArray *symbols;
    GStringChunk *names;
    SymAnchors anchors;
    size_t count;
};

SymTable *sym_table_new(void)
{
    SymTable *table = g_new0(SymTable, 1);

    table->symbols = g_array_new(FALSE, FALSE, sizeof(Symbol));
    table->names = g_string_chunk_new(64 * 1024);
    return table;
}

void sym_table_free(SymTable *table)
{
    if (table) {
        g_array_unref(table->symbols);
        g_string_chunk_free(table->names);
        g_free(table);
    }
}

/* Make a name fit to be part of a word in a log.  Return: @buf */
static const char *clean(const char *name, size_t len, size_t max, char *buf)
{
    size_t n = MIN(len, max);
    size_t i;

    for (i = 0; i < n; i++) {
        buf[i] = g_ascii_isgraph(name[i]) ? name[i] : '?';
    }
    if (len > max) {
        memcpy(buf + max - strlen(ELLIPSIS), ELLIPSIS, strlen(ELLIPSIS));
    }
    if (!n) {
        buf[n++] = '?';
    }
    buf[n] = '\0';
    return buf;
}

/* Count leading underscores; the kernel prefers names with fewer, too. */
static unsigned underscores(const SymEntry *entry)
{
    unsigned n = 0;

    while (n < MIN(entry->name_len, 7) && entry->name[n] == '_') {
        n++;
    }
    return n;
}

static void note_anchor(SymAnchors *anchors, const char *name, uint64_t addr)
{
    if (!strcmp(name, "_text")) {
        anchors->text = addr;
    } else if (!strcmp(name, "_stext")) {
        anchors->stext = addr;
    } else if (!strcmp(name, "_etext")) {
        anchors->etext = addr;
    }
}

void sym_table_add(SymTable *table, const SymEntry *entry)
{
    Symbol symbol = {
        .addr = entry->addr,
        .size = entry->size,
        .order = table->symbols->len,
        .rank = entry->rank << 3 | underscores(entry),
        .kind = entry->kind,
    };
    char buf[SYM_NAME_MAX + 1];

    if (entry->module) {
        clean(entry->module, entry->module_len, SYM_MODULE_MAX, buf);
        symbol.module = g_string_chunk_insert_const(table->names, buf);
    }
    if (entry->kind != SYM_BOUND) {
        clean(entry->name, entry->name_len, SYM_NAME_MAX, buf);
        symbol.name = g_string_chunk_insert(table->names, buf);
        if (!entry->module && buf[0] == '_') {
            note_anchor(&table->anchors, buf, entry->addr);
        }
        table->count++;
    }
    g_array_append_val(table->symbols, symbol);
}

const SymAnchors *sym_table_anchors(const SymTable *table)
{
    return &table->anchors;
}

size_t sym_table_count(const SymTable *table)
{
    return table->count;
}

static Symbol *symbol_at(const SymTable *table, size_t i)
{
    return &g_array_index(table->symbols, Symbol, i);
}

static int compare_symbols(const void *a, const void *b)
{
    const Symbol *x = a;
    const Symbol *y = b;

    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

/*
 * Keep only the first of the symbols at one address, and drop labels (symbols
 * without a size) within a function whose size is known.  Keep all ranges: two
 * at one address are an error of the user, which sym_table_overlap() finds.
 */
static void drop_needless(SymTable *table)
{
    size_t n = table->symbols->len;
    uint64_t function_end = 0;
    size_t to = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        const Symbol *symbol = symbol_at(table, i);
        bool alias = to && symbol->addr == symbol_at(table, to - 1)->addr;
        bool label = !symbol->size && symbol->addr < function_end;

        if (symbol->kind != SYM_RANGE && (alias || label)) {
            continue;
        }
        if (symbol->kind == SYM_FUNCTION) {
            function_end = MAX(function_end, symbol->addr + symbol->size);
        }
        *symbol_at(table, to++) = *symbol;
    }
    g_array_set_size(table->symbols, to);
}

static void find_end(Symbol *symbol, const Symbol *next)
{
    uint64_t limit = next ? next->addr : UINT64_MAX;

    if (symbol->size) {
        symbol->end = symbol->addr + MIN(symbol->size,
                                         UINT64_MAX - symbol->addr);
    } else if (next && next->module == symbol->module) {
        symbol->size = next->addr - symbol->addr;
        symbol->end = limit;
    } else {
        symbol->end = symbol->addr + MIN(limit - symbol->addr, OPEN_END_MAX);
    }
    if (symbol->kind == SYM_RANGE) {
        symbol->end = MIN(symbol->end, limit);
    }
}

void sym_table_finish(SymTable *table, uint64_t offset)
{
    size_t n;
    size_t i;

    for (i = 0; i < table->symbols->len; i++) {
        symbol_at(table, i)->addr += offset;
    }
    if (table->symbols->len) {
        qsort(table->symbols->data, table->symbols->len, sizeof(Symbol),
              compare_symbols);
    }
    drop_needless(table);
    n = table->symbols->len;
    for (i = 0; i < n; i++) {
        find_end(symbol_at(table, i),
                 i + 1 < n ? symbol_at(table, i + 1) : NULL);
    }
}

const Symbol *sym_table_overlap(const SymTable *table)
{
    size_t i;

    for (i = 1; i < table->symbols->len; i++) {
        const Symbol *before = symbol_at(table, i - 1);
        const Symbol *symbol = symbol_at(table, i);

        if (symbol->addr - before->addr < before->size) {
            return symbol;
        }
    }
    return NULL;
}

const Symbol *sym_table_find(const SymTable *table, uint64_t addr)
{
    size_t low = 0;
    size_t high = table->symbols->len;
    size_t tries;

    /* Find the first symbol after @addr. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (symbol_at(table, middle)->addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (tries = 0; low && tries <= NESTED_MAX; tries++) {
        const Symbol *symbol = symbol_at(table, --low);

        if (symbol->kind == SYM_BOUND) {
            return NULL;
        }
        if (addr < symbol->end) {
            return symbol;
        }
    }
    return NULL;
}

size_t sym_text(const Symbol *symbol, uint64_t addr, char *buf)
{
    int n = sprintf(buf, "%s+0x%" PRIx64, symbol->name, addr - symbol->addr);

    if (symbol->kind == SYM_FUNCTION && symbol->size) {
        n += sprintf(buf + n, "/0x%" PRIx64, symbol->size);
    }
    if (symbol->module) {
        n += sprintf(buf + n, "[%s]", symbol->module);
    }
    return n;
}
