/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: how polls that consist of several accesses ended
 */
#ifndef VFIO_TRACE_DIFF_CYCLES_H
#define VFIO_TRACE_DIFF_CYCLES_H

#include "tools/diff/hunk.h"

/* Longest cycle that is watched */
#define DIFF_CYCLES_MAX 4u

/**
 * struct DiffCycles: cycles in pairs of tokens that are the same
 * @a: a log
 * @b: another one
 * @pairs: number of pairs in a row
 * @repeated: for each length of a cycle, number of tokens in a row that are the
 *            same as those one cycle before
 */
typedef struct DiffCycles {
    const DiffLog *a;
    const DiffLog *b;
    uint64_t pairs;
    uint64_t repeated[DIFF_CYCLES_MAX + 1];
} DiffCycles;

/**
 * diff_cycles_add() - a pair follows
 * @cycles: the state
 * @i: number of the token in the first log
 * @j: in the second one
 * @hunk: where to store a difference: a DIFF_POLL_END
 *
 * Return: has a cycle ended before the pair, with another value?
 */
bool diff_cycles_add(DiffCycles *cycles, uint64_t i, uint64_t j,
                     DiffHunk *hunk);

/**
 * diff_cycles_stop() - no pair follows, or not directly
 * @cycles: the state
 * @i: behind the last token of the first log
 * @j: of the second one
 * @hunk: where to store a difference
 *
 * Return: as diff_cycles_add()
 */
bool diff_cycles_stop(DiffCycles *cycles, uint64_t i, uint64_t j,
                      DiffHunk *hunk);

#endif /* VFIO_TRACE_DIFF_CYCLES_H */
