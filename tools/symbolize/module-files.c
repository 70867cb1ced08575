/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: symbols from a directory of a guest's modules (see
 * module-files.h)
 */
#include "tools/symbolize/module-files.h"
#include "tools/symbolize/symbols-elf.h"
#include "tools/symbolize/unpack.h"

#include <errno.h>
#include <fts.h>
#include <string.h>

/* Directory of modules that override others of the same name, as for depmod */
#define OVERRIDE "/updates/"

/**
 * struct ModuleFiles: the modules found in a directory
 * @dir: the directory
 * @paths: name of a module -> path of its file
 * @tables: name of a module -> its SymTable, or NULL if reading it failed
 */
struct ModuleFiles {
    char *dir;
    GHashTable *paths;
    GHashTable *tables;
};

static void free_table(gpointer table)
{
    sym_table_free(table);
}

/* "snd-hda-intel.ko.xz" -> "snd_hda_intel".  Return: NULL if not a module */
static char *module_name(const char *file)
{
    g_autofree char *name = g_strdup(file);
    size_t i;

    for (i = 0; unpack_suffixes[i]; i++) {
        if (g_str_has_suffix(name, unpack_suffixes[i])) {
            name[strlen(name) - strlen(unpack_suffixes[i])] = '\0';
            break;
        }
    }
    if (!g_str_has_suffix(name, ".ko")) {
        return NULL;
    }
    name[strlen(name) - strlen(".ko")] = '\0';
    return g_strdelimit(g_steal_pointer(&name), "-", '_');
}

static void take_file(ModuleFiles *files, const FTSENT *entry)
{
    char *name = module_name(entry->fts_name);

    if (!name) {
        return;
    }
    if (g_hash_table_contains(files->paths, name) &&
        !strstr(entry->fts_path, OVERRIDE)) {
        g_free(name);
        return;
    }
    g_hash_table_replace(files->paths, name, g_strdup(entry->fts_path));
}

ModuleFiles *module_files_new(const char *dir, GError **error)
{
    char *const roots[] = { (char *)dir, NULL };
    ModuleFiles *files;
    FTSENT *entry;
    FTS *fts;

    if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, SYM_ERROR, 0, "%s is not a directory", dir);
        return NULL;
    }
    files = g_new0(ModuleFiles, 1);
    files->dir = g_strdup(dir);
    files->paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         g_free);
    files->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          free_table);
    /* FTS_PHYSICAL: a distribution's "build" is a link out of the directory. */
    fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
    while (fts && (entry = fts_read(fts))) {
        if (entry->fts_info == FTS_F) {
            take_file(files, entry);
        }
    }
    if (fts) {
        fts_close(fts);
    }
    if (!g_hash_table_size(files->paths)) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s: there are no modules (*.ko, *.ko.xz, *.ko.zst, *.ko.gz) in it",
                    dir);
        module_files_free(files);
        return NULL;
    }
    return files;
}

void module_files_free(ModuleFiles *files)
{
    if (files) {
        g_free(files->dir);
        g_hash_table_unref(files->paths);
        g_hash_table_unref(files->tables);
        g_free(files);
    }
}

const SymTable *module_files_symbols(ModuleFiles *files, const char *name,
                                     uint64_t base, GError **error)
{
    const char *path;
    gpointer table = NULL;

    if (g_hash_table_lookup_extended(files->tables, name, NULL, &table)) {
        return table;
    }
    path = g_hash_table_lookup(files->paths, name);
    if (path) {
        table = symbols_read_module(path, name, base, error);
    } else {
        g_set_error(error, SYM_ERROR, 0, "%s: there is no %s.ko in it",
                    files->dir, name);
    }
    g_hash_table_insert(files->tables, g_strdup(name), table);
    return table;
}
