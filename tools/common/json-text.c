/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: printable JSON for standard output (see json-text.h)
 */
#include "tools/common/json-text.h"

#include "libmmiotrace/printable.h"

char *json_text(JsonNode *node, bool pretty)
{
    g_autofree char *text = json_to_string(node, pretty);
    GString *out = g_string_sized_new(strlen(text));
    const char *p;

    for (p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c == '\n' || mmt_char_is_printable(c)) {
            g_string_append_unichar(out, c);
        } else {
            /* All of these are below U+10000. */
            g_string_append_printf(out, "\\u%04x", (unsigned)c);
        }
    }
    return g_string_free(out, FALSE);
}
