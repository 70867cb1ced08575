/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: when two tokens are the same (see keys.h)
 *
 * An UNKNOWN of the kernel's, of which only the address is known, is the same
 * as any access there: all places of this address have one number then.
 */
#include "tools/diff/keys.h"

#include <string.h>

/**
 * struct DiffKeys: numbers of the tokens
 * @strong: of each token of each log, a hash of place and value
 * @weak: number of the place
 * @numbers: number of each place
 * @counts: of each place, whether its values are compared
 */
struct DiffKeys {
    uint32_t *strong[2];
    uint32_t *weak[2];
    uint32_t *numbers;
    uint8_t *counts;
};

bool diff_value_counts(const DiffPlaces *places, uint32_t place,
                       DiffValues values)
{
    return values == DIFF_VALUES_ALL ||
           (values == DIFF_VALUES_WRITES &&
            diff_places_is_write(places, place));
}

/* Return: the number of each place */
static uint32_t *number_places(const DiffPlaces *places)
{
    uint32_t n = diff_places_count(places);
    uint32_t *numbers = g_new(uint32_t, n);
    g_autoptr(DiffPlaces) unknown = NULL;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const DiffPlace *place = diff_places_get(places, i);

        numbers[i] = i;
        if (place->op == MMT_ENTRY_UNKNOWN) {
            if (!unknown) {
                unknown = diff_places_new();
            }
            diff_places_add(unknown, place);
        }
    }
    for (i = 0; unknown && i < n; i++) {
        DiffPlace place = *diff_places_get(places, i);
        uint32_t found;

        place.op = MMT_ENTRY_UNKNOWN;
        place.width = 0;
        if (diff_places_find(unknown, &place, &found)) {
            numbers[i] = n + found;
        }
    }
    return numbers;
}

/* Always the same, so that the alignment is, too */
static uint32_t mix(uint64_t place, uint64_t value)
{
    uint64_t h = value * 0x9e3779b97f4a7c15;

    h ^= h >> 32;
    h += place;
    h *= 0xd6e8feb86659fd93;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93;
    return h >> 32;
}

void diff_keys_of(const DiffKeys *keys, const DiffLog *log, uint64_t start,
                  uint32_t n, uint32_t *strong, uint32_t *weak)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        const DiffToken *token = diff_log_token(log, start + i);
        uint32_t number = keys->numbers[token->place];

        weak[i] = number;
        strong[i] = mix(number,
                        keys->counts[token->place] ? token->value : 0);
    }
}

static void number_tokens(DiffKeys *keys, unsigned side, const DiffLog *log)
{
    uint64_t start = diff_log_start(log);
    uint32_t n = diff_log_end(log) - start;

    keys->strong[side] = g_new(uint32_t, n);
    keys->weak[side] = g_new(uint32_t, n);
    diff_keys_of(keys, log, start, n, keys->strong[side], keys->weak[side]);
}

DiffKeys *diff_keys_new(const DiffLog *a, const DiffLog *b, DiffValues values)
{
    DiffKeys *keys = g_new0(DiffKeys, 1);
    const DiffPlaces *places = diff_log_places(a);
    uint32_t n = diff_places_count(places);
    uint32_t i;

    keys->numbers = number_places(places);
    keys->counts = g_new(uint8_t, n);
    for (i = 0; i < n; i++) {
        keys->counts[i] = keys->numbers[i] < n &&
                          diff_value_counts(places, i, values);
    }
    number_tokens(keys, 0, a);
    number_tokens(keys, 1, b);
    return keys;
}

void diff_keys_free(DiffKeys *keys)
{
    unsigned i;

    if (keys) {
        for (i = 0; i < 2; i++) {
            g_free(keys->strong[i]);
            g_free(keys->weak[i]);
        }
        g_free(keys->numbers);
        g_free(keys->counts);
        g_free(keys);
    }
}

AlignSide diff_keys_side(const DiffKeys *keys, unsigned log, uint32_t start,
                         uint32_t end)
{
    return (AlignSide) {
        .strong = keys->strong[log] + start,
        .weak = keys->weak[log] + start,
        .n = end - start,
    };
}

void diff_keys_collapse(DiffKeys *keys, unsigned log, const DiffLog *of,
                        uint32_t start, AlignSide *side, DiffCollapsed *to)
{
    diff_collapse(of, diff_log_start(of) + start, side->n,
                  keys->strong[log] + start, keys->weak[log] + start, to);
    side->n = to->n;
}
