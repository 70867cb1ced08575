/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: fast conversion of numbers and strings to text
 *
 * For the formatters: the writer formats every access, and these functions are
 * several times faster than printf.  Each gets the position to write to, and
 * returns the position behind the text.
 */
#ifndef LIBMMIOTRACE_PUT_H
#define LIBMMIOTRACE_PUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NS_PER_SEC  1000000000ull
#define NS_PER_USEC 1000ull

/* Bytes of the longest number: a time with nanoseconds */
#define PUT_NUMBER_MAX 32

static inline char *put_dec(char *p, uint64_t v)
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

static inline char *put_hex(char *p, uint64_t v)
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

static inline char *put_fraction(char *p, uint64_t v, int digits)
{
    int i;

    *p++ = '.';
    for (i = digits - 1; i >= 0; i--) {
        p[i] = '0' + v % 10;
        v /= 10;
    }
    return p + digits;
}

/* A line's time: seconds with microseconds */
static inline char *put_time(char *p, uint64_t ns)
{
    p = put_dec(p, ns / NS_PER_SEC);
    return put_fraction(p, ns % NS_PER_SEC / NS_PER_USEC, 6);
}

/* Seconds with nanoseconds */
static inline char *put_seconds(char *p, uint64_t ns)
{
    p = put_dec(p, ns / NS_PER_SEC);
    return put_fraction(p, ns % NS_PER_SEC, 9);
}

static inline char *put_str(char *p, const char *s, size_t len)
{
    memcpy(p, s, len);
    return p + len;
}

#define PUT_LITERAL(p, s) put_str(p, s, sizeof(s) - 1)

#endif /* LIBMMIOTRACE_PUT_H */
