/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: the shortest way from one short sequence to another
 *
 * To leave out an item of one sequence costs 1, and so does a pair whose items
 * have only @weak in common.  A pair whose items have @strong in common costs
 * nothing.
 *
 * For each cost, and for each diagonal (what was taken of the first sequence,
 * less what was taken of the second one), the furthest point is found that can
 * be reached, as E. Myers and E. Ukkonen describe it.  All these points are
 * kept, up to a cost; where more would be needed, the way ends at the furthest
 * point.
 */
#ifndef VFIO_TRACE_DIFF_ALIGN_EDIT_H
#define VFIO_TRACE_DIFF_ALIGN_EDIT_H

#include "tools/diff/align-types.h"

/* Highest cost */
#define ALIGN_EDIT_MAX 1024u

/**
 * struct AlignEdit: memory for finding ways
 * @points: int32_t, of each cost and diagonal the furthest point in the first
 *          sequence
 * @way: AlignBlock, the way found last, from its end to its start
 * @work: steps so far
 */
typedef struct AlignEdit {
    int32_t *points;
    GArray *way;
    uint64_t work;
} AlignEdit;

/**
 * struct AlignWay: how far a way goes
 * @a: items of the first sequence
 * @b: items of the second one
 * @whole: to the end of both
 */
typedef struct AlignWay {
    uint32_t a;
    uint32_t b;
    bool whole;
} AlignWay;

/**
 * align_edit_init() - begin
 * @edit: the memory
 */
void align_edit_init(AlignEdit *edit);

/**
 * align_edit_clear() - free the memory
 * @edit: the memory
 */
void align_edit_clear(AlignEdit *edit);

/**
 * align_edit() - find a way
 * @edit: the memory; gets the way
 * @a: the first sequence
 * @b: the second one
 * @limit: highest cost, up to ALIGN_EDIT_MAX
 * @whole: find no way that does not go to the end
 *
 * A way that does not go to the end is taken back to where the sequences had
 * enough in common, if there is such a point.
 *
 * Return: how far the way goes; if @whole, nowhere or to the end
 */
AlignWay align_edit(AlignEdit *edit, const AlignSide *a, const AlignSide *b,
                    uint32_t limit, bool whole);

#endif /* VFIO_TRACE_DIFF_ALIGN_EDIT_H */
