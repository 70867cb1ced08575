/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: from pairs of tokens to differences (see hunks.h)
 *
 * Theory of operation
 *
 * Pairs and what is between them become pieces: values that differ, tokens that
 * only one log has, polls.  Pieces near each other are a group, in which those
 * are joined that are the same accesses in another order.  What lies between
 * pieces is the same.
 */
#include "tools/diff/hunks.h"
#include "tools/diff/cycles.h"
#include "tools/diff/keys.h"
#include "tools/diff/order.h"
#include "tools/diff/poll.h"
#include "tools/diff/rounds.h"

/* Equal tokens between two groups */
#define GROUP_GAP 40

/* Most pieces of a group */
#define GROUP_MAX 256

/* Tokens that may be looked at to count rounds, for each one in a window */
#define ROUNDS_WORK 32

/**
 * struct DiffHunks: the state
 * @a: the first log
 * @b: the second one
 * @values: which values are compared
 * @sink: takes the hunks
 * @seed: for sums (order.h)
 * @group: DiffPiece
 * @cycles: cycles in what is the same
 * @next_a: token of the first log that is the next one for the sink
 * @next_b: likewise of the second one
 * @work: for diff_rounds_find()
 */
struct DiffHunks {
    const DiffLog *a;
    const DiffLog *b;
    DiffValues values;
    const DiffSink *sink;
    uint64_t seed;
    GArray *group;
    DiffCycles cycles;
    uint64_t next_a;
    uint64_t next_b;
    int64_t work;
};

DiffHunks *diff_hunks_new(const DiffLog *a, const DiffLog *b,
                          DiffValues values, const DiffSink *sink)
{
    DiffHunks *h = g_new0(DiffHunks, 1);

    h->a = a;
    h->b = b;
    h->values = values;
    h->sink = sink;
    h->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    h->group = g_array_new(FALSE, FALSE, sizeof(DiffPiece));
    h->cycles = (DiffCycles) { .a = a, .b = b };
    return h;
}

void diff_hunks_free(DiffHunks *h)
{
    if (h) {
        g_array_unref(h->group);
        g_free(h);
    }
}

static void tell(DiffHunks *h, DiffHunk *hunk)
{
    hunk->phase_a = diff_log_phase(h->a, hunk->a0);
    hunk->phase_b = diff_log_phase(h->b, hunk->b0);
    h->sink->hunk(hunk, h->sink->opaque);
    h->next_a = hunk->a1;
    h->next_b = hunk->b1;
}

/* What is before @a and @b is the same. */
static void tell_same(DiffHunks *h, uint64_t a, uint64_t b)
{
    DiffHunk same = {
        .kind = DIFF_SAME, .a0 = h->next_a, .a1 = a, .b0 = h->next_b, .b1 = b,
    };

    if (a > h->next_a) {
        tell(h, &same);
    }
}

/* Tokens that only one log has, each phase for itself */
static void tell_phases(DiffHunks *h, const DiffHunk *hunk)
{
    bool only_a = hunk->kind == DIFF_ONLY_A;
    const DiffLog *log = only_a ? h->a : h->b;
    const GArray *phases = diff_log_phases(log);
    DiffHunk part = *hunk;
    uint64_t *start = only_a ? &part.a0 : &part.b0;
    uint64_t *end = only_a ? &part.a1 : &part.b1;
    uint64_t last = *end;

    while (*start < last) {
        uint32_t phase = diff_log_phase(log, *start);

        *end = MIN(last, g_array_index(phases, DiffPhase, phase).end);
        tell(h, &part);
        *start = *end;
    }
}

static void tell_hunk(DiffHunks *h, DiffHunk *hunk)
{
    tell_same(h, hunk->a0, hunk->b0);
    if (hunk->kind == DIFF_ONLY_A || hunk->kind == DIFF_ONLY_B) {
        tell_phases(h, hunk);
    } else {
        tell(h, hunk);
    }
}

static void end_group(DiffHunks *h)
{
    guint i = 0;

    while (i < h->group->len) {
        DiffPiece *piece = &g_array_index(h->group, DiffPiece, i);
        guint last = diff_order_find(h->group, i);

        if (last < h->group->len) {
            const DiffPiece *end = &g_array_index(h->group, DiffPiece, last);
            DiffHunk hunk = {
                .kind = DIFF_ORDER,
                .a0 = piece->hunk.a0, .a1 = end->hunk.a1,
                .b0 = piece->hunk.b0, .b1 = end->hunk.b1,
            };

            tell_hunk(h, &hunk);
            i = last + 1;
        } else {
            tell_hunk(h, &piece->hunk);
            i++;
        }
    }
    g_array_set_size(h->group, 0);
}

static void put_piece(DiffHunks *h, const DiffHunk *hunk)
{
    DiffPiece piece = { .hunk = *hunk };

    if (hunk->kind < DIFF_ORDER) {
        piece.sum = diff_order_sum(h->a, h->b, hunk, h->values, h->seed);
    }
    if (h->group->len) {
        DiffPiece *last = &g_array_index(h->group, DiffPiece,
                                         h->group->len - 1);

        if (hunk->kind == DIFF_VALUE && last->hunk.kind == DIFF_VALUE &&
            last->hunk.a1 == hunk->a0 && last->hunk.b1 == hunk->b0) {
            last->hunk.a1 = hunk->a1;
            last->hunk.b1 = hunk->b1;
            last->sum += piece.sum;
            return;
        }
        if (hunk->a0 - last->hunk.a1 > GROUP_GAP ||
            h->group->len == GROUP_MAX) {
            end_group(h);
        }
    }
    g_array_append_val(h->group, piece);
}

