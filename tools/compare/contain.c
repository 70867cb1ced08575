/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: is the oracle contained in the log? (see contain.h)
 */
#include "tools/compare/contain.h"

#include <glib.h>

void contain_init(Contain *c, Window *a, Window *b, uint64_t hold,
                  AccessStep *step, void *opaque)
{
    *c = (Contain) {
        .a = a,
        .b = b,
        .hold = hold,
        .step = step,
        .opaque = opaque,
    };
}

void contain_clear(Contain *c)
{
    peers_clear(&c->peers);
    *c = (Contain) { 0 };
}

/* Find the latest matches of the accesses that were not delivered. */
static void find_latest(Contain *c)
{
    uint64_t i = c->i;
    uint64_t j = c->taken + 1;

    peers_reserve(&c->peers, c->i0, c->i);
    while (i > c->i0) {
        g_assert(j > c->j0);
        j--;
        if (access_match(window_at(c->a, i - 1), window_at(c->b, j))) {
            *peers_at(&c->peers, --i) = j;
        }
    }
}

/* Deliver all steps before the log's access @to. */
static void deliver(Contain *c, uint64_t to)
{
    find_latest(c);
    for (; c->j0 < to; c->j0++) {
        const Access *b = window_at(c->b, c->j0);

        if (c->i0 < c->i && *peers_at(&c->peers, c->i0) == c->j0) {
            c->step(c->opaque, window_at(c->a, c->i0++), b);
        } else {
            c->step(c->opaque, NULL, b);
        }
    }
}

/* Compare what is in memory. */
static void search(Contain *c)
{
    while (c->i < c->a->end && c->j < c->b->end) {
        if (access_match(window_at(c->a, c->i), window_at(c->b, c->j))) {
            c->taken = c->j;
            c->i++;
        }
        c->j++;
    }
}

/* The oracle has ended: the rest of the log are extras. */
static ContainState finish(Contain *c)
{
    deliver(c, c->j);
    if (!window_has(c->b, c->j)) {
        return c->b->ended ? CONTAIN_YES : CONTAIN_STUCK;
    }
    c->j = c->b->end;
    return CONTAIN_RUNNING;
}

ContainState contain_run(Contain *c)
{
    if (c->j - c->j0 >= c->hold) {
        deliver(c, c->j - c->hold / 2);
    } else if (!window_has(c->a, c->i)) {
        return c->a->ended ? finish(c) : CONTAIN_STUCK;
    } else if (!window_has(c->b, c->j)) {
        return c->b->ended ? CONTAIN_NO : CONTAIN_STUCK;
    }
    search(c);
    return CONTAIN_RUNNING;
}
