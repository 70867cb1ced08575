/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: databases that were found and loaded (see db-files.h)
 */
#include "tools/analysis/db-files.h"

#include <stdlib.h>
#include <string.h>

#include "libregdb/load.h"

/* Devices that are looked up: a hostile trace has any number. */
#define FOUND_MAX 256

/* Messages about one database that are printed; and about .regdb files */
#define SHOWN_MAX 3
#define SAID_MAX  20

/**
 * struct AnalysisDbFiles: databases that were found and loaded
 * @verb: the verb
 * @loaded: path -> RegDb, or NULL if it can't be used
 * @found: "VENDOR:DEVICE CLASS" -> RegDbDevice or NULL
 * @all: all entries, or NULL if nobody has asked
 * @said: messages that were printed
 */
struct AnalysisDbFiles {
    const Verb *verb;
    GHashTable *loaded;
    GHashTable *found;
    GPtrArray *all;
    GHashTable *said;
};

static void free_db(gpointer db)
{
    regdb_free(db);
}

static void free_device(gpointer device)
{
    regdb_device_free(device);
}

AnalysisDbFiles *analysis_db_files_new(const Verb *verb)
{
    AnalysisDbFiles *files = g_new0(AnalysisDbFiles, 1);

    files->verb = verb;
    files->loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          free_db);
    files->found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         free_device);
    files->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        NULL);
    return files;
}

const Verb *analysis_db_files_verb(const AnalysisDbFiles *files)
{
    return files->verb;
}

void analysis_db_files_free(AnalysisDbFiles *files)
{
    if (files) {
        g_hash_table_unref(files->loaded);
        g_hash_table_unref(files->found);
        g_clear_pointer(&files->all, g_ptr_array_unref);
        g_hash_table_unref(files->said);
        g_free(files);
    }
}

static void say_faults(AnalysisDbFiles *files, const char *path,
                       const RegDbMessages *messages)
{
    unsigned i;

    for (i = 0; i < messages->lines->len && i < SHOWN_MAX; i++) {
        tool_error(files->verb, "%s", (char *)messages->lines->pdata[i]);
    }
    if (messages->n > i) {
        tool_error(files->verb,
                   "%u more faults in this database: 'vfio-trace regdb check %s' lists them",
                   messages->n - i, path);
    }
}

const RegDb *analysis_db_files_load(AnalysisDbFiles *files, const char *path)
{
    g_autoptr(RegDbMessages) messages = NULL;
    gpointer known;

    if (!g_hash_table_lookup_extended(files->loaded, path, NULL, &known)) {
        messages = regdb_messages_new();
        known = regdb_load(path, NULL, messages);
        say_faults(files, path, messages);
        g_hash_table_insert(files->loaded, g_strdup(path), known);
    }
    return known;
}

/* Each device asks the same files: say it once. */
static void say_new(AnalysisDbFiles *files, const RegDbMessages *messages)
{
    unsigned i;

    for (i = 0; i < messages->lines->len; i++) {
        const char *line = messages->lines->pdata[i];

        if (g_hash_table_size(files->said) < SAID_MAX &&
            g_hash_table_add(files->said, g_strdup(line))) {
            tool_error(files->verb, "%s", line);
        }
    }
}

const RegDbDevice *analysis_db_files_find(AnalysisDbFiles *files,
                                          uint16_t vendor, uint16_t device,
                                          uint32_t class_code)
{
    g_autoptr(RegDbMessages) messages = NULL;
    g_autofree char *key = g_strdup_printf("%04x:%04x %06x", vendor, device,
                                           class_code);
    gpointer known;

    if (!g_hash_table_lookup_extended(files->found, key, NULL, &known)) {
        if (g_hash_table_size(files->found) >= FOUND_MAX) {
            return NULL;
        }
        messages = regdb_messages_new();
        known = regdb_device_find(vendor, device, class_code, messages);
        say_new(files, messages);
        g_hash_table_insert(files->found, g_steal_pointer(&key), known);
    }
    return known;
}

const RegDbDevice *analysis_db_files_entry(AnalysisDbFiles *files,
                                           const char *path)
{
    char *real = realpath(path, NULL);
    const RegDbDevice *found = NULL;
    unsigned i;

    if (!files->all) {
        g_autoptr(RegDbMessages) messages = regdb_messages_new();

        files->all = regdb_device_all(messages);
        say_new(files, messages);
    }
    for (i = 0; real && i < files->all->len && !found; i++) {
        const RegDbDevice *entry = files->all->pdata[i];

        found = entry->file && !strcmp(entry->file, real) ? entry : NULL;
    }
    free(real);
    return found;
}
