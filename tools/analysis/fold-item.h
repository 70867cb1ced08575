/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: items, as the engine builds them
 */
#ifndef VFIO_TRACE_ANALYSIS_FOLD_ITEM_H
#define VFIO_TRACE_ANALYSIS_FOLD_ITEM_H

#include "tools/analysis/fold-types.h"

/**
 * fold_item_new() - make an item of one access
 * @entry: the access
 */
FoldItem *fold_item_new(const MmtEntry *entry);

/**
 * fold_item_repeat() - add an access to a run
 * @item: the run
 * @entry: an access like it
 */
void fold_item_repeat(FoldItem *item, const MmtEntry *entry);

/**
 * fold_item_end_run() - note that a run is complete
 * @item: the run
 */
void fold_item_end_run(FoldItem *item);

/**
 * fold_item_free() - free an item
 * @item: the item, or NULL
 */
void fold_item_free(FoldItem *item);

/**
 * fold_item_moves() - could three items be rounds of one cycle?
 * @a: the first one
 * @b: the second one
 * @c: the third one; NULL: @b must not have moved
 *
 * Return: whether they differ only in repetitions and values, and by the same
 *         strides
 */
bool fold_item_moves(const FoldItem *a, const FoldItem *b, const FoldItem *c);

/**
 * fold_item_block() - make a block of its first two rounds
 * @items: its members, twice; they are taken over
 * @period: number of members
 */
FoldItem *fold_item_block(FoldItem **items, unsigned period);

/**
 * fold_item_continues() - is this the next member of a block?
 * @block: the block
 * @at: where its member is
 * @item: the item
 * @round: number of the round, from 0
 */
bool fold_item_continues(const FoldItem *block, unsigned at,
                         const FoldItem *item, uint64_t round);

/**
 * fold_item_room() - are there few enough different repetitions?
 * @block: an item
 * @at: where the first node is
 * @item: what would be added there
 */
bool fold_item_room(const FoldItem *block, unsigned at, const FoldItem *item);

/**
 * fold_item_merge() - add a member of a round to a block
 * @block: the block
 * @at: where its member is
 * @item: the member; it is taken over
 */
void fold_item_merge(FoldItem *block, unsigned at, FoldItem *item);

/**
 * fold_item_end_block() - note that a block is complete
 * @block: the block
 * @rounds: number of rounds
 * @next: items that follow it and continue the next round
 * @n_next: number of them
 */
void fold_item_end_block(FoldItem *block, uint64_t rounds, FoldItem **next,
                         unsigned n_next);

#endif /* VFIO_TRACE_ANALYSIS_FOLD_ITEM_H */
