/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: aligned accesses in the place of one that is not
 */
#ifndef LIBMMIOTRACE_ALIGNED_H
#define LIBMMIOTRACE_ALIGNED_H

#include <stdint.h>

/**
 * mmt_aligned_first() - the first access of several
 * @at: address of the bytes that are left
 * @size: their number: 1 to 8
 *
 * The largest access that begins there and is aligned comes first.
 *
 * Return: its size: 1, 2, 4 or 8
 */
static inline unsigned mmt_aligned_first(uint64_t at, unsigned size)
{
    unsigned n = 8;

    while (at & (n - 1) || n > size) {
        n /= 2;
    }
    return n;
}

#endif /* LIBMMIOTRACE_ALIGNED_H */
