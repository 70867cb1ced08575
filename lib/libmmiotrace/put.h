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

static inline char *mmt_put_str(char *p, const char *s, size_t len)
{
    memcpy(p, s, len);
    return p + len;
}

#define MMT_PUT_LITERAL(p, s) mmt_put_str(p, s, sizeof(s) - 1)

#endif /* LIBMMIOTRACE_PUT_H */
