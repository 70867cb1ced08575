/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: compressed logs, in the form that QEMU writes
 */
#ifndef TESTS_UNIT_ZSTD_FRAMES_H
#define TESTS_UNIT_ZSTD_FRAMES_H

#include <glib.h>
#include <string.h>
#include <zstd.h>

/**
 * add_frame() - compress a text into one frame, with a checksum
 * @to: the buffer to append to
 * @text: the text
 * @len: its length, or -1
 */
static inline void add_frame(GByteArray *to, const char *text, gssize len)
{
    size_t n = len < 0 ? strlen(text) : (size_t)len;
    size_t bound = ZSTD_compressBound(n);
    guint before = to->len;
    ZSTD_CCtx *cctx = ZSTD_createCCtx();
    size_t used;

    ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, 1);
    g_byte_array_set_size(to, before + bound);
    used = ZSTD_compress2(cctx, to->data + before, bound, text, n);
    g_assert_false(ZSTD_isError(used));
    g_byte_array_set_size(to, before + used);
    ZSTD_freeCCtx(cctx);
}

#endif /* TESTS_UNIT_ZSTD_FRAMES_H */
