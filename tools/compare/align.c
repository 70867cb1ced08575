/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: alignment of two logs (see align.h)
 */
#include "tools/compare/align.h"

#include <stdlib.h>
#include <string.h>

/* Length of an anchor: a run of accesses that is unique in both logs */
#define ANCHOR_RUN 12

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

/* Number of pairs that all windows together may compare: takes some seconds. */
#define BUDGET (1ull << 30)

/**
 * struct Gram: a run of accesses
 * @hash: hash of all accesses of the run
 * @pos: position of the first access
 */
typedef struct Gram {
    uint64_t hash;
    uint32_t pos;
} Gram;

/**
 * struct Aligner: state of an alignment
 * @a: accesses of the oracle
 * @b: accesses of the log
 * @n: length of @a
 * @m: length of @b
 * @peer: the result, as in struct Alignment
 * @grams: all runs of RESYNC_RUN accesses in @b, sorted; made when needed
 * @gram_count: number of @grams
 * @way: buffer of align_window(): WHOLE_MAX bytes
 * @cost: buffer of align_window(): @m + 1 elements
 * @budget: number of pairs that windows may still compare
 */
typedef struct Aligner {
    const Access *a;
    const Access *b;
    uint32_t n;
    uint32_t m;
    uint32_t *peer;
    Gram *grams;
    uint32_t gram_count;
    uint8_t *way;
    uint32_t *cost;
    uint64_t budget;
} Aligner;

/**
 * struct Stretch: a part of both logs
 * @i: its first access in the oracle
 * @i1: end of its accesses in the oracle (exclusive)
 * @j: its first access in the log
 * @j1: end of its accesses in the log (exclusive)
 */
typedef struct Stretch {
    uint32_t i;
    uint32_t i1;
    uint32_t j;
    uint32_t j1;
} Stretch;

static bool same_address(const Access *a, const Access *b)
{
    return a->offset == b->offset && a->bar == b->bar &&
           a->device == b->device;
}

static bool is_rex_w_store(const Access *a, const Access *b)
{
    return a->op == ACCESS_WRITE && a->width == 4 && b->width == 8 &&
           b->value == (uint64_t)(int64_t)(int32_t)a->value;
}

bool access_match(const Access *a, const Access *b)
{
    if (!same_address(a, b)) {
        return false;
    }
    if (a->op == ACCESS_UNKNOWN) {
        return true;
    }
    if (a->op != b->op) {
        return false;
    }
    return (a->width == b->width && a->value == b->value) ||
           is_rex_w_store(a, b);
}

bool access_same_place(const Access *a, const Access *b)
{
    return same_address(a, b) && a->op == b->op && a->width == b->width;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15ull;
    return h ^ (h >> 29);
}

