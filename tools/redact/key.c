/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: replacements that depend on a key (see key.h)
 *
 * HMAC-SHA256 of the input, and of a counter for replacements that are longer.
 */
#include "tools/redact/key.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/random.h>

void redact_key_init(RedactKey *key, const char *seed)
{
    if (seed) {
        GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
        gsize len = sizeof(key->bytes);

        g_checksum_update(sum, (const guchar *)seed, strlen(seed));
        g_checksum_get_digest(sum, key->bytes, &len);
        g_checksum_free(sum);
    } else if (getentropy(key->bytes, sizeof(key->bytes)) != 0) {
        g_error("no random numbers: %s", g_strerror(errno));
    }
}

void redact_key_bytes(const RedactKey *key, const char *what, const void *in,
                      size_t in_len, uint8_t *out, size_t out_len)
{
    uint8_t first[32];
    gsize len = sizeof(first);
    uint32_t block;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key->bytes,
                             sizeof(key->bytes));

    g_hmac_update(hmac, (const guchar *)what, strlen(what) + 1);
    g_hmac_update(hmac, in, in_len);
    g_hmac_get_digest(hmac, first, &len);
    g_hmac_unref(hmac);
    for (block = 0; out_len; block++) {
        uint8_t sum[32];
        size_t n = MIN(out_len, sizeof(sum));

        len = sizeof(sum);
        hmac = g_hmac_new(G_CHECKSUM_SHA256, first, sizeof(first));
        g_hmac_update(hmac, (const guchar *)&block, sizeof(block));
        g_hmac_get_digest(hmac, sum, &len);
        g_hmac_unref(hmac);
        memcpy(out, sum, n);
        out += n;
        out_len -= n;
    }
}

uint64_t redact_key_number(const RedactKey *key, uint64_t number)
{
    uint64_t out;

    redact_key_bytes(key, "number", &number, sizeof(number), (uint8_t *)&out,
                     sizeof(out));
    return out;
}
