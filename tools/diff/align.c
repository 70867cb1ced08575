/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: alignment of two sequences of numbers (see align.h)
 *
 * Theory of operation
 *
 * What both sequences begin and end with is the same.  What is between is
 * aligned exactly if little is different (align-edit.h).  Else anchors are
 * searched (align-anchors.h), and what is between two of them is aligned in the
 * same way.  Where there are none, an exact alignment goes on as far as it is
 * worth its time; what follows begins anew.
 *
 * Two budgets bound the time: one for anchors and one for exact alignment.
 * When one of them is used up, the result is still an alignment, but may lack
 * pairs.
 */
#include "tools/diff/align.h"
#include "tools/diff/align-anchors.h"
#include "tools/diff/align-edit.h"

/*
 * An exact alignment is tried before anchors if the square of its cost is at
 * most so many times the number of items, or this.
 */
#define TRY_WORK 16
#define TRY_WORK_MIN 65536

/* Lowest cost that an exact alignment may have */
#define COST_MIN 32u

/* Items of a sequence that may be a longer one that was cut off */
#define CUT_OFF_MIN 256

/* Anchors between anchors, and so on */
#define DEPTH_MAX 24

/* Work for each item, and in any case */
#define ANCHOR_WORK 24
#define EDIT_WORK 24
#define WORK_MIN (16 << 20)

/**
 * struct Aligner: state of an alignment
 * @a: the first sequence
 * @b: the second one
 * @blocks: the pairs
 * @edit: memory for exact alignment
 * @edit_work: work of exact alignment that is allowed
 * @anchor_work: work that is left for anchors
 */
typedef struct Aligner {
    const AlignSide *a;
    const AlignSide *b;
    GArray *blocks;
    AlignEdit edit;
    uint64_t edit_work;
    int64_t anchor_work;
} Aligner;

/**
 * struct Range: what is aligned
 * @a0: first item of the first sequence
 * @a1: behind the last one
 * @b0: first item of the second sequence
 * @b1: behind the last one
 */
typedef struct Range {
    uint32_t a0;
    uint32_t a1;
    uint32_t b0;
    uint32_t b1;
} Range;

void align_add_pairs(GArray *blocks, guint first, uint32_t a, uint32_t b,
                     uint32_t n)
{
    AlignBlock block = { a, b, n };
    AlignBlock *last = blocks->len > first ?
        &g_array_index(blocks, AlignBlock, blocks->len - 1) : NULL;

    if (!n) {
        return;
    }
    if (last && last->a + last->n == a && last->b + last->n == b) {
        last->n += n;
    } else {
        g_array_append_val(blocks, block);
    }
}

static AlignSide side(const AlignSide *whole, uint32_t start, uint32_t end)
{
    return (AlignSide) {
        .strong = whole->strong + start,
        .weak = whole->weak + start,
        .n = end - start,
    };
}

static void skip_start(Aligner *al, Range *r)
{
    uint32_t n = 0;
    uint32_t max = MIN(r->a1 - r->a0, r->b1 - r->b0);

    while (n < max && al->a->strong[r->a0 + n] == al->b->strong[r->b0 + n]) {
        n++;
    }
    align_add_pairs(al->blocks, 0, r->a0, r->b0, n);
    r->a0 += n;
    r->b0 += n;
}

/* Return: number of items that both end with */
static uint32_t skip_end(const Aligner *al, Range *r)
{
    uint32_t n = 0;

    while (r->a1 > r->a0 && r->b1 > r->b0 &&
           al->a->strong[r->a1 - 1] == al->b->strong[r->b1 - 1]) {
        r->a1--;
        r->b1--;
        n++;
    }
    return n;
}

/* Return: the cost that may be spent, as long as there is time for it */
static uint32_t cost_allowed(const Aligner *al)
{
    uint64_t left = al->edit.work < al->edit_work ?
                    al->edit_work - al->edit.work : 0;

    if (left > al->edit_work / 2) {
        return ALIGN_EDIT_MAX;
    }
    return left > al->edit_work / 4 ? ALIGN_EDIT_MAX / 4 : COST_MIN;
}

/*
 * Does a way pair nearly all of one of the sequences?  That one may have been
 * cut off.
 */
