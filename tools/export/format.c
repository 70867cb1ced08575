/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: table of the formats (see format.h)
 */
#include "tools/export/format.h"

#include <string.h>

/* A format is one line here, and its files in tools/meson.build. */
static const ExportFormat *const formats[] = {
    &export_sqlite,
};

const ExportFormat *export_format_find(const char *name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!strcmp(formats[i]->name, name)) {
            return formats[i];
        }
    }
    return NULL;
}

const ExportFormat *export_format_of_file(const char *path)
{
    const char *dot = strrchr(path, '.');
    size_t i;

    for (i = 0; dot && i < G_N_ELEMENTS(formats); i++) {
        if (!strcmp(formats[i]->ending, dot + 1)) {
            return formats[i];
        }
    }
    return NULL;
}
