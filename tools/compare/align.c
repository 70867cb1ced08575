/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: alignment of two logs that differ (see align.h)
 */
#include "tools/compare/align.h"

#include <glib.h>

/* Accesses that are searched first, and how much further each next search is */
#define REACH_FIRST 1024
#define REACH_TIMES 4

/* Unique runs that must follow an anchor, at the farthest reach */
#define UNIQUE_MIN 64

/* Accesses that are paired before others get their turn */
#define BATCH 65536

void align_init(Aligner *al, Window *a, Window *b, AccessStep *step,
                void *opaque)
{
    *al = (Aligner) {
        .a = a,
        .b = b,
        .step = step,
        .opaque = opaque,
        .skip_log = true,
        .skip_max = 4 * ALIGN_AHEAD,
        .anchors = anchors_new(),
    };
    stretch_init(&al->st, a, b);
}

void align_clear(Aligner *al)
{
    anchors_free(al->anchors);
    stretch_clear(&al->st);
    *al = (Aligner) { 0 };
}

static void deliver_next(Aligner *al)
{
    uint64_t peer = al->i0 < al->i ? *stretch_peer(&al->st, al->i0) :
                    al->j;

    if (peer == PEER_NONE) {
        al->step(al->opaque, window_at(al->a, al->i0++), NULL);
    } else if (al->j0 < peer) {
        al->step(al->opaque, NULL, window_at(al->b, al->j0++));
    } else {
        al->step(al->opaque, window_at(al->a, al->i0++),
                 window_at(al->b, al->j0++));
    }
}

/* Deliver what was aligned, except the last @keep accesses of each log. */
static void deliver(Aligner *al, uint64_t keep)
{
    while (al->i - al->i0 > keep || al->j - al->j0 > keep) {
        deliver_next(al);
    }
}

static void deliver_old(Aligner *al)
{
    if (al->i - al->i0 > ALIGN_BEHIND || al->j - al->j0 > ALIGN_BEHIND) {
        deliver(al, ALIGN_BEHIND / 2);
    }
}

/* Pair accesses as long as both logs agree. */
static void pair_equal(Aligner *al)
{
    uint64_t end = MIN(al->i + BATCH, al->a->end);

    peers_reserve(&al->st.peers, al->i0, end);
    while (al->i < end && al->j < al->b->end &&
           access_match(window_at(al->a, al->i), window_at(al->b, al->j))) {
        *stretch_peer(&al->st, al->i++) = al->j++;
    }
}

/* Return: the log's access with which @i is the same, before @next, or @peer */
static uint64_t later_match(Aligner *al, uint64_t i, uint64_t peer,
                            uint64_t next)
{
    const Access *a = window_at(al->a, i);
    uint64_t j;

    if (!access_match(a, window_at(al->b, peer))) {
        return peer;
    }
    for (j = next - 1; j > peer && al->st.budget; j--) {
        al->st.budget--;
        if (access_match(a, window_at(al->b, j))) {
            return j;
        }
    }
    return peer;
}

/*
 * If one of several equal accesses was taken, take the last one instead.  The
 * accesses before @i1 were aligned before; among them, stop where nothing
 * changes.
 */
static void slide(Aligner *al, uint64_t i1)
{
    uint64_t next = PEER_NONE;
    uint64_t i;

    for (i = al->i; i-- > al->i0; ) {
        uint64_t *peer = stretch_peer(&al->st, i);
        uint64_t before = *peer;

        if (before == PEER_NONE) {
            continue;
        }
        if (next != PEER_NONE) {
            *peer = later_match(al, i, before, next);
        }
        if (i < i1 && *peer == before) {
            break;
        }
        next = *peer;
    }
}

static void set_missing(Aligner *al, uint64_t i, uint64_t i1)
{
    peers_reserve(&al->st.peers, al->i0, i1);
    for (; i < i1; i++) {
        *stretch_peer(&al->st, i) = PEER_NONE;
    }
}

