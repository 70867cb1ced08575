/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Linux's symbols in text files (see symbols-linux.h)
 */
#include "tools/symbolize/symbols-linux.h"
#include "tools/symbolize/symbols-text.h"

#include <inttypes.h>
#include <string.h>

/* Error message for hidden addresses, with the remedy */
#define HIDDEN "all addresses are 0, since the guest's kernel hides them: " \
    "read it as root, after 'sysctl kernel.kptr_restrict=1'"

/* Kind of a symbol by its letter, as nm(1) prints it; W is weak. */
static SymKind kind_of(char type)
{
    return type && strchr("TtWw", type) ? SYM_FUNCTION : SYM_BOUND;
}

/* "[e1000e]" without its brackets */
static bool take_module(SymFile *file, SymEntry *entry)
{
    size_t len;
    const char *word = sym_file_word(file, &len);

    if (!word) {
        return true;
    }
    if (len < 3 || word[0] != '[' || word[len - 1] != ']') {
        return false;
    }
    entry->module = word + 1;
    entry->module_len = len - 2;
    return !sym_file_word(file, &len);
}

/*
 * Parse "ffffffffc023a000 t e1000_rar_set [e1000e]".  Names have no blanks, but
 * Rust's names have many other characters.  All addresses of a file have as
 * many digits as the first one, @digits: one with fewer was cut off.
 */
static bool take_symbol(SymFile *file, SymEntry *entry, size_t *digits,
                        GError **error)
{
    const char *addr;
    const char *type;
    size_t addr_len;
    size_t type_len;

    *entry = (SymEntry) { 0 };
    addr = sym_file_word(file, &addr_len);
    type = sym_file_word(file, &type_len);
    entry->name = sym_file_word(file, &entry->name_len);
    if (!entry->name || type_len != 1 ||
        !sym_hex(addr, addr_len, &entry->addr) || !take_module(file, entry)) {
        return sym_file_error(file, error,
                              "not a symbol: 'ADDRESS TYPE NAME' expected, as in /proc/kallsyms and System.map");
    }
    *digits = *digits ? *digits : addr_len;
    if (addr_len != *digits) {
        return sym_file_error(file, error,
                              "the address has %zu digits, those before it have %zu: part of the line is missing",
                              addr_len, *digits);
    }
    entry->kind = kind_of(*type);
    entry->rank = *type == 'W' || *type == 'w';
    return true;
}

/* Is it the placeholder that Debian has in /boot instead of System.map? */
static bool is_placeholder(const SymFile *file)
{
    static const char words[] = "The real System.map is in ";

    return memmem(file->line.p, file->line.end - file->line.p, words,
                  strlen(words));
}

/*
 * Read all symbols in the kernel's address range.  Per-CPU variables are listed
 * with their offsets, which are in the lower half, and are skipped.
 */
static SymTable *read_symbols(const char *path, bool *hidden, GError **error)
{
    g_autoptr(SymTable) table = NULL;
    g_autoptr(SymFile) file = sym_file_open(path, error);
    SymEntry entry;
    size_t digits = 0;

    if (!file) {
        return NULL;
    }
    table = sym_table_new();
    *hidden = true;
    while (sym_file_line(file)) {
        if (is_placeholder(file)) {
            g_set_error(error, SYM_ERROR, 0,
                        "%s is Debian's placeholder: the real file is in the package linux-image-VERSION-dbg, in /usr/lib/debug/boot",
                        path);
            return NULL;
        }
        if (!take_symbol(file, &entry, &digits, error)) {
            return NULL;
        }
        *hidden = *hidden && !entry.addr;
        if (entry.addr >= SYM_KERNEL_BASE) {
            sym_table_add(table, &entry);
        }
    }
    if (!digits) {
        g_set_error(error, SYM_ERROR, 0, "%s is empty", path);
        return NULL;
    }
    return g_steal_pointer(&table);
}

static bool has_functions(const SymTable *table, const char *path,
                          GError **error)
{
    if (!sym_table_count(table)) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s has no function of a 64-bit kernel", path);
        return false;
    }
    return true;
}

SymTable *symbols_read_kallsyms(const char *path, GError **error)
{
    bool hidden;
    g_autoptr(SymTable) table = read_symbols(path, &hidden, error);

    if (!table) {
        return NULL;
    }
    if (hidden) {
        g_set_error(error, SYM_ERROR, 0, "%s: " HIDDEN, path);
        return NULL;
    }
    return has_functions(table, path, error) ? g_steal_pointer(&table) : NULL;
}

SymTable *symbols_read_system_map(const char *path, GError **error)
{
    bool hidden;
    g_autoptr(SymTable) table = read_symbols(path, &hidden, error);

    return table && has_functions(table, path, error) ?
        g_steal_pointer(&table) : NULL;
}

/* Parse "e1000e 315392 0 - Live 0xffffffffc023a000 (E)". */
static bool take_range(SymFile *file, SymEntry *entry, GError **error)
{
    enum { NAME, SIZE, USERS, USED_BY, STATE, ADDRESS, WORDS };
    const char *word[WORDS];
    size_t len[WORDS];
    g_autofree char *size = NULL;
    int i;

    for (i = 0; i < WORDS; i++) {
        word[i] = sym_file_word(file, &len[i]);
    }
    *entry = (SymEntry) { .kind = SYM_RANGE };
    size = word[SIZE] ? g_strndup(word[SIZE], len[SIZE]) : NULL;
    if (!word[ADDRESS] || !sym_hex(word[ADDRESS], len[ADDRESS],
                                   &entry->addr) ||
        !g_ascii_string_to_unsigned(size, 10, 1, UINT32_MAX, &entry->size,
                                    NULL)) {
        return sym_file_error(file, error,
                              "not a module: 'NAME SIZE USERS USED-BY STATE ADDRESS' expected, as in /proc/modules");
    }
    entry->name = word[NAME];
    entry->name_len = len[NAME];
    return true;
}

SymTable *symbols_read_modules(const char *path, GError **error)
{
    g_autoptr(SymTable) table = NULL;
    g_autoptr(SymFile) file = sym_file_open(path, error);
    SymEntry entry;

    if (!file) {
        return NULL;
    }
    table = sym_table_new();
    while (sym_file_line(file)) {
        if (!take_range(file, &entry, error)) {
            return NULL;
        }
        if (!entry.addr) {
            sym_file_error(file, error, HIDDEN);
            return NULL;
        }
        sym_table_add(table, &entry);
    }
    if (!sym_table_count(table)) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s is empty: the guest had no modules", path);
        return NULL;
    }
    sym_table_finish(table, 0);
    return g_steal_pointer(&table);
}
