/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the part of a log that is in memory
 *
 * A comparison moves along two logs of any length.  Of each, it keeps the last
 * WINDOW_SIZE accesses at most: those that are not decided yet, and those
 * ahead.
 */
#ifndef VFIO_TRACE_WINDOW_H
#define VFIO_TRACE_WINDOW_H

#include "tools/compare/access.h"

/* Accesses in memory, 32 bytes each; a power of two */
#define WINDOW_SIZE (1u << 18)

/**
 * struct Window: the accesses of one log that are in memory
 * @read: reads more of them
 * @opaque: for @read
 * @ring: the accesses, each at its number modulo the ring's size
 * @mask: size of @ring, a power of two up to WINDOW_SIZE, less one
 * @start: number of the first access in memory, from 0 up
 * @end: number of the first access that was not read yet
 * @ended: there are no more
 */
typedef struct Window {
    AccessRead *read;
    void *opaque;
    Access *ring;
    uint64_t mask;
    uint64_t start;
    uint64_t end;
    bool ended;
} Window;

/**
 * struct Peers: for accesses of one log in memory, numbers of accesses of the
 *               other one
 * @ring: the numbers, each at its access's number modulo the ring's size
 * @mask: size of @ring, a power of two up to WINDOW_SIZE, less one
 */
typedef struct Peers {
    uint64_t *ring;
    uint64_t mask;
} Peers;

/**
 * peers_reserve() - make room
 * @peers: the numbers
 * @start: number of the first access in use
 * @end: number of the first access that is not needed yet
 */
void peers_reserve(Peers *peers, uint64_t start, uint64_t end);

void peers_clear(Peers *peers);

/**
 * peers_at() - the number for an access
 * @peers: the numbers
 * @i: number of the access
 */
static inline uint64_t *peers_at(const Peers *peers, uint64_t i)
{
    return &peers->ring[i & peers->mask];
}

/**
 * window_init() - begin with a log
 * @w: the window
 * @read: reads its accesses
 * @opaque: for @read
 */
void window_init(Window *w, AccessRead *read, void *opaque);

void window_clear(Window *w);

/**
 * window_fill() - read ahead
 * @w: the window
 * @to: number of the access to read up to, exclusive
 *
 * Return: @to, or less at the end of the log or if the window is full
 */
uint64_t window_fill(Window *w, uint64_t to);

/**
 * window_keep() - drop accesses that do not pass a filter
 * @w: a window of which all accesses are still in memory
 * @keep: the filter; may change the access
 * @opaque: for @keep
 */
void window_keep(Window *w, bool (*keep)(void *opaque, Access *access),
                 void *opaque);

/**
 * window_at() - an access
 * @w: the window
 * @i: its number, from @start to @end
 */
static inline const Access *window_at(const Window *w, uint64_t i)
{
    return &w->ring[i & w->mask];
}

/**
 * window_has() - is there an access with this number?
 * @w: the window
 * @i: the number
 *
 * Return: false at the end of the log, or if the window is full
 */
static inline bool window_has(Window *w, uint64_t i)
{
    return i < w->end || window_fill(w, i + 1) > i;
}

#endif /* VFIO_TRACE_WINDOW_H */
