/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: alignment of a stretch that differs
 *
 * A stretch is aligned exactly, within a small window, until the logs agree
 * again; if they do not agree within the window, at the nearest run that
 * agrees.  An access that differs only in its value gets a partner.
 *
 * Windows cost time: a budget limits it.  When nothing is left of it, accesses
 * are paired side by side.
 */
#ifndef VFIO_TRACE_STRETCH_H
#define VFIO_TRACE_STRETCH_H

#include "tools/compare/anchors.h"

#define PEER_NONE UINT64_MAX

/* Number of pairs that windows may compare at once: takes about a second */
#define STRETCH_BUDGET (1ull << 28)

/* Number of pairs that each access of a log adds to that */
#define STRETCH_PER_ACCESS 256

/**
 * struct Gram: a run of accesses
 * @hash: hash of all accesses of the run
 * @pos: number of its first access
 */
typedef struct Gram {
    uint64_t hash;
    uint64_t pos;
} Gram;

/**
 * struct Stretcher: memory for aligning stretches
 * @a: the oracle
 * @b: the log
 * @peers: the result: for each access of the oracle in memory, the number of
 *         its partner in the log, or PEER_NONE
 * @budget: number of pairs that windows may still compare
 * @grams: runs of the stretch in the log, sorted; made when needed
 * @gram_count: number of @grams; 0 if they were not made
 * @way: buffer of align_window()
 * @way_size: its size
 * @cost: buffer of align_window()
 * @cost_size: its size
 */
typedef struct Stretcher {
    const Window *a;
    const Window *b;
    Peers peers;
    uint64_t budget;
    Gram *grams;
    size_t gram_count;
    uint8_t *way;
    size_t way_size;
    uint32_t *cost;
    size_t cost_size;
} Stretcher;

void stretch_init(Stretcher *st, const Window *a, const Window *b);

void stretch_clear(Stretcher *st);

/**
 * stretch_peer() - partner of an access
 * @st: the memory
 * @i: number of the access in the oracle
 */
static inline uint64_t *stretch_peer(const Stretcher *st, uint64_t i)
{
    return peers_at(&st->peers, i);
}

/**
 * stretch_pay() - accesses were decided: add to the budget
 * @st: the memory
 * @accesses: their number, in both logs
 */
void stretch_pay(Stretcher *st, uint64_t accesses);

/**
 * stretch_align() - find the partners of a stretch
 * @st: the memory; @st->peers must be PEER_NONE for the stretch
 * @s: the stretch
 *
 * Return: how far it got: the accesses of the other log are not in the oracle,
 *         or the log
 */
Stretch stretch_align(Stretcher *st, Stretch s);

/**
 * stretch_align_closed() - stretch_align() before an anchor
 * @st: the memory
 * @s: the stretch: what follows it in both logs matches
 */
void stretch_align_closed(Stretcher *st, Stretch s);

/**
 * stretch_is_similar() - do the logs differ in values only?
 * @st: the memory
 * @s: the stretch
 *
 * Return: true if most accesses at its beginning have a partner
 */
bool stretch_is_similar(Stretcher *st, const Stretch *s);

#endif /* VFIO_TRACE_STRETCH_H */
