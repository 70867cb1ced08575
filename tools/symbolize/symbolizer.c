/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names for a guest's program counters (see symbolizer.h)
 *
 * Theory of operation
 *
 * The sources are searched in this order, the most detailed first: the user's
 * map; vmlinux, which has the sizes; System.map; kallsyms, which has the
 * modules' functions; the modules' own files; the modules' ranges.  A driver
 * accesses its device from few places, so names are kept in a direct-mapped
 * cache: a program counter replaces another one in the same slot.
 *
 * vmlinux and System.map have the addresses that the kernel was linked for.
 * The offset of KASLR is the difference of the kernel's own symbols in them
 * and in kallsyms.
 */
#include "tools/symbolize/symbolizer.h"
#include "tools/symbolize/module-files.h"
#include "tools/symbolize/symbols-elf.h"
#include "tools/symbolize/symbols-linux.h"
#include "tools/symbolize/symbols-map.h"
#include "tools/symbolize/symbols-text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Number of program counters in a cache; a power of two */
#define CACHE_SIZE 4096u

typedef struct CacheEntry {
    uint64_t pc;
    SymName name;
} CacheEntry;

/**
 * struct Symbolizer: the tables of all sources
 * @map: ranges with names, for any address; the others are for the kernel's
 *       addresses only
 * @linked: symbols of vmlinux and System.map, moved by the offset of KASLR
 * @kallsyms: the guest's symbols
 * @modules: the modules' ranges
 * @files: the modules' files
 * @problems: char *, messages that symbolizer_problem() has not returned yet
 * @cache: for each SymAt, entries by program counter; pc 0 is an empty entry
 */
struct Symbolizer {
    SymTable *map;
    SymTable *linked[2];
    SymTable *kallsyms;
    SymTable *modules;
    ModuleFiles *files;
    GQueue problems;
    CacheEntry *cache[SYM_AT__MAX];
};

/* Without kallsyms, "auto" fails: explain how to find the offset of KASLR. */
static bool fail_offset(const char *path, const SymAnchors *linked,
                        GError **error)
{
    g_set_error(error, SYM_ERROR, 0,
                "%s has the addresses that the kernel was linked for: give the guest's /proc/kallsyms with --kallsyms, or --kaslr-offset (what 'grep -w _text /proc/kallsyms' says in the guest, as root, minus 0x%"
                PRIx64 "; with 'nokaslr' 0)",
                path, linked->text ? linked->text : linked->stext);
    return false;
}

static bool offset_from_kallsyms(const char *path, const SymAnchors *linked,
                                 const SymAnchors *running, uint64_t *offset,
                                 GError **error)
{
    if (linked->text && running->text) {
        *offset = running->text - linked->text;
    } else if (linked->stext && running->stext) {
        *offset = running->stext - linked->stext;
    } else {
        g_set_error(error, SYM_ERROR, 0,
                    "%s and the guest's kallsyms do not both have _text or _stext: give --kaslr-offset",
                    path);
        return false;
    }
    /* The image moves as a whole. */
    if (linked->etext && running->etext &&
        running->etext - linked->etext != *offset) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s is of another kernel than the guest's: its size from _text to _etext differs from that in kallsyms",
                    path);
        return false;
    }
    return true;
}

static bool offset_from_option(const char *option, uint64_t *offset,
                               GError **error)
{
    if (!sym_hex(option, strlen(option), offset)) {
        g_set_error(error, SYM_ERROR, 0,
                    "--kaslr-offset must be 'auto' or a hexadecimal number");
        return false;
    }
    if (*offset >= SYM_KERNEL_BASE) {
        g_set_error(error, SYM_ERROR, 0,
                    "--kaslr-offset %s is an address, not an offset: subtract the address that the kernel was linked for",
                    option);
        return false;
    }
    return true;
}

/* Move the linked addresses by the offset of KASLR. */
static bool finish_linked(const Symbolizer *s, const SymbolSources *sources,
                          SymTable *table, const char *path, GError **error)
{
    const char *option = sources->kaslr_offset;
    const SymAnchors *anchors = sym_table_anchors(table);
    uint64_t offset;
    bool ok;

    if (option && strcmp(option, "auto")) {
        ok = offset_from_option(option, &offset, error);
    } else if (s->kallsyms) {
        ok = offset_from_kallsyms(path, anchors,
                                  sym_table_anchors(s->kallsyms), &offset,
                                  error);
    } else {
        ok = fail_offset(path, anchors, error);
    }
    if (ok) {
        sym_table_finish(table, offset);
    }
    return ok;
}

