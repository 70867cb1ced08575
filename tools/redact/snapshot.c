/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: snapshots of guest memory (see snapshot.h)
 */
#include "tools/redact/snapshot.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"

void redact_snapshot_begin(RedactSnapshot *snapshot, MmtSpan text)
{
    redact_snapshot_clear(snapshot);
    snapshot->bytes = g_byte_array_new();
    snapshot->left = MIN(mmt_words_number(text, "len"), REDACT_SNAPSHOT_MAX);
    snapshot->open = snapshot->left;
}

MmtSpan redact_snapshot_hex(MmtSpan text)
{
    MmtSpan at = mmt_mark_value(text, "at");
    const char *end = text.p + text.len;
    MmtSpan hex = { NULL, 0 };
    const char *p = at.p ? at.p + at.len : end;

    if (p == end) {
        return hex;
    }
    hex.p = ++p;
    while (p < end && g_ascii_isxdigit(*p)) {
        p++;
    }
    hex.len = p - hex.p;
    if (p != end || hex.len % 2) {
        hex.p = NULL;
    }
    return hex;
}

size_t redact_snapshot_data(RedactSnapshot *snapshot, MmtSpan hex)
{
    size_t n = hex.p ? hex.len / 2 : 0, i;

    if (!snapshot->open || !n || n > snapshot->left) {
        return 0;
    }
    for (i = 0; i < n; i++) {
        uint8_t byte = g_ascii_xdigit_value(hex.p[2 * i]) << 4 |
                       g_ascii_xdigit_value(hex.p[2 * i + 1]);

        g_byte_array_append(snapshot->bytes, &byte, 1);
    }
    snapshot->left -= n;
    snapshot->open = snapshot->left;
    return n;
}

void redact_snapshot_clear(RedactSnapshot *snapshot)
{
    g_clear_pointer(&snapshot->bytes, g_byte_array_unref);
    snapshot->open = false;
    snapshot->left = 0;
}
