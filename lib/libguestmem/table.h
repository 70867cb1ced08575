/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: which registers an access is of
 *
 * Most accesses are of none.  So the places are cut into spans of bytes that
 * the same places cover, and these are sorted: a binary search tells.
 */
#ifndef LIBGUESTMEM_TABLE_H
#define LIBGUESTMEM_TABLE_H

#include "libguestmem/places.h"

/**
 * struct GmemSpan: bytes of a BAR
 * @start: first byte
 * @end: behind the last byte
 * @first: number of the first place that covers it, in GmemTable.place
 * @n: number of these places
 */
typedef struct GmemSpan {
    uint64_t start;
    uint64_t end;
    unsigned first;
    unsigned n;
} GmemSpan;

/**
 * struct GmemTable: the places in a BAR for one direction
 * @span: the spans, by offset; they don't overlap
 * @n: number of spans
 * @place: the places
 */
typedef struct GmemTable {
    GmemSpan *span;
    unsigned n;
    GmemPlace **place;
} GmemTable;

/* An access */
typedef struct GmemAccess {
    GmemDirection direction;
    int bar;
    uint64_t offset;
    uint64_t end;
    uint64_t value;
} GmemAccess;

/**
 * gmem_table_find() - find the first span that an access touches
 * @table: the table
 * @offset: offset of the access
 * @end: behind its last byte
 *
 * Return: the span, or NULL
 */
static inline const GmemSpan *gmem_table_find(const GmemTable *table,
                                              uint64_t offset, uint64_t end)
{
    const GmemSpan *span = table->span;
    unsigned n = table->n;

    while (n > 1) {
        unsigned half = n / 2;

        span = span[half - 1].end <= offset ? span + half : span;
        n -= half;
    }
    return n && span->start < end && span->end > offset ? span : NULL;
}

/**
 * gmem_table_make() - make the table of a BAR
 * @table: the table; what it had is freed
 * @place: GmemPlace *, of any BAR and direction
 * @bar: the BAR
 * @direction: the direction
 */
void gmem_table_make(GmemTable *table, const GPtrArray *place, int bar,
                     GmemDirection direction);

void gmem_table_clear(GmemTable *table);

/**
 * typedef GmemHit: an access touches a register
 * @opaque: of the caller
 * @place: the register
 * @element: its number in the array, from 0 up
 * @offset: its offset
 * @access: the access
 */
typedef void GmemHit(void *opaque, GmemPlace *place, unsigned element,
                     uint64_t offset, const GmemAccess *access);

/**
 * gmem_table_each() - walk over the registers that an access touches
 * @table: the table
 * @span: the first span that the access touches
 * @access: the access
 * @hit: called for each of them
 * @opaque: its first argument
 */
void gmem_table_each(const GmemTable *table, const GmemSpan *span,
                     const GmemAccess *access, GmemHit *hit, void *opaque);

#endif /* LIBGUESTMEM_TABLE_H */
