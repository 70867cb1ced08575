/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: cycles that wait for a value
 *
 * A poll of a sequence reads one register.  A driver may read others in turns
 * until one of them has the value.  Where it does not matter how often these
 * others are read (they are constant, or clocks), they are read once.  Else the
 * rounds stay, and only the read that had the value becomes a poll: on a device
 * that is as fast as the traced one, all reads are as they were.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_CYCLE_H
#define VFIO_TRACE_SEQUENCE_COMPILE_CYCLE_H

#include "tools/sequence/compile-internal.h"

/**
 * compile_poll_find() - find out what ended the polls of a leaf
 * @node: the leaf
 * @poll: filled in, but for its last read
 *
 * Return: false if the leaf is no poll
 */
bool compile_poll_find(const FoldNode *node, CompilePoll *poll);

/**
 * compile_poll_widen() - wait for any change, where many bits may be chance
 * @node: the leaf
 * @before: a value before the last read
 * @poll: the poll
 *
 * Of one poll, bits that happen to change with the one that matters end it.
 */
void compile_poll_widen(const FoldNode *node, uint64_t before,
                        CompilePoll *poll);

/**
 * compile_cycle_polled() - find out by what a cycle of reads waits
 * @block: the block, its members behind it
 *
 * Return: number of that member, or 0 if it does not wait
 */
uint32_t compile_cycle_polled(const FoldNode *block);

/**
 * compile_cycle() - compile a cycle of reads that waits
 * @c: the state, whose pending accesses begin with it
 * @block: the block
 * @polled: compile_cycle_polled()
 * @rounds: number of its rounds
 *
 * If the value is in an access behind the block, compile_awaited() appends the
 * poll.
 */
void compile_cycle(Compile *c, const FoldNode *block, uint32_t polled,
                   uint64_t rounds);

/**
 * compile_awaited() - compile a leaf that the cycle before it waits for
 * @c: the state, whose pending accesses begin with the leaf
 * @count: accesses of the leaf
 *
 * Call it for each leaf.
 *
 * Return: false if it is another leaf; nothing was taken
 */
bool compile_awaited(Compile *c, uint64_t count);

/**
 * compile_cycle_note() - say that a cycle with writes waits, if it does
 * @c: the state, which has compiled the cycle
 * @block: the block
 *
 * A sequence has its rounds, no more and no less.
 */
void compile_cycle_note(Compile *c, const FoldNode *block);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_CYCLE_H */
