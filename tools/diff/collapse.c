/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: one round for all rounds of a poll (see collapse.h)
 */
#include "tools/diff/collapse.h"

#include <string.h>

/**
 * struct Collapse: the state
 * @log: the log
 * @start: number of the first token
 * @strong: of what stays
 * @to: what stays
 * @repeated: for each cycle, number of the last tokens that are the same as
 *            those one cycle before
 */
typedef struct Collapse {
    const DiffLog *log;
    uint64_t start;
    const uint32_t *strong;
    DiffCollapsed *to;
    uint32_t repeated[DIFF_COLLAPSE_MAX + 1];
} Collapse;

static uint64_t token_at(const Collapse *c, uint32_t i)
{
    return c->start + c->to->index[i];
}

static bool has_read(const Collapse *c, uint32_t cycle)
{
    const DiffPlaces *places = diff_log_places(c->log);
    uint32_t i;

    for (i = c->to->n - cycle; i < c->to->n; i++) {
        const DiffToken *token = diff_log_token(c->log, token_at(c, i));

        if (diff_places_get(places, token->place)->op == MMT_ENTRY_READ) {
            return true;
        }
    }
    return false;
}

/*
 * Was nothing left out in the last two rounds, but for rounds between them?
 * The rounds must have the same tokens, and not only what stays of them.
 */
static bool is_flat(const Collapse *c, uint32_t cycle)
{
    const GArray *skips = c->to->skips;
    const DiffSkip *last = skips->len ?
        &g_array_index(skips, DiffSkip, skips->len - 1) : NULL;

    if (last && last->at == c->to->n - cycle - 1 && last->cycle == cycle) {
        last = skips->len > 1 ? last - 1 : NULL;
    }
    return !last || last->at + 1 <= c->to->n - 2 * cycle;
}

static void leave_out(Collapse *c, uint32_t cycle)
{
    GArray *skips = c->to->skips;
    DiffSkip skip = { .at = c->to->n - cycle - 1, .cycle = cycle };

    c->to->n -= cycle;
    if (!skips->len ||
        g_array_index(skips, DiffSkip, skips->len - 1).at != skip.at) {
        g_array_append_val(skips, skip);
    }
    memset(c->repeated, 0, sizeof(c->repeated));
}

static void watch(Collapse *c)
{
    uint32_t last = c->to->n - 1;
    uint32_t cycle;
    uint32_t found = 0;

    for (cycle = 1; cycle <= DIFF_COLLAPSE_MAX && cycle <= last; cycle++) {
        if (c->strong[last] == c->strong[last - cycle]) {
            c->repeated[cycle]++;
            if (!found && c->repeated[cycle] >= cycle) {
                found = cycle;
            }
        } else {
            c->repeated[cycle] = 0;
        }
    }
    if (found && is_flat(c, found) && has_read(c, found)) {
        leave_out(c, found);
    }
}

void diff_collapse(const DiffLog *log, uint64_t start, uint32_t n,
                   uint32_t *strong, uint32_t *weak, DiffCollapsed *to)
{
    Collapse c = { .log = log, .start = start, .strong = strong, .to = to };
    uint32_t i;

    to->index = g_new(uint32_t, (size_t)n + 1);
    to->n = 0;
    to->skips = g_array_new(FALSE, FALSE, sizeof(DiffSkip));
    for (i = 0; i < n; i++) {
        to->index[to->n] = i;
        strong[to->n] = strong[i];
        weak[to->n] = weak[i];
        to->n++;
        watch(&c);
    }
    to->index[to->n] = n;
}

void diff_collapsed_clear(DiffCollapsed *collapsed)
{
    g_free(collapsed->index);
    g_array_unref(collapsed->skips);
}

/**
 * struct Expand: making pairs of all tokens
 * @blocks: the pairs so far
 * @first: index of the first of them
 */
typedef struct Expand {
    GArray *blocks;
    guint first;
} Expand;

