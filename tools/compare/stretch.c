/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: alignment of a stretch that differs (see stretch.h)
 */
#include "tools/compare/stretch.h"

#include <glib.h>
#include <stdlib.h>

/* Length of a run that matches and so ends a stretch that differs */
#define RESYNC_RUN 8

/*
 * A stretch that differs is aligned exactly within a window: the small one if
 * the logs agree again within it, else the large one.
 */
#define WINDOW_SMALL 64
#define WINDOW_LARGE 256

/*
 * Cost of an access whose partner has another value, and of an access without
 * a partner.
 */
#define COST_DIFFERENT 2
#define COST_SKIPPED   3

/* A stretch with at most this many pairs is aligned as a whole. */
#define WHOLE_MAX (1u << 22)

void stretch_init(Stretcher *st, const Window *a, const Window *b)
{
    *st = (Stretcher) {
        .a = a,
        .b = b,
        .budget = STRETCH_BUDGET,
    };
}

void stretch_clear(Stretcher *st)
{
    peers_clear(&st->peers);
    g_free(st->grams);
    g_free(st->way);
    g_free(st->cost);
    *st = (Stretcher) { 0 };
}

void stretch_pay(Stretcher *st, uint64_t accesses)
{
    st->budget = MIN(st->budget + accesses * STRETCH_PER_ACCESS,
                     STRETCH_BUDGET);
}

static bool is_match(const Stretcher *st, uint64_t i, uint64_t j)
{
    return access_match(window_at(st->a, i), window_at(st->b, j));
}

static uint64_t hash_run(const Window *w, uint64_t i)
{
    uint64_t h = 0;
    unsigned k;

    for (k = 0; k < RESYNC_RUN; k++) {
        h = h * 0xd6e8feb86659fd93ull + anchors_hash(window_at(w, i + k));
    }
    return h;
}

static int compare_grams(const void *p, const void *q)
{
    const Gram *a = p;
    const Gram *b = q;

    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return a->pos < b->pos ? -1 : a->pos > b->pos;
}

/* Make the runs of the log in a stretch, sorted by hash, then by position. */
static void make_grams(Stretcher *st, uint64_t j, uint64_t j1)
{
    size_t k;

    st->gram_count = j1 - j < RESYNC_RUN ? 0 : j1 - j - RESYNC_RUN + 1;
    st->grams = g_renew(Gram, st->grams, MAX(1, st->gram_count));
    for (k = 0; k < st->gram_count; k++) {
        st->grams[k] = (Gram) { .hash = hash_run(st->b, j + k), .pos = j + k };
    }
    qsort(st->grams, st->gram_count, sizeof(*st->grams), compare_grams);
}

static bool runs_match(const Stretcher *st, uint64_t i, uint64_t j)
{
    unsigned k;

    for (k = 0; k < RESYNC_RUN; k++) {
        if (!is_match(st, i + k, j + k)) {
            return false;
        }
    }
    return true;
}

