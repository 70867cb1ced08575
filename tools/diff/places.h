/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: places, what accesses of several logs have in common
 *
 * A place is a register, an operation and a width.  It has the same number in
 * all logs of a comparison: regions are known by device and BAR, never by their
 * address or by what the log's format calls them.
 *
 * A device of a log has a number that the same device has in the other logs
 * (pair.h).
 */
#ifndef VFIO_TRACE_DIFF_PLACES_H
#define VFIO_TRACE_DIFF_PLACES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/* Number of no place */
#define DIFF_NO_PLACE UINT32_MAX

/**
 * struct DiffPlace: a register, an operation and a width
 * @offset: offset in the region
 * @region: number of the region, for diff_places_region()
 * @op: MMT_ENTRY_READ, MMT_ENTRY_WRITE or MMT_ENTRY_UNKNOWN
 * @width: bytes, or 0 if not known
 */
typedef struct DiffPlace {
    uint64_t offset;
    uint32_t region;
    uint8_t op;
    uint8_t width;
} DiffPlace;

/**
 * struct DiffRegion: a region of the compared devices
 * @device: number of the device, the same in all logs
 * @number: MMT_REGION_..., 0 to 5 for BARs
 * @name: its name: "bar0"
 */
typedef struct DiffRegion {
    uint32_t device;
    int32_t number;
    char *name;
} DiffRegion;

typedef struct DiffPlaces DiffPlaces;

/**
 * diff_places_new() - begin without places
 */
DiffPlaces *diff_places_new(void);

/**
 * diff_places_free() - free all places
 * @places: the places, or NULL
 */
void diff_places_free(DiffPlaces *places);

/**
 * diff_places_add() - get the number of a place, which may be new
 * @places: the places
 * @place: the place
 */
uint32_t diff_places_add(DiffPlaces *places, const DiffPlace *place);

/**
 * diff_places_find() - find a place
 * @places: the places
 * @place: the place
 * @number: where to store its number
 *
 * Return: is it one of them?
 */
bool diff_places_find(const DiffPlaces *places, const DiffPlace *place,
                      uint32_t *number);

/**
 * diff_places_get() - get a place
 * @places: the places
 * @place: its number
 *
 * Return: the place, until the next one is added
 */
const DiffPlace *diff_places_get(const DiffPlaces *places, uint32_t place);

/**
 * diff_places_count() - get the number of places so far
 * @places: the places
 */
uint32_t diff_places_count(const DiffPlaces *places);

/**
 * diff_places_is_write() - is it a place of writes?
 * @places: the places
 * @place: its number
 */
bool diff_places_is_write(const DiffPlaces *places, uint32_t place);

/**
 * diff_places_add_region() - get the number of a region, which may be new
 * @places: the places
 * @device: number of its device
 * @number: MMT_REGION_...
 * @name: its name; of BARs, it does not matter
 */
uint32_t diff_places_add_region(DiffPlaces *places, uint32_t device,
                                int32_t number, const char *name);

/**
 * diff_places_region() - get a region
 * @places: the places
 * @region: its number
 *
 * Return: the region, until the next one is added
 */
const DiffRegion *diff_places_region(const DiffPlaces *places,
                                     uint32_t region);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffPlaces, diff_places_free)

#endif /* VFIO_TRACE_DIFF_PLACES_H */
