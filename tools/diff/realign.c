/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: differences within polls (see realign.h)
 */
#include "tools/diff/realign.h"

#include "tools/diff/align-edit.h"

/* Pairs in a row that end what is aligned at once */
#define APART 64

/* Pairs before and after it that are aligned with it: two rounds */
#define AROUND (2 * DIFF_COLLAPSE_MAX)

/* What is there is replaced by what differs in so many times fewer tokens */
#define BETTER 2

/* Tokens of a log that are aligned at once, and what may be different */
#define TOKENS_MAX 8192u
#define COST_MAX 256u

/* Work for each token, and in any case */
#define WORK 8
#define WORK_MIN (16 << 20)

/**
 * struct Realign: the state
 * @what: what is aligned
 * @old: AlignBlock, the pairs so far, and a block without pairs at the end
 * @blocks: the pairs
 * @first: index of the first of them
 * @edit: memory for an alignment
 * @work: work that is allowed
 * @gap: index of the next gap
 * @strong: numbers of the tokens of both logs
 * @weak: likewise
 */
typedef struct Realign {
    const DiffRealign *what;
    GArray *old;
    GArray *blocks;
    guint first;
    AlignEdit edit;
    uint64_t work;
    guint gap;
    uint32_t strong[2][TOKENS_MAX];
    uint32_t weak[2][TOKENS_MAX];
} Realign;

static const AlignBlock *block_at(const Realign *r, guint i)
{
    return &g_array_index(r->old, AlignBlock, i);
}

