/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: what repeats in a trace is shown once
 *
 * Accesses go in one by one, folded items come out, in the order of the trace.
 * An item is an access that stands alone, or a block: a tree whose leaves are
 * accesses.
 *
 *  - A leaf is a run: one or more equal accesses (same operation, region,
 *    offset and width) in a row; their values are free.
 *  - A block is a cycle: rounds of the same members in the same order, up to
 *    FOLD_PERIOD_MAX of them, where a member is a leaf or a block.  Offsets of
 *    each leaf may move by a constant stride each round.
 *
 * How often a leaf or a block inside another one repeats may differ from round
 * to round (a poll in a table's upload): each node counts its repetitions, one
 * number for each time that the trace comes to it.  Nothing but values is lost:
 * operations, regions, offsets and widths can be restored in their order.
 * fold-values.h and fold-poll.h tell about the values of a leaf.
 */
#ifndef VFIO_TRACE_ANALYSIS_FOLD_H
#define VFIO_TRACE_ANALYSIS_FOLD_H

#include "tools/analysis/fold-types.h"

/**
 * typedef FoldSink - take an item
 * @opaque: fold_new()'s
 * @item: the item, valid during the call
 */
typedef void FoldSink(void *opaque, const FoldItem *item);

typedef struct Fold Fold;

/**
 * fold_new() - begin to fold
 * @sink: takes the items
 * @opaque: for @sink
 *
 * Return: to be freed with fold_free()
 */
Fold *fold_new(FoldSink *sink, void *opaque);

/**
 * fold_access() - fold an access
 * @fold: the state
 * @entry: the access
 *
 * Memory is bounded: items come out while accesses go in.
 */
void fold_access(Fold *fold, const MmtEntry *entry);

/**
 * fold_flush() - give everything that is pending to the sink
 * @fold: the state
 *
 * Call it at the end, at what interrupts a block (a mark), and when a trace
 * that grows is silent.  A block that continues afterwards is another one.
 */
void fold_flush(Fold *fold);

/**
 * fold_settle() - give what is before the block that grows to the sink
 * @fold: the state
 *
 * For a trace that is never silent: call it every few seconds, and a block that
 * goes on for long does not hold back what was before it.
 */
void fold_settle(Fold *fold);

/**
 * fold_pending() - is there anything to flush?
 * @fold: the state
 */
bool fold_pending(const Fold *fold);

/**
 * fold_work() - count comparisons of nodes so far
 * @fold: the state
 */
uint64_t fold_work(const Fold *fold);

/**
 * fold_free() - forget what is pending and free the state
 * @fold: the state, or NULL
 */
void fold_free(Fold *fold);

#endif /* VFIO_TRACE_ANALYSIS_FOLD_H */
