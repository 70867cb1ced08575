/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: carries one operation out
 */
#ifndef VFIO_TRACE_PLAY_STEP_H
#define VFIO_TRACE_PLAY_STEP_H

#include "tools/play/job.h"

/**
 * struct PlayState: where a sequence is
 * @job: what to carry out
 * @result: how it ended, and its counts; its @depth, @round and @rounds are
 *          the loops around the operation
 * @read: what each operation has read, by its number
 * @known: which of them have read, a bit each
 * @start: when the first operation began
 * @end: number of the operation behind the body of the innermost loop, or
 *       behind the last one
 */
typedef struct PlayState {
    const PlayJob *job;
    PlayResult *result;
    uint64_t *read;
    uint8_t *known;
    uint64_t start;
    uint32_t end;
} PlayState;

/**
 * play_end() - end the sequence
 * @state: the state
 * @end: why
 *
 * Return: false
 */
bool play_end(PlayState *state, PlayEnd end);

/**
 * play_go_on() - may the sequence go on?
 * @state: the state
 *
 * What was logged so far is in the log's file afterwards.
 *
 * Return: false if the user has asked to end, or the time is over
 */
bool play_go_on(PlayState *state);

/**
 * play_step_begin() - note which operation comes next, and what it is about
 * @state: the state
 * @i: its number
 */
void play_step_begin(PlayState *state, uint32_t i);

/**
 * play_step() - carry this operation out, but for a loop
 * @state: the state
 *
 * Return: false if the sequence has ended; the result says why
 */
bool play_step(PlayState *state);

#endif /* VFIO_TRACE_PLAY_STEP_H */
