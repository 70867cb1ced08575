/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: items and their nodes (see fold.h)
 */
#ifndef VFIO_TRACE_ANALYSIS_FOLD_TYPES_H
#define VFIO_TRACE_ANALYSIS_FOLD_TYPES_H

#include "libmmiotrace/mmiotrace.h"

#include <stdbool.h>
#include <stdint.h>

/* Members of a block */
#define FOLD_PERIOD_MAX 64

/* Blocks around a leaf */
#define FOLD_DEPTH_MAX 4

/* Different repetitions in a row that a node keeps; then a new block begins */
#define FOLD_COUNTS_MAX 64

/* Values of a leaf that are listed */
#define FOLD_LIST_MAX 8

/* FoldNode.kind of a block; leaves have MMT_ENTRY_READ, _WRITE, _UNKNOWN */
#define FOLD_BLOCK 0xff

/**
 * struct FoldCount: repetitions that are equal in a row
 * @count: the repetitions
 * @times: how many times in a row
 */
typedef struct FoldCount {
    uint64_t count;
    uint64_t times;
} FoldCount;

/**
 * struct FoldCounts: how often a node repeats, each time that it is reached
 * @one: the first
 * @more: all, if there is more than one, else NULL
 * @n: number of them
 */
typedef struct FoldCounts {
    FoldCount one;
    FoldCount *more;
    uint32_t n;
} FoldCounts;

typedef struct FoldSet FoldSet;

/**
 * struct FoldValues: values of a leaf, in the order of the trace
 * @n: how many
 * @first: the first one
 * @last: the last one
 * @min: the smallest one
 * @max: the largest one
 * @step: if @counting, the difference of two in a row; 0: they are all equal
 * @set: if not @counting, the different ones
 * @counting: each differs from the one before by @step
 */
typedef struct FoldValues {
    uint64_t n;
    uint64_t first;
    uint64_t last;
    uint64_t min;
    uint64_t max;
    int64_t step;
    FoldSet *set;
    bool counting;
} FoldValues;

/**
 * struct FoldWatch: what values before the last one had in common
 * @ones: bits that were set in any value but the last
 * @common: bits that were set in each value but the last
 * @changes: how often a value differed from the one before
 * @changed: the last one differed from the one before
 */
typedef struct FoldWatch {
    uint64_t ones;
    uint64_t common;
    uint64_t changes;
    bool changed;
} FoldWatch;

/**
 * struct FoldPoll: what ended the polls of a register
 * @mask: bits that ended each of the polls
 * @ones: bits that were set in any of the last values
 * @common: bits that were set in each of the last values
 * @polls: number of polls
 * @longest: nanoseconds that the longest one took
 * @next: the value that ended it is in the access after the block
 * @broken: some repetitions ended without such a change
 */
typedef struct FoldPoll {
    uint64_t mask;
    uint64_t ones;
    uint64_t common;
    uint64_t polls;
    uint64_t longest;
    bool next;
    bool broken;
} FoldPoll;

/**
 * struct FoldNode: a leaf or a block
 * @kind: MmtEntryKind, or FOLD_BLOCK
 * @width: of a leaf, bytes
 * @n_strides: of a leaf, number of blocks around it
 * @timed: the times are known
 * @region: of a leaf, number of its region
 * @members: of a block, number of its members
 * @nodes: number of nodes of which this is the root, with itself
 * @offset: of a leaf, the first offset
 * @stride: of a leaf, what a round of each block around it adds to the offset,
 *          the innermost block first
 * @counts: repetitions
 * @first_ns: time of the first access
 * @last_ns: time of the last access
 * @first_line: line of the first access
 * @last_line: line of the last access
 * @values: of a leaf
 * @watch: of a leaf, for the engine's use
 * @poll: of a leaf; see fold_poll()
 */
typedef struct FoldNode {
    uint8_t kind;
    uint8_t width;
    uint8_t n_strides;
    bool timed;
    uint32_t region;
    uint32_t members;
    uint32_t nodes;
    uint64_t offset;
    int64_t stride[FOLD_DEPTH_MAX];
    FoldCounts counts;
    uint64_t first_ns;
    uint64_t last_ns;
    uint64_t first_line;
    uint64_t last_line;
    FoldValues values;
    FoldWatch watch;
    FoldPoll poll;
} FoldNode;

/**
 * struct FoldItem: a tree of nodes
 * @hash: of what must be equal in each round
 * @accesses: how many were folded
 * @n: number of @nodes
 * @nodes: a block is followed by its members, each with its own
 */
typedef struct FoldItem {
    uint64_t hash;
    uint64_t accesses;
    uint32_t n;
    FoldNode nodes[];
} FoldItem;

/**
 * fold_count() - get repetitions of a node
 * @counts: its counts
 * @i: less than @counts->n
 */
static inline FoldCount fold_count(const FoldCounts *counts, uint32_t i)
{
    return counts->more ? counts->more[i] : counts->one;
}

/**
 * fold_once() - has a node no repetitions?
 * @node: the node
 */
static inline bool fold_once(const FoldNode *node)
{
    return node->counts.n == 1 && node->counts.one.count == 1;
}

#endif /* VFIO_TRACE_ANALYSIS_FOLD_TYPES_H */
