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

/* Return: the number of the part with this name, or 0; both without folders */
static unsigned number_of(const char *output, const char *name)
{
    size_t before = number_place(output) - output;
    guint64 number;
    g_autofree char *digits = NULL;

    if (strlen(name) != strlen(output) + 1 + DIGITS) {
        return 0;
    }
    digits = g_strndup(name + before + 1, DIGITS);
    if (!g_ascii_string_to_unsigned(digits, 10, 1, EXPORT_PARTS_MAX, &number,
                                    NULL)) {
        return 0;
    }
    g_clear_pointer(&digits, g_free);
    digits = export_part_name(output, number);
    return strcmp(digits, name) ? 0 : number;
}

unsigned export_parts_last(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *output = g_path_get_basename(path);
    GDir *files = g_dir_open(dir, 0, NULL);
    unsigned last = 0;
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        last = MAX(last, number_of(output, name));
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
