/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: decompressor for zstd (see unpack.h)
 *
 * libzstd itself limits the memory that a frame may ask for to 128 MiB.
 */
#include "libmmiotrace/unpack.h"

#include <zstd.h>
#include <zstd_errors.h>

static void *zstd_open(void)
{
    return ZSTD_createDStream();
}

static MmtUnpackResult zstd_error(size_t result, const char **why)
{
    if (ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge) {
        *why = "it needs more than 128 MiB of memory";
        return MMT_UNPACK_REFUSED;
    }
    *why = ZSTD_getErrorName(result);
    return MMT_UNPACK_DAMAGED;
}

static MmtUnpackResult zstd_step(void *state, MmtUnpackIo *io,
                                 const char **why)
{
    ZSTD_inBuffer in = { io->in, io->in_len, io->in_pos };
    ZSTD_outBuffer out = { io->out, io->out_len, io->out_pos };
    size_t result = ZSTD_decompressStream(state, &out, &in);

    if (ZSTD_isError(result)) {
        return zstd_error(result, why);
    }
    io->in_pos = in.pos;
    io->out_pos = out.pos;
    return result ? MMT_UNPACK_MORE : MMT_UNPACK_END;
}

static void zstd_free(void *state)
{
    ZSTD_freeDStream(state);
}

const MmtUnpacker mmt_unpack_zstd = {
    .frame = "compressed frame",
    .magics = {
        { { 0x28, 0xb5, 0x2f, 0xfd }, 4, 0xff },
        /* Skippable frames; some compressors begin with one. */
        { { 0x50, 0x2a, 0x4d, 0x18 }, 4, 0xf0 },
    },
    .open = zstd_open,
    .step = zstd_step,
    .free = zstd_free,
};
