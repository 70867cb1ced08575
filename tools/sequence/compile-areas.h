/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: areas of guest memory that a trace knows
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_AREAS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_AREAS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define COMPILE_PAGE 4096

/**
 * struct CompileArea: a part of the guest's memory
 * @start: its first address, a multiple of COMPILE_PAGE
 * @end: the address behind it, a multiple of COMPILE_PAGE
 */
typedef struct CompileArea {
    uint64_t start;
    uint64_t end;
} CompileArea;

typedef struct CompileAreas CompileAreas;

/**
 * compile_address_hash() - hash a gint64; for GHashTable
 * @p: the number
 *
 * A log chooses its addresses, but can't choose those that have the same hash.
 */
guint compile_address_hash(gconstpointer p);

CompileAreas *compile_areas_new(void);

/**
 * compile_areas_add() - an address is one of memory
 * @areas: the areas
 * @start: the address
 * @len: bytes there; nothing happens if it is 0
 *
 * Memory is bounded: areas that are too many are not known.
 */
void compile_areas_add(CompileAreas *areas, uint64_t start, uint64_t len);

/**
 * compile_areas_join() - join areas that overlap or touch
 * @areas: the areas
 *
 * Those that only touch are not joined to one that is larger than a buffer.
 */
void compile_areas_join(CompileAreas *areas);

/**
 * compile_areas_find() - find the area of an address
 * @areas: the areas
 * @address: the address
 *
 * Return: the area, or NULL; those added since areas were joined do not count
 */
const CompileArea *compile_areas_find(const CompileAreas *areas,
                                      uint64_t address);

/**
 * compile_areas_end() - get the address behind all areas
 * @areas: the areas; those added since they were joined do not count
 *
 * Return: the address, or 0 if there is no area
 */
uint64_t compile_areas_end(const CompileAreas *areas);

/**
 * compile_areas_range() - the user says that a range is memory
 * @areas: the areas
 * @start: its first address
 * @len: its bytes
 *
 * It is an area if it is not too large for that.
 */
void compile_areas_range(CompileAreas *areas, uint64_t start, uint64_t len);

/**
 * compile_areas_has_ranges() - has the user said what is memory?
 * @areas: the areas
 */
bool compile_areas_has_ranges(const CompileAreas *areas);

/**
 * compile_areas_in_range() - has the user said that an address is memory?
 * @areas: the areas
 * @address: the address
 */
bool compile_areas_in_range(const CompileAreas *areas, uint64_t address);

void compile_areas_free(CompileAreas *areas);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_AREAS_H */
