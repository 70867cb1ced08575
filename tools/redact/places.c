/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: bytes of registers through which secrets pass (see
 * places.h)
 */
#include "tools/redact/places.h"

#include <string.h>

/* Bytes of secrets that one byte of a region can have */
#define LANES_MAX 8

/**
 * struct Place: a byte of a region, or the offset of accesses
 * @offset: its offset
 * @bits: secret bits of accesses at this offset
 * @region: number of the region
 * @n: lanes in use
 * @secret: for each lane, the secret
 * @index: which of its bytes
 */
typedef struct Place {
    uint64_t offset;
    uint64_t bits;
    uint32_t region;
    uint32_t n;
    RedactSecret *secret[LANES_MAX];
    uint16_t index[LANES_MAX];
} Place;

struct RedactPlaces {
    GHashTable *table;
    bool full;
};

static guint place_hash(gconstpointer p)
{
    const Place *place = p;

    return ((place->offset ^ (uint64_t)place->region << 48) *
            0x9e3779b97f4a7c15ull) >> 32;
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
    const Place *x = a, *y = b;

    return x->offset == y->offset && x->region == y->region;
}

RedactPlaces *redact_places_new(void)
{
    RedactPlaces *places = g_new0(RedactPlaces, 1);

    places->table = g_hash_table_new_full(place_hash, place_equal, g_free,
                                          NULL);
    return places;
}

void redact_places_free(RedactPlaces *places)
{
    if (places) {
        g_hash_table_unref(places->table);
        g_free(places);
    }
}

static Place *place_find(const RedactPlaces *places, uint32_t region,
                         uint64_t offset)
{
    Place key = { .offset = offset, .region = region };

    return g_hash_table_size(places->table)
        ? g_hash_table_lookup(places->table, &key) : NULL;
}

static Place *place_get(RedactPlaces *places, uint32_t region, uint64_t offset)
{
    Place *place = place_find(places, region, offset);

    if (place) {
        return place;
    }
    if (g_hash_table_size(places->table) >= REDACT_PLACES_MAX) {
        places->full = true;
        return NULL;
    }
    place = g_new0(Place, 1);
    place->offset = offset;
    place->region = region;
    g_hash_table_add(places->table, place);
    return place;
}

bool redact_places_add_byte(RedactPlaces *places, uint32_t region,
                            uint64_t offset, RedactSecret *secret,
                            unsigned index)
{
    Place *place = place_get(places, region, offset);
    unsigned i;

    if (!place) {
        return false;
    }
    for (i = 0; i < place->n; i++) {
        if (place->secret[i] == secret && place->index[i] == index) {
            return false;
        }
    }
    if (place->n == LANES_MAX) {
        /* a buffer that secrets move through: all that is there is replaced */
        return redact_places_add_bits(places, region, offset, UINT64_MAX);
    }
    place->secret[place->n] = secret;
    place->index[place->n++] = index;
    return true;
}

bool redact_places_add_bits(RedactPlaces *places, uint32_t region,
                            uint64_t offset, uint64_t bits)
{
    Place *place = place_get(places, region, offset);
    uint64_t old = place ? place->bits : bits;

    if (place) {
        place->bits |= bits;
    }
    return (old | bits) != old;
}

bool redact_places_full(const RedactPlaces *places)
{
    return places->full;
}

static uint64_t width_mask(unsigned width)
{
    return width >= 8 ? UINT64_MAX : (1ull << 8 * width) - 1;
}

/* Return: the replacement of a byte at a place, or the byte */
static uint8_t place_byte(const Place *place, uint8_t byte,
                          RedactSecret **found)
{
    unsigned i;

    for (i = 0; place && i < place->n; i++) {
        RedactSecret *secret = place->secret[i];

        if (secret->from[place->index[i]] == byte) {
            *found = secret;
            return secret->to[place->index[i]];
        }
    }
    return byte;
}

uint64_t redact_places_bytes(const RedactPlaces *places, uint32_t region,
                             uint64_t offset, unsigned width, uint64_t value)
{
    RedactSecret *found = NULL;
    uint64_t result = 0;
    unsigned i;

    /* what is cleared, and a device that does not answer, have no secret */
    if (!value || value == width_mask(width) ||
        !g_hash_table_size(places->table)) {
        return value;
    }
    for (i = 0; i < width; i++) {
        uint8_t byte = value >> 8 * i;

        byte = place_byte(place_find(places, region, offset + i), byte,
                          &found);
        result |= (uint64_t)byte << 8 * i;
    }
    if (found) {
        found->values++;
    }
    return result;
}

uint64_t redact_places_bits(const RedactPlaces *places, uint32_t region,
                            uint64_t offset)
{
    const Place *place = place_find(places, region, offset);

    return place ? place->bits : 0;
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const Place *x = *(Place *const *)a, *y = *(Place *const *)b;

    if (x->region != y->region) {
        return x->region < y->region ? -1 : 1;
    }
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void redact_places_each_bits(const RedactPlaces *places,
                             void (*visit)(uint32_t region, uint64_t offset,
                                           uint64_t bits, void *opaque),
                             void *opaque)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    GHashTableIter iter;
    gpointer p;
    guint i;

    g_hash_table_iter_init(&iter, places->table);
    while (g_hash_table_iter_next(&iter, &p, NULL)) {
        if (((Place *)p)->bits) {
            g_ptr_array_add(list, p);
        }
    }
    g_ptr_array_sort(list, compare);
    for (i = 0; i < list->len; i++) {
        const Place *place = list->pdata[i];

        visit(place->region, place->offset, place->bits, opaque);
    }
}