static AlignBlock *last_block(const Expand *e)
{
    return e->blocks->len > e->first ?
           &g_array_index(e->blocks, AlignBlock, e->blocks->len - 1) : NULL;
}

/* Take a round back, if it is all in the last block. */
static uint32_t take_round(Expand *e, uint32_t cycle)
{
    AlignBlock *last = last_block(e);

    if (!last || last->n < cycle) {
        return 0;
    }
    last->n -= cycle;
    if (!last->n) {
        g_array_set_size(e->blocks, e->blocks->len - 1);
    }
    return cycle;
}

/*
 * After a pair, rounds were left out in one log or both.
 *
 * @a: token behind the pair in the first log, @skip_a of which were left out
 * @b: likewise
 */
static void add_rounds(Expand *e, uint32_t cycle, uint32_t a, uint32_t skip_a,
                       uint32_t b, uint32_t skip_b)
{
    uint32_t n = MIN(skip_a, skip_b);

    if (skip_a != skip_b) {
        n += take_round(e, cycle);
    }
    align_add_pairs(e->blocks, e->first, a + skip_a - n, b + skip_b - n, n);
}

/* The next skip that is not before a token */
static const DiffSkip *next_skip(const DiffCollapsed *c, guint *next,
                                 uint32_t at)
{
    while (*next < c->skips->len &&
           g_array_index(c->skips, DiffSkip, *next).at < at) {
        (*next)++;
    }
    return *next < c->skips->len ?
           &g_array_index(c->skips, DiffSkip, *next) : NULL;
}

static uint32_t skipped(const DiffCollapsed *c, uint32_t i)
{
    return c->index[i + 1] - c->index[i] - 1;
}

static void expand_block(Expand *e, const DiffCollapsed *a, guint *next_a,
                         const DiffCollapsed *b, guint *next_b,
                         const AlignBlock *block)
{
    uint32_t i = 0;

    while (i < block->n) {
        const DiffSkip *x = next_skip(a, next_a, block->a + i);
        const DiffSkip *y = next_skip(b, next_b, block->b + i);
        uint32_t to_x = x ? x->at - block->a : block->n;
        uint32_t to_y = y ? y->at - block->b : block->n;
        bool both = to_x < block->n && to_y < block->n &&
                    x->cycle == y->cycle &&
                    MAX(to_x, to_y) - MIN(to_x, to_y) < x->cycle;
        /* the same poll may begin with any of its accesses */
        uint32_t end = both ? MAX(to_x, to_y) : MIN(to_x, to_y);
        bool in_a = both || to_x == end;
        bool in_b = both || to_y == end;
        uint32_t token_a = a->index[block->a + i];
        uint32_t token_b = b->index[block->b + i];

        if (end >= block->n) {
            align_add_pairs(e->blocks, e->first, token_a, token_b, block->n - i);
            return;
        }
        align_add_pairs(e->blocks, e->first, token_a, token_b, end + 1 - i);
        if (both || in_a != in_b) {
            add_rounds(e, in_a ? x->cycle : y->cycle, token_a + end + 1 - i,
                       in_a ? skipped(a, x->at) : 0, token_b + end + 1 - i,
                       in_b ? skipped(b, y->at) : 0);
        }
        i = end + 1;
    }
}

void diff_expand(const DiffCollapsed *a, const DiffCollapsed *b,
                 GArray *blocks, guint first)
{
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    Expand e = { blocks, first };
    guint next_a = 0;
    guint next_b = 0;
    guint i;

    if (blocks->len > first) {
        g_array_append_vals(old, &g_array_index(blocks, AlignBlock, first),
                            blocks->len - first);
    }
    g_array_set_size(blocks, first);
    for (i = 0; i < old->len; i++) {
        expand_block(&e, a, &next_a, b, &next_b,
                     &g_array_index(old, AlignBlock, i));
    }
}
