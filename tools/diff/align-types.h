/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: sequences of numbers, and pairs of their items
 *
 * Each item has two numbers: @strong and @weak.  Items can be paired if @weak
 * is equal, and should be if @strong is.
 */
#ifndef VFIO_TRACE_DIFF_ALIGN_TYPES_H
#define VFIO_TRACE_DIFF_ALIGN_TYPES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct AlignSide: a sequence
 * @strong: number of each item; items whose @weak differs have different ones,
 *          except by chance
 * @weak: number of each item
 * @n: number of items
 */
typedef struct AlignSide {
    const uint32_t *strong;
    const uint32_t *weak;
    uint32_t n;
} AlignSide;

/**
 * struct AlignBlock: pairs in a row
 * @a: first item of the first sequence
 * @b: first item of the second one
 * @n: number of pairs
 */
typedef struct AlignBlock {
    uint32_t a;
    uint32_t b;
    uint32_t n;
} AlignBlock;

/**
 * align_add_pairs() - append pairs to a list
 * @blocks: AlignBlock; pairs that continue the last block become part of it
 * @first: index of the first block that may get them
 * @a: first item of the first sequence
 * @b: first item of the second one
 * @n: number of pairs; 0: nothing happens
 */
void align_add_pairs(GArray *blocks, guint first, uint32_t a, uint32_t b,
                     uint32_t n);

#endif /* VFIO_TRACE_DIFF_ALIGN_TYPES_H */
