/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: walk along two logs (see walk.h)
 */
#include "tools/compare/walk.h"

#include <glib.h>

#include "tools/compare/align.h"
#include "tools/compare/contain.h"

/**
 * struct Walkers: who walks
 * @contain: the search; its step is NULL if there is none
 * @align: the alignment; likewise
 * @searching: state of the search
 * @aligning: state of the alignment
 */
typedef struct Walkers {
    Contain contain;
    Aligner align;
    ContainState searching;
    AlignState aligning;
} Walkers;

static bool is_searching(const Walkers *w)
{
    return w->searching == CONTAIN_RUNNING || w->searching == CONTAIN_STUCK;
}

/* Let go of the accesses that nobody needs any more. */
static void let_go(const Walk *walk, const Walkers *w)
{
    uint64_t i = UINT64_MAX;
    uint64_t j = UINT64_MAX;

    if (is_searching(w)) {
        i = w->contain.i0;
        j = w->contain.j0;
    }
    if (w->aligning != ALIGN_DONE) {
        i = MIN(i, w->align.i0);
        j = MIN(j, w->align.j0);
    }
    if (i != UINT64_MAX) {
        walk->a->start = i;
        walk->b->start = j;
    }
}

static void walk_on(Walk *walk, Walkers *w)
{
    if (is_searching(w)) {
        w->searching = contain_run(&w->contain);
        let_go(walk, w);
    }
    if (w->searching == CONTAIN_YES) {
        w->aligning = ALIGN_DONE;
    }
    if (w->aligning != ALIGN_DONE) {
        w->align.shared = is_searching(w);
        w->aligning = align_run(&w->align);
        let_go(walk, w);
    }
    if (w->searching == CONTAIN_STUCK && w->aligning == ALIGN_STUCK) {
        w->searching = CONTAIN_NO;
        walk->gave_up = true;
        let_go(walk, w);
    }
}

void walk_logs(Walk *walk)
{
    /* Together, the search leaves room for the alignment. */
    uint64_t hold = walk->aligned ? WINDOW_SIZE - ALIGN_AHEAD : WINDOW_SIZE;
    Walkers w = { .searching = CONTAIN_NO, .aligning = ALIGN_DONE };

    if (walk->contained) {
        contain_init(&w.contain, walk->a, walk->b, hold, walk->contained,
                     walk->contained_opaque);
        w.searching = CONTAIN_RUNNING;
    }
    if (walk->aligned) {
        align_init(&w.align, walk->a, walk->b, walk->aligned,
                   walk->aligned_opaque);
        w.aligning = ALIGN_RUNNING;
    }
    while (is_searching(&w) || w.aligning != ALIGN_DONE) {
        walk_on(walk, &w);
    }
    walk->is_contained = w.searching == CONTAIN_YES;
    walk->apart = w.align.apart;
    walk->apart_a = w.align.apart_a;
    walk->apart_b = w.align.apart_b;
    contain_clear(&w.contain);
    align_clear(&w.align);
}
