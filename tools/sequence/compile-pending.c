/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: accesses that wait for the folder (see
 * compile-pending.h)
 */
#include "tools/sequence/compile-pending.h"

MmtEntry compile_take(Compile *c)
{
    CompilePending *pending = &g_array_index(c->pending, CompilePending,
                                             c->head);
    MmtEntry entry = pending->entry;

    if (c->taken == pending->n - 1) {
        entry.ns = pending->last_ns;
        entry.line = pending->last_line;
    } else {
        /* times of those between are not kept: they are between */
        entry.ns += (pending->last_ns - entry.ns) / (pending->n - 1) *
                    c->taken;
    }
    if (++c->taken == pending->n) {
        c->head++;
        c->taken = 0;
    }
    return entry;
}

const MmtEntry *compile_peek(const Compile *c)
{
    return &g_array_index(c->pending, CompilePending, c->head).entry;
}

MmtEntry compile_take_many(Compile *c, uint64_t n)
{
    MmtEntry last = compile_take(c);

    while (--n > 0) {
        const CompilePending *pending = &g_array_index(c->pending,
                                                       CompilePending,
                                                       c->head);
        uint64_t skip = MIN(n - 1, pending->n - c->taken - 1);

        c->taken += skip;
        n -= skip;
        last = compile_take(c);
    }
    return last;
}

void compile_taken(Compile *c)
{
    if (c->head == c->pending->len) {
        g_array_set_size(c->pending, 0);
        c->head = 0;
    } else if (c->head > c->pending->len / 2 && c->head > 1024) {
        g_array_remove_range(c->pending, 0, c->head);
        c->head = 0;
    }
}
