/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the part of a log that is in memory (see window.h)
 */
#include "tools/compare/window.h"

#include <glib.h>

/* Accesses that are read at once */
#define BATCH 1024u

void window_init(Window *w, AccessRead *read, void *opaque)
{
    *w = (Window) {
        .read = read,
        .opaque = opaque,
        .ring = g_new(Access, WINDOW_SIZE),
    };
}

void window_clear(Window *w)
{
    g_free(w->ring);
    *w = (Window) { 0 };
}

static void read_some(Window *w)
{
    size_t at = w->end & (WINDOW_SIZE - 1);
    size_t room = MIN(WINDOW_SIZE - (w->end - w->start), WINDOW_SIZE - at);
    size_t n = w->read(w->opaque, w->ring + at, MIN(room, BATCH));

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