static void stop_cycles(DiffHunks *h, uint64_t a, uint64_t b)
{
    DiffHunk hunk;

    if (diff_cycles_stop(&h->cycles, a, b, &hunk) &&
        h->values != DIFF_VALUES_NONE) {
        put_piece(h, &hunk);
    }
}

static bool is_unknown(const DiffLog *log, uint64_t i)
{
    return diff_places_get(diff_log_places(log),
                           diff_log_token(log, i)->place)->op ==
           MMT_ENTRY_UNKNOWN;
}

static void put_only(DiffHunks *h, uint64_t a0, uint64_t a1, uint64_t b0,
                     uint64_t b1, uint64_t before, uint64_t after)
{
    bool only_a = a1 > a0;
    DiffHunk hunk = {
        .kind = only_a ? DIFF_ONLY_A : DIFF_ONLY_B,
        .a0 = a0, .a1 = a1, .b0 = b0, .b1 = b1,
    };
    DiffRounds rounds;

    if (diff_rounds_find(only_a ? h->a : h->b, only_a ? a0 : b0,
                         only_a ? a1 : b1, before, after, &h->work, &rounds)) {
        uint64_t fewer = rounds.rounds -
                         (only_a ? a1 - a0 : b1 - b0) / rounds.cycle;

        hunk.cycle = rounds.cycle;
        hunk.rounds_a = only_a ? rounds.rounds : fewer;
        hunk.rounds_b = only_a ? fewer : rounds.rounds;
        hunk.kind = diff_poll_is_longer(hunk.rounds_a, hunk.rounds_b, 0, 0) ?
                    DIFF_POLL_TIME : DIFF_ROUNDS;
    }
    put_piece(h, &hunk);
}

/*
 * Tokens between two blocks of pairs.
 *
 * @before: pairs of the block before
 * @after: of the block behind
 */
static void put_gap(DiffHunks *h, uint64_t a0, uint64_t a1, uint64_t b0,
                    uint64_t b1, uint64_t before, uint64_t after)
{
    if (a1 == a0 && b1 == b0) {
        return;
    }
    stop_cycles(h, a0, b0);
    if (a1 > a0) {
        put_only(h, a0, a1, b0, b0, before, after);
    }
    if (b1 > b0) {
        put_only(h, a1, a1, b0, b1, before, after);
    }
}

/* Two accesses to an address of which a log has another one as UNKNOWN. */
static bool is_other_place(const DiffHunks *h, uint64_t a, uint64_t b)
{
    return diff_log_token(h->a, a)->place != diff_log_token(h->b, b)->place &&
           !is_unknown(h->a, a) && !is_unknown(h->b, b);
}

static void put_pair(DiffHunks *h, uint64_t a, uint64_t b)
{
    const DiffToken *x = diff_log_token(h->a, a);
    const DiffToken *y = diff_log_token(h->b, b);
    DiffHunk hunk = { .kind = DIFF_SAME };

    if (x->place == y->place) {
        hunk.kind = diff_poll_compare(h->a, a, h->b, b, h->values, &hunk);
        if (hunk.kind == DIFF_SAME && x->value != y->value &&
            diff_value_counts(diff_log_places(h->a), x->place, h->values)) {
            hunk.kind = DIFF_VALUE;
        }
    }
    if (hunk.kind != DIFF_SAME) {
        stop_cycles(h, a, b);
        hunk.a0 = a;
        hunk.a1 = a + 1;
        hunk.b0 = b;
        hunk.b1 = b + 1;
        put_piece(h, &hunk);
    } else if (diff_cycles_add(&h->cycles, a, b, &hunk) &&
               h->values != DIFF_VALUES_NONE) {
        put_piece(h, &hunk);
    }
}

static void put_pairs(DiffHunks *h, const AlignBlock *block)
{
    uint64_t a = diff_log_start(h->a) + block->a;
    uint64_t b = diff_log_start(h->b) + block->b;
    uint32_t i;

    for (i = 0; i < block->n; i++) {
        if (is_other_place(h, a + i, b + i)) {
            put_gap(h, a + i, a + i + 1, b + i, b + i + 1, i,
                    block->n - i - 1);
        } else {
            put_pair(h, a + i, b + i);
        }
    }
}

void diff_hunks_add(DiffHunks *h, GArray *blocks, uint32_t end_a,
                    uint32_t end_b)
{
    uint64_t start_a = diff_log_start(h->a);
    uint64_t start_b = diff_log_start(h->b);
    AlignBlock last = { end_a, end_b, 0 };
    AlignBlock before = { 0, 0, 0 };
    guint i;

    h->work = ROUNDS_WORK * ((int64_t)end_a + end_b) + (1 << 20);
    for (i = 0; i <= blocks->len; i++) {
        const AlignBlock *block = i == blocks->len ? &last :
                                  &g_array_index(blocks, AlignBlock, i);

        put_gap(h, start_a + before.a + before.n, start_a + block->a,
                start_b + before.b + before.n, start_b + block->b, before.n,
                block->n);
        put_pairs(h, block);
        before = *block;
    }
    stop_cycles(h, start_a + end_a, start_b + end_b);
    end_group(h);
    tell_same(h, start_a + end_a, start_b + end_b);
    if (h->sink->window) {
        h->sink->window(h->sink->opaque);
    }
}