typedef SymTable *ReadTable(const char *path, GError **error);

/* Return: false if a file is given and can not be used */
static bool read_table(const char *path, ReadTable *read, SymTable **table,
                       GError **error)
{
    if (path) {
        *table = read(path, error);
    }
    return !path || *table;
}

static bool read_linked(Symbolizer *s, const SymbolSources *sources,
                        GError **error)
{
    const char *const paths[] = { sources->vmlinux, sources->system_map };
    ReadTable *const read[] = { symbols_read_vmlinux,
                                symbols_read_system_map };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (!read_table(paths[i], read[i], &s->linked[i], error) ||
            (paths[i] && !finish_linked(s, sources, s->linked[i], paths[i],
                                        error))) {
            return false;
        }
    }
    return true;
}

static bool read_sources(Symbolizer *s, const SymbolSources *sources,
                         GError **error)
{
    if (!read_table(sources->map, symbols_read_map, &s->map, error) ||
        !read_table(sources->kallsyms, symbols_read_kallsyms, &s->kallsyms,
                    error) ||
        !read_table(sources->modules, symbols_read_modules, &s->modules,
                    error)) {
        return false;
    }
    if (s->kallsyms) {
        sym_table_finish(s->kallsyms, 0);
    }
    if (sources->module_dir) {
        s->files = module_files_new(sources->module_dir, error);
        if (!s->files) {
            return false;
        }
    }
    return read_linked(s, sources, error);
}

Symbolizer *symbolizer_new(const SymbolSources *sources, GError **error)
{
    g_autoptr(Symbolizer) s = g_new0(Symbolizer, 1);
    size_t i;

    g_queue_init(&s->problems);
    for (i = 0; i < SYM_AT__MAX; i++) {
        s->cache[i] = g_new0(CacheEntry, CACHE_SIZE);
    }
    return read_sources(s, sources, error) ? g_steal_pointer(&s) : NULL;
}

void symbolizer_free(Symbolizer *s)
{
    size_t i;

    if (!s) {
        return;
    }
    sym_table_free(s->map);
    for (i = 0; i < G_N_ELEMENTS(s->linked); i++) {
        sym_table_free(s->linked[i]);
    }
    sym_table_free(s->kallsyms);
    sym_table_free(s->modules);
    module_files_free(s->files);
    g_queue_clear_full(&s->problems, g_free);
    for (i = 0; i < SYM_AT__MAX; i++) {
        g_free(s->cache[i]);
    }
    g_free(s);
}

char *symbolizer_problem(Symbolizer *s)
{
    return g_queue_pop_head(&s->problems);
}

static const Symbol *find_in(const SymTable *table, uint64_t pc)
{
    return table ? sym_table_find(table, pc) : NULL;
}

/* Find the symbol in the module's file, or else the module. */
static const Symbol *find_in_module(Symbolizer *s, uint64_t pc)
{
    const Symbol *module = find_in(s->modules, pc);
    const Symbol *symbol = NULL;
    g_autoptr(GError) error = NULL;

    if (module && s->files) {
        symbol = find_in(module_files_symbols(s->files, module->name,
                                              module->addr, &error), pc);
        if (error) {
            g_queue_push_tail(&s->problems, g_strdup(error->message));
        }
    }
    return symbol ? symbol : module;
}

static const Symbol *find(Symbolizer *s, uint64_t pc)
{
    const Symbol *symbol = find_in(s->map, pc);
    size_t i;

    if (symbol || pc < SYM_KERNEL_BASE) {
        return symbol;
    }
    for (i = 0; !symbol && i < G_N_ELEMENTS(s->linked); i++) {
        symbol = find_in(s->linked[i], pc);
    }
    if (!symbol) {
        symbol = find_in(s->kallsyms, pc);
    }
    return symbol ? symbol : find_in_module(s, pc);
}

static const Symbol *find_at(Symbolizer *s, uint64_t pc, SymAt at)
{
    const Symbol *symbol = at == SYM_RETURN ? NULL : find(s, pc);

    return symbol || at == SYM_AT ? symbol : find(s, pc - 1);
}

const SymName *symbolizer_name(Symbolizer *s, uint64_t pc, SymAt at)
{
    /* Program counters are close together: the low bits differ most. */
    CacheEntry *entry = &s->cache[at][(pc ^ pc >> 12) & (CACHE_SIZE - 1)];
    SymName *name = &entry->name;

    if (entry->pc != pc) {
        entry->pc = pc;
        name->symbol = find_at(s, pc, at);
        name->len = name->symbol ? sym_text(name->symbol, pc, name->text) : 0;
    }
    return name;
}
