/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: written values that follow from what was read (see
 * source.h)
 */
#include "tools/diff/source.h"

/* Writes that are narrower agree by chance too often. */
#define WIDTH_MIN 4

static uint64_t first_of(const DiffLog *log, uint64_t i)
{
    uint64_t start = diff_log_start(log);

    return i - start > DIFF_SOURCE_REACH ? i - DIFF_SOURCE_REACH : start;
}

/* The access of B that is the one of A: as far before the write, or the last */
static const DiffToken *find_other(const DiffLog *b, uint64_t ib,
                                   uint64_t distance, uint32_t place)
{
    uint64_t first = first_of(b, ib);

    if (ib - first >= distance &&
        diff_log_token(b, ib - distance)->place == place) {
        return diff_log_token(b, ib - distance);
    }
    while (ib-- > first) {
        const DiffToken *token = diff_log_token(b, ib);

        if (token->place == place) {
            return token;
        }
    }
    return NULL;
}

static uint64_t mask_of(const DiffPlace *place)
{
    return place->width >= 8 ? UINT64_MAX :
           ((uint64_t)1 << place->width * 8) - 1;
}

/* Does a number of this width, added to what was read, mean something? */
static bool is_source(const DiffPlace *place, const DiffPlace *from,
                      uint64_t plus)
{
    return !plus || (from->op == MMT_ENTRY_READ && place->width >= WIDTH_MIN);
}

bool diff_source_find(const DiffLog *a, uint64_t ia, const DiffLog *b,
                      uint64_t ib, DiffSource *source)
{
    const DiffPlaces *places = diff_log_places(a);
    uint64_t va = diff_log_token(a, ia)->value;
    uint64_t vb = diff_log_token(b, ib)->value;
    const DiffPlace *place =
        diff_places_get(places, diff_log_token(a, ia)->place);
    uint64_t mask = mask_of(place), first = first_of(a, ia);
    uint64_t distance;

    for (distance = 1; distance <= ia - first; distance++) {
        const DiffToken *token = diff_log_token(a, ia - distance);
        const DiffToken *other = find_other(b, ib, distance, token->place);
        uint64_t plus = (va - token->value) & mask;

        if (other && (token->value ^ other->value) & mask &&
            plus == ((vb - other->value) & mask) &&
            is_source(place, diff_places_get(places, token->place), plus)) {
            *source = (DiffSource) { .place = token->place, .plus = plus };
            return true;
        }
    }
    return false;
}
