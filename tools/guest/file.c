/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: the settings file
 */
#include "tools/guest/internal.h"

#include "libpcidev/bdf.h"
#include "tools/common/nearest.h"
#include "tools/common/rings-file.h"

#include <string.h>

#define GROUP "vfio-trace"

static const GuestRow *find_row(const char *key)
{
    size_t i;

    for (i = 0; i < guest_rows_n; i++) {
        if (!strcmp(guest_rows[i].name, key) &&
            !(guest_rows[i].flags & GUEST_OLD)) {
            return &guest_rows[i];
        }
    }
    return NULL;
}

/* Return: the number of the first line after @after that has a key, or 0 */
static unsigned line_of(const char *text, const char *key, unsigned after)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    size_t len = strlen(key);
    unsigned n = g_strv_length(lines);
    unsigned i;

    for (i = after; i < n; i++) {
        const char *line = g_strchug(lines[i]);

        if (!strncmp(line, key, len) &&
            strspn(line + len, " \t=") && strchr(line + len, '=')) {
            return i + 1;
        }
    }
    return 0;
}

static bool unknown_key(const char *path, const char *text, const char *key,
                        GError **error)
{
    unsigned line = line_of(text, key, 0);
    g_autofree char *where = line ? g_strdup_printf(", line %u", line) : NULL;
    const GuestRow *row = g_str_has_prefix(key, "no-") ? find_row(key + 3)
                                                       : NULL;
    Nearest nearest;
    size_t i;

    if (row && guest_row_is_switch(row)) {
        return guest_error(error,
                           "%s%s: there is no setting %s: use %s=false",
                           path, where ? where : "", key, row->name);
    }
    nearest_begin(&nearest, key, true);
    for (i = 0; i < guest_rows_n; i++) {
        if (!(guest_rows[i].flags & GUEST_OLD)) {
            nearest_try(&nearest, guest_rows[i].name);
        }
    }
    return guest_error(error,
                       "%s%s: there is no setting %s%s%s: keys are the long options of 'vfio-trace run'",
                       path, where ? where : "", key,
                       nearest.best ? "; the nearest is " : "",
                       nearest.best ? nearest.best : "");
}

/* GKeyFile keeps the last one only, and some of a list would be lost. */
static bool check_twice(const char *path, const char *text, const GuestRow *row,
                        GError **error)
{
    bool list = guest_row_is_list(row);
    unsigned first = line_of(text, row->name, 0);
    unsigned second = first ? line_of(text, row->name, first) : 0;

    return !second ||
           guest_error(error, "%s, line %u: %s is also in line %u: %s", path,
                       second, row->name, first, list ?
                       "put all its words into one line, with ';' between them"
                       : "remove one of them");
}

static bool is_word(const char *words, const char *value)
{
    g_auto(GStrv) list = g_strsplit(words ? words : "", " ", -1);

    return g_strv_contains((const char *const *)list, value);
}

/* A device's address may precede the path.  A wrong one is found later. */
static char *resolve_rings(const char *dir, const char *value)
{
    g_autofree char *host = NULL;
    g_autofree char *path = NULL;
    const char *rest = value;

    if (!host_pci_split_bdf(value, &host, &rest, NULL) ||
        !rings_file_is_path(rest)) {
        return g_strdup(value);
    }
    path = g_canonicalize_filename(rest, dir);
    return g_strdup_printf("%.*s%s", (int)(rest - value), value, path);
}

/* Return: a value with its path made absolute, to be freed */
static char *resolve(const GuestRow *row, const char *dir, const char *value)
{
    bool text = row->kind == GUEST_STRING || row->kind == GUEST_STRINGS ||
                (row->kind == GUEST_FILE && is_word(row->words, value)) ||
                (row->kind == GUEST_PROGRAM && !strchr(value, '/')) ||
                (row->kind == GUEST_SWITCH_FILE &&
                 (!strcmp(value, GUEST_YES) || !strcmp(value, GUEST_NO))) ||
                /* A log that is a socket */
                g_str_has_prefix(value, "unix:");

    if (row->kind == GUEST_RINGS) {
        return resolve_rings(dir, value);
    }
    return text ? g_strdup(value) : g_canonicalize_filename(value, dir);
}

/**
 * struct Parser: what the functions below need; their @error is not NULL
 * @path: the file's path
 * @dir: its directory
 * @keys: its contents
 */
typedef struct Parser {
    const char *path;
    const char *dir;
    GKeyFile *keys;
} Parser;

static bool bad_value(const Parser *parser, const GuestRow *row,
                      const char *value, const char *want, GError **error)
{
    return guest_error(error, "%s: %s=%s: it must be %s", parser->path,
                       row->name, value, want);
}

static bool parse_list(const Parser *parser, const GuestRow *row, char ***list,
                       GError **error)
{
    g_auto(GStrv) values = g_key_file_get_string_list(parser->keys, GROUP,
                                                      row->name, NULL, error);
    size_t i;

    for (i = 0; values && values[i]; i++) {
        char *value = resolve(row, parser->dir, values[i]);

        if (!*values[i]) {
            g_free(value);
            return bad_value(parser, row, "", "a list without empty words",
                             error);
        }
        g_free(values[i]);
        values[i] = value;
    }
    *list = values && values[0] ? g_steal_pointer(&values) : NULL;
    return !*error;
}