/* Everything before @i1 and @j1 was aligned. */
static void move_on(Aligner *al, uint64_t i1, uint64_t j1)
{
    uint64_t i = al->i;

    stretch_pay(&al->st, i1 - al->i + j1 - al->j);
    al->i = i1;
    al->j = j1;
    slide(al, i);
    deliver_old(al);
}

/* The logs have met. */
static void forget_skips(Aligner *al)
{
    al->skip_log = true;
    al->skipped = 0;
    al->skip_max = 4 * ALIGN_AHEAD;
}

/* Align a stretch by its anchors. */
static void take_anchors(Aligner *al, const Stretch *all,
                         const uint32_t *partner, bool whole)
{
    Stretch s = *all;
    uint64_t i;

    set_missing(al, s.i, s.i1);
    for (i = all->i; i < all->i1; i++) {
        uint32_t anchor = partner[i - all->i];

        if (anchor != ANCHOR_NONE && all->j + anchor < all->j1) {
            s.i1 = i;
            s.j1 = all->j + anchor;
            stretch_align_closed(&al->st, s);
            *stretch_peer(&al->st, i) = s.j1;
            s.i = i + 1;
            s.j = s.j1 + 1;
        }
    }
    s.i1 = all->i1;
    s.j1 = all->j1;
    if (whole) {
        stretch_align(&al->st, s);
    }
    forget_skips(al);
    move_on(al, all->i1, all->j1);
}

/**
 * struct Reach: what a search has seen
 * @s: the stretch that was searched
 * @a_cut: the oracle continues after it
 * @b_cut: the log continues after it
 * @i1: end of the oracle's accesses that can be decided; 0 if there are none
 * @j1: likewise in the log
 * @unique: from the first anchor on, number of runs that are unique in the
 *          oracle
 * @anchors: number of these that are anchors
 */
typedef struct Reach {
    Stretch s;
    bool a_cut;
    bool b_cut;
    uint64_t i1;
    uint64_t j1;
    uint32_t unique;
    uint32_t anchors;
} Reach;

static bool find_reach(Aligner *al, uint64_t size, Reach *r)
{
    *r = (Reach) { .s = { .i = al->i, .j = al->j } };
    r->s.i1 = window_fill(al->a, al->i + size);
    r->s.j1 = window_fill(al->b, al->j + size);
    r->a_cut = r->s.i1 < al->a->end || !al->a->ended;
    r->b_cut = r->s.j1 < al->b->end || !al->b->ended;
    return !(r->a_cut && r->s.i1 < al->i + size) &&
           !(r->b_cut && r->s.j1 < al->j + size);
}

/*
 * Find what can be decided: up to the last anchor that is well inside.  At the
 * edge, what is unique within reach may be repeated outside.
 */
static void find_end(Reach *r, const uint32_t *partner)
{
    uint64_t n = r->s.i1 - r->s.i;
    uint64_t m = r->s.j1 - r->s.j;
    uint64_t i = r->a_cut ? n / 4 * 3 : n;

    m = r->b_cut ? m / 4 * 3 : m;
    while (i-- > 0) {
        if (partner[i] != ANCHOR_NONE && partner[i] < m) {
            r->i1 = r->s.i + i + 1;
            r->j1 = r->s.j + partner[i] + 1;
            return;
        }
    }
}

/* Which of the runs after the first anchor are anchors themselves? */
static void count_anchors(const Aligner *al, Reach *r, const uint32_t *partner)
{
    uint32_t n = r->s.i1 - r->s.i;
    uint32_t m = r->s.j1 - r->s.j;
    uint32_t i = 0;
    uint32_t end;

    while (i < n && partner[i] == ANCHOR_NONE) {
        i++;
    }
    end = i < n ? i + MIN(n - i, m - partner[i]) : n;
    r->unique = 0;
    r->anchors = 0;
    for (; i < end; i++) {
        r->unique += anchors_are_unique(al->anchors, i);
        r->anchors += partner[i] != ANCHOR_NONE;
    }
}

/*
 * An anchor may be there by chance: firmware does some of what a driver does.
 * It counts if most runs that are unique in the oracle are anchors from there
 * on.  Each access that differs makes ANCHOR_RUN of them none.
 */
