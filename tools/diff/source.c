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

/* The last read of a place before a token */
static const DiffToken *find_read(const DiffLog *log, uint64_t i,
                                  uint32_t place)
{
    uint64_t first = first_of(log, i);

    while (i-- > first) {
        const DiffToken *token = diff_log_token(log, i);

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

bool diff_source_find(const DiffLog *a, uint64_t ia, const DiffLog *b,
                      uint64_t ib, DiffSource *source)
{
    const DiffPlaces *places = diff_log_places(a);
    uint64_t va = diff_log_token(a, ia)->value;
    uint64_t vb = diff_log_token(b, ib)->value;
    const DiffPlace *place =
        diff_places_get(places, diff_log_token(a, ia)->place);
    uint64_t mask = mask_of(place), first = first_of(a, ia);
    bool narrow = place->width < WIDTH_MIN;

    while (ia-- > first) {
        const DiffToken *read = diff_log_token(a, ia), *other;
        uint64_t plus;

        if (diff_places_get(places, read->place)->op != MMT_ENTRY_READ) {
            continue;
        }
        other = find_read(b, ib, read->place);
        plus = (va - read->value) & mask;
        if (other && (read->value ^ other->value) & mask &&
            plus == ((vb - other->value) & mask) && (!narrow || !plus)) {
            *source = (DiffSource) { .place = read->place, .plus = plus };
            return true;
        }
    }
    return false;
}
