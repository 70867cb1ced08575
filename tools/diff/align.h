/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: alignment of two sequences of numbers
 *
 * It knows nothing of traces.  Each item has two numbers: @strong and @weak.
 * Items can be paired if @weak is equal, and should be if @strong is.
 */
#ifndef VFIO_TRACE_DIFF_ALIGN_H
#define VFIO_TRACE_DIFF_ALIGN_H

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
 * align_sequences() - pair the items of two sequences
 * @a: the first one
 * @b: the second one
 * @blocks: where to append the pairs: AlignBlock, in their order
 *
 * Items that are in no block have no pair.  Time is at most proportional to the
 * number of items times a constant, so that more may be unpaired than needed.
 */
void align_sequences(const AlignSide *a, const AlignSide *b, GArray *blocks);

#endif /* VFIO_TRACE_DIFF_ALIGN_H */