static bool is_convincing(const Reach *r, uint64_t size)
{
    if (!r->i1) {
        return false;
    }
    if (size == ALIGN_AHEAD) {
        return (r->unique >= UNIQUE_MIN || !r->a_cut || !r->b_cut) &&
               16 * r->anchors >= r->unique;
    }
    return r->unique >= size / 32 && 2 * r->anchors >= r->unique &&
           (r->i1 - r->s.i) + (r->j1 - r->s.j) >= size / 4;
}

/* Nothing in common, as far as one can see. */
static void skip(Aligner *al, const Reach *r)
{
    uint64_t n = (r->s.i1 - r->s.i + 1) / 2;
    uint64_t m = (r->s.j1 - r->s.j + 1) / 2;

    if (!al->apart++) {
        al->apart_a = window_at(al->a, al->i)->line;
        al->apart_b = window_at(al->b, al->j)->line;
    }
    if (al->skipped >= al->skip_max) {
        al->skip_log = !al->skip_log;
        al->skipped = 0;
        al->skip_max *= 2;
    }
    /* The last accesses of a log are skipped only if the other one has ended */
    if (al->skip_log ? r->b_cut : !r->a_cut) {
        n = 0;
    } else {
        m = 0;
    }
    al->skipped += n + m;
    set_missing(al, al->i, al->i + n);
    move_on(al, al->i + n, al->j + m);
}

/* No anchors within the farthest reach. */
static void go_on_without(Aligner *al, const Reach *r)
{
    Stretch s = r->s;

    if (r->a_cut) {
        s.i1 -= (s.i1 - s.i) / 2;
    }
    if (r->b_cut) {
        s.j1 -= (s.j1 - s.j) / 2;
    }
    if (!stretch_is_similar(&al->st, &s)) {
        skip(al, r);
        return;
    }
    set_missing(al, s.i, s.i1);
    s = stretch_align(&al->st, s);
    forget_skips(al);
    move_on(al, s.i, s.j);
}

static AlignState resync(Aligner *al)
{
    uint64_t size;
    Reach r;

    for (size = REACH_FIRST; ; size = MIN(size * REACH_TIMES, ALIGN_AHEAD)) {
        const uint32_t *partner;

        if (!find_reach(al, size, &r) && al->shared) {
            return ALIGN_STUCK;
        }
        partner = anchors_find(al->anchors, al->a, al->b, &r.s);
        if (!r.a_cut && !r.b_cut) {
            take_anchors(al, &r.s, partner, true);
            return ALIGN_RUNNING;
        }
        find_end(&r, partner);
        count_anchors(al, &r, partner);
        if (is_convincing(&r, size)) {
            r.s.i1 = r.i1;
            r.s.j1 = r.j1;
            take_anchors(al, &r.s, partner, false);
            return ALIGN_RUNNING;
        }
        if (size == ALIGN_AHEAD) {
            go_on_without(al, &r);
            return ALIGN_RUNNING;
        }
    }
}

/* The end of one log: what is left of the other has no partner. */
static AlignState finish(Aligner *al, bool rest_is_oracle)
{
    Window *w = rest_is_oracle ? al->a : al->b;
    uint64_t *at = rest_is_oracle ? &al->i : &al->j;

    if (!window_has(w, *at)) {
        if (!w->ended) {
            return ALIGN_STUCK;
        }
        deliver(al, 0);
        return ALIGN_DONE;
    }
    if (rest_is_oracle) {
        set_missing(al, al->i, w->end);
    }
    *at = w->end;
    deliver_old(al);
    return ALIGN_RUNNING;
}

AlignState align_run(Aligner *al)
{
    bool has_a = window_has(al->a, al->i);
    bool has_b = window_has(al->b, al->j);

    if ((!has_a && !al->a->ended) || (!has_b && !al->b->ended)) {
        return ALIGN_STUCK;
    }
    if (!has_a || !has_b) {
        return finish(al, has_a);
    }
    if (!access_match(window_at(al->a, al->i), window_at(al->b, al->j))) {
        return resync(al);
    }
    pair_equal(al);
    deliver_old(al);
    return ALIGN_RUNNING;
}
