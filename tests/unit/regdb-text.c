/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: register databases from texts (see regdb-text.h) */
#include "regdb-text.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

static char *joined(const RegDbMessages *messages, const char *path)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < messages->lines->len; i++) {
        const char *line = messages->lines->pdata[i];

        g_assert_true(g_str_has_prefix(line, path));
        line += strlen(path) + 1;
        g_string_append_printf(text, "%s\n", line + (*line == ' '));
    }
    return g_string_free(text, FALSE);
}

RegDb *regdb_text_load(const char *name, const char *text, const char *faults)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autofree char *dir = g_dir_make_tmp("regdb-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *got = NULL;
    RegDb *db;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    db = regdb_load(path, NULL, messages);
    got = joined(messages, path);
    g_remove(path);
    g_rmdir(dir);
    if (!g_pattern_match_simple(faults, got)) {
        g_assert_cmpstr(got, ==, faults);
    }
    return db;
}

static RegDbView *view_of(const RegDb *db, const char *name)
{
    const RegDbDomain *domain = regdb_domain(db, name);

    g_assert_nonnull(domain);
    return regdb_view_new(db, domain, NULL);
}

static bool list_one(const RegDbMatch *match, void *opaque)
{
    static const char *const access[] = { "-", "r", "w", "rw" };
    GString *text = opaque;
    unsigned i;

    g_string_append_printf(text, "0x%" PRIx64 " %u %s %s", match->offset,
                           match->element->bits,
                           access[match->element->access], match->name);
    for (i = 0; i < match->n_repeats; i++) {
        g_string_append_printf(text, " %" PRIu64 "+0x%" PRIx64,
                               match->length[i], match->stride[i]);
    }
    g_string_append_c(text, '\n');
    return true;
}

char *regdb_text_list(const RegDb *db, const char *domain)
{
    g_autoptr(RegDbView) view = view_of(db, domain);
    GString *text = g_string_new(NULL);

    regdb_view_each(view, NULL, list_one, text);
    return g_string_free(text, FALSE);
}

char *regdb_text_name(const RegDb *db, const char *domain, uint64_t offset)
{
    g_autoptr(RegDbView) view = view_of(db, domain);
    const RegDbRegister *reg = regdb_view_find(view, offset, REGDB_READ_WRITE);

    return g_strdup(reg ? reg->name : "-");
}

char *regdb_text_value(const RegDb *db, const char *domain, uint64_t offset,
                       uint64_t value)
{
    g_autoptr(RegDbView) view = view_of(db, domain);
    const RegDbRegister *reg = regdb_view_find(view, offset, REGDB_READ_WRITE);
    GString *text = g_string_new(NULL);

    g_assert_nonnull(reg);
    regdb_put_value(view, reg->type, value, reg->bits, &regdb_no_colors, text);
    return g_string_free(text, FALSE);
}
