/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: from pairs of tokens to differences (see hunks.h)
 */
#include "tools/diff/hunks.h"
#include "tools/diff/keys.h"

struct DiffHunks {
    const DiffLog *a;
    const DiffLog *b;
    DiffValues values;
    const DiffSink *sink;
    DiffHunk hunk;
    bool has_hunk;
};

DiffHunks *diff_hunks_new(const DiffLog *a, const DiffLog *b,
                          DiffValues values, const DiffSink *sink)
{
    DiffHunks *h = g_new0(DiffHunks, 1);

    h->a = a;
    h->b = b;
    h->values = values;
    h->sink = sink;
    return h;
}

void diff_hunks_free(DiffHunks *h)
{
    g_free(h);
}

static void flush(DiffHunks *h)
{
    if (h->has_hunk) {
        h->hunk.phase_a = diff_log_phase(h->a, h->hunk.a0);
        h->hunk.phase_b = diff_log_phase(h->b, h->hunk.b0);
        h->sink->hunk(&h->hunk, h->sink->opaque);
    }
    h->has_hunk = false;
}

static void put(DiffHunks *h, DiffKind kind, uint64_t a0, uint64_t a1,
                uint64_t b0, uint64_t b1)
{
    if (h->has_hunk && h->hunk.kind == kind) {
        h->hunk.a1 = a1;
        h->hunk.b1 = b1;
        return;
    }
    flush(h);
    h->hunk = (DiffHunk) {
        .kind = kind, .a0 = a0, .a1 = a1, .b0 = b0, .b1 = b1
    };
    h->has_hunk = true;
}

static DiffKind kind_of(const DiffHunks *h, uint64_t a, uint64_t b)
{
    const DiffToken *x = diff_log_token(h->a, a);
    const DiffToken *y = diff_log_token(h->b, b);

    return x->value != y->value && x->place == y->place &&
           diff_value_counts(diff_log_places(h->a), x->place, h->values) ?
           DIFF_VALUE : DIFF_SAME;
}

static void put_pairs(DiffHunks *h, const AlignBlock *block)
{
    uint64_t a = diff_log_start(h->a) + block->a;
    uint64_t b = diff_log_start(h->b) + block->b;
    uint32_t i;

    for (i = 0; i < block->n; i++) {
        put(h, kind_of(h, a + i, b + i), a + i, a + i + 1, b + i, b + i + 1);
    }
}

static void put_gap(DiffHunks *h, uint32_t a0, uint32_t a1, uint32_t b0,
                    uint32_t b1)
{
    uint64_t a = diff_log_start(h->a);
    uint64_t b = diff_log_start(h->b);

    if (a1 > a0) {
        put(h, DIFF_ONLY_A, a + a0, a + a1, b + b0, b + b0);
    }
    if (b1 > b0) {
        put(h, DIFF_ONLY_B, a + a1, a + a1, b + b0, b + b1);
    }
}

void diff_hunks_add(DiffHunks *h, GArray *blocks, uint32_t end_a,
                    uint32_t end_b)
{
    uint32_t a = 0;
    uint32_t b = 0;
    guint i;

    for (i = 0; i < blocks->len; i++) {
        const AlignBlock *block = &g_array_index(blocks, AlignBlock, i);

        put_gap(h, a, block->a, b, block->b);
        put_pairs(h, block);
        a = block->a + block->n;
        b = block->b + block->n;
    }
    put_gap(h, a, end_a, b, end_b);
    flush(h);
    if (h->sink->window) {
        h->sink->window(h->sink->opaque);
    }
}
