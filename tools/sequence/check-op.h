/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what every operation of a sequence keeps to
 */
#ifndef VFIO_TRACE_SEQUENCE_CHECK_OP_H
#define VFIO_TRACE_SEQUENCE_CHECK_OP_H

#include "tools/sequence/model.h"

/**
 * struct SeqWalkLoop: a loop around an operation
 * @end: number of the first operation behind its body
 * @rounds: its rounds
 */
typedef struct SeqWalkLoop {
    uint32_t end;
    uint64_t rounds;
} SeqWalkLoop;

/**
 * struct SeqWalk: position in a sequence whose operations are checked in order
 * @seq: the sequence
 * @loop: loops around the operation, the outermost first
 * @depth: their number
 * @rounds: how often the operation is carried out
 * @steps: operations carried out so far
 */
typedef struct SeqWalk {
    const Sequence *seq;
    SeqWalkLoop loop[SEQUENCE_DEPTH_MAX];
    unsigned depth;
    uint64_t rounds;
    uint64_t steps;
} SeqWalk;

/**
 * sequence_walk_begin() - begin before the first operation
 * @walk: the position
 * @seq: the sequence, whose regions, buffers and files are checked already
 */
void sequence_walk_begin(SeqWalk *walk, const Sequence *seq);

/**
 * sequence_check_op() - check the next operation
 * @walk: the position
 * @i: number of the operation
 * @error: where to store what is wrong and what to do
 */
bool sequence_check_op(SeqWalk *walk, uint32_t i, GError **error);

#endif /* VFIO_TRACE_SEQUENCE_CHECK_OP_H */
