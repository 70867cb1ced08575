/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: register databases from files (see regdb-files.h) */
#include "regdb-files.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

static char *directory;
static GPtrArray *paths;

static char *files_path(const char *name)
{
    if (!directory) {
        directory = g_dir_make_tmp("regdb-XXXXXX", NULL);
        paths = g_ptr_array_new_with_free_func(g_free);
    }
    return g_build_filename(directory, name, NULL);
}

void regdb_files_put(const char *name, const char *text)
{
    char *path = files_path(name);
    char *folder = g_path_get_dirname(path);

    if (strcmp(folder, directory)) {
        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_ptr_array_insert(paths, 0, g_strdup(folder));
    }
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_ptr_array_add(paths, path);
    g_free(folder);
}

static char *files_messages(const RegDbMessages *messages)
{
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < messages->lines->len; i++) {
        const char *line = messages->lines->pdata[i];

        g_assert_true(g_str_has_prefix(line, directory));
        g_string_append_printf(text, "%s\n", line + strlen(directory) + 1);
    }
    return g_string_free(text, false);
}

RegDb *regdb_files_load(const char *name, const char *format,
                        const char *messages)
{
    g_autoptr(RegDbMessages) said = regdb_messages_new();
    g_autofree char *path = files_path(name);
    RegDb *db = regdb_load(path, format, said);
    g_autofree char *text = files_messages(said);

    g_assert_cmpstr(text, ==, messages);
    return db;
}

static bool files_put_register(const RegDbMatch *match, void *opaque)
{
    const RegDbType *type = match->element->type;
    uint32_t i;

    g_string_append_printf(opaque, "%s 0x%" PRIx64 " %u\n", match->name,
                           match->offset, match->element->bits);
    for (i = 0; i < type->n_fields; i++) {
        g_string_append_printf(opaque, "  %s %u-%u\n", type->fields[i].name,
                               type->fields[i].low, type->fields[i].high);
    }
    return true;
}

char *regdb_files_text(const RegDb *db, const char *domain)
{
    GString *text = g_string_new(NULL);
    RegDbView *view = regdb_view_new(db, regdb_domain(db, domain), NULL);

    regdb_view_each(view, NULL, files_put_register, text);
    regdb_view_free(view);
    return g_string_free(text, false);
}

RegDb *regdb_files_xml(const char *content, const char *messages)
{
    g_autofree char *text = g_strconcat("<database>\n", content,
                                        "</database>\n", NULL);

    regdb_files_put("db.xml", text);
    return regdb_files_load("db.xml", NULL, messages);
}

void regdb_files_end(void)
{
    unsigned i;

    if (!directory) {
        return;
    }
    for (i = paths->len; i; i--) {
        g_remove(paths->pdata[i - 1]);
    }
    g_rmdir(directory);
    g_clear_pointer(&paths, g_ptr_array_unref);
    g_clear_pointer(&directory, g_free);
}
