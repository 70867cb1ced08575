/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: table of the formats (see format.h)
 */
#include "tools/export/format.h"

#include <string.h>

/* A format is one line here, and its files in tools/meson.build. */
static const ExportFormat *const formats[] = {
    &export_sqlite,
    &export_perfetto,
    &export_pcapng,
    &export_vcd,
    &export_ctf,
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

const ExportFormat *export_format_of_ending(const char *ending)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!g_strcmp0(formats[i]->ending, ending)) {
            return formats[i];
        }
    }
    return NULL;
}

const ExportFormat *export_format_nth(size_t n)
{
    return n < G_N_ELEMENTS(formats) ? formats[n] : NULL;
}

void export_format_put_names(GString *text)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_string_append(text, formats[i]->name);
        g_string_append(text, i + 2 < G_N_ELEMENTS(formats) ? ", " :
                        i + 2 == G_N_ELEMENTS(formats) ? " or " : "");
    }
}
