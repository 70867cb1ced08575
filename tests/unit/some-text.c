/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: the text of a log, for compression (see some-text.h) */
#include "some-text.h"

#include <glib.h>
#include <stdint.h>

char *some_text(unsigned lines)
{
    GString *text = g_string_new("VERSION 20070824\n");
    uint32_t x = 1;
    unsigned i;

    for (i = 0; i < lines; i++) {
        x = x * 1664525 + 1013904223;
        g_string_append_printf(text, "W 4 %u.%06u 1 0x%x 0x%x 0x0 0\n", i / 9,
                               x % 1000000, 0xfeb80000 + (x >> 18), x);
    }
    return g_string_free(text, FALSE);
}
