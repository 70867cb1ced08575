/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: alignment of two logs that differ
 *
 * Theory of operation
 *
 * If the oracle is not contained in the log (contain.h), there is no unique
 * answer to which accesses differ.  The logs are aligned as a reader would
 * align them, from their beginnings on, with a bounded part of each in memory.
 *
 * As long as both logs agree, their accesses are paired.  Where they do not,
 * anchors are searched ahead: runs of accesses that occur once in each log.
 * The search looks ahead as little as possible: it begins with some hundred
 * accesses, and looks further until what follows the first anchor mostly
 * agrees.  So a change costs little, and a search takes time in proportion to
 * what it decides.  The parts between anchors are aligned by stretch.h.
 *
 * Within ALIGN_AHEAD accesses there may be nothing in common: firmware did much
 * before the driver, a part of a log is missing, or the logs have nothing to do
 * with each other.  Then accesses are skipped, in one log at a time: first in
 * the log, which may have extras; if that does not help, more in the oracle;
 * and so on, each time twice as many.  So the logs find each other again
 * whatever is missing, if enough of them is left.
 *
 * What was aligned stays in memory for a while: if one of several equal
 * accesses was taken, the last one is taken instead, so that the log's extras
 * come as early as possible.
 */
#ifndef VFIO_TRACE_ALIGN_H
#define VFIO_TRACE_ALIGN_H

#include "tools/compare/anchors.h"
#include "tools/compare/stretch.h"

/* Aligned accesses of a log that stay in memory */
#define ALIGN_BEHIND (WINDOW_SIZE / 4)

/* Accesses of a log in which anchors are searched */
#define ALIGN_AHEAD (WINDOW_SIZE - ALIGN_BEHIND)

typedef enum AlignState {
    ALIGN_RUNNING,
    ALIGN_STUCK,    /* the other party must let go of the windows first */
    ALIGN_DONE,     /* all steps were delivered */
} AlignState;

/**
 * struct Aligner: state of an alignment
 * @a: the oracle
 * @b: the log
 * @shared: another user of the windows moves them on
 * @step: takes the steps
 * @opaque: for @step
 * @i: the oracle's first access that was not aligned
 * @j: likewise in the log
 * @i0: the oracle's first access that was not delivered
 * @j0: likewise in the log
 * @skip_log: skip accesses of the log, not of the oracle
 * @skipped: number of accesses that were skipped in this log
 * @skip_max: their maximum
 * @apart: number of times that the logs had nothing in common
 * @apart_a: line in the oracle of the first of these
 * @apart_b: likewise in the log
 * @anchors: memory for anchors
 * @st: memory for the parts between
 */
typedef struct Aligner {
    Window *a;
    Window *b;
    bool shared;
    AccessStep *step;
    void *opaque;
    uint64_t i;
    uint64_t j;
    uint64_t i0;
    uint64_t j0;
    bool skip_log;
    uint64_t skipped;
    uint64_t skip_max;
    uint64_t apart;
    uint64_t apart_a;
    uint64_t apart_b;
    Anchors *anchors;
    Stretcher st;
} Aligner;

/**
 * align_init() - begin
 * @al: the state
 * @a: the oracle
 * @b: the log
 * @step: takes the steps, each access of both logs once, in order
 * @opaque: for @step
 */
void align_init(Aligner *al, Window *a, Window *b, AccessStep *step,
                void *opaque);

void align_clear(Aligner *al);

/**
 * align_run() - align on
 * @al: the state
 *
 * Return: what has come out.  Accesses before @i0 and @j0 are no longer needed.
 */
AlignState align_run(Aligner *al);

#endif /* VFIO_TRACE_ALIGN_H */
