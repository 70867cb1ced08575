/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: address ranges with names from the user (see symbols-map.h)
 */
#include "tools/symbolize/symbols-map.h"
#include "tools/symbolize/symbols-text.h"

#include <inttypes.h>
#include <string.h>

#define EXPECTED "'START-END NAME' or 'START SIZE NAME' expected, numbers in " \
    "hexadecimal"

/*
 * The second number is in START's word, after a '-', or in the next word.
 * There, it is a size unless START plus it is beyond the last address: then it
 * is the end, as WinDbg prints it.
 */
static bool take_range(SymFile *file, SymEntry *entry)
{
    size_t len;
    const char *word = sym_file_word(file, &len);
    const char *dash = word ? memchr(word, '-', len) : NULL;
    uint64_t second;

    if (!word || !sym_hex(word, dash ? (size_t)(dash - word) : len,
                          &entry->addr)) {
        return false;
    }
    if (dash) {
        len -= dash + 1 - word;
        word = dash + 1;
    } else {
        word = sym_file_word(file, &len);
    }
    if (!word || !sym_hex(word, len, &second)) {
        return false;
    }
    entry->size = dash || second > UINT64_MAX - entry->addr ?
        second - entry->addr : second;
    entry->name = sym_file_word(file, &entry->name_len);
    return entry->name && (!dash || second >= entry->addr);
}

/* Return: false if two ranges overlap, which would be ambiguous */
static bool check_overlap(SymFile *file, const SymTable *table,
                          const GArray *lines, GError **error)
{
    const Symbol *symbol = sym_table_overlap(table);

    if (!symbol) {
        return true;
    }
    file->number = g_array_index(lines, unsigned, symbol->order);
    return sym_file_error(file, error,
                          "%s, at 0x%" PRIx64 ", overlaps the range below it",
                          symbol->name, symbol->addr);
}

SymTable *symbols_read_map(const char *path, GError **error)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_autoptr(SymTable) table = NULL;
    g_autoptr(SymFile) file = sym_file_open(path, error);

    if (!file) {
        return NULL;
    }
    table = sym_table_new();
    while (sym_file_line(file)) {
        SymEntry entry = { .kind = SYM_RANGE };

        if (*file->line.p == '#') {
            continue;
        }
        if (!take_range(file, &entry)) {
            sym_file_error(file, error, "not a range: " EXPECTED);
            return NULL;
        }
        if (!entry.size) {
            sym_file_error(file, error, "the range is empty");
            return NULL;
        }
        if (entry.size > UINT64_MAX - entry.addr) {
            sym_file_error(file, error,
                           "the range ends before it begins, or beyond the last address");
            return NULL;
        }
        sym_table_add(table, &entry);
        g_array_append_val(lines, file->number);
    }
    if (!sym_table_count(table)) {
        g_set_error(error, SYM_ERROR, 0, "%s has no ranges: " EXPECTED, path);
        return NULL;
    }
    sym_table_finish(table, 0);
    return check_overlap(file, table, lines, error) ?
        g_steal_pointer(&table) : NULL;
}
