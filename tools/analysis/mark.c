/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: marks as text for people (see mark.h)
 */
#include "tools/analysis/mark.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/printable.h"
#include "libmmiotrace/record.h"

/* Marks that end in a word of hexadecimal digits: up to 384 bytes */
static const char *const data[] = {
    MMT_MARK_PREFIX "snapshot-data ",
    MMT_MARK_PREFIX "watch-data ",
    MMT_MARK_PREFIX "entry ",
    MMT_MARK_PREFIX "data ",
};

static bool is_of_data(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(data); i++) {
        size_t n = strlen(data[i]);

        if (len > n && !memcmp(text, data[i], n)) {
            return true;
        }
    }
    return false;
}

/* Return: where the data begins, or NULL if there is none */
static const char *find_data(const char *text, size_t len)
{
    const char *blank = memrchr(text, ' ', len);
    const char *end = text + len;

    return blank && is_of_data(text, len) && blank + 1 < end &&
           !memchr(blank, '=', end - blank) ? blank + 1 : NULL;
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

MmtSpan analysis_mark_shown(const MmtEntry *entry, MmtSpan text)
{
    MmtSpan shown = { 0 };

    if (entry->flags & MMT_ENTRY_GUEST) {
        shown = mmt_mark_said(text);
    } else if (entry->flags & MMT_ENTRY_TRACER) {
        shown.p = mmt_mark_name(text).p;
        shown.len = shown.p ? text.p + text.len - shown.p : 0;
    }
    return shown.p ? shown : text;
}
