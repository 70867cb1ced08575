/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what the engine is to do, and how it ended
 */
#ifndef VFIO_TRACE_PLAY_JOB_H
#define VFIO_TRACE_PLAY_JOB_H

#include "tools/play/backend.h"
#include "tools/play/log.h"
#include "tools/sequence/model.h"

/* How a sequence ended */
typedef enum PlayEnd {
    PLAY_END_DONE,      /* all operations were carried out */
    PLAY_END_CHECK,     /* a check found other bits */
    PLAY_END_POLL,      /* a poll's bits did not come in time */
    PLAY_END_IRQ,       /* an interrupt did not come in time */
    PLAY_END_LATE,      /* the time for the whole sequence is over */
    PLAY_END_ASKED,     /* the user has asked to end */
    PLAY_END_BROKEN,    /* the device can't be accessed: @error says why */
} PlayEnd;

/* Does the device answer?  It is asked when a check or a poll has failed. */
typedef enum PlayPulse {
    PLAY_PULSE_GOOD,    /* it has read other bits than ones */
    PLAY_PULSE_ONES,    /* all bits are ones, but config space answers */
    PLAY_PULSE_NONE,    /* its config space does not answer, either */
} PlayPulse;

/* The user's answer before an operation */
typedef enum PlayAnswer {
    PLAY_ANSWER_GO,     /* carry it out */
    PLAY_ANSWER_ALL,    /* carry it out, and ask no more */
    PLAY_ANSWER_END,
} PlayAnswer;

/**
 * typedef PlayAsk - ask before an operation
 * @opaque: as passed along with the callback
 * @i: number of the operation
 */
typedef PlayAnswer PlayAsk(void *opaque, uint32_t i);

/**
 * struct PlayJob: what to carry out
 * @seq: the sequence, which has passed sequence_check()
 * @backend: the device
 * @log: where to log it, or NULL
 * @first: number of the first operation, which is not in a loop
 * @end: number of the operation after the last one, likewise
 * @limit_ns: how long all may take
 * @ask: called before each operation, or NULL
 * @opaque: for @ask
 */
typedef struct PlayJob {
    const Sequence *seq;
    PlayBackend *backend;
    PlayLog *log;
    uint32_t first;
    uint32_t end;
    uint64_t limit_ns;
    PlayAsk *ask;
    void *opaque;
} PlayJob;

/**
 * struct PlayResult: how it ended
 * @end: how
 * @op: number of the operation at which it ended, unless PLAY_END_DONE
 * @offset: offset of its register in that round
 * @expected: the value that it wanted
 * @got: the value that was read last
 * @pulse: whether the device answers, if its value was wrong
 * @depth: loops around it
 * @round: in which round each of them was, from 0, the outermost first
 * @rounds: how many rounds each of them has
 * @reads: reads that were done
 * @writes: writes that were done
 * @ns: time that all took
 * @error: for PLAY_END_BROKEN
 */
typedef struct PlayResult {
    PlayEnd end;
    uint32_t op;
    uint64_t offset;
    uint64_t expected;
    uint64_t got;
    PlayPulse pulse;
    unsigned depth;
    uint64_t round[SEQUENCE_DEPTH_MAX];
    uint64_t rounds[SEQUENCE_DEPTH_MAX];
    uint64_t reads;
    uint64_t writes;
    uint64_t ns;
    GError *error;
} PlayResult;

#endif /* VFIO_TRACE_PLAY_JOB_H */
