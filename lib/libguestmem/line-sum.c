/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: sum of the lines of a watch (see line-sum.h) */
#include "libguestmem/line-sum.h"

#include <glib.h>
#include <string.h>

uint64_t gmem_line_sum(uint64_t number, const uint8_t *line, size_t len)
{
    g_autoptr(GChecksum) hash = g_checksum_new(G_CHECKSUM_SHA256);
    uint64_t little = GUINT64_TO_LE(number);
    uint8_t digest[32];
    gsize size = sizeof(digest);
    uint64_t sum;

    g_checksum_update(hash, (const guchar *)&little, sizeof(little));
    g_checksum_update(hash, line, len);
    g_checksum_get_digest(hash, digest, &size);
    memcpy(&sum, digest, sizeof(sum));
    return GUINT64_FROM_LE(sum);
}
