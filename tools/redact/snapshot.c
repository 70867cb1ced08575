/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: pieces of guest memory (see snapshot.h)
 */
#include "tools/redact/snapshot.h"

size_t redact_snapshot_begin(RedactSnapshot *snapshot,
                             const AnalysisMemoryMark *mark)
{
    redact_snapshot_clear(snapshot);
    snapshot->bytes = g_byte_array_new();
    snapshot->left = MIN(mark->len, REDACT_SNAPSHOT_MAX);
    snapshot->open = snapshot->left;
    return mark->kind == MMT_MARK_SNAPSHOT ? 0 :
           redact_snapshot_data(snapshot, redact_snapshot_hex(mark));
}

MmtSpan redact_snapshot_hex(const AnalysisMemoryMark *mark)
{
    MmtSpan hex = mark->hex;
    size_t i = 0;

    while (hex.p && i < hex.len && g_ascii_isxdigit(hex.p[i])) {
        i++;
    }
    if (hex.p && (i < hex.len || hex.len % 2 ||
                  hex.p + hex.len != mark->text.p + mark->text.len)) {
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
