/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: rounds of a cycle become a loop
 *
 * Who compiles a cycle appends the operations of each round, and says where a
 * round ends.  Rounds that differ only in offsets and written values that move
 * by constants become one body.  What does not fit stays as it is: a loop may
 * begin or end in the midst of the cycle.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_LOOP_H
#define VFIO_TRACE_SEQUENCE_COMPILE_LOOP_H

#include "tools/sequence/model.h"

/* Rounds of which a loop has at least so many */
#define COMPILE_LOOP_MIN 3

/**
 * struct CompileMove: what a round adds to an operation of the body
 * @offset: to its offset
 * @value: to its value
 */
typedef struct CompileMove {
    int64_t offset;
    int64_t value;
} CompileMove;

/**
 * struct CompileLoop: a cycle that is compiled
 * @seq: the sequence
 * @start: number of the first operation of the first round
 * @len: operations of a round
 * @rounds: rounds that are alike; more than 2 have one body, at @start
 * @begin: number of the first operation of the current round
 * @moves: CompileMove, by operation of the body, if @rounds is 2 or more; or
 *         NULL
 */
typedef struct CompileLoop {
    Sequence *seq;
    uint32_t start;
    uint32_t len;
    uint64_t rounds;
    uint32_t begin;
    GArray *moves;
} CompileLoop;

/**
 * compile_loop_begin() - begin with a cycle
 * @loop: the state, ended by compile_loop_end()
 * @seq: the sequence, to which the first round is appended now
 */
void compile_loop_begin(CompileLoop *loop, Sequence *seq);

/**
 * compile_loop_round() - a round has ended
 * @loop: the state
 *
 * Return: number of the first operation that has changed or is gone
 */
uint32_t compile_loop_round(CompileLoop *loop);

/**
 * compile_loop_end() - the cycle has ended
 * @loop: the state
 *
 * Return: as compile_loop_round()
 */
uint32_t compile_loop_end(CompileLoop *loop);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_LOOP_H */
