/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: decompressor for xz (see unpack.h)
 */
#include "libmmiotrace/unpack.h"

#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * A file chooses how much memory its decompression takes.  `xz -9` chooses
 * 65 MiB.
 */
#define XZ_MEMORY (256u << 20)

/* Reasons why a stream can not be decompressed, by liblzma's result */
static const struct {
    MmtUnpackResult result;
    const char *why;
} errors[] = {
    [LZMA_MEM_ERROR] = { MMT_UNPACK_REFUSED, "out of memory" },
    [LZMA_MEMLIMIT_ERROR] = {
        MMT_UNPACK_REFUSED, "it needs more than 256 MiB of memory"
    },
    [LZMA_FORMAT_ERROR] = { MMT_UNPACK_DAMAGED, "it has no xz header" },
    [LZMA_OPTIONS_ERROR] = {
        MMT_UNPACK_DAMAGED, "its header has unknown options"
    },
    [LZMA_DATA_ERROR] = { MMT_UNPACK_DAMAGED, "invalid data" },
};

/* Also begins a new stream; liblzma reuses the memory of the one before. */
static bool xz_begin(lzma_stream *xz)
{
    return lzma_stream_decoder(xz, XZ_MEMORY, 0) == LZMA_OK;
}

static void xz_free(void *state)
{
    if (state) {
        lzma_end(state);
        free(state);
    }
}

static void *xz_open(void)
{
    lzma_stream *xz = calloc(1, sizeof(*xz));   /* LZMA_STREAM_INIT is zero */

    if (xz && !xz_begin(xz)) {
        xz_free(xz);
        xz = NULL;
    }
    return xz;
}

static MmtUnpackResult xz_result(lzma_stream *xz, lzma_ret status,
                                 const char **why)
{
    if (status == LZMA_STREAM_END) {
        status = xz_begin(xz) ? LZMA_STREAM_END : LZMA_MEM_ERROR;
    }
    if (status == LZMA_STREAM_END) {
        return MMT_UNPACK_END;
    }
    /* LZMA_BUF_ERROR: no progress, as there is no more input at the moment */
    if (status == LZMA_OK || status == LZMA_BUF_ERROR) {
        return MMT_UNPACK_MORE;
    }
    if (status < sizeof(errors) / sizeof(errors[0]) && errors[status].why) {
        *why = errors[status].why;
        return errors[status].result;
    }
    *why = "liblzma reports an unknown error";
    return MMT_UNPACK_DAMAGED;
}

static MmtUnpackResult xz_step(void *state, MmtUnpackIo *io, const char **why)
{
    lzma_stream *xz = state;
    lzma_ret status;

    xz->next_in = io->in + io->in_pos;
    xz->avail_in = io->in_len - io->in_pos;
    xz->next_out = (uint8_t *)io->out + io->out_pos;
    xz->avail_out = io->out_len - io->out_pos;
    status = lzma_code(xz, LZMA_RUN);
    io->in_pos = xz->next_in - io->in;
    io->out_pos = (char *)xz->next_out - io->out;
    return xz_result(xz, status, why);
}

const MmtUnpacker mmt_unpack_xz = {
    .frame = "xz stream",
    .magics = { { { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6, 0xff } },
    .padding = true,
    .open = xz_open,
    .step = xz_step,
    .free = xz_free,
};
