/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff --against-all: accesses that have moved
 *
 * A short sequence that is only in A, and the same only in B close to it, is
 * one that has moved.  It is taken out if it may have moved across what lies
 * between.
 */
#ifndef VFIO_TRACE_DIFF_MOVES_H
#define VFIO_TRACE_DIFF_MOVES_H

#include "tools/diff/hunk.h"

typedef struct DiffMoves DiffMoves;

/**
 * typedef DiffMovesCross - may a sequence move across others?
 * @log: its log
 * @from: its first token
 * @to: behind its last one
 * @a0: the first token of A that it has moved across
 * @a1: behind the last one
 * @opaque: of diff_moves_new()
 */
typedef bool DiffMovesCross(const DiffLog *log, uint64_t from, uint64_t to,
                            uint64_t a0, uint64_t a1, void *opaque);

/**
 * diff_moves_new() - begin
 * @a: a log
 * @b: the other one
 * @to: takes what has not moved
 * @cross: decides
 * @opaque: for @cross
 */
DiffMoves *diff_moves_new(const DiffLog *a, const DiffLog *b,
                          const DiffSink *to, DiffMovesCross *cross,
                          void *opaque);

/**
 * diff_moves_take() - take a hunk
 * @moves: the state
 * @hunk: the hunk, in the order of both logs; some may be missing
 */
void diff_moves_take(DiffMoves *moves, const DiffHunk *hunk);

/**
 * diff_moves_flush() - pass everything on that is held
 * @moves: the state
 */
void diff_moves_flush(DiffMoves *moves);

/**
 * diff_moves_count() - how many sequences have moved?
 * @moves: the state
 */
uint64_t diff_moves_count(const DiffMoves *moves);

void diff_moves_free(DiffMoves *moves);

#endif /* VFIO_TRACE_DIFF_MOVES_H */
