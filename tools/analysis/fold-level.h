/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: one level of the search for cycles
 */
#ifndef VFIO_TRACE_ANALYSIS_FOLD_LEVEL_H
#define VFIO_TRACE_ANALYSIS_FOLD_LEVEL_H

#include "tools/analysis/fold-types.h"

typedef struct FoldLevel FoldLevel;

/**
 * struct FoldRule: what a level folds
 * @rounds: a block has at least so many, 2 or 3
 * @period: and at least so many members
 *
 * With less than three rounds nothing may move: two make no stride.
 */
typedef struct FoldRule {
    unsigned rounds;
    unsigned period;
} FoldRule;

/**
 * typedef FoldNext - take an item over
 * @opaque: fold_level_new()'s
 * @item: the item
 */
typedef void FoldNext(void *opaque, FoldItem *item);

/**
 * fold_level_new() - make a level
 * @rule: what it folds
 * @next: takes its items
 * @opaque: for @next
 */
FoldLevel *fold_level_new(const FoldRule *rule, FoldNext *next, void *opaque);

/**
 * fold_level_put() - give a level an item
 * @level: the level
 * @item: the item; it is taken over
 */
void fold_level_put(void *level, FoldItem *item);

/**
 * fold_level_flush() - pass on what is pending
 * @level: the level
 */
void fold_level_flush(FoldLevel *level);

/**
 * fold_level_grown() - does a level have a block that has become longer?
 * @level: the level
 *
 * Return: whether it has, since the last call
 */
bool fold_level_grown(FoldLevel *level);

/**
 * fold_level_pending() - is anything pending?
 * @level: the level
 */
bool fold_level_pending(const FoldLevel *level);

/**
 * fold_level_work() - count comparisons of nodes so far
 * @level: the level
 */
uint64_t fold_level_work(const FoldLevel *level);

/**
 * fold_level_free() - free a level and what is pending
 * @level: the level, or NULL
 */
void fold_level_free(FoldLevel *level);

#endif /* VFIO_TRACE_ANALYSIS_FOLD_LEVEL_H */
