/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: values of a leaf
 *
 * Values that are equal, or that count, need no memory; a set of them is made
 * when the first one breaks the rule.  The set lists the first FOLD_LIST_MAX
 * different values.  If there are more, it keeps the smallest SET_HASHES hashes
 * of all of them: up to that many, it counts exactly; from then on, how densely
 * these hashes lie tells how many there are (k minimum values).
 */
#include "tools/analysis/fold-values.h"

#include <glib.h>

#define SET_HASHES 256

struct FoldSet {
    uint64_t list[FOLD_LIST_MAX];
    unsigned n_list;
    uint64_t *hashes;   /* sorted; NULL: @list has all of them */
    unsigned n_hashes;
    bool over;          /* hashes were dropped */
};

/* A bijection: different values have different hashes (splitmix64). */
static uint64_t values_hash(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static unsigned values_find_hash(const FoldSet *set, uint64_t hash)
{
    unsigned low = 0, high = set->n_hashes;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (set->hashes[middle] < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void values_add_hash(FoldSet *set, uint64_t hash)
{
    unsigned i = values_find_hash(set, hash);

    if (i < set->n_hashes && set->hashes[i] == hash) {
        return;
    }
    if (set->n_hashes == SET_HASHES) {
        set->over = true;
        if (i == SET_HASHES) {
            return;
        }
        set->n_hashes--;
    } else if (set->n_hashes >= 16 && !(set->n_hashes & (set->n_hashes - 1))) {
        set->hashes = g_renew(uint64_t, set->hashes, set->n_hashes * 2);
    }
    memmove(set->hashes + i + 1, set->hashes + i,
            (set->n_hashes - i) * sizeof(*set->hashes));
    set->hashes[i] = hash;
    set->n_hashes++;
}

static void values_add(FoldSet *set, uint64_t value)
{
    unsigned i;

    for (i = 0; i < set->n_list; i++) {
        if (set->list[i] == value) {
            return;
        }
    }
    if (set->n_list < FOLD_LIST_MAX) {
        set->list[set->n_list++] = value;
        return;
    }
    if (!set->hashes) {
        set->hashes = g_new(uint64_t, 16);
        for (i = 0; i < set->n_list; i++) {
            values_add_hash(set, values_hash(set->list[i]));
        }
    }
    values_add_hash(set, values_hash(value));
}

static uint64_t values_at(const FoldValues *values, uint64_t i)
{
    return values->first + i * values->step;
}

/* Values that count no longer, or that are to be joined with others */
static void values_make_set(FoldValues *values)
{
    uint64_t i, n = values->step ? values->n : 1;

    if (values->counting) {
        values->set = g_new0(FoldSet, 1);
        for (i = 0; i < n; i++) {
            values_add(values->set, values_at(values, i));
        }
        values->counting = false;
    }
}

static void values_add_later(FoldSet *set, const FoldValues *later)
{
    unsigned i;

    if (later->counting) {
        uint64_t n = later->step ? later->n : 1, k;

        for (k = 0; k < n; k++) {
            values_add(set, values_at(later, k));
        }
        return;
    }
    for (i = 0; i < later->set->n_list; i++) {
        values_add(set, later->set->list[i]);
    }
    if (!later->set->hashes) {
        return;
    }
    if (!set->hashes) {
        set->hashes = g_new(uint64_t, 16);
        for (i = 0; i < set->n_list; i++) {
            values_add_hash(set, values_hash(set->list[i]));
        }
    }
    for (i = 0; i < later->set->n_hashes; i++) {
        values_add_hash(set, later->set->hashes[i]);
    }
    set->over |= later->set->over;
}

/* Values that count never wrap around: they are all different. */
static bool values_count_on(const FoldValues *values, const FoldValues *later,
                            int64_t step)
{
    return values->counting && later->counting &&
           (later->first > values->last) == (step > 0) &&
           (values->n == 1 || values->step == step) &&
           (later->n == 1 || later->step == step);
}

void fold_values_init(FoldValues *values, uint64_t value)
{
    *values = (FoldValues) {
        .n = 1, .first = value, .last = value, .min = value, .max = value,
        .counting = true,
    };
}

void fold_values_append(FoldValues *values, FoldValues *later)
{
    int64_t step = later->first - values->last;

    if (values_count_on(values, later, step)) {
        values->step = step;
    } else {
        values_make_set(values);
        values_add_later(values->set, later);
        values->step = 0;
    }
    values->n += later->n;
    values->last = later->last;
    values->min = MIN(values->min, later->min);
    values->max = MAX(values->max, later->max);
}

void fold_values_clear(FoldValues *values)
{
    if (values->set) {
        g_free(values->set->hashes);
        g_free(values->set);
        values->set = NULL;
    }
}

uint64_t fold_distinct(const FoldValues *values, bool *exact)
{
    const FoldSet *set = values->set;
    double share, estimate;

    *exact = true;
    if (values->counting) {
        return values->step ? values->n : 1;
    }
    if (!set->hashes) {
        return set->n_list;
    }
    if (!set->over) {
        return set->n_hashes;
    }
    *exact = false;
    /* Values can be chosen so that their hashes lie too densely. */
    share = set->hashes[set->n_hashes - 1] / 0x1p64;
    estimate = (set->n_hashes - 1) / share;
    return estimate < values->n ? (uint64_t)estimate : values->n;
}

unsigned fold_list(const FoldValues *values, uint64_t *list)
{
    unsigned i, n;

    if (values->counting) {
        n = values->step ? MIN(values->n, FOLD_LIST_MAX + 1) : 1;
        if (n > FOLD_LIST_MAX) {
            return 0;
        }
        for (i = 0; i < n; i++) {
            list[i] = values_at(values, i);
        }
        return n;
    }
    if (values->set->hashes) {
        return 0;
    }
    memcpy(list, values->set->list, sizeof(values->set->list));
    return values->set->n_list;
}
