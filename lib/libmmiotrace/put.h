/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: numbers and strings as text, for the formatters
 *
 * The writer formats each access: these functions are several times faster
 * than printf().  Each takes the place to write to and returns its end.
 */
#ifndef LIBMMIOTRACE_PUT_H
#define LIBMMIOTRACE_PUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "libmmiotrace/record.h"

/* The longest number: a time to the nanosecond */
#define MMT_PUT_NUMBER_MAX 32

static inline char *mmt_put_dec(char *p, uint64_t v)
{
    char tmp[20];
    int n = 0;

    do {
        tmp[n++] = '0' + v % 10;
        v /= 10;
    } while (v);
    while (n) {
        *p++ = tmp[--n];
    }
    return p;
}

static inline char *mmt_put_hex(char *p, uint64_t v)
{
    int digits = v ? (67 - __builtin_clzll(v)) / 4 : 1;
    int i;

    *p++ = '0';
    *p++ = 'x';
    for (i = digits - 1; i >= 0; i--) {
        *p++ = "0123456789abcdef"[(v >> (i * 4)) & 15];
    }
    return p;
}

static inline char *mmt_put_fraction(char *p, uint64_t v, int digits)
{
    int i;

    *p++ = '.';
    for (i = digits - 1; i >= 0; i--) {
        p[i] = '0' + v % 10;
        v /= 10;
    }
    return p + digits;
}

/* The time of a line */
static inline char *mmt_put_time(char *p, uint64_t ns)
{
    p = mmt_put_dec(p, ns / MMT_NS_PER_SEC);
    return mmt_put_fraction(p, ns % MMT_NS_PER_SEC / MMT_NS_PER_USEC, 6);
}

/* A time to the nanosecond */
static inline char *mmt_put_seconds(char *p, uint64_t ns)
{
    p = mmt_put_dec(p, ns / MMT_NS_PER_SEC);
    return mmt_put_fraction(p, ns % MMT_NS_PER_SEC, 9);
}

/* Eight digits of four bytes, the first of each in the lower byte */
static inline uint64_t mmt_digits(uint64_t bytes)
{
    uint64_t digits;

    bytes = (bytes | bytes << 16) & UINT64_C(0x0000ffff0000ffff);
    bytes = (bytes | bytes << 8) & UINT64_C(0x00ff00ff00ff00ff);
    digits = (bytes >> 4 & UINT64_C(0x000f000f000f000f)) |
             (bytes & UINT64_C(0x000f000f000f000f)) << 8;
    /* Above 9, the letters follow. */
    return digits + UINT64_C(0x3030303030303030) +
           ((digits + UINT64_C(0x0606060606060606)) >> 4 &
            UINT64_C(0x0101010101010101)) * ('a' - '0' - 10);
}

#ifdef __SSE2__
/* Sixteen numbers below 16 as digits */
static inline __m128i mmt_sixteen_digits(__m128i v)
{
    __m128i letter = _mm_cmpgt_epi8(v, _mm_set1_epi8(9));

    letter = _mm_and_si128(letter, _mm_set1_epi8('a' - '0' - 10));
    return _mm_add_epi8(v, _mm_add_epi8(letter, _mm_set1_epi8('0')));
}
#endif

/* As many of the bytes as there are whole blocks of sixteen; their number */
static inline size_t mmt_put_blocks(char *p, const uint8_t *bytes, size_t len)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i low = _mm_set1_epi8(15);

    for (; i + 16 <= len; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(bytes + i));
        __m128i first = mmt_sixteen_digits(
            _mm_and_si128(_mm_srli_epi16(v, 4), low));
        __m128i second = mmt_sixteen_digits(_mm_and_si128(v, low));

        _mm_storeu_si128((__m128i *)(p + i * 2),
                         _mm_unpacklo_epi8(first, second));
        _mm_storeu_si128((__m128i *)(p + i * 2 + 16),
                         _mm_unpackhi_epi8(first, second));
    }
#else
    (void)p;
    (void)bytes;
    (void)len;
#endif
    return i;
}

/* Bytes as two digits each */
static inline char *mmt_put_bytes(char *p, const uint8_t *bytes, size_t len)
{
    size_t i = mmt_put_blocks(p, bytes, len);

    p += i * 2;
    for (; i + 4 <= len; i += 4, p += 8) {
        uint32_t four;
        uint64_t digits;

        memcpy(&four, bytes + i, sizeof(four));
        if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) {
            digits = __builtin_bswap64(mmt_digits(__builtin_bswap32(four)));
        } else {
            digits = mmt_digits(four);
        }
        memcpy(p, &digits, sizeof(digits));
    }
    for (; i < len; i++) {
        *p++ = "0123456789abcdef"[bytes[i] >> 4];
        *p++ = "0123456789abcdef"[bytes[i] & 15];
    }
    return p;
}

static inline char *mmt_put_str(char *p, const char *s, size_t len)
{
    memcpy(p, s, len);
    return p + len;
}

#define MMT_PUT_LITERAL(p, s) mmt_put_str(p, s, sizeof(s) - 1)

#endif /* LIBMMIOTRACE_PUT_H */
