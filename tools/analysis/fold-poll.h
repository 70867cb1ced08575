/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: polls
 */
#ifndef VFIO_TRACE_ANALYSIS_FOLD_POLL_H
#define VFIO_TRACE_ANALYSIS_FOLD_POLL_H

#include "tools/analysis/fold-types.h"

/**
 * fold_poll_init() - begin with one access
 * @node: a leaf, its values filled in
 */
void fold_poll_init(FoldNode *node);

/**
 * fold_poll_watch() - continue to watch a register
 * @node: a leaf
 * @later: an equal one whose values come later; append them afterwards
 */
void fold_poll_watch(FoldNode *node, const FoldNode *later);

/**
 * fold_poll_end() - note what ended repetitions
 * @node: a leaf, complete: a run, or a member of a cycle of reads
 * @next: the leaf that follows the cycle, if it may have ended it, or NULL
 * @ns: how long the repetitions took
 *
 * What was noted of @node before is forgotten.
 */
void fold_poll_end(FoldNode *node, const FoldNode *next, uint64_t ns);

/**
 * fold_poll_merge() - add polls of the next round
 * @poll: of the rounds before
 * @later: of the next round
 */
void fold_poll_merge(FoldPoll *poll, const FoldPoll *later);

/**
 * fold_poll() - find out what ended a poll
 * @node: a leaf
 * @value: where to store the value of the bits, within the mask
 *
 * Return: mask of the bits, or 0 if the leaf is no poll
 */
uint64_t fold_poll(const FoldNode *node, uint64_t *value);

#endif /* VFIO_TRACE_ANALYSIS_FOLD_POLL_H */
