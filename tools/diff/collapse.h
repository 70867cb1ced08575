/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: one round for all rounds of a poll
 *
 * How often a poll of several accesses goes round is no difference, and must
 * not lead the alignment astray: one round is aligned, and the others get their
 * pairs afterwards.
 */
#ifndef VFIO_TRACE_DIFF_COLLAPSE_H
#define VFIO_TRACE_DIFF_COLLAPSE_H

#include "tools/diff/align-types.h"
#include "tools/diff/log.h"

/* Longest cycle */
#define DIFF_COLLAPSE_MAX 8u

/**
 * struct DiffSkip: rounds that were left out
 * @at: index of the last token of the round that stays
 * @cycle: number of tokens of a round
 */
typedef struct DiffSkip {
    uint32_t at;
    uint32_t cycle;
} DiffSkip;

/**
 * struct DiffCollapsed: tokens of which rounds were left out
 * @index: for each token that stays, its number before, and then the number of
 *         tokens before
 * @n: number of tokens that stay
 * @skips: DiffSkip, in their order
 */
typedef struct DiffCollapsed {
    uint32_t *index;
    uint32_t n;
    GArray *skips;
} DiffCollapsed;

/**
 * diff_collapse() - leave out rounds
 * @log: the log
 * @start: number of the first token
 * @n: number of tokens
 * @strong: as in AlignSide, of the tokens; those that stay are moved together
 * @weak: likewise
 * @to: where to store what stays, to be cleared
 */
void diff_collapse(const DiffLog *log, uint64_t start, uint32_t n,
                   uint32_t *strong, uint32_t *weak, DiffCollapsed *to);

/**
 * diff_collapsed_clear() - free what is stored
 * @collapsed: what stays
 */
void diff_collapsed_clear(DiffCollapsed *collapsed);

/**
 * diff_expand() - make pairs of all tokens of pairs of those that stay
 * @a: what stays of a log
 * @b: what stays of another one
 * @blocks: AlignBlock, the pairs of what stays, from @first on; replaced
 * @first: index of the first block
 *
 * Of the rounds of a poll, the last ones become pairs.
 */
void diff_expand(const DiffCollapsed *a, const DiffCollapsed *b,
                 GArray *blocks, guint first);

#endif /* VFIO_TRACE_DIFF_COLLAPSE_H */
