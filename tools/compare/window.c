/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the part of a log that is in memory (see window.h)
 */
#include "tools/compare/window.h"

#include <glib.h>

/* Accesses that are read at once */
#define BATCH 1024u

/* Accesses that a ring has room for at first */
#define RING_FIRST 2048u

void window_init(Window *w, AccessRead *read, void *opaque)
{
    *w = (Window) {
        .read = read,
        .opaque = opaque,
        .ring = g_new(Access, RING_FIRST),
        .mask = RING_FIRST - 1,
    };
}

/* Short logs do not need the whole of a window. */
static void grow(Window *w)
{
    Window larger = *w;
    uint64_t i;

    larger.mask = 2 * w->mask + 1;
    larger.ring = g_new(Access, larger.mask + 1);
    for (i = w->start; i < w->end; i++) {
        larger.ring[i & larger.mask] = *window_at(w, i);
    }
    g_free(w->ring);
    *w = larger;
}

void window_clear(Window *w)
{
    g_free(w->ring);
    *w = (Window) { 0 };
}

static void read_some(Window *w)
{
    size_t room = w->mask + 1 - (w->end - w->start);
    size_t at;
    size_t n;

    if (!room) {
        grow(w);
        room = w->mask + 1 - (w->end - w->start);
    }
    at = w->end & w->mask;
    room = MIN(room, w->mask + 1 - at);
    n = w->read(w->opaque, w->ring + at, MIN(room, BATCH));
    w->ended = !n;
    w->end += n;
}

uint64_t window_fill(Window *w, uint64_t to)
{
    while (w->end < to && !w->ended && w->end - w->start < WINDOW_SIZE) {
        read_some(w);
    }
    return MIN(to, w->end);
}

void peers_reserve(Peers *p, uint64_t start, uint64_t end)
{
    Peers larger = *p;
    uint64_t i;

    if (p->ring && end - start <= p->mask + 1) {
        return;
    }
    larger.mask = larger.mask ?: RING_FIRST - 1;
    while (end - start > larger.mask + 1) {
        larger.mask = 2 * larger.mask + 1;
    }
    larger.ring = g_new(uint64_t, larger.mask + 1);
    for (i = start; p->ring && i < MIN(end, start + p->mask + 1); i++) {
        *peers_at(&larger, i) = *peers_at(p, i);
    }
    g_free(p->ring);
    *p = larger;
}

void peers_clear(Peers *p)
{
    g_free(p->ring);
    *p = (Peers) { 0 };
}

void window_keep(Window *w, bool (*keep)(void *opaque, Access *access),
                 void *opaque)
{
    uint64_t out = 0;
    uint64_t i;

    for (i = 0; i < w->end; i++) {
        Access access = w->ring[i];

        if (keep(opaque, &access)) {
            w->ring[out++] = access;
        }
    }
    w->end = out;
}
