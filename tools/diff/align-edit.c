/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: the shortest way from one short sequence to another (see
 * align-edit.h)
 */
#include "tools/diff/align-edit.h"

/* No way leads to this diagonal */
#define NOWHERE INT32_MIN

/* Equal items in a row after which a way was the right one for certain */
#define GOOD_PAIRS 16

/* Steps along equal items, for each item, after which a search ends */
#define STEPS_PER_ITEM 8

/**
 * struct Search: a search for a way
 * @a: the first sequence
 * @b: the second one
 * @n: number of items of @a
 * @m: number of items of @b
 * @points: as in AlignEdit
 * @steps: steps that are left
 */
typedef struct Search {
    const AlignSide *a;
    const AlignSide *b;
    int32_t n;
    int32_t m;
    int32_t *points;
    int64_t steps;
} Search;

void align_edit_init(AlignEdit *edit)
{
    *edit = (AlignEdit) {
        .points = g_new(int32_t, (size_t)(ALIGN_EDIT_MAX + 1) *
                        (ALIGN_EDIT_MAX + 5)),
        .way = g_array_new(FALSE, FALSE, sizeof(AlignBlock)),
    };
}

void align_edit_clear(AlignEdit *edit)
{
    g_free(edit->points);
    g_array_unref(edit->way);
}

/* The points of a cost: diagonals from -cost - 2 to cost + 2 */
static int32_t *points_of(const Search *s, int32_t cost)
{
    return s->points + (size_t)cost * (cost + 4) + cost + 2;
}

/*
 * Where the way of a cost comes from: a point on the same diagonal, after a
 * pair that has only @weak in common, or on one beside it.  A point that can be
 * reached for less is also reached, so that no step is made twice.
 *
 * @before: points of the cost less 1
 * @from: where to store the diagonal that it comes from
 *
 * Return: the point in the first sequence behind the step, or NOWHERE
 */
static inline int32_t step_to(const Search *s, const int32_t *before,
                              int32_t diagonal, int32_t *from)
{
    int32_t best = before[diagonal];
    int32_t left = before[diagonal - 1];
    int32_t right = before[diagonal + 1];

    *from = diagonal;
    if (best != NOWHERE && best < s->n && best - diagonal < s->m &&
        s->a->weak[best] == s->b->weak[best - diagonal]) {
        best++;
    }
    if (left >= best && left < s->n && left != NOWHERE) {
        best = left + 1;
        *from = diagonal - 1;
    }
    if (right > best && right - diagonal <= s->m) {
        best = right;
        *from = diagonal + 1;
    }
    return best;
}

static inline int32_t slide(Search *s, int32_t x, int32_t diagonal)
{
    int32_t start = x;
    int32_t end = MIN(s->n, s->m + diagonal);

    while (x < end && s->a->strong[x] == s->b->strong[x - diagonal]) {
        x++;
    }
    s->steps -= x - start;
    return x;
}

/* Return: is the end of both sequences reached? */
static bool take_cost(Search *s, int32_t cost)
{
    int32_t *points = points_of(s, cost);
    int32_t low = MAX(-cost, -s->m);
    int32_t high = MIN(cost, s->n);
    int32_t diagonal;
    int32_t from;

    /* the next cost looks two diagonals further */
    for (diagonal = -cost - 2; diagonal < low; diagonal++) {
        points[diagonal] = NOWHERE;
    }
    for (diagonal = high + 1; diagonal <= cost + 2; diagonal++) {
        points[diagonal] = NOWHERE;
    }
    for (diagonal = low; diagonal <= high; diagonal++) {
        int32_t x = cost ? step_to(s, points_of(s, cost - 1), diagonal, &from) :
                    0;

        points[diagonal] = x == NOWHERE ? x : slide(s, x, diagonal);
    }
    diagonal = s->n - s->m;
    return diagonal >= low && diagonal <= high && points[diagonal] == s->n;
}

static void add_pairs(GArray *way, int32_t a, int32_t b, int32_t n)
{
    AlignBlock *last;
    AlignBlock block = { a, b, n };

    if (!n) {
        return;
    }
    last = way->len ? &g_array_index(way, AlignBlock, way->len - 1) : NULL;
    if (last && last->a == a + (uint32_t)n && last->b == b + (uint32_t)n) {
        last->a = a;
        last->b = b;
        last->n += n;
        return;
    }
    g_array_append_val(way, block);
}

/*
 * The way to a point, from its end to its start.
 *
 * @good: where to store the end of the last pairs that are certain
 */
static void go_back(const Search *s, int32_t cost, int32_t diagonal,
                    GArray *way, AlignWay *good)
{
    int32_t x = points_of(s, cost)[diagonal];

    g_array_set_size(way, 0);
    while (cost >= 0) {
        int32_t from = diagonal;
        int32_t start = cost ? step_to(s, points_of(s, cost - 1), diagonal,
                                       &from) : 0;
        bool pair = cost && from == diagonal &&
                    start > points_of(s, cost - 1)[diagonal];

        if (good && !good->a && !good->b && x - start >= GOOD_PAIRS) {
            good->a = x;
            good->b = x - diagonal;
            /* what comes behind is no part of the way */
            g_array_set_size(way, 0);
        }
        start -= pair;
        add_pairs(way, start, start - diagonal, x - start);
        if (!cost--) {
            break;
        }
        diagonal = from;
        x = points_of(s, cost)[diagonal];
    }
}

static int32_t furthest(const Search *s, int32_t cost)
{
    const int32_t *points = points_of(s, cost);
    int64_t best = -1;
    int32_t found = 0;
    int32_t diagonal;

    for (diagonal = -cost; diagonal <= cost; diagonal++) {
        int64_t sum = points[diagonal] == NOWHERE ? -1 :
                      2 * (int64_t)points[diagonal] - diagonal;

        if (sum > best) {
            best = sum;
            found = diagonal;
        }
    }
    return found;
}

static AlignWay cut(AlignEdit *edit, const Search *s, int32_t cost)
{
    int32_t diagonal = furthest(s, cost);
    uint32_t x = points_of(s, cost)[diagonal];
    AlignWay way = { .a = x, .b = x - diagonal };
    AlignWay good = { 0 };

    go_back(s, cost, diagonal, edit->way, &good);
    if (good.a + good.b >= (way.a + way.b) / 4 && good.a + good.b) {
        return good;
    }
    go_back(s, cost, diagonal, edit->way, NULL);
    return way;
}

AlignWay align_edit(AlignEdit *edit, const AlignSide *a, const AlignSide *b,
                    uint32_t limit, bool whole)
{
    int64_t steps = (int64_t)STEPS_PER_ITEM * ((int64_t)a->n + b->n) +
                    4 * ALIGN_EDIT_MAX;
    Search s = {
        .a = a, .b = b, .n = a->n, .m = b->n, .points = edit->points,
        .steps = steps,
    };
    AlignWay way = { .a = a->n, .b = b->n, .whole = true };
    int32_t max = MIN(limit, ALIGN_EDIT_MAX);
    int32_t cost = 0;

    g_array_set_size(edit->way, 0);
    while (!take_cost(&s, cost)) {
        if (cost == max || s.steps < 0) {
            edit->work += steps - s.steps + (uint64_t)cost * cost;
            return whole ? (AlignWay) { 0 } : cut(edit, &s, cost);
        }
        cost++;
    }
    edit->work += steps - s.steps + (uint64_t)cost * cost;
    go_back(&s, cost, a->n - (int32_t)b->n, edit->way, NULL);
    return way;
}
