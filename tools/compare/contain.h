/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: is the oracle contained in the log, in order?
 *
 * Theory of operation
 *
 * Each access of the oracle takes the earliest match in the log.  If any
 * containment exists, this finds one, whatever the logs' length: the answer is
 * exact, and needs nothing but the two accesses at hand.
 *
 * The accesses found may lie far apart: firmware does early what the driver
 * will do later.  So the walk is repeated backwards over the accesses in
 * memory, and each access takes its latest match.  What is delivered depends
 * on the accesses in memory only; what was delivered is not changed.  If the
 * window has the logs whole, or firmware's part and some of the driver's, this
 * is the same as a backward walk over all of both logs.
 */
#ifndef VFIO_TRACE_CONTAIN_H
#define VFIO_TRACE_CONTAIN_H

#include "tools/compare/window.h"

typedef enum ContainState {
    CONTAIN_RUNNING,
    CONTAIN_STUCK,  /* the other party must let go of the windows first */
    CONTAIN_YES,    /* contained; all steps were delivered */
    CONTAIN_NO,     /* the log has ended before the oracle */
} ContainState;

/**
 * struct Contain: state of the search
 * @a: the oracle
 * @b: the log
 * @hold: maximum number of the log's accesses to hold
 * @step: takes the steps
 * @opaque: for @step
 * @i: the oracle's access that is searched
 * @j: the log's access to compare it with
 * @taken: the log's access that the one before @i took
 * @i0: the oracle's first access that was not delivered
 * @j0: the log's first access that was not delivered
 * @peers: latest matches of the oracle's accesses
 */
typedef struct Contain {
    Window *a;
    Window *b;
    uint64_t hold;
    AccessStep *step;
    void *opaque;
    uint64_t i;
    uint64_t j;
    uint64_t taken;
    uint64_t i0;
    uint64_t j0;
    Peers peers;
} Contain;

/**
 * contain_init() - begin
 * @c: the state
 * @a: the oracle
 * @b: the log
 * @hold: maximum number of the log's accesses to hold, up to WINDOW_SIZE
 * @step: takes the steps, as far as the oracle is contained
 * @opaque: for @step
 */
void contain_init(Contain *c, Window *a, Window *b, uint64_t hold,
                  AccessStep *step, void *opaque);

void contain_clear(Contain *c);

/**
 * contain_run() - search on
 * @c: the state
 *
 * Return: what has come out.  Accesses before @i0 and @j0 are no longer needed.
 */
ContainState contain_run(Contain *c);

#endif /* VFIO_TRACE_CONTAIN_H */
