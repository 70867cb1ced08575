/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: definitions of names, types and shapes
 *
 * A record has the names of its registers itself.  What their values mean is
 * defined once: a type has bit fields or names of values, a shape says which
 * registers of which types an access reaches.  Definitions are items of records
 * of their own, which come before the records that use them.
 */
#ifndef VFIO_TRACE_EXPORT_PCAPNG_NAMES_H
#define VFIO_TRACE_EXPORT_PCAPNG_NAMES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/decode/slots.h"

/* Shapes of a file at most: readers keep them all. */
#define PCAPNG_SHAPES_MAX 65536

typedef struct PcapngNames PcapngNames;

/**
 * pcapng_names_new() - begin
 * @db: names of the registers
 * @items: where to append definitions; whoever uses them empties it
 *
 * Return: the state, to be freed with pcapng_names_free()
 */
PcapngNames *pcapng_names_new(AnalysisDb *db, GByteArray *items);

void pcapng_names_free(PcapngNames *names);

/**
 * pcapng_names_access() - take an access
 * @names: the state
 * @entry: the access, of which the direction and the width are known
 * @before: where to store what its registers had before, as far as that is
 *          known; else the same as the access' value
 * @shape: where to store the number of its shape; 0: it has none
 *
 * Return: what it reaches, until the next call
 */
const DecodeSlot *pcapng_names_access(PcapngNames *names,
                                      const MmtEntry *entry, uint64_t *before,
                                      uint32_t *shape);

/**
 * pcapng_names_left_out() - count accesses without a shape, beyond the limit
 * @names: the state
 */
uint64_t pcapng_names_left_out(const PcapngNames *names);

#endif /* VFIO_TRACE_EXPORT_PCAPNG_NAMES_H */
