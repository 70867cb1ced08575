/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: symbols of a guest's boots (see boots.h)
 */
#include "tools/symbolize/boots.h"

#include "libmmiotrace/reader.h"
#include "tools/common/boot-symbols.h"
#include "tools/symbolize/pc-line.h"

#include <string.h>

/**
 * struct Begin: where a boot begins
 * @line: number of the marker's line
 * @boot: number of the boot
 */
typedef struct Begin {
    uint64_t line;
    unsigned boot;
} Begin;

/**
 * struct SymBoots
 * @sources: the user's sources
 * @log: the log, whose files are searched; NULL: none
 * @symbolizer: names of the boot
 * @old: Symbolizer: of earlier boots, whose symbols are still used
 * @boot: number of the boot
 * @lacking: the boot has no file, and no program counter has shown that yet
 * @begins: Begin: what sym_boots_scan() has found
 * @next: index in @begins
 * @notes: char *
 * @problems: char *
 */
struct SymBoots {
    SymbolSources sources;
    char *log;
    Symbolizer *symbolizer;
    GPtrArray *old;
    unsigned boot;
    bool lacking;
    GArray *begins;
    guint next;
    GQueue notes;
    GQueue problems;
};

bool sym_boots_exist(const char *log)
{
    g_autofree char *dir = g_path_get_dirname(log);
    g_autoptr(GDir) entries = strcmp(log, "-") ? g_dir_open(dir, 0, NULL)
                                               : NULL;
    g_autofree char *base = g_path_get_basename(log);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        if (boot_symbols_is_path(base, name)) {
            return true;
        }
    }
    return false;
}

/* Addresses of a linked kernel are of no use without the offset of KASLR. */
static SymbolSources without_kallsyms(const SymbolSources *sources)
{
    SymbolSources rest = *sources;

    if (!rest.kaslr_offset || !strcmp(rest.kaslr_offset, "auto")) {
        rest.vmlinux = NULL;
        rest.system_map = NULL;
        rest.kaslr_offset = NULL;
    }
    return rest;
}

/* Return: the names of this boot, or NULL */
static Symbolizer *read_boot(SymBoots *boots, GError **error)
{
    g_autofree char *path = boots->log ?
                            boot_symbols_path(boots->log, boots->boot) : NULL;
    SymbolSources sources = boots->sources;

    boots->lacking = false;
    if (!path) {
        return symbolizer_new(&sources, error);
    }
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        sources.kallsyms = path;
        g_queue_push_tail(&boots->notes, boots->boot > 1 ?
                          g_strdup_printf("names of boot %u are from %s",
                                          boots->boot, path) :
                          g_strdup_printf("names are from %s", path));
    } else {
        boots->lacking = true;
        sources = without_kallsyms(&sources);
    }
    return symbolizer_new(&sources, error);
}

SymBoots *sym_boots_new(const SymbolSources *sources, const char *log,
                        GError **error)
{
    g_autoptr(SymBoots) boots = g_new0(SymBoots, 1);

    boots->sources = *sources;
    boots->boot = 1;
    boots->old = g_ptr_array_new_with_free_func(
        (GDestroyNotify)symbolizer_free);
    boots->begins = g_array_new(FALSE, FALSE, sizeof(Begin));
    g_queue_init(&boots->notes);
    g_queue_init(&boots->problems);
    if (!sources->kallsyms && sym_boots_exist(log)) {
        boots->log = g_strdup(log);
    }
    boots->symbolizer = read_boot(boots, error);
    return boots->symbolizer ? g_steal_pointer(&boots) : NULL;
}

void sym_boots_free(SymBoots *boots)
{
    if (boots) {
        symbolizer_free(boots->symbolizer);
        g_ptr_array_unref(boots->old);
        g_array_unref(boots->begins);
        g_queue_clear_full(&boots->notes, g_free);
        g_queue_clear_full(&boots->problems, g_free);
        g_free(boots->log);
        g_free(boots);
    }
}

static void take_problems(SymBoots *boots)
{
    char *problem;

    while ((problem = symbolizer_problem(boots->symbolizer))) {
        g_queue_push_tail(&boots->problems, problem);
    }
}

/* A file that can't be read leaves its boot without names, not the others. */
static void begin(SymBoots *boots, unsigned boot)
{
    g_autoptr(GError) error = NULL;
    SymbolSources rest = without_kallsyms(&boots->sources);

    if (!boots->log || boot <= boots->boot) {
        return;
    }
    take_problems(boots);
    g_ptr_array_add(boots->old, boots->symbolizer);
    boots->boot = boot;
    boots->symbolizer = read_boot(boots, &error);
    if (!boots->symbolizer) {
        g_queue_push_tail(&boots->problems, g_strdup(error->message));
        boots->symbolizer = symbolizer_new(&rest, NULL);
    }
    if (!boots->symbolizer) {
        rest = (SymbolSources) { 0 };
        boots->symbolizer = symbolizer_new(&rest, NULL);
    }
}

void sym_boots_mark(SymBoots *boots, const char *text, size_t len)
{
    unsigned boot = boots->log ? boot_symbols_from_mark(text, len) : 0;

    if (boot) {
        begin(boots, boot);
    }
}

void sym_boots_at(SymBoots *boots, uint64_t number)
{
    while (boots->next < boots->begins->len) {
        const Begin *next = &g_array_index(boots->begins, Begin, boots->next);

        if (next->line > number) {
            return;
        }
        begin(boots, next->boot);
        boots->next++;
    }
}

bool sym_boots_scan(SymBoots *boots, GError **error)
{
    g_autoptr(MmtReader) reader = NULL;
    MmtReadResult result;
    MmtLine line;

    if (!boots->log) {
        return true;
    }
    reader = mmt_reader_open(boots->log, error);
    if (!reader) {
        return false;
    }
    while ((result = mmt_reader_next(reader, &line, error)) == MMT_READ_LINE) {
        PcLine pcs;
        Begin at = { .line = line.number };

        if (*line.p != 'M') {
            continue;
        }
        pc_line_parse(line.p, line.len, &pcs);
        at.boot = pcs.kind == PC_LINE_OTHER && pcs.text ?
                  boot_symbols_from_mark(pcs.text, pcs.end - pcs.text) : 0;
        if (at.boot) {
            g_array_append_val(boots->begins, at);
        }
    }
    return result != MMT_READ_ERROR;
}

const SymName *sym_boots_name(SymBoots *boots, uint64_t pc, SymAt at)
{
    const SymName *name = symbolizer_name(boots->symbolizer, pc, at);

    /* Firmware's program counters are lower. */
    if (boots->lacking && !name->symbol && pc >= SYM_KERNEL_BASE) {
        g_autofree char *path = boot_symbols_path(boots->log, boots->boot);

        boots->lacking = false;
        g_queue_push_tail(&boots->notes, g_strdup_printf(
            "boot %u of the guest has no symbols: there is no %s",
            boots->boot, path));
    }
    return name;
}

char *sym_boots_note(SymBoots *boots)
{
    return g_queue_pop_head(&boots->notes);
}

char *sym_boots_problem(SymBoots *boots)
{
    take_problems(boots);
    return g_queue_pop_head(&boots->problems);
}