/* Return: the first run of the log at or after @j with @hash, or PEER_NONE */
static uint64_t find_gram(const Stretcher *st, uint64_t hash, uint64_t j)
{
    Gram key = { .hash = hash, .pos = j };
    size_t lo = 0;
    size_t hi = st->gram_count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (compare_grams(&st->grams[mid], &key) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < st->gram_count && st->grams[lo].hash == hash ?
           st->grams[lo].pos : PEER_NONE;
}

/*
 * Find the nearest point at which both logs agree again: the one that skips the
 * fewest accesses of both logs together.  Only accesses that will be skipped
 * are searched, so all searches together visit each access once.
 */
static bool find_resync(Stretcher *st, const Stretch *s, Stretch *skipped)
{
    uint64_t best = UINT64_MAX;
    uint64_t di;

    if (!st->gram_count) {
        make_grams(st, s->j, s->j1);
    }
    for (di = 0; di < best && s->i1 - s->i >= RESYNC_RUN + di; di++) {
        uint64_t pos = find_gram(st, hash_run(st->a, s->i + di), s->j);

        if (pos != PEER_NONE && pos + RESYNC_RUN <= s->j1 &&
            di + (pos - s->j) < best && runs_match(st, s->i + di, pos)) {
            best = di + (pos - s->j);
            skipped->i1 = s->i + di;
            skipped->j1 = pos;
        }
    }
    return best != UINT64_MAX;
}

enum { WAY_SKIP_B, WAY_SKIP_A, WAY_PAIR };

/**
 * struct Box: a window at the beginning of a stretch
 * @rows: number of accesses of the oracle in it
 * @cols: number of accesses of the log in it
 * @whole: it covers the whole stretch
 */
typedef struct Box {
    uint32_t rows;
    uint32_t cols;
    bool whole;
} Box;

static void reserve(Stretcher *st, const Box *w)
{
    size_t way_size = (size_t)w->rows * w->cols;

    if (st->way_size < way_size) {
        st->way_size = MAX(way_size, WINDOW_SMALL * WINDOW_SMALL);
        g_free(st->way);
        st->way = g_malloc(st->way_size);
    }
    if (st->cost_size < w->cols + 1u) {
        st->cost_size = MAX(w->cols, WINDOW_LARGE) + 1;
        g_free(st->cost);
        st->cost = g_new(uint32_t, st->cost_size);
    }
}

/*
 * Find the cheapest alignment within a window.  If the stretch continues beyond
 * the window, accesses left over at its edge may have partners there, and cost
 * nothing.
 */
static Box align_window(Stretcher *st, const Stretch *s, uint32_t size)
{
    uint64_t all = (s->i1 - s->i) * (s->j1 - s->j);
    bool whole = size == WINDOW_LARGE && all <= WHOLE_MAX;
    Box w = { .rows = whole ? s->i1 - s->i : MIN(size, s->i1 - s->i),
              .cols = whole ? s->j1 - s->j : MIN(size, s->j1 - s->j) };
    bool a_cut = s->i + w.rows < s->i1;
    bool b_cut = s->j + w.cols < s->j1;
    uint32_t *cost;
    uint32_t i;
    uint32_t j;

    reserve(st, &w);
    cost = st->cost;
    w.whole = !a_cut && !b_cut;
    /* cost[j]: cost from row i (or still i + 1) and column j to the end */
    for (j = 0; j <= w.cols; j++) {
        cost[j] = a_cut ? 0 : (w.cols - j) * COST_SKIPPED;
    }
    for (i = w.rows; i-- > 0; ) {
        const Access *a = window_at(st->a, s->i + i);
        uint32_t below_right = cost[w.cols];

        cost[w.cols] = b_cut ? 0 : (w.rows - i) * COST_SKIPPED;
        for (j = w.cols; j-- > 0; ) {
            const Access *b = window_at(st->b, s->j + j);
            uint32_t below = cost[j];
            uint32_t best = cost[j + 1] + COST_SKIPPED;
            uint8_t way = WAY_SKIP_B;

            if (below + COST_SKIPPED < best) {
                best = below + COST_SKIPPED;
                way = WAY_SKIP_A;
            }
            if (below_right <= best && access_match(a, b)) {
                best = below_right;
                way = WAY_PAIR;
            } else if (below_right + COST_DIFFERENT <= best &&
                       access_same_place(a, b)) {
                best = below_right + COST_DIFFERENT;
                way = WAY_PAIR;
            }
            below_right = below;
            cost[j] = best;
            st->way[(size_t)i * w.cols + j] = way;
        }
    }
    st->budget -= MIN(st->budget, (uint64_t)w.rows * w.cols);
    return w;
}

/*
 * Walk through the alignment of a window.  Return: true if it is good enough to
 * be taken: the logs agree again within the window, or the window covers the
 * whole stretch, or it is a large one and most accesses have a partner.
 */
static bool is_good_way(const Stretcher *st, const Stretch *s, const Box *w)
{
    uint32_t pairs = 0;
    uint32_t run = 0;
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < w->rows && j < w->cols && run < RESYNC_RUN) {
        uint8_t way = st->way[(size_t)i * w->cols + j];

        if (way != WAY_PAIR) {
            run = 0;
        } else {
            run = is_match(st, s->i + i, s->j + j) ? run + 1 : 0;
            pairs++;
        }
        i += way != WAY_SKIP_B;
        j += way != WAY_SKIP_A;
    }
    return w->whole || run == RESYNC_RUN ||
           (w->rows == WINDOW_LARGE && w->cols == WINDOW_LARGE &&
            pairs >= WINDOW_LARGE / 4 * 3);
}