static bool parse_number(const Parser *parser, const GuestRow *row,
                         const char *value, int *number, GError **error)
{
    guint64 n;

    if (!g_ascii_string_to_unsigned(value, 10, 1, G_MAXINT, &n, NULL)) {
        return bad_value(parser, row, value, "a number", error);
    }
    *number = n;
    return true;
}

static bool parse_switch(const Parser *parser, const GuestRow *row,
                         const char *value, gboolean *on, GError **error)
{
    *on = !strcmp(value, "true");
    return *on || !strcmp(value, "false") ||
           bad_value(parser, row, value, "true or false", error);
}

static bool parse_key(const Parser *parser, const GuestRow *row,
                      GuestSettings *settings, GError **error)
{
    void *place = guest_row_place(row, settings);
    g_autofree char *value = NULL;

    if (guest_row_is_list(row)) {
        return parse_list(parser, row, place, error);
    }
    value = g_key_file_get_string(parser->keys, GROUP, row->name, error);
    /* After an invalid escape sequence, there are both. */
    if (!value || *error) {
        return false;
    }
    switch (row->kind) {
    case GUEST_NUMBER:
        return parse_number(parser, row, value, place, error);
    case GUEST_SWITCH:
        return parse_switch(parser, row, value, place, error);
    default:
        break;
    }
    if (!*value) {
        return bad_value(parser, row, "", "a value", error);
    }
    if (row->kind == GUEST_SWITCH_FILE && !strcmp(value, "true")) {
        *(char **)place = g_strdup(GUEST_YES);
    } else if (row->kind == GUEST_SWITCH_FILE && !strcmp(value, "false")) {
        *(char **)place = g_strdup(GUEST_NO);
    } else {
        *(char **)place = resolve(row, parser->dir, value);
    }
    return true;
}

static bool check_groups(const Parser *parser, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(parser->keys, NULL);
    size_t i;

    for (i = 0; groups[i]; i++) {
        if (strcmp(groups[i], GROUP)) {
            return guest_error(error,
                               "%s: group [%s] is unknown, the only one is [%s]",
                               parser->path, groups[i], GROUP);
        }
    }
    return groups[0] ||
           guest_error(error, "%s: it has no group [" GROUP "]",
                       parser->path);
}

bool guest_file_parse(GuestSettings *settings, const char *path,
                      const char *text, GError **error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autofree char *dir = g_path_get_dirname(path);
    g_auto(GStrv) names = NULL;
    Parser parser = { path, dir, keys };
    GError *local = NULL;
    size_t i;

    if (!g_key_file_load_from_data(keys, text, -1,
                                   G_KEY_FILE_KEEP_TRANSLATIONS, &local)) {
        guest_error(error,
                    "%s: %s: settings are lines KEY=VALUE after a line [" GROUP "]",
                    path, local->message);
        g_error_free(local);
        return false;
    }
    if (!check_groups(&parser, error)) {
        return false;
    }
    names = g_key_file_get_keys(keys, GROUP, NULL, NULL);
    for (i = 0; names && names[i]; i++) {
        const GuestRow *row = find_row(names[i]);

        if (!row) {
            return unknown_key(path, text, names[i], error);
        }
        if (!check_twice(path, text, row, error)) {
            return false;
        }
        if (!parse_key(&parser, row, settings, &local)) {
            bool ours = local->domain == GUEST_ERROR;

            g_propagate_error(error, local);
            if (!ours) {
                g_prefix_error(error, "%s: ", path);
            }
            return false;
        }
    }
    return true;
}

static void put_list(GKeyFile *keys, const GuestRow *row, char *const *list)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);

    for (; *list; list++) {
        g_ptr_array_add(values, resolve(row, NULL, *list));
    }
    g_key_file_set_string_list(keys, GROUP, row->name,
                               (const char *const *)values->pdata,
                               values->len);
}

static void put_key(GKeyFile *keys, const GuestRow *row, const void *place)
{
    g_autofree char *value = NULL;

    switch (row->kind) {
    case GUEST_STRINGS:
    case GUEST_FILES:
    case GUEST_RINGS:
        put_list(keys, row, *(char **const *)place);
        return;
    case GUEST_NUMBER:
        g_key_file_set_integer(keys, GROUP, row->name, *(const int *)place);
        return;
    case GUEST_SWITCH:
        g_key_file_set_boolean(keys, GROUP, row->name,
                               *(const gboolean *)place);
        return;
    default:
        value = resolve(row, NULL, *(char *const *)place);
        break;
    }
    if (row->kind == GUEST_SWITCH_FILE) {
        g_key_file_set_string(keys, GROUP, row->name,
                              !strcmp(value, GUEST_YES) ? "true" :
                              !strcmp(value, GUEST_NO) ? "false" : value);
    } else {
        g_key_file_set_string(keys, GROUP, row->name, value);
    }
}

char *guest_file_text(const GuestSettings *settings)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    size_t i;

    for (i = 0; i < guest_rows_n; i++) {
        if (!(guest_rows[i].flags & GUEST_OLD) &&
            guest_row_given(&guest_rows[i], settings)) {
            put_key(keys, &guest_rows[i],
                    guest_row_place(&guest_rows[i], settings));
        }
    }
    return g_key_file_to_data(keys, NULL, NULL);
}
