/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --rows: names of the parts of an output (see parts.h)
 */
#include "tools/export/parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tools/common/packed.h"

#define DIGITS 4

/* Where the number goes: before ".csv.zst"; a name may begin with a dot. */
static const char *number_place(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *end = packed_ending(path);
    const char *dot = memrchr(name, '.', end - name);

    return dot && dot > name ? dot : end > name ? end : path + strlen(path);
}

char *export_part_name(const char *path, unsigned number)
{
    const char *place = number_place(path);

    return g_strdup_printf("%.*s.%0*u%s", (int)(place - path), path, DIGITS,
                           number, place);
}

/* Return: the number of the part with this name, or 0 */
static unsigned number_of(const char *path, const char *dir, const char *name)
{
    g_autofree char *other = g_build_filename(dir, name, NULL);
    size_t before = number_place(path) - path;
    size_t len = strlen(path) + 1 + DIGITS;
    guint64 number;
    g_autofree char *digits = NULL;

    if (strlen(other) != len) {
        return 0;
    }
    digits = g_strndup(other + before + 1, DIGITS);
    if (!g_ascii_string_to_unsigned(digits, 10, 1, EXPORT_PARTS_MAX, &number,
                                    NULL)) {
        return 0;
    }
    g_clear_pointer(&digits, g_free);
    digits = export_part_name(path, number);
    return strcmp(digits, other) ? 0 : number;
}

unsigned export_parts_last(const char *path)
{
    const char *slash = strrchr(path, '/');
    g_autofree char *dir = slash ? g_strndup(path, slash - path + 1)
                                 : g_strdup("./");
    g_autofree char *whole = slash ? g_strdup(path)
                                   : g_strconcat("./", path, NULL);
    GDir *files = g_dir_open(dir, 0, NULL);
    unsigned last = 0;
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        last = MAX(last, number_of(whole, dir, name));
    }
    if (files) {
        g_dir_close(files);
    }
    return last;
}

bool export_parts_remove(const char *path, unsigned first, unsigned last,
                         GError **error)
{
    unsigned i;

    for (i = first; i <= last; i++) {
        g_autofree char *name = export_part_name(path, i);

        if (unlink(name) < 0 && errno != ENOENT) {
            int err = errno;

            g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                        "%s: can not remove: %s", name, g_strerror(err));
            return false;
        }
    }
    return true;
}
