/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: output of a conversion: a buffer of whole rows (see out.h)
 */
#include "tools/convert/out.h"

#define BUFFER_BYTES (256u * 1024)

#define TEN(t) \
    t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"

const char convert_pairs[201] =
    TEN("0") TEN("1") TEN("2") TEN("3") TEN("4")
    TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");

void convert_out_init(ConvertOut *out, ConvertWrite *write, void *opaque)
{
    *out = (ConvertOut) {
        .buf = g_malloc(BUFFER_BYTES),
        .size = BUFFER_BYTES,
        .write = write,
        .opaque = opaque,
    };
}

void convert_out_clear(ConvertOut *out)
{
    g_clear_pointer(&out->buf, g_free);
}

void convert_out_flush(ConvertOut *out)
{
    if (out->len && !out->closed) {
        out->closed = !out->write(out->opaque, out->buf, out->len);
    }
    out->len = 0;
}

void convert_out_grow(ConvertOut *out, size_t n)
{
    convert_out_flush(out);
    if (out->size < n) {
        out->size = n;
        out->buf = g_realloc(out->buf, n);
    }
}

void convert_out_put(ConvertOut *out, const char *text, size_t len)
{
    char *p = convert_out_room(out, len);

    memcpy(p, text, len);
    convert_out_took(out, p + len);
}
