/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: rings
 */
#ifndef LIBGUESTMEM_RING_H
#define LIBGUESTMEM_RING_H

#include "libguestmem/engine-internal.h"

/* gmem_ring_look() - hand out a ring's new entries */
void gmem_ring_look(GmemLook *look);

/* gmem_ring_while() - of a ring with order GMEM_BY_WHILE */
void gmem_ring_while(GmemLook *look);

/* gmem_ring_slots() - of a ring with another order */
void gmem_ring_slots(GmemLook *look);

/* --- geometry ------------------------------------------------------------ */

/**
 * gmem_ring_segments() - number of segments
 * @look: the look
 * @segments: where to store it: 1 to GMEM_SEGMENTS_MAX
 *
 * Return: whether it is known
 */
bool gmem_ring_segments(GmemLook *look, uint64_t *segments);

/**
 * gmem_ring_segment() - base and count of a segment
 * @look: the look
 * @segment: the segment
 * @base: where to store its base
 * @count: where to store its count: 1 to GMEM_RING_ENTRIES_MAX
 *
 * Return: whether they are known; if not, that is handed out
 */
bool gmem_ring_segment(GmemLook *look, uint64_t segment, uint64_t *base,
                       uint64_t *count);

/**
 * gmem_ring_start() - set the first position's phase, and find its number
 * @look: the look
 * @start: where to store the number
 */
bool gmem_ring_start(GmemLook *look, uint64_t *start);

/* --- entries ------------------------------------------------------------- */

/**
 * struct GmemEntry: an entry of a ring
 * @base: base of its segment
 * @count: entries of its segment
 * @index: its number
 * @at: its address
 * @data: its bytes
 * @got: number of those that are RAM
 */
typedef struct GmemEntry {
    uint64_t base;
    uint64_t count;
    uint64_t index;
    uint64_t at;
    const uint8_t *data;
    uint64_t got;
} GmemEntry;

/* gmem_entry_enter() - expressions refer to this entry from now on */
void gmem_entry_enter(GmemLook *look, const GmemEntry *entry);

/**
 * gmem_entry_put() - hand out an entry, and what it points to
 * @look: the look
 * @entry: the entry; gmem_entry_enter() was called
 *
 * Return: NULL, or which bound does not allow it
 */
const char *gmem_entry_put(GmemLook *look, const GmemEntry *entry);

/* gmem_entry_rules() - let an entry create and delete rings */
void gmem_entry_rules(GmemLook *look);

#endif /* LIBGUESTMEM_RING_H */
