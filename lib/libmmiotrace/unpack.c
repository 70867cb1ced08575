/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: choice of a decompressor (see unpack.h)
 */
#include "libmmiotrace/unpack.h"

#include <string.h>

#define MAGICS (sizeof(mmt_unpack_zstd.magics) / sizeof(MmtMagic))

static const MmtUnpacker *const unpackers[] = {
    &mmt_unpack_zstd, &mmt_unpack_gzip, &mmt_unpack_xz,
};

/* Do the bytes begin like @magic, as far as they go? */
static bool unpack_begins(const MmtMagic *magic, const unsigned char *p,
                          size_t len)
{
    size_t n = len < magic->len ? len : magic->len;

    return n && (p[0] & magic->mask) == magic->bytes[0] &&
           !memcmp(p + 1, magic->bytes + 1, n - 1);
}

const MmtUnpacker *mmt_unpack_find(const unsigned char *p, size_t len,
                                   bool *undecided)
{
    size_t i;

    *undecided = !len;
    for (i = 0; i < sizeof(unpackers) / sizeof(unpackers[0]) * MAGICS; i++) {
        const MmtUnpacker *unpacker = unpackers[i / MAGICS];
        const MmtMagic *magic = &unpacker->magics[i % MAGICS];

        if (unpack_begins(magic, p, len)) {
            if (len >= magic->len) {
                return unpacker;
            }
            *undecided = true;
        }
    }
    return NULL;
}
