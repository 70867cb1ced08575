/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: output of a conversion: a buffer of whole rows
 *
 * Rows come at the rate of accesses, so their numbers are formatted here: eight
 * hexadecimal or two decimal digits at a time.  With libmmiotrace/put.h, a digit
 * at a time, all of a CSV takes a sixth longer; but these functions write behind
 * the end of a number, for which the ring's formatter has no room.
 */
#ifndef VFIO_TRACE_CONVERT_OUT_H
#define VFIO_TRACE_CONVERT_OUT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * typedef ConvertWrite - take rows
 * @opaque: of convert_out_init()
 * @p: whole rows, each with its newline
 * @len: their length
 *
 * Return: false if the output is closed: no more rows are wanted
 */
typedef bool ConvertWrite(void *opaque, const char *p, size_t len);

/**
 * struct ConvertOut: the buffer
 * @buf: the buffer
 * @len: bytes used
 * @size: its size
 * @closed: no more rows are wanted
 * @write: takes the rows
 * @opaque: its argument
 */
typedef struct ConvertOut {
    char *buf;
    size_t len;
    size_t size;
    bool closed;
    ConvertWrite *write;
    void *opaque;
} ConvertOut;

/* More than a row of an access needs, with the names of its region and phase */
#define CONVERT_ROW_MAX 4096

void convert_out_init(ConvertOut *out, ConvertWrite *write, void *opaque);

void convert_out_clear(ConvertOut *out);

/**
 * convert_out_flush() - pass the rows on
 * @out: the buffer
 */
void convert_out_flush(ConvertOut *out);

/**
 * convert_out_grow() - make room for a row
 * @out: the buffer
 * @n: bytes needed
 */
void convert_out_grow(ConvertOut *out, size_t n);

/**
 * convert_out_room() - get the place for a row
 * @out: the buffer
 * @n: bytes that the row may need
 *
 * Return: where to write it; convert_out_took() says how far it went
 */
static inline char *convert_out_room(ConvertOut *out, size_t n)
{
    if (out->size - out->len < n) {
        convert_out_grow(out, n);
    }
    return out->buf + out->len;
}

static inline void convert_out_took(ConvertOut *out, const char *end)
{
    out->len = end - out->buf;
}

/**
 * convert_out_put() - append text
 * @out: the buffer
 * @text: whole rows
 * @len: its length
 */
void convert_out_put(ConvertOut *out, const char *text, size_t len);

/* Eight hexadecimal digits */
static inline void convert_hex8(char *p, uint32_t v)
{
    uint64_t x = v;
    uint64_t letters;

    x = (x << 16 | x) & 0x0000ffff0000ffff;
    x = (x << 8 | x) & 0x00ff00ff00ff00ff;
    x = (x << 4 | x) & 0x0f0f0f0f0f0f0f0f;
    letters = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
    x += 0x3030303030303030 + letters * ('a' - '0' - 10);
    x = GUINT64_TO_BE(x);
    memcpy(p, &x, 8);
}

/* "0x" and digits; writes up to 18 bytes.  Return: the end */
static inline char *convert_put_hex(char *p, uint64_t v)
{
    unsigned digits = (67 - __builtin_clzll(v | 1)) / 4;

    v <<= 64 - 4 * digits;
    memcpy(p, "0x", 2);
    convert_hex8(p + 2, v >> 32);
    if (digits > 8) {
        convert_hex8(p + 10, v);
    }
    return p + 2 + digits;
}

extern const char convert_pairs[201];

/* Writes up to 20 bytes.  Return: the end */
static inline char *convert_put_dec(char *p, uint64_t v)
{
    char tmp[20];
    char *t = tmp + sizeof(tmp);

    while (v >= 100) {
        t -= 2;
        memcpy(t, convert_pairs + v % 100 * 2, 2);
        v /= 100;
    }
    if (v >= 10) {
        t -= 2;
        memcpy(t, convert_pairs + v * 2, 2);
    } else {
        *--t = '0' + v;
    }
    memcpy(p, t, tmp + sizeof(tmp) - t);
    return p + (tmp + sizeof(tmp) - t);
}

/* "." and nine digits.  Return: the end */
static inline char *convert_put_fraction(char *p, uint32_t ns)
{
    int i;

    *p = '.';
    p[9] = '0' + ns % 10;
    ns /= 10;
    for (i = 7; i > 0; i -= 2) {
        memcpy(p + i, convert_pairs + ns % 100 * 2, 2);
        ns /= 100;
    }
    return p + 10;
}

/**
 * struct ConvertSecond: the text of a second, for many rows in the same one
 * @valid: is there one?
 * @first: its first nanosecond
 * @len: length of @text
 * @text: its text
 */
typedef struct ConvertSecond {
    bool valid;
    uint64_t first;
    size_t len;
    char text[24];
} ConvertSecond;

/* Seconds with nine digits.  Return: the end */
static inline char *convert_put_time(ConvertSecond *second, char *p,
                                     uint64_t ns)
{
    const uint64_t unit = 1000000000;

    if (!second->valid || ns - second->first >= unit) {
        second->valid = true;
        second->first = ns - ns % unit;
        second->len = convert_put_dec(second->text, ns / unit) - second->text;
    }
    memcpy(p, second->text, sizeof(second->text));
    return convert_put_fraction(p + second->len, ns - second->first);
}

static inline char *convert_put_str(char *p, const char *text, size_t len)
{
    memcpy(p, text, len);
    return p + len;
}

#define CONVERT_LITERAL(p, text) convert_put_str(p, text, sizeof(text) - 1)

#endif /* VFIO_TRACE_CONVERT_OUT_H */
