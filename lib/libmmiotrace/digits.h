/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: numbers in text, eight digits at a time
 *
 * Reading a trace spends its time on numbers.  These functions load eight bytes
 * at once, find the end of the number among them and convert all digits
 * together, with ordinary 64-bit arithmetic: no loop and no branch for each
 * digit.  They read up to 16 bytes from where the number begins, whatever its
 * length: the caller sees to it that these bytes can be read.
 *
 * They accept less than cursor.h does: hexadecimal digits in lowercase only.
 */
#ifndef LIBMMIOTRACE_DIGITS_H
#define LIBMMIOTRACE_DIGITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * GCC would make functions of the larger ones, which are called several times
 * for each line.
 */
#define MMT_DIGITS_INLINE inline __attribute__((always_inline))

/* A byte in each of eight lanes */
#define MMT_LANES(byte) (0x0101010101010101ull * (byte))

/* Load eight bytes, the first one into the lowest lane. */
static inline uint64_t mmt_load8(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/*
 * Number of bytes before the first one that can not be a digit, 8 if there is
 * none.  Digits and letters have bit 4 or bit 6; blanks, newlines, points and
 * most other characters that follow a number have neither.
 */
static inline unsigned mmt_digits_len(uint64_t v)
{
    uint64_t x = v & MMT_LANES(0x50);
    uint64_t zero = (x - MMT_LANES(0x01)) & ~x & MMT_LANES(0x80);

    return zero ? __builtin_ctzll(zero) >> 3 : 8;
}

/* Move the first @n digits, 1 to 8, to the end, with '0' before them. */
static inline uint64_t mmt_digits_align(uint64_t v, unsigned n)
{
    /* no branch: the lengths of numbers can't be predicted */
    return v << (64 - 8 * n) | MMT_LANES('0') >> (4 * n) >> (4 * n);
}

/* Convert eight hexadecimal digits; false if one of them is none. */
static MMT_DIGITS_INLINE bool mmt_hex8(uint64_t v, uint64_t *out)
{
    uint64_t d = (v & MMT_LANES(0x0f)) + 9 * (v >> 6 & MMT_LANES(0x01));
    uint64_t letter = (d + MMT_LANES(6)) >> 4 & MMT_LANES(0x01);

    if ((d & MMT_LANES(0xf0)) || d + MMT_LANES('0') + 39 * letter != v) {
        return false;
    }
    d = (d << 4 & 0x00f000f000f000f0ull) | (d >> 8 & 0x000f000f000f000full);
    d = (d & 0x000000ff000000ffull) << 8 | (d >> 16 & 0x000000ff000000ffull);
    *out = (d & 0xffff) << 16 | (d >> 32 & 0xffff);
    return true;
}

/* Convert eight decimal digits; false if one of them is none. */
static MMT_DIGITS_INLINE bool mmt_dec8(uint64_t v, uint64_t *out)
{
    uint64_t d = v - MMT_LANES('0');

    if (((v & MMT_LANES(0xf0)) ^ MMT_LANES(0x30)) |
        ((d + MMT_LANES(6)) & MMT_LANES(0xf0))) {
        return false;
    }
    d = (d * 10 + (d >> 8)) & 0x00ff00ff00ff00ffull;
    d = (d * 100 + (d >> 16)) & 0x0000ffff0000ffffull;
    *out = (d * 10000 + (d >> 32)) & 0xffffffff;
    return true;
}

/**
 * mmt_digits_hex() - take a hexadecimal number of 1 to 16 lowercase digits
 * @p: where it begins; moved behind its last digit
 * @out: where to store it
 *
 * Return: true, or false if there is none; any byte may follow it
 */
static inline bool mmt_digits_hex(const char **p, uint64_t *out)
{
    uint64_t v = mmt_load8(*p);
    unsigned n = mmt_digits_len(v);
    uint64_t high = 0;

    if (n == 8) {
        if (!mmt_hex8(v, &high)) {
            return false;
        }
        *p += 8;
        v = mmt_load8(*p);
        n = mmt_digits_len(v);
        if (!n) {
            *out = high;
            return true;
        }
    }
    if (!n || !mmt_hex8(mmt_digits_align(v, n), &v)) {
        return false;
    }
    *p += n;
    *out = (high << (4 * n)) | v;
    return true;
}

/**
 * mmt_digits_dec() - take a decimal number of 1 to 16 digits
 * @p: where it begins; moved behind its last digit
 * @out: where to store it
 *
 * Return: number of digits, or 0 if there is none; any byte may follow it
 */
static inline unsigned mmt_digits_dec(const char **p, uint64_t *out)
{
    static const uint32_t power[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000
    };
    uint64_t v = mmt_load8(*p);
    unsigned n = mmt_digits_len(v);
    uint64_t high = 0;
    unsigned before = 0;

    if (n == 8) {
        if (!mmt_dec8(v, &high)) {
            return 0;
        }
        before = 8;
        *p += 8;
        v = mmt_load8(*p);
        n = mmt_digits_len(v);
        if (!n) {
            *out = high;
            return 8;
        }
    }
    if (!n || !mmt_dec8(mmt_digits_align(v, n), &v)) {
        return 0;
    }
    *p += n;
    *out = high * power[n] + v;
    return before + n;
}

#endif /* LIBMMIOTRACE_DIGITS_H */
