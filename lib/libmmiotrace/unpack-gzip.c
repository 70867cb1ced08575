/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: decompressor for gzip (see unpack.h)
 */
#include "libmmiotrace/unpack.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

/* zlib's largest window, and a gzip header before the data */
#define GZIP_WINDOW (MAX_WBITS + 16)

static void *gzip_open(void)
{
    z_stream *z = calloc(1, sizeof(*z));

    if (z && inflateInit2(z, GZIP_WINDOW) != Z_OK) {
        free(z);
        z = NULL;
    }
    return z;
}

static uInt gzip_room(size_t len)
{
    return len < UINT_MAX ? len : UINT_MAX;
}

static MmtUnpackResult gzip_result(z_stream *z, int status, const char **why)
{
    switch (status) {
    case Z_OK:
    case Z_BUF_ERROR:   /* no progress: no more input at the moment */
        return MMT_UNPACK_MORE;
    case Z_STREAM_END:
        inflateReset(z);
        return MMT_UNPACK_END;
    case Z_MEM_ERROR:
        *why = "out of memory";
        return MMT_UNPACK_REFUSED;
    default:
        *why = z->msg ? z->msg : "invalid data";
        return MMT_UNPACK_DAMAGED;
    }
}

static MmtUnpackResult gzip_step(void *state, MmtUnpackIo *io,
                                 const char **why)
{
    z_stream *z = state;
    int status;

    z->next_in = (Bytef *)io->in + io->in_pos;
    z->avail_in = gzip_room(io->in_len - io->in_pos);
    z->next_out = (Bytef *)io->out + io->out_pos;
    z->avail_out = gzip_room(io->out_len - io->out_pos);
    status = inflate(z, Z_NO_FLUSH);
    io->in_pos = z->next_in - io->in;
    io->out_pos = (char *)z->next_out - io->out;
    return gzip_result(z, status, why);
}

static void gzip_free(void *state)
{
    if (state) {
        inflateEnd(state);
        free(state);
    }
}

const MmtUnpacker mmt_unpack_gzip = {
    .frame = "gzip member",
    .magics = { { { 0x1f, 0x8b }, 2, 0xff } },
    .padding = true,
    .open = gzip_open,
    .step = gzip_step,
    .free = gzip_free,
};
