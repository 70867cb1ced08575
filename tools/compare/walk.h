/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: walk along two logs
 *
 * The search for a containment (contain.h) and the alignment (align.h) are one
 * walk each if the logs can be read twice, else one walk together.  Together,
 * each of them keeps accesses in memory that the other one does not need, so
 * that both may wait for room: then the search gives up.
 */
#ifndef VFIO_TRACE_WALK_H
#define VFIO_TRACE_WALK_H

#include "tools/compare/window.h"

/**
 * struct Walk: a walk along two logs
 * @a: the oracle
 * @b: the log
 * @contained: takes the steps if the oracle is contained, and if it is not,
 *             some of them; NULL to search no containment
 * @contained_opaque: for @contained
 * @aligned: takes the steps of the alignment; incomplete if the oracle is
 *           contained; NULL to align nothing
 * @aligned_opaque: for @aligned
 * @is_contained: result: the oracle is contained
 * @gave_up: result: the search for a containment gave up
 * @apart: result: number of times that the logs had nothing in common
 * @apart_a: result: line in the oracle of the first of these
 * @apart_b: result: likewise in the log
 */
typedef struct Walk {
    Window *a;
    Window *b;
    AccessStep *contained;
    void *contained_opaque;
    AccessStep *aligned;
    void *aligned_opaque;
    bool is_contained;
    bool gave_up;
    uint64_t apart;
    uint64_t apart_a;
    uint64_t apart_b;
} Walk;

/**
 * walk_logs() - walk along the logs to their ends
 * @walk: what to do; gets the results
 *
 * If only a containment is searched, and there is none, the oracle is not read
 * to its end.
 */
void walk_logs(Walk *walk);

#endif /* VFIO_TRACE_WALK_H */
