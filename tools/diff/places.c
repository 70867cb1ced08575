/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: places, what accesses of several logs have in common (see
 * places.h)
 *
 * A table with open addressing has the numbers of the places.  Its hash has
 * random factors: a log can not be made for it.
 */
#include "tools/diff/places.h"

#include <string.h>

/* Slots of a table when it is made; a power of two */
#define SLOTS_FIRST 1024

/**
 * struct DiffPlaces: the places
 * @places: DiffPlace, by number
 * @slots: number + 1 of a place, or 0
 * @mask: number of slots less one
 * @factors: random factors of the hash
 * @regions: DiffRegion, by number
 */
struct DiffPlaces {
    GArray *places;
    uint32_t *slots;
    uint32_t mask;
    uint64_t factors[2];
    GArray *regions;
};

static void clear_region(void *region)
{
    g_free(((DiffRegion *)region)->name);
}

DiffPlaces *diff_places_new(void)
{
    DiffPlaces *places = g_new0(DiffPlaces, 1);
    unsigned i;

    places->places = g_array_new(FALSE, FALSE, sizeof(DiffPlace));
    places->slots = g_new0(uint32_t, SLOTS_FIRST);
    places->mask = SLOTS_FIRST - 1;
    for (i = 0; i < G_N_ELEMENTS(places->factors); i++) {
        places->factors[i] = (uint64_t)g_random_int() << 32 |
                             g_random_int() | 1;
    }
    places->regions = g_array_new(FALSE, FALSE, sizeof(DiffRegion));
    g_array_set_clear_func(places->regions, clear_region);
    return places;
}

void diff_places_free(DiffPlaces *places)
{
    if (places) {
        g_array_unref(places->places);
        g_array_unref(places->regions);
        g_free(places->slots);
        g_free(places);
    }
}

static uint32_t hash_of(const DiffPlaces *places, const DiffPlace *place)
{
    uint64_t h = place->offset * places->factors[0];

    h ^= h >> 32;
    h += (uint64_t)place->region << 16 | place->op << 8 | place->width;
    h *= places->factors[1];
    return h >> 32;
}

static bool is_same(const DiffPlace *a, const DiffPlace *b)
{
    return a->offset == b->offset && a->region == b->region &&
           a->op == b->op && a->width == b->width;
}

static DiffPlace *place_at(const DiffPlaces *places, uint32_t i)
{
    return &g_array_index(places->places, DiffPlace, i);
}

/* Return: the slot that has the place, or would have it */
static uint32_t find_slot(const DiffPlaces *places, const DiffPlace *place)
{
    uint32_t i = hash_of(places, place) & places->mask;

    while (places->slots[i] &&
           !is_same(place_at(places, places->slots[i] - 1), place)) {
        i = (i + 1) & places->mask;
    }
    return i;
}

static void grow(DiffPlaces *places)
{
    uint32_t i;

    g_free(places->slots);
    places->mask = places->mask * 2 + 1;
    places->slots = g_new0(uint32_t, (size_t)places->mask + 1);
    for (i = 0; i < places->places->len; i++) {
        places->slots[find_slot(places, place_at(places, i))] = i + 1;
    }
}

uint32_t diff_places_add(DiffPlaces *places, const DiffPlace *place)
{
    uint32_t slot = find_slot(places, place);

    if (!places->slots[slot]) {
        g_array_append_val(places->places, *place);
        places->slots[slot] = places->places->len;
        if (places->places->len > places->mask / 2) {
            grow(places);
        }
        return places->places->len - 1;
    }
    return places->slots[slot] - 1;
}

bool diff_places_find(const DiffPlaces *places, const DiffPlace *place,
                      uint32_t *number)
{
    uint32_t slot = places->slots[find_slot(places, place)];

    *number = slot - 1;
    return slot;
}

const DiffPlace *diff_places_get(const DiffPlaces *places, uint32_t place)
{
    return place_at(places, place);
}

uint32_t diff_places_count(const DiffPlaces *places)
{
    return places->places->len;
}

bool diff_places_is_write(const DiffPlaces *places, uint32_t place)
{
    return place_at(places, place)->op == MMT_ENTRY_WRITE;
}

uint32_t diff_places_add_region(DiffPlaces *places, uint32_t device,
                                int32_t number, const char *name)
{
    DiffRegion region = { .device = device, .number = number };
    uint32_t i;

    for (i = 0; i < places->regions->len; i++) {
        const DiffRegion *r = diff_places_region(places, i);

        if (r->device == device && r->number == number &&
            (number != MMT_REGION_OTHER || !strcmp(r->name, name))) {
            return i;
        }
    }
    region.name = g_strdup(name);
    g_array_append_val(places->regions, region);
    return i;
}

const DiffRegion *diff_places_region(const DiffPlaces *places,
                                     uint32_t region)
{
    return &g_array_index(places->regions, DiffRegion, region);
}
