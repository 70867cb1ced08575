/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: times as text
 */
#ifndef VFIO_TRACE_DECODE_TIME_H
#define VFIO_TRACE_DECODE_TIME_H

#include <string.h>

#include "tools/convert/out.h"

/**
 * decode_put_ns() - write a time as seconds with six digits of a fraction
 * @second: the second of the time before
 * @p: where to; writes up to 32 bytes
 * @ns: the time
 * @columns: it is aligned to the right in so many; the same in all calls with
 *           this @second
 *
 * Return: the end
 */
static inline char *decode_put_ns(ConvertSecond *second, char *p, uint64_t ns,
                                  unsigned columns)
{
    const uint64_t unit = 1000000000;
    uint32_t us;

    if (G_UNLIKELY(!second->valid || ns - second->first >= unit)) {
        char digits[20];
        unsigned len = convert_put_dec(digits, ns / unit) - digits;
        unsigned pad = len + 7 < columns ? columns - 7 - len : 0;

        second->valid = true;
        second->first = ns - ns % unit;
        memset(second->text, ' ', pad);
        memcpy(second->text + pad, digits, len);
        second->text[pad + len] = '.';
        second->len = pad + len + 1;
    }
    us = (uint32_t)(ns - second->first) / 1000;
    memcpy(p, second->text, sizeof(second->text));
    p += second->len;
    memcpy(p, convert_pairs + us / 10000 * 2, 2);
    memcpy(p + 2, convert_pairs + us / 100 % 100 * 2, 2);
    memcpy(p + 4, convert_pairs + us % 100 * 2, 2);
    return p + 6;
}

#endif /* VFIO_TRACE_DECODE_TIME_H */
