/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: differences of two logs
 */
#ifndef VFIO_TRACE_DIFF_HUNK_H
#define VFIO_TRACE_DIFF_HUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/diff/log.h"

/* What of the values is compared */
typedef enum DiffValues {
    DIFF_VALUES_WRITES, /* written ones, and what polls end with */
    DIFF_VALUES_ALL,
    DIFF_VALUES_NONE,
} DiffValues;

typedef enum DiffKind {
    /* Both logs have it.  As many tokens on both sides, pair by pair. */
    DIFF_SAME,
    /* Only one log has it.  The other side is empty: where it would be. */
    DIFF_ONLY_A,
    DIFF_ONLY_B,
    /* Same places, other values; pair by pair. */
    DIFF_VALUE,
    /* The same accesses in another order; in between may be what is the same */
    DIFF_ORDER,
    /* A poll that ended with another value; one token on each side. */
    DIFF_POLL_END,
    /*
     * A poll of ten times as many rounds or as much time; likewise, or as
     * DIFF_ROUNDS: then @cycle is not 0.
     */
    DIFF_POLL_TIME,
    /*
     * No difference: more rounds of a poll that consists of several accesses.
     * One side is empty.
     */
    DIFF_ROUNDS,
    DIFF_KIND__MAX,
} DiffKind;

/**
 * diff_kind_name() - the word for a kind in JSON
 * @kind: the kind
 *
 * Return: the word, or NULL if the kind is no difference
 */
const char *diff_kind_name(DiffKind kind);

/**
 * struct DiffHunk: tokens that are the same, or differ in one way
 * @kind: DiffKind
 * @a0: first token in A
 * @a1: behind the last one; @a0 if there is none
 * @b0: first token in B
 * @b1: behind the last one
 * @phase_a: where it is in A: index in diff_log_phases()
 * @phase_b: likewise in B
 * @cycle: tokens of a round, if the poll consists of several accesses
 * @rounds_a: of a poll, number of reads, or of whole rounds in A, with those
 *            beside the hunk
 * @rounds_b: likewise in B
 * @ns_a: DIFF_POLL_END, DIFF_POLL_TIME: time it took, or 0 if not known
 * @ns_b: likewise in B
 */
typedef struct DiffHunk {
    DiffKind kind;
    uint64_t a0;
    uint64_t a1;
    uint64_t b0;
    uint64_t b1;
    uint32_t phase_a;
    uint32_t phase_b;
    uint32_t cycle;
    uint64_t rounds_a;
    uint64_t rounds_b;
    uint64_t ns_a;
    uint64_t ns_b;
} DiffHunk;

/**
 * struct DiffSink: who takes the hunks
 * @hunk: takes a hunk, in the order of both logs; each token of each log is in
 *        one of them.  Tokens from diff_log_start() on can be looked at, those
 *        before and behind the hunk, too
 * @window: tokens before the next hunk go out of the window: what is still to
 *          be shown of them is to be printed or copied; or NULL
 * @opaque: their argument
 *
 * Two DIFF_SAME hunks may follow each other, and so may two others.  A
 * DIFF_ONLY_A or DIFF_ONLY_B is of one phase; others may reach into the next.
 */
typedef struct DiffSink {
    void (*hunk)(const DiffHunk *hunk, void *opaque);
    void (*window)(void *opaque);
    void *opaque;
} DiffSink;

#endif /* VFIO_TRACE_DIFF_HUNK_H */