/*
 * Take the alignment of a window until the logs agree again.  Do not take its
 * last half, which depends on the accesses beyond the window.
 */
static void take_way(Stretcher *st, Stretch *s, const Box *w)
{
    uint32_t last_i = w->whole ? w->rows : (w->rows + 1) / 2;
    uint32_t last_j = w->whole ? w->cols : (w->cols + 1) / 2;
    uint32_t run = 0;
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < last_i && j < last_j && run < RESYNC_RUN) {
        uint8_t way = st->way[(size_t)i * w->cols + j];

        if (way == WAY_PAIR) {
            *stretch_peer(st, s->i + i) = s->j + j;
            run = is_match(st, s->i + i, s->j + j) ? run + 1 : 0;
        } else {
            run = 0;
        }
        i += way != WAY_SKIP_B;
        j += way != WAY_SKIP_A;
    }
    s->i += i;
    s->j += j;
}

/* The end of the stretch is fixed: pair the accesses that match before it. */
static void take_suffix(Stretcher *st, Stretch *s)
{
    while (s->i < s->i1 && s->j < s->j1 &&
           is_match(st, s->i1 - 1, s->j1 - 1)) {
        s->i1--;
        s->j1--;
        *stretch_peer(st, s->i1) = s->j1;
    }
}

/* With no budget left, pair accesses side by side. */
static void take_diagonal(Stretcher *st, Stretch *s)
{
    if (access_same_place(window_at(st->a, s->i), window_at(st->b, s->j))) {
        *stretch_peer(st, s->i) = s->j;
    }
    s->i++;
    s->j++;
}

/* The smallest window that is good, else a large one */
static bool find_way(Stretcher *st, const Stretch *s, Box *w)
{
    *w = align_window(st, s, WINDOW_SMALL);
    if (is_good_way(st, s, w)) {
        return true;
    }
    *w = align_window(st, s, WINDOW_LARGE);
    return is_good_way(st, s, w);
}

/* @far: if no window is good, search beyond it for a run that matches */
static Stretch align_to_end(Stretcher *st, Stretch s, bool far)
{
    while (s.i < s.i1 && s.j < s.j1) {
        Stretch skipped = s;
        Box w;

        if (is_match(st, s.i, s.j)) {
            *stretch_peer(st, s.i++) = s.j++;
            continue;
        }
        if (!st->budget) {
            take_diagonal(st, &s);
            continue;
        }
        if (find_way(st, &s, &w)) {
            take_way(st, &s, &w);
            continue;
        }
        /* A search that fails here also fails further on: do not repeat it. */
        far = far && find_resync(st, &s, &skipped);
        if (!far) {
            take_way(st, &s, &w);
            continue;
        }
        s.i = skipped.i1;
        s.j = skipped.j1;
        take_suffix(st, &skipped);
        align_to_end(st, skipped, false);
    }
    return s;
}

Stretch stretch_align(Stretcher *st, Stretch s)
{
    st->gram_count = 0;
    return align_to_end(st, s, true);
}

void stretch_align_closed(Stretcher *st, Stretch s)
{
    take_suffix(st, &s);
    stretch_align(st, s);
}

bool stretch_is_similar(Stretcher *st, const Stretch *s)
{
    Box w;

    return st->budget && find_way(st, s, &w);
}