static uint64_t hash_run(const Access *a, unsigned run)
{
    uint64_t h = run;
    unsigned i;

    for (i = 0; i < run; i++) {
        h = mix(h, a[i].offset);
        h = mix(h, (uint64_t)a[i].device << 24 | a[i].bar << 16 |
                   a[i].op << 8 | a[i].width);
        h = mix(h, a[i].value);
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

/* Return: all runs of a log, sorted by hash, then by position */
static Gram *make_grams(const Access *a, uint32_t n, unsigned run,
                        uint32_t *count)
{
    Gram *grams;
    uint32_t i;

    *count = n < run ? 0 : n - run + 1;
    grams = g_new(Gram, MAX(1, *count));
    for (i = 0; i < *count; i++) {
        grams[i] = (Gram) { .hash = hash_run(a + i, run), .pos = i };
    }
    qsort(grams, *count, sizeof(*grams), compare_grams);
    return grams;
}

static bool runs_match(const Aligner *al, uint32_t i, uint32_t j,
                       unsigned run)
{
    unsigned k;

    for (k = 0; k < run; k++) {
        if (!access_match(&al->a[i + k], &al->b[j + k])) {
            return false;
        }
    }
    return true;
}

/* Return: the first run of the log at or after @j with @hash, or ALIGN_NONE */
static uint32_t find_gram(const Aligner *al, uint64_t hash, uint32_t j)
{
    Gram key = { .hash = hash, .pos = j };
    uint32_t lo = 0;
    uint32_t hi = al->gram_count;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (compare_grams(&al->grams[mid], &key) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < al->gram_count && al->grams[lo].hash == hash ?
           al->grams[lo].pos : ALIGN_NONE;
}

/*
 * Find the nearest point at which both logs agree again: the one that skips the
 * fewest accesses of both logs together.  Only accesses that will be skipped
 * are searched, so all searches together visit each access once.
 */
static bool find_resync(Aligner *al, const Stretch *s, uint32_t *ri,
                        uint32_t *rj)
{
    uint64_t best = UINT64_MAX;
    uint32_t di;

    if (!al->grams) {
        al->grams = make_grams(al->b, al->m, RESYNC_RUN, &al->gram_count);
    }
    for (di = 0; di < best && s->i1 - s->i >= RESYNC_RUN + di; di++) {
        uint32_t pos = find_gram(al, hash_run(al->a + s->i + di, RESYNC_RUN),
                                 s->j);

        if (pos != ALIGN_NONE && pos + RESYNC_RUN <= s->j1 &&
            di + (uint64_t)(pos - s->j) < best &&
            runs_match(al, s->i + di, pos, RESYNC_RUN)) {
            best = di + (uint64_t)(pos - s->j);
            *ri = s->i + di;
            *rj = pos;
        }
    }
    return best != UINT64_MAX;
}

enum { WAY_SKIP_B, WAY_SKIP_A, WAY_PAIR };

/**
 * struct Window: a window at the beginning of a stretch
 * @rows: number of accesses of the oracle in it
 * @cols: number of accesses of the log in it
 * @whole: it covers the whole stretch
 */
typedef struct Window {
    uint32_t rows;
    uint32_t cols;
    bool whole;
} Window;

/*
 * Find the cheapest alignment within a window.  If the stretch continues beyond
 * the window, accesses left over at its edge may have partners there, and cost
 * nothing.
 */
static Window align_window(Aligner *al, const Stretch *s, uint32_t size)
{
    uint64_t all = (uint64_t)(s->i1 - s->i) * (s->j1 - s->j);
    bool whole = size == WINDOW_LARGE && all <= WHOLE_MAX;
    Window w = { .rows = whole ? s->i1 - s->i : MIN(size, s->i1 - s->i),
                 .cols = whole ? s->j1 - s->j : MIN(size, s->j1 - s->j) };
    bool a_cut = s->i + w.rows < s->i1;
    bool b_cut = s->j + w.cols < s->j1;
    uint32_t *cost = al->cost;
    uint32_t i;
    uint32_t j;

    w.whole = !a_cut && !b_cut;
    /* cost[j]: cost from row i (or still i + 1) and column j to the end */
    for (j = 0; j <= w.cols; j++) {
        cost[j] = a_cut ? 0 : (w.cols - j) * COST_SKIPPED;
    }
    for (i = w.rows; i-- > 0; ) {
        const Access *a = &al->a[s->i + i];
        uint32_t below_right = cost[w.cols];

        cost[w.cols] = b_cut ? 0 : (w.rows - i) * COST_SKIPPED;
        for (j = w.cols; j-- > 0; ) {
            const Access *b = &al->b[s->j + j];
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
            al->way[(size_t)i * w.cols + j] = way;
        }
    }
    al->budget -= MIN(al->budget, (uint64_t)w.rows * w.cols);
    return w;
}

/*
 * Walk through the alignment of a window.  Return: true if it is good enough to
 * be taken: the logs agree again within the window, or the window covers the
 * whole stretch, or it is a large one and most accesses have a partner.
 */
static bool is_good_way(const Aligner *al, const Stretch *s, const Window *w)
{
    uint32_t pairs = 0;
    uint32_t run = 0;
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < w->rows && j < w->cols && run < RESYNC_RUN) {
        uint8_t way = al->way[(size_t)i * w->cols + j];

        if (way != WAY_PAIR) {
            run = 0;
        } else {
            run = access_match(&al->a[s->i + i], &al->b[s->j + j]) ?
                  run + 1 : 0;
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
static void take_way(Aligner *al, Stretch *s, const Window *w)
{
    uint32_t last_i = w->whole ? w->rows : (w->rows + 1) / 2;
    uint32_t last_j = w->whole ? w->cols : (w->cols + 1) / 2;
    uint32_t run = 0;
    uint32_t i = 0;
    uint32_t j = 0;

    while (i < last_i && j < last_j && run < RESYNC_RUN) {
        uint8_t way = al->way[(size_t)i * w->cols + j];

        if (way == WAY_PAIR) {
            al->peer[s->i + i] = s->j + j;
            run = access_match(&al->a[s->i + i], &al->b[s->j + j]) ?
                  run + 1 : 0;
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
static void take_suffix(Aligner *al, Stretch *s)
{
    while (s->i < s->i1 && s->j < s->j1 &&
           access_match(&al->a[s->i1 - 1], &al->b[s->j1 - 1])) {
        al->peer[--s->i1] = --s->j1;
    }
}

/* With no budget left, pair accesses side by side. */
static void take_diagonal(Aligner *al, Stretch *s)
{
    if (access_same_place(&al->a[s->i], &al->b[s->j])) {
        al->peer[s->i] = s->j;
    }
    s->i++;
    s->j++;
}

/* @far: if no window is good, search beyond it for a run that matches */
static void align_stretch(Aligner *al, Stretch s, bool far)
{
    while (s.i < s.i1 && s.j < s.j1) {
        Stretch skipped = s;
        Window w;

        if (access_match(&al->a[s.i], &al->b[s.j])) {
            al->peer[s.i++] = s.j++;
            continue;
        }
        if (!al->budget) {
            take_diagonal(al, &s);
            continue;
        }
        w = align_window(al, &s, WINDOW_SMALL);
        if (!is_good_way(al, &s, &w)) {
            w = align_window(al, &s, WINDOW_LARGE);
        }
        if (is_good_way(al, &s, &w)) {
            take_way(al, &s, &w);
            continue;
        }
        /* A search that fails here also fails further on: do not repeat it. */
        far = far && find_resync(al, &s, &skipped.i1, &skipped.j1);
        if (!far) {
            take_way(al, &s, &w);
            continue;
        }
        take_suffix(al, &skipped);
        align_stretch(al, skipped, false);
        s.i = skipped.i1;
        s.j = skipped.j1;
    }
}

/* Is the gram at @i the only one with its hash? */
static bool is_unique(const Gram *grams, uint32_t count, uint32_t i)
{
    return (i == 0 || grams[i - 1].hash != grams[i].hash) &&
           (i + 1 == count || grams[i + 1].hash != grams[i].hash);
}

/*
 * Find the runs that are unique in both logs.
 *
 * Return: array partner[position in the oracle] = position in the log
 */
static uint32_t *find_unique_runs(const Aligner *al)
{
    uint32_t *partner = g_new(uint32_t, MAX(1, al->n));
    uint32_t na;
    uint32_t nb;
    g_autofree Gram *ga = make_grams(al->a, al->n, ANCHOR_RUN, &na);
    g_autofree Gram *gb = make_grams(al->b, al->m, ANCHOR_RUN, &nb);
    uint32_t i = 0;
    uint32_t j = 0;

    memset(partner, 0xff, al->n * sizeof(*partner));
    while (i < na && j < nb) {
        if (ga[i].hash < gb[j].hash) {
            i++;
        } else if (ga[i].hash > gb[j].hash) {
            j++;
        } else {
            if (is_unique(ga, na, i) && is_unique(gb, nb, j) &&
                runs_match(al, ga[i].pos, gb[j].pos, ANCHOR_RUN)) {
                partner[ga[i].pos] = gb[j].pos;
            }
            i++;
        }
    }
    return partner;
}

/*
 * Keep the longest ascending subsequence of the partners, by patience sorting;
 * top[] has the top card of each pile.
 */
static void keep_ascending(uint32_t *partner, uint32_t n)
{
    g_autofree uint32_t *top = g_new(uint32_t, MAX(1, n));
    g_autofree uint32_t *prev = g_new(uint32_t, MAX(1, n));
    uint32_t piles = 0;
    uint32_t i;
    uint32_t keep;

    for (i = 0; i < n; i++) {
        uint32_t lo = 0;
        uint32_t hi = piles;

        if (partner[i] == ALIGN_NONE) {
            continue;
        }
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;

            if (partner[top[mid]] < partner[i]) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        prev[i] = lo ? top[lo - 1] : ALIGN_NONE;
        top[lo] = i;
        piles = MAX(piles, lo + 1);
    }

    keep = piles ? top[piles - 1] : ALIGN_NONE;
    for (i = n; i-- > 0; ) {
        if (i == keep) {
            keep = prev[i];
        } else {
            partner[i] = ALIGN_NONE;
        }
    }
}

static void align_by_anchors(Aligner *al)
{
    g_autofree uint32_t *partner = find_unique_runs(al);
    Stretch s = { 0 };
    uint32_t i;

    keep_ascending(partner, al->n);
    for (i = 0; i < al->n; i++) {
        if (partner[i] != ALIGN_NONE) {
            s.i1 = i;
            s.j1 = partner[i];
            take_suffix(al, &s);
            align_stretch(al, s, true);
            al->peer[i] = partner[i];
            s.i = i + 1;
            s.j = partner[i] + 1;
        }
    }
    s.i1 = al->n;
    s.j1 = al->m;
    align_stretch(al, s, true);
}

/*
 * If one of several equal accesses was taken, take the last one instead:
 * extras of the log then come as early as possible.
 */
static void slide(Aligner *al)
{
    uint32_t next = ALIGN_NONE;
    uint32_t i;

    for (i = al->n; i-- > 0; ) {
        uint32_t *peer = &al->peer[i];
        uint32_t j;

        if (*peer == ALIGN_NONE) {
            continue;
        }
        if (next != ALIGN_NONE && access_match(&al->a[i], &al->b[*peer])) {
            for (j = next - 1; j > *peer; j--) {
                if (access_match(&al->a[i], &al->b[j])) {
                    *peer = j;
                    break;
                }
            }
        }
        next = *peer;
    }
}

static bool find_contained(Aligner *al)
{
    uint32_t i = 0;
    uint32_t j;

    for (j = 0; i < al->n && j < al->m; j++) {
        i += access_match(&al->a[i], &al->b[j]);
    }
    if (i < al->n) {
        return false;
    }
    while (i > 0) {
        j--;
        if (access_match(&al->a[i - 1], &al->b[j])) {
            al->peer[--i] = j;
        }
    }
    return true;
}

static void count(Alignment *al, const Access *a, const Access *b)
{
    uint64_t pairs = 0;
    size_t first = al->m;
    size_t last = 0;
    size_t i;

    for (i = 0; i < al->n; i++) {
        uint32_t j = al->peer[i];

        if (j == ALIGN_NONE) {
            al->missing++;
            continue;
        }
        al->different += !access_match(&a[i], &b[j]);
        first = MIN(first, j);
        last = j;
        pairs++;
    }
    if (!pairs) {
        al->before = al->m;
        return;
    }
    al->before = first;
    al->after = al->m - 1 - last;
    al->between = last - first + 1 - pairs;
}

Alignment *align_logs(const Access *a, size_t n, const Access *b, size_t m)
{
    Alignment *result = g_new0(Alignment, 1);
    g_autofree Aligner *al = g_new(Aligner, 1);

    result->n = n;
    result->m = m;
    result->peer = g_new(uint32_t, MAX(1, n));
    memset(result->peer, 0xff, n * sizeof(*result->peer));
    al->a = a;
    al->b = b;
    al->n = n;
    al->m = m;
    al->peer = result->peer;
    al->grams = NULL;
    al->way = g_malloc(WHOLE_MAX);
    al->cost = g_new(uint32_t, m + 1);
    al->budget = BUDGET;
    if (!find_contained(al)) {
        align_by_anchors(al);
        slide(al);
    }
    g_free(al->grams);
    g_free(al->way);
    g_free(al->cost);
    count(result, a, b);
    return result;
}

void align_free(Alignment *alignment)
{
    if (alignment) {
        g_free(alignment->peer);
        g_free(alignment);
    }
}
