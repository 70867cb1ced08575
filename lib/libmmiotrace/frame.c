/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: compression of text into zstd frames (see frame.h)
 */
#include "libmmiotrace/frame.h"

#include <zstd.h>

/* zstd's default: faster than a disk, and a tenth of the size. */
#define FRAME_LEVEL ZSTD_CLEVEL_DEFAULT

struct MmtFramer {
    ZSTD_CCtx *cctx;
    size_t room;
    char *buf;
};

MmtFramer *mmt_framer_new(size_t max)
{
    MmtFramer *framer = g_new0(MmtFramer, 1);

    framer->cctx = ZSTD_createCCtx();
    if (!framer->cctx) {
        g_error("no memory for a compressor");
    }
    ZSTD_CCtx_setParameter(framer->cctx, ZSTD_c_compressionLevel, FRAME_LEVEL);
    ZSTD_CCtx_setParameter(framer->cctx, ZSTD_c_checksumFlag, 1);
    framer->room = ZSTD_compressBound(max);
    framer->buf = g_malloc(framer->room);
    return framer;
}

size_t mmt_framer_frame(MmtFramer *framer, const char *text, size_t len,
                        const char **out)
{
    size_t n = ZSTD_compress2(framer->cctx, framer->buf, framer->room, text,
                              len);

    /* The buffer fits the worst case: only memory can be missing. */
    if (ZSTD_isError(n)) {
        g_error("can't compress: %s", ZSTD_getErrorName(n));
    }
    *out = framer->buf;
    return n;
}

size_t mmt_frames_end(const void *data, size_t len)
{
    size_t end = 0;

    while (end < len) {
        size_t n = ZSTD_findFrameCompressedSize((const char *)data + end,
                                                len - end);

        if (ZSTD_isError(n)) {
            break;
        }
        end += n;
    }
    return end;
}

void mmt_framer_free(MmtFramer *framer)
{
    if (framer) {
        ZSTD_freeCCtx(framer->cctx);
        g_free(framer->buf);
        g_free(framer);
    }
}
