/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: sets of hashes (see hashes.h)
 */
#include "tools/diff/hashes.h"

/* Slots of a set when it is made; a power of two */
#define SLOTS_FIRST 1024

/**
 * struct DiffHashes: a set, a table with open addressing
 * @slots: the hashes; 0: the slot is free
 * @mask: number of slots less one
 * @n: number of hashes
 * @max: most of them
 * @full: there was no room for one
 */
struct DiffHashes {
    uint64_t *slots;
    uint64_t mask;
    uint32_t n;
    uint32_t max;
    bool full;
};

void diff_hasher_init(DiffHasher *hasher)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(hasher->factors); i++) {
        hasher->factors[i] = (uint64_t)g_random_int() << 32 |
                             g_random_int() | 1;
    }
}

DiffHashes *diff_hashes_new(uint32_t max)
{
    DiffHashes *hashes = g_new0(DiffHashes, 1);

    hashes->slots = g_new0(uint64_t, SLOTS_FIRST);
    hashes->mask = SLOTS_FIRST - 1;
    hashes->max = max;
    return hashes;
}

void diff_hashes_free(DiffHashes *hashes)
{
    if (hashes) {
        g_free(hashes->slots);
        g_free(hashes);
    }
}

/* Zero is the mark of a free slot. */
static uint64_t stored(uint64_t hash)
{
    return hash ? hash : 1;
}

/* Return: the slot that has the hash, or would have it */
static uint64_t find_slot(const DiffHashes *hashes, uint64_t hash)
{
    uint64_t i = hash & hashes->mask;

    while (hashes->slots[i] && hashes->slots[i] != hash) {
        i = (i + 1) & hashes->mask;
    }
    return i;
}

static void grow(DiffHashes *hashes)
{
    uint64_t *old = hashes->slots;
    uint64_t n = hashes->mask + 1;
    uint64_t i;

    hashes->mask = hashes->mask * 2 + 1;
    hashes->slots = g_new0(uint64_t, hashes->mask + 1);
    for (i = 0; i < n; i++) {
        if (old[i]) {
            hashes->slots[find_slot(hashes, old[i])] = old[i];
        }
    }
    g_free(old);
}

bool diff_hashes_add(DiffHashes *hashes, uint64_t hash)
{
    uint64_t slot;

    hash = stored(hash);
    slot = find_slot(hashes, hash);
    if (hashes->slots[slot]) {
        return false;
    }
    if (hashes->n == hashes->max) {
        hashes->full = true;
        return false;
    }
    hashes->slots[slot] = hash;
    /* a quarter of the slots stays free */
    if (++hashes->n > hashes->mask / 4 * 3) {
        grow(hashes);
    }
    return true;
}

bool diff_hashes_has(const DiffHashes *hashes, uint64_t hash)
{
    return hashes->slots[find_slot(hashes, stored(hash))];
}

bool diff_hashes_full(const DiffHashes *hashes)
{
    return hashes->full;
}
