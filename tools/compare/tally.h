/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a comparison counts
 */
#ifndef VFIO_TRACE_TALLY_H
#define VFIO_TRACE_TALLY_H

#include <glib.h>

#include "tools/compare/access.h"

/**
 * struct Tally: counts of a comparison
 * @oracle: accesses of the oracle
 * @log: accesses of the log
 * @pairs: accesses of the oracle that have a partner
 * @missing: accesses of the oracle without a partner
 * @different: accesses of the oracle whose partner has another value
 * @before: accesses of the log before the first partner; all of them if there
 *          is none
 * @between: accesses of the log without a partner, between the first and the
 *           last partner
 * @after: accesses of the log after the last partner
 * @unknown: UNKNOWN records that match
 * @rex_w: 8-byte stores that match although the kernel logged 4 bytes
 * @sign: reads that match although the kernel logged them sign-extended
 * @bars: uint64_t, by device and BAR: accesses of @between
 * @since: uint64_t, likewise: accesses of @after
 * @touched: guint, which of @since are not 0
 */
typedef struct Tally {
    uint64_t oracle;
    uint64_t log;
    uint64_t pairs;
    uint64_t missing;
    uint64_t different;
    uint64_t before;
    uint64_t between;
    uint64_t after;
    uint64_t unknown;
    uint64_t rex_w;
    uint64_t sign;
    GArray *bars;
    GArray *since;
    GArray *touched;
} Tally;

void tally_init(Tally *tally);

void tally_clear(Tally *tally);

/**
 * tally_step() - count a step (AccessStep)
 * @tally: the counts
 * @a: access of the oracle, or NULL
 * @b: access of the log, or NULL
 */
void tally_step(void *tally, const Access *a, const Access *b);

/**
 * tally_end() - there are no more steps
 * @tally: the counts
 */
void tally_end(Tally *tally);

/**
 * tally_between() - get a BAR's share of Tally.between
 * @tally: the counts
 * @device: index of the device
 * @bar: the BAR
 */
uint64_t tally_between(const Tally *tally, unsigned device, unsigned bar);

#endif /* VFIO_TRACE_TALLY_H */