/* The first token that stays and is not before this one */
static uint32_t first_kept(const DiffCollapsed *kept, uint32_t token)
{
    uint32_t low = 0;
    uint32_t high = kept->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (kept->index[middle] < token) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool has_left_out(const DiffCollapsed *kept, uint32_t from, uint32_t to)
{
    return first_kept(kept, to) - first_kept(kept, from) != to - from;
}

/* Is there more than rounds of polls without a pair? */
static bool has_gap(Realign *r, const AlignBlock *from, const AlignBlock *to)
{
    const GArray *gaps = r->what->gaps;

    while (r->gap < gaps->len) {
        const AlignBlock *gap = &g_array_index(gaps, AlignBlock, r->gap);

        if (gap->a > to->a || gap->b > to->b) {
            return false;
        }
        if (gap->a >= from->a && gap->b >= from->b) {
            return true;
        }
        r->gap++;
    }
    return false;
}

static AlignSide number_side(Realign *r, unsigned side, uint32_t from,
                             uint32_t to)
{
    const DiffSection *section = r->what->section;
    const DiffLog *log = r->what->log[side];
    uint64_t start = diff_log_start(log) +
                     (side ? section->b0 : section->a0);

    diff_keys_of(r->what->keys, log, start + from, to - from, r->strong[side],
                 r->weak[side]);
    return (AlignSide) {
        .strong = r->strong[side], .weak = r->weak[side], .n = to - from,
    };
}

/* The end of the blocks and gaps that are aligned at once */
static guint find_end(const Realign *r, guint i, const AlignBlock *from)
{
    while (i + 1 < r->old->len && block_at(r, i)->n < APART) {
        const AlignBlock *next = block_at(r, i + 1);

        if (next->a - from->a > TOKENS_MAX - 2 * AROUND ||
            next->b - from->b > TOKENS_MAX - 2 * AROUND) {
            break;
        }
        i++;
    }
    return i;
}

/* What the pairs so far cost, in the sense of align-edit.h */
static uint32_t cost_so_far(const Realign *r, guint i, guint end,
                            const AlignBlock *from, const AlignBlock *to)
{
    uint32_t cost = (to->a - from->a) + (to->b - from->b);
    uint32_t j;

    for (; i < end; i++) {
        const AlignBlock *block = block_at(r, i);

        cost -= 2 * block->n;
        for (j = 0; j < block->n; j++) {
            cost += r->strong[0][block->a - from->a + j] !=
                    r->strong[1][block->b - from->b + j];
        }
    }
    return cost;
}

/*
 * Align what is between two blocks, and some pairs of them.
 *
 * @i: the first block between
 * @end: the block behind
 * @from: where it begins; has the pairs before that may be taken back
 * @used: where to store how many pairs of the block behind were used
 *
 * Return: false if nothing is better than what was there
 */
static bool align(Realign *r, guint i, guint end, AlignBlock from,
                  uint32_t *used)
{
    const AlignBlock *behind = block_at(r, end);
    uint32_t after = MIN(behind->n, AROUND);
    AlignBlock to = { behind->a + after, behind->b + after, 0 };
    AlignBlock inner = { from.a + from.n, from.b + from.n, 0 };
    AlignSide a;
    AlignSide b;
    uint32_t cost;
    guint j;

    if (!has_gap(r, &from, &to) || r->edit.work > r->work || to.a - from.a > TOKENS_MAX ||
        to.b - from.b > TOKENS_MAX ||
        !(has_left_out(r->what->kept[0], from.a, to.a) ||
          has_left_out(r->what->kept[1], from.b, to.b))) {
        return false;
    }
    a = number_side(r, 0, inner.a, behind->a);
    b = number_side(r, 1, inner.b, behind->b);
    cost = cost_so_far(r, i, end, &inner, behind) / BETTER;
    if (!cost) {
        return false;
    }
    a = number_side(r, 0, from.a, to.a);
    b = number_side(r, 1, from.b, to.b);
    if (!align_edit(&r->edit, &a, &b, MIN(cost, COST_MAX), true).whole) {
        return false;
    }
    if (from.n) {
        AlignBlock *last = &g_array_index(r->blocks, AlignBlock,
                                          r->blocks->len - 1);

        last->n -= from.n;
        if (!last->n) {
            g_array_set_size(r->blocks, r->blocks->len - 1);
        }
    }
    for (j = r->edit.way->len; j--; ) {
        const AlignBlock *block = &g_array_index(r->edit.way, AlignBlock, j);

        align_add_pairs(r->blocks, r->first, from.a + block->a,
                        from.b + block->b, block->n);
    }
    *used = after;
    return true;
}

static void copy_blocks(Realign *r, guint i, guint end)
{
    for (; i < end; i++) {
        const AlignBlock *block = block_at(r, i);

        align_add_pairs(r->blocks, r->first, block->a, block->b, block->n);
    }
}

/* Pairs at the end of the last block that may be taken back */
static AlignBlock around_last(const Realign *r)
{
    const AlignBlock *last = r->blocks->len > r->first ?
        &g_array_index(r->blocks, AlignBlock, r->blocks->len - 1) : NULL;
    uint32_t n = last ? MIN(last->n, AROUND) : 0;

    return last ? (AlignBlock) { last->a + last->n - n, last->b + last->n - n,
                                 n } : (AlignBlock) { 0 };
}

static void realign_all(Realign *r)
{
    guint i = 0;

    while (i < r->old->len) {
        AlignBlock from = around_last(r);
        guint end = find_end(r, i, &from);
        const AlignBlock *behind = block_at(r, end);
        uint32_t used = 0;

        if (!align(r, i, end, from, &used)) {
            copy_blocks(r, i, end);
        }
        align_add_pairs(r->blocks, r->first, behind->a + used,
                        behind->b + used, behind->n - used);
        i = end + 1;
    }
}

GArray *diff_realign_gaps(const DiffCollapsed *a, const DiffCollapsed *b,
                          const GArray *blocks, guint first)
{
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    AlignBlock last = { 0 };
    guint i;

    for (i = first; i <= blocks->len; i++) {
        AlignBlock block = i < blocks->len ?
            g_array_index(blocks, AlignBlock, i) :
            (AlignBlock) { a->n, b->n, 0 };
        AlignBlock gap = { a->index[last.a], b->index[last.b], 0 };

        if (block.a > last.a || block.b > last.b) {
            g_array_append_val(gaps, gap);
        }
        last = (AlignBlock) { block.a + block.n, block.b + block.n, 0 };
    }
    return gaps;
}

void diff_realign(const DiffRealign *what, GArray *blocks, guint first)
{
    const DiffSection *s = what->section;
    AlignBlock end = { s->a1 - s->a0, s->b1 - s->b0, 0 };
    Realign *r;

    if (!what->kept[0]->skips->len && !what->kept[1]->skips->len) {
        return;
    }
    r = g_new(Realign, 1);
    r->what = what;
    r->old = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    r->blocks = blocks;
    r->first = first;
    r->gap = 0;
    r->work = WORK * ((uint64_t)end.a + end.b) + WORK_MIN;
    align_edit_init(&r->edit);
    if (blocks->len > first) {
        g_array_append_vals(r->old, &g_array_index(blocks, AlignBlock, first),
                            blocks->len - first);
    }
    g_array_append_val(r->old, end);
    g_array_set_size(blocks, first);
    realign_all(r);
    align_edit_clear(&r->edit);
    g_array_unref(r->old);
    g_free(r);
}
