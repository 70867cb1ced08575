/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: the same accesses in another order
 */
#ifndef VFIO_TRACE_DIFF_ORDER_H
#define VFIO_TRACE_DIFF_ORDER_H

#include "tools/diff/hunk.h"

/**
 * diff_order_sum() - sum up what a difference adds to one log or the other
 * @a: a log
 * @b: another one
 * @hunk: the difference
 * @values: which values are compared
 * @seed: random, the same for all sums that are added up
 *
 * Return: a sum of hashes, of which those of A and B cancel each other: the sum
 *         over differences is 0 if they have the same accesses on both sides
 */
uint64_t diff_order_sum(const DiffLog *a, const DiffLog *b,
                        const DiffHunk *hunk, DiffValues values,
                        uint64_t seed);

/**
 * struct DiffPiece: a difference and its sum
 * @hunk: the difference
 * @sum: diff_order_sum()
 */
typedef struct DiffPiece {
    DiffHunk hunk;
    uint64_t sum;
} DiffPiece;

/**
 * diff_order_find() - find differences that are one in the order
 * @pieces: DiffPiece, near each other
 * @first: the first of them that is looked at
 *
 * Return: the last one of those from @first on that have the same accesses on
 *         both sides; @pieces->len if there is none
 */
guint diff_order_find(const GArray *pieces, guint first);

#endif /* VFIO_TRACE_DIFF_ORDER_H */