static bool is_nearly_all(const Aligner *al, const AlignWay *way, uint32_t n,
                          uint32_t m)
{
    uint32_t pairs = 0;
    guint i;

    if (way->whole) {
        return true;
    }
    for (i = 0; i < al->edit.way->len; i++) {
        pairs += g_array_index(al->edit.way, AlignBlock, i).n;
    }
    return MIN(n, m) >= CUT_OFF_MIN && pairs >= MIN(n, m) / 8 * 7 &&
           (way->a >= n / 16 * 15 || way->b >= m / 16 * 15);
}

/* Return: is all of the range aligned?  If not, @r is what is left. */
static bool edit(Aligner *al, Range *r, uint32_t cost, bool whole)
{
    AlignSide a = side(al->a, r->a0, r->a1);
    AlignSide b = side(al->b, r->b0, r->b1);
    AlignWay way = align_edit(&al->edit, &a, &b, cost, false);
    guint i;

    if (whole && !is_nearly_all(al, &way, a.n, b.n)) {
        return false;
    }
    for (i = al->edit.way->len; i--; ) {
        const AlignBlock *block = &g_array_index(al->edit.way, AlignBlock, i);

        align_add_pairs(al->blocks, 0, r->a0 + block->a, r->b0 + block->b, block->n);
    }
    r->a0 += way.a;
    r->b0 += way.b;
    return way.whole;
}

static uint64_t size_of(const Range *r)
{
    return (uint64_t)(r->a1 - r->a0) + (r->b1 - r->b0);
}

/* Anchors may be wrong: an exact alignment is better, if it is cheap. */
static bool try_edit(Aligner *al, Range *r)
{
    uint64_t work = TRY_WORK * size_of(r) + TRY_WORK_MIN;
    uint32_t cost = cost_allowed(al);

    while ((uint64_t)cost * cost > work) {
        cost -= cost / 8;
    }
    return edit(al, r, cost, true);
}

static void align_range(Aligner *al, Range r, unsigned depth);

/* Return: were there any? */
static bool align_by_anchors(Aligner *al, const Range *r, unsigned depth)
{
    AlignSide a = side(al->a, r->a0, r->a1);
    AlignSide b = side(al->b, r->b0, r->b1);
    g_autoptr(GArray) anchors = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    Range gap = *r;
    guint i;

    if (depth == DEPTH_MAX ||
        !align_anchors(&a, &b, &al->anchor_work, anchors)) {
        return false;
    }
    for (i = 0; i < anchors->len; i++) {
        AlignBlock anchor = g_array_index(anchors, AlignBlock, i);

        gap.a1 = r->a0 + anchor.a;
        gap.b1 = r->b0 + anchor.b;
        align_range(al, gap, depth + 1);
        align_add_pairs(al->blocks, 0, gap.a1, gap.b1, anchor.n);
        gap.a0 = gap.a1 + anchor.n;
        gap.b0 = gap.b1 + anchor.n;
    }
    gap.a1 = r->a1;
    gap.b1 = r->b1;
    align_range(al, gap, depth + 1);
    return true;
}

/* Align the rest of a range: it has no common start. */
static void align_rest(Aligner *al, Range r, unsigned depth)
{
    uint64_t searched = UINT64_MAX;

    while (r.a0 < r.a1 && r.b0 < r.b1) {
        /* what was searched in vain is not searched again at once */
        if (size_of(&r) <= searched / 4 * 3) {
            if (try_edit(al, &r) || align_by_anchors(al, &r, depth)) {
                return;
            }
            searched = size_of(&r);
        }
        if (edit(al, &r, cost_allowed(al), false)) {
            return;
        }
        skip_start(al, &r);
    }
}

static void align_range(Aligner *al, Range r, unsigned depth)
{
    uint32_t end;

    skip_start(al, &r);
    end = skip_end(al, &r);
    align_rest(al, r, depth);
    align_add_pairs(al->blocks, 0, r.a1, r.b1, end);
}

void align_sequences(const AlignSide *a, const AlignSide *b, GArray *blocks)
{
    uint64_t items = (uint64_t)a->n + b->n;
    GArray *own = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    Aligner al = {
        .a = a,
        .b = b,
        .blocks = own,
        .edit_work = EDIT_WORK * items + WORK_MIN,
        .anchor_work = ANCHOR_WORK * items + WORK_MIN,
    };

    align_edit_init(&al.edit);
    align_range(&al, (Range) { 0, a->n, 0, b->n }, 0);
    align_edit_clear(&al.edit);
    g_array_append_vals(blocks, own->data, own->len);
    g_array_unref(own);
}
