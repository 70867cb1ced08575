/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: from pairs of tokens to differences
 */
#ifndef VFIO_TRACE_DIFF_HUNKS_H
#define VFIO_TRACE_DIFF_HUNKS_H

#include "tools/diff/align-types.h"
#include "tools/diff/hunk.h"

typedef struct DiffHunks DiffHunks;

/**
 * diff_hunks_new() - begin
 * @a: a log
 * @b: another one
 * @values: which values are compared
 * @sink: takes the hunks
 */
DiffHunks *diff_hunks_new(const DiffLog *a, const DiffLog *b,
                          DiffValues values, const DiffSink *sink);

/**
 * diff_hunks_add() - make hunks of the pairs of two windows
 * @hunks: the state
 * @blocks: AlignBlock: the pairs, from the start of the windows
 * @end_a: behind the last token that hunks are made of
 * @end_b: likewise of the other log
 */
void diff_hunks_add(DiffHunks *hunks, GArray *blocks, uint32_t end_a,
                    uint32_t end_b);

/**
 * diff_hunks_free() - end
 * @hunks: the state, or NULL
 */
void diff_hunks_free(DiffHunks *hunks);

#endif /* VFIO_TRACE_DIFF_HUNKS_H */
