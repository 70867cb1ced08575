/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks as text for people (see mark.h)
 */
#include "tools/analysis/mark.h"

#include <string.h>

#include "libmmiotrace/printable.h"
#include "libmmiotrace/record.h"

/* A word of hexadecimal digits follows: up to 384 bytes of guest memory. */
static const char data[] = MMT_MARK_PREFIX "snapshot-data at=";

/* Return: where the data begins, or NULL if it is another mark */
static const char *find_data(const char *text, size_t len)
{
    size_t n = strlen(data);
    const char *space;

    if (len <= n || memcmp(text, data, n)) {
        return NULL;
    }
    space = memchr(text + n, ' ', len - n);
    return space ? space + 1 : NULL;
}

void analysis_put_mark(const char *text, size_t len, GString *out)
{
    const char *bytes = find_data(text, len);
    size_t shown = bytes ? (size_t)(bytes - text) - 1 : len;
    gsize at = out->len;

    g_string_set_size(out, at + shown);
    g_string_truncate(out, at + mmt_printable(text, shown, out->str + at,
                                              shown));
    if (bytes) {
        g_string_append_printf(out, ", %zu bytes",
                               (len - (bytes - text)) / 2);
    }
}
