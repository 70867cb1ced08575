/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpcidev: reading small files of the host's kernel (see fs.h) */
#include "libpcidev/fs.h"

#include <string.h>

char *host_fs_path(const char *root, const char *fmt, ...)
{
    g_autofree char *path = NULL;
    va_list ap;

    va_start(ap, fmt);
    path = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return g_strconcat(root, path, NULL);
}

char *host_fs_text(const char *path)
{
    char *text;

    return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(text)
                                                        : NULL;
}

char *host_fs_attr(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    return host_fs_text(path);
}

int64_t host_fs_attr_number(const char *dir, const char *name, unsigned base,
                            int64_t fallback)
{
    g_autofree char *text = host_fs_attr(dir, name);
    char *end;
    int64_t value;

    if (!text || !*text) {
        return fallback;
    }
    value = g_ascii_strtoll(text, &end, base);
    return *end ? fallback : value;
}

bool host_fs_unread(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;

    return !g_file_get_contents(path, &text, NULL, &why) &&
           !g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

bool host_fs_exists(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

bool host_fs_link(const char *dir, const char *name, char **last)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GError) why = NULL;
    g_autofree char *target = g_file_read_link(path, &why);

    *last = target ? g_path_get_basename(target) : NULL;
    return target || g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

char *host_fs_link_name(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *target = g_file_read_link(path, NULL);

    return target ? g_path_get_basename(target) : NULL;
}

static gint host_compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **host_fs_names(const char *dir)
{
    GPtrArray *names = g_ptr_array_new();
    GDir *stream = g_dir_open(dir, 0, NULL);
    const char *name;

    while (stream && (name = g_dir_read_name(stream))) {
        g_ptr_array_add(names, g_strdup(name));
    }
    if (stream) {
        g_dir_close(stream);
    }
    g_ptr_array_sort(names, host_compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
