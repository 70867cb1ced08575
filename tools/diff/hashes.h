/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: sets of hashes: what was seen in a log
 *
 * A set has 64 bits of each thing.  The hashes have random factors: a log can
 * not be made in which two different things look the same.
 */
#ifndef VFIO_TRACE_DIFF_HASHES_H
#define VFIO_TRACE_DIFF_HASHES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Most hashes of a set: 256 MiB, and half as much again while it grows */
#define DIFF_HASHES_MAX 24000000u

/**
 * struct DiffHasher: random factors
 * @factors: odd numbers
 */
typedef struct DiffHasher {
    uint64_t factors[2];
} DiffHasher;

/**
 * diff_hasher_init() - choose factors
 * @hasher: to be initialised
 */
void diff_hasher_init(DiffHasher *hasher);

/**
 * diff_hash() - make a hash of a hash and a number
 * @hasher: the factors
 * @hash: of what comes before, or any number to begin with
 * @number: what comes next
 */
static inline uint64_t diff_hash(const DiffHasher *hasher, uint64_t hash,
                                 uint64_t number)
{
    hash = (hash + number) * hasher->factors[0];
    hash ^= hash >> 32;
    hash *= hasher->factors[1];
    return hash ^ hash >> 29;
}

typedef struct DiffHashes DiffHashes;

/**
 * diff_hashes_new() - make an empty set
 * @max: most hashes in it
 */
DiffHashes *diff_hashes_new(uint32_t max);

/**
 * diff_hashes_add() - add a hash
 * @hashes: the set
 * @hash: the hash
 *
 * Return: true if it is new; false if the set had it, or is full
 */
bool diff_hashes_add(DiffHashes *hashes, uint64_t hash);

/**
 * diff_hashes_has() - is a hash in the set?
 * @hashes: the set
 * @hash: the hash
 */
bool diff_hashes_has(const DiffHashes *hashes, uint64_t hash);

/**
 * diff_hashes_full() - was there no room for a hash?
 * @hashes: the set
 */
bool diff_hashes_full(const DiffHashes *hashes);

void diff_hashes_free(DiffHashes *hashes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffHashes, diff_hashes_free)

#endif /* VFIO_TRACE_DIFF_HASHES_H */
