/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: anchors (see anchors.h)
 */
#include "tools/compare/anchors.h"

#include <glib.h>
#include <string.h>

/* A run that occurs more than once. */
#define MANY (UINT32_MAX - 1)

/* Odd, so that the hash of a run can be rolled along the log. */
#define ROLL 0xd6e8feb86659fd93ull

/**
 * struct Slot: a slot of the hash table of runs
 * @hash: hash of the run; 0 if the slot is free
 * @i: its number in the oracle, or MANY
 * @j: its number in the log, MANY or ANCHOR_NONE
 */
typedef struct Slot {
    uint64_t hash;
    uint32_t i;
    uint32_t j;
} Slot;

/**
 * struct Anchors: memory for a search
 * @size: number of accesses of the oracle that there is room for
 * @partner: the result
 * @unique: the run is unique in the oracle
 * @top: top card of each pile
 * @previous: card below a card, on the pile to its left
 * @slots: table of the oracle's runs
 * @mask: number of slots that are used, less one
 */
struct Anchors {
    uint32_t size;
    uint32_t *partner;
    bool *unique;
    uint32_t *top;
    uint32_t *previous;
    Slot *slots;
    size_t mask;
};

/**
 * struct Roll: a run that moves along a log
 * @w: the log
 * @first: number of the first access of the first run
 * @count: number of runs
 * @at: the next run
 * @hash: hash of the run before it
 * @leaving: ROLL to the power of ANCHOR_RUN
 */
typedef struct Roll {
    const Window *w;
    uint64_t first;
    uint32_t count;
    uint32_t at;
    uint64_t hash;
    uint64_t leaving;
} Roll;

static size_t slots_for(uint32_t n)
{
    size_t slots = 64;

    while (slots < 2 * (size_t)n) {
        slots *= 2;
    }
    return slots;
}

Anchors *anchors_new(void)
{
    return g_new0(Anchors, 1);
}

static void clear(Anchors *an)
{
    g_free(an->partner);
    g_free(an->unique);
    g_free(an->top);
    g_free(an->previous);
    g_free(an->slots);
    *an = (Anchors) { 0 };
}

/* Make room for the stretch of the oracle. */
static void reserve(Anchors *an, uint32_t n)
{
    if (an->size < n) {
        clear(an);
        an->size = MAX(n, 1024);
        an->partner = g_new(uint32_t, an->size);
        an->unique = g_new(bool, an->size);
        an->top = g_new(uint32_t, an->size);
        an->previous = g_new(uint32_t, an->size);
        an->slots = g_new(Slot, slots_for(an->size));
    }
}

void anchors_free(Anchors *an)
{
    if (an) {
        clear(an);
        g_free(an);
    }
}

static Roll roll_begin(const Window *w, uint64_t first, uint64_t end)
{
    Roll roll = { .w = w, .first = first, .leaving = 1 };
    unsigned k;

    roll.count = end - first < ANCHOR_RUN ? 0 : end - first - ANCHOR_RUN + 1;
    for (k = 0; k < ANCHOR_RUN; k++) {
        roll.leaving *= ROLL;
        if (roll.count && k < ANCHOR_RUN - 1) {
            roll.hash = roll.hash * ROLL +
                        anchors_hash(window_at(w, first + k));
        }
    }
    return roll;
}

/* Return: hash of the next run, not 0 */
static uint64_t roll_on(Roll *roll)
{
    uint64_t first = roll->first + roll->at;
    uint64_t h = roll->hash * ROLL +
                 anchors_hash(window_at(roll->w, first + ANCHOR_RUN - 1));

    if (roll->at++) {
        h -= roll->leaving * anchors_hash(window_at(roll->w, first - 1));
    }
    roll->hash = h;
    h = (h ^ (h >> 32)) * 0x9e3779b97f4a7c15ull;
    return (h ^ (h >> 29)) | 1;
}

/* Return: the slot with this hash, or a free one */
static Slot *find_slot(const Anchors *an, uint64_t hash)
{
    size_t at = (hash >> 8) & an->mask;

    while (an->slots[at].hash && an->slots[at].hash != hash) {
        at = (at + 1) & an->mask;
    }
    return &an->slots[at];
}

static void note_oracle(Anchors *an, Roll roll)
{
    an->mask = slots_for(roll.count) - 1;
    memset(an->slots, 0, (an->mask + 1) * sizeof(*an->slots));
    while (roll.at < roll.count) {
        uint32_t at = roll.at;
        uint64_t hash = roll_on(&roll);
        Slot *slot = find_slot(an, hash);

        *slot = (Slot) { .hash = hash, .i = slot->hash ? MANY : at,
                         .j = ANCHOR_NONE };
    }
}

static void note_log(Anchors *an, Roll roll)
{
    while (roll.at < roll.count) {
        uint32_t at = roll.at;
        Slot *slot = find_slot(an, roll_on(&roll));

        slot->j = slot->j == ANCHOR_NONE ? at : MANY;
    }
}

static bool runs_match(const Window *a, uint64_t i, const Window *b,
                       uint64_t j)
{
    unsigned k;

    for (k = 0; k < ANCHOR_RUN; k++) {
        if (!access_match(window_at(a, i + k), window_at(b, j + k))) {
            return false;
        }
    }
    return true;
}

static void find_partners(Anchors *an, const Window *a, const Window *b,
                          const Stretch *s)
{
    size_t k;

    memset(an->partner, 0xff, (s->i1 - s->i) * sizeof(*an->partner));
    memset(an->unique, 0, (s->i1 - s->i) * sizeof(*an->unique));
    for (k = 0; k <= an->mask; k++) {
        const Slot *slot = &an->slots[k];

        if (!slot->hash || slot->i == MANY) {
            continue;
        }
        an->unique[slot->i] = true;
        if (slot->j < MANY &&
            runs_match(a, s->i + slot->i, b, s->j + slot->j)) {
            an->partner[slot->i] = slot->j;
        }
    }
}

/* Keep the longest ascending subsequence of the partners: patience sorting */
static void keep_ascending(Anchors *an, uint32_t n)
{
    uint32_t *partner = an->partner;
    uint32_t *top = an->top;
    uint32_t piles = 0;
    uint32_t keep;
    uint32_t i;

    for (i = 0; i < n; i++) {
        uint32_t lo = 0;
        uint32_t hi = piles;

        if (partner[i] == ANCHOR_NONE) {
            continue;
        }
        /* Most often, the next one is ascending. */
        if (piles && partner[top[piles - 1]] < partner[i]) {
            lo = piles;
        }
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;

            if (partner[top[mid]] < partner[i]) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        an->previous[i] = lo ? top[lo - 1] : ANCHOR_NONE;
        top[lo] = i;
        piles = MAX(piles, lo + 1);
    }
    keep = piles ? top[piles - 1] : ANCHOR_NONE;
    for (i = n; i-- > 0; ) {
        if (i == keep) {
            keep = an->previous[i];
        } else {
            partner[i] = ANCHOR_NONE;
        }
    }
}

const uint32_t *anchors_find(Anchors *an, const Window *a, const Window *b,
                             const Stretch *s)
{
    reserve(an, s->i1 - s->i);
    note_oracle(an, roll_begin(a, s->i, s->i1));
    note_log(an, roll_begin(b, s->j, s->j1));
    find_partners(an, a, b, s);
    keep_ascending(an, s->i1 - s->i);
    return an->partner;
}

bool anchors_are_unique(const Anchors *an, uint32_t i)
{
    return an->unique[i];
}
