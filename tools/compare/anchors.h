/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: anchors, runs of accesses that occur once in each of two
 * stretches
 */
#ifndef VFIO_TRACE_ANCHORS_H
#define VFIO_TRACE_ANCHORS_H

#include "tools/compare/window.h"

/* Length of an anchor: a run of accesses that is unique in both stretches */
#define ANCHOR_RUN 12

#define ANCHOR_NONE UINT32_MAX

/**
 * struct Stretch: a part of both logs
 * @i: its first access in the oracle
 * @i1: end of its accesses in the oracle (exclusive)
 * @j: its first access in the log
 * @j1: end of its accesses in the log (exclusive)
 */
typedef struct Stretch {
    uint64_t i;
    uint64_t i1;
    uint64_t j;
    uint64_t j1;
} Stretch;

typedef struct Anchors Anchors;

/**
 * anchors_new() - make an empty set
 */
Anchors *anchors_new(void);

void anchors_free(Anchors *anchors);

/**
 * anchors_find() - find the anchors of a stretch
 * @anchors: the set
 * @a: the oracle
 * @b: the log
 * @s: the stretch, in memory
 *
 * Anchors that contradict the order of most others are left out.
 *
 * Return: array partner[number in the oracle - @s->i] = number in the log -
 *         @s->j, or ANCHOR_NONE; ascending, valid until the next call
 */
const uint32_t *anchors_find(Anchors *anchors, const Window *a,
                             const Window *b, const Stretch *s);

/**
 * anchors_are_unique() - does a run occur once in the stretch of the oracle?
 * @anchors: the set, after anchors_find()
 * @i: number of its first access, from the stretch's beginning
 */
bool anchors_are_unique(const Anchors *anchors, uint32_t i);

/**
 * anchors_hash() - hash of an access; the same in both logs
 * @a: the access
 */
static inline uint64_t anchors_hash(const Access *a)
{
    uint64_t place = (uint64_t)a->device << 24 | a->bar << 16 | a->op << 8 |
                     a->width;
    uint64_t h = a->offset * 0x9e3779b97f4a7c15ull;

    h ^= h >> 29;
    h = (h ^ a->value) * 0xbf58476d1ce4e5b9ull;
    h ^= h >> 32;
    h = (h ^ place) * 0x94d049bb133111ebull;
    return h ^ (h >> 29);
}

#endif /* VFIO_TRACE_ANCHORS_H */
