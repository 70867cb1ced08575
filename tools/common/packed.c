/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: output of a verb, plain or compressed (see packed.h)
 *
 * The compressed forms have no name and no time of the file in them.
 */
#include "tools/common/packed.h"

#include <errno.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Text that is compressed at a time */
#define OUT_TEXT (256u * 1024)

typedef struct OutFormat OutFormat;

/**
 * struct PackedOut
 * @stream: where to write
 * @format: how
 * @failed: what went wrong: errno, or 0
 * @text: text that waits
 * @packed: room for what is compressed
 * @zstd: zstd's state
 * @zlib: zlib's state
 * @lzma: liblzma's state
 */
struct PackedOut {
    FILE *stream;
    const OutFormat *format;
    int failed;
    GString *text;
    uint8_t packed[OUT_TEXT];
    ZSTD_CStream *zstd;
    z_stream zlib;
    lzma_stream lzma;
};

/**
 * struct OutFormat: a form of the output
 * @suffix: names with this end have it
 * @begin: makes the state; returns false if it can't
 * @put: compresses some text; @last: it is the last
 * @end: frees the state
 */
struct OutFormat {
    const char *suffix;
    bool (*begin)(PackedOut *out);
    void (*put)(PackedOut *out, const char *p, size_t len, bool last);
    void (*end)(PackedOut *out);
};

static void put_packed(PackedOut *out, const void *p, size_t len)
{
    if (!out->failed && fwrite(p, 1, len, out->stream) != len) {
        out->failed = errno;
    }
}

static bool plain_begin(PackedOut *out)
{
    (void)out;
    return true;
}

static void plain_put(PackedOut *out, const char *p, size_t len, bool last)
{
    (void)last;
    put_packed(out, p, len);
}

static void plain_end(PackedOut *out)
{
    (void)out;
}

static bool out_zstd_begin(PackedOut *out)
{
    out->zstd = ZSTD_createCStream();
    return out->zstd &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(out->zstd, ZSTD_c_checksumFlag,
                                                1));
}

static void out_zstd_put(PackedOut *out, const char *p, size_t len, bool last)
{
    ZSTD_inBuffer in = { p, len, 0 };
    size_t left;

    do {
        ZSTD_outBuffer packed = { out->packed, sizeof(out->packed), 0 };

        left = ZSTD_compressStream2(out->zstd, &packed, &in,
                                    last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left)) {
            out->failed = ENOMEM;
            return;
        }
        put_packed(out, out->packed, packed.pos);
    } while (last ? left : in.pos < in.size);
}

static void out_zstd_end(PackedOut *out)
{
    ZSTD_freeCStream(out->zstd);
}

static bool out_gzip_begin(PackedOut *out)
{
    /* 16: with gzip's header, which then has neither name nor time */
    return deflateInit2(&out->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16,
                        8, Z_DEFAULT_STRATEGY) == Z_OK;
}

static void out_gzip_put(PackedOut *out, const char *p, size_t len, bool last)
{
    out->zlib.next_in = (Bytef *)p;
    out->zlib.avail_in = len;
    do {
        out->zlib.next_out = out->packed;
        out->zlib.avail_out = sizeof(out->packed);
        deflate(&out->zlib, last ? Z_FINISH : Z_NO_FLUSH);
        put_packed(out, out->packed,
                   sizeof(out->packed) - out->zlib.avail_out);
    } while (!out->zlib.avail_out);
}

static void out_gzip_end(PackedOut *out)
{
    deflateEnd(&out->zlib);
}

static bool out_xz_begin(PackedOut *out)
{
    out->lzma = (lzma_stream)LZMA_STREAM_INIT;
    return lzma_easy_encoder(&out->lzma, 6, LZMA_CHECK_CRC64) == LZMA_OK;
}

static void out_xz_put(PackedOut *out, const char *p, size_t len, bool last)
{
    lzma_ret result;

    out->lzma.next_in = (const uint8_t *)p;
    out->lzma.avail_in = len;
    do {
        out->lzma.next_out = out->packed;
        out->lzma.avail_out = sizeof(out->packed);
        result = lzma_code(&out->lzma, last ? LZMA_FINISH : LZMA_RUN);
        if (result != LZMA_OK && result != LZMA_STREAM_END) {
            out->failed = ENOMEM;
            return;
        }
        put_packed(out, out->packed,
                   sizeof(out->packed) - out->lzma.avail_out);
    } while (last ? result != LZMA_STREAM_END : out->lzma.avail_in);
}

static void out_xz_end(PackedOut *out)
{
    lzma_end(&out->lzma);
}

/* The last one has every name. */
static const OutFormat formats[] = {
    { ".zst", out_zstd_begin, out_zstd_put, out_zstd_end },
    { ".gz", out_gzip_begin, out_gzip_put, out_gzip_end },
    { ".xz", out_xz_begin, out_xz_put, out_xz_end },
    { "", plain_begin, plain_put, plain_end },
};

static const OutFormat *format_of(const char *name)
{
    const OutFormat *format = formats;

    while (!g_str_has_suffix(name, format->suffix)) {
        format++;
    }
    return format;
}

const char *packed_ending(const char *name)
{
    return name + strlen(name) - strlen(format_of(name)->suffix);
}

PackedOut *packed_new(const char *name, FILE *stream)
{
    PackedOut *out = g_new0(PackedOut, 1);

    out->stream = stream;
    out->text = g_string_sized_new(OUT_TEXT + 4096);
    out->format = format_of(name);
    if (!out->format->begin(out)) {
        out->failed = ENOMEM;
        out->format = &formats[G_N_ELEMENTS(formats) - 1];
    }
    return out;
}

static void out_flush(PackedOut *out, bool last)
{
    if (!out->failed) {
        out->format->put(out, out->text->str, out->text->len, last);
    }
    g_string_truncate(out->text, 0);
}

void packed_write(PackedOut *out, const char *p, size_t len)
{
    g_string_append_len(out->text, p, len);
    if (out->text->len >= OUT_TEXT) {
        out_flush(out, false);
    }
}

int packed_failed(const PackedOut *out)
{
    return out->failed;
}

bool packed_end(PackedOut *out)
{
    int err;

    out_flush(out, true);
    err = out->failed ?: fflush(out->stream) == 0 ? 0 : errno;
    out->format->end(out);
    g_string_free(out->text, TRUE);
    g_free(out);
    /* later reads have changed it */
    errno = err;
    return !err;
}
