/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: differences within polls
 *
 * Where rounds of a poll were left out (collapse.h), an access that differs in
 * one of them tears the poll apart: the round that stays has its pair on one
 * side of it, and the rounds of the other side have none.  So all accesses
 * around such a place are aligned once more, and the better result stays.
 */
#ifndef VFIO_TRACE_DIFF_REALIGN_H
#define VFIO_TRACE_DIFF_REALIGN_H

#include "tools/diff/keys.h"
#include "tools/diff/phases.h"

/**
 * struct DiffRealign: what is aligned once more
 * @keys: numbers of the tokens
 * @log: the logs
 * @kept: what stayed of the section's tokens
 * @section: the section
 * @gaps: diff_realign_gaps()
 */
typedef struct DiffRealign {
    const DiffKeys *keys;
    const DiffLog *log[2];
    const DiffCollapsed *kept[2];
    const DiffSection *section;
    const GArray *gaps;
} DiffRealign;

/**
 * diff_realign_gaps() - find tokens without a pair, other than rounds of polls
 * @a: what stayed of the section's tokens of the first log
 * @b: likewise of the second one
 * @blocks: AlignBlock, the pairs of what stayed, from @first on
 * @first: index of the first block
 *
 * Return: AlignBlock without pairs: where such tokens begin
 */
GArray *diff_realign_gaps(const DiffCollapsed *a, const DiffCollapsed *b,
                          const GArray *blocks, guint first);

/**
 * diff_realign() - align differences within polls once more
 * @what: what
 * @blocks: AlignBlock, the pairs of the section's tokens, from its start, from
 *          @first on; replaced
 * @first: index of the first block
 *
 * Time is at most proportional to the number of tokens times a constant.
 */
void diff_realign(const DiffRealign *what, GArray *blocks, guint first);

#endif /* VFIO_TRACE_DIFF_REALIGN_H */
