/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: rounds of a poll that consists of several accesses
 *
 * A driver that polls by an index register repeats "write the index, read the
 * data".  How often it does is no difference.
 */
#ifndef VFIO_TRACE_DIFF_ROUNDS_H
#define VFIO_TRACE_DIFF_ROUNDS_H

#include "tools/diff/hunk.h"

/* Longest cycle that is looked for */
#define DIFF_CYCLE_MAX 64u

/**
 * struct DiffRounds: rounds of a cycle
 * @cycle: number of tokens of a round
 * @rounds: rounds of the cycle in a row, as far as they were counted
 */
typedef struct DiffRounds {
    uint32_t cycle;
    uint64_t rounds;
} DiffRounds;

/**
 * diff_rounds_same() - can two tokens be the same one of two rounds?
 * @log: their log
 * @i: a token
 * @j: another one
 *
 * Return: they have the same place, and if it is written, the same value
 */
bool diff_rounds_same(const DiffLog *log, uint64_t i, uint64_t j);

/**
 * diff_rounds_find() - are these tokens whole rounds of a poll?
 * @log: the log
 * @start: the first token
 * @end: behind the last one
 * @before: tokens before @start that the other log has, too
 * @after: tokens from @end on that the other log has, too
 * @work: number of tokens that may be looked at to count rounds; updated
 * @rounds: where to store what was found
 *
 * At least one round must be beside them, in what the other log has.  A cycle
 * has a read; a written value is the same in each round.
 */
bool diff_rounds_find(const DiffLog *log, uint64_t start, uint64_t end,
                      uint64_t before, uint64_t after, int64_t *work,
                      DiffRounds *rounds);

#endif /* VFIO_TRACE_DIFF_ROUNDS_H */
