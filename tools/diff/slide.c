/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: where a difference begins (see slide.h)
 */
#include "tools/diff/slide.h"

/**
 * struct Gap: tokens that only one log has, between two blocks of pairs
 * @own: the log
 * @other: the other one
 * @log: 0 if @own is the first log
 * @start: the first token in @own
 * @n: number of tokens
 * @at: the token in @other before which they would be
 */
typedef struct Gap {
    const AlignSide *own;
    const AlignSide *other;
    unsigned log;
    uint32_t start;
    uint32_t n;
    uint32_t at;
} Gap;

static bool can_go_up(const Gap *g)
{
    return g->own->strong[g->start + g->n - 1] == g->other->strong[g->at - 1];
}

static bool can_go_down(const Gap *g)
{
    return g->own->strong[g->start] == g->other->strong[g->at];
}

static void go_up(Gap *g, AlignBlock *before, AlignBlock *after)
{
    g->start--;
    g->at--;
    before->n--;
    after->n++;
    after->a--;
    after->b--;
}

static void go_down(Gap *g, AlignBlock *before, AlignBlock *after)
{
    g->start++;
    g->at++;
    before->n++;
    after->n--;
    after->a++;
    after->b++;
}

static void slide(Gap *g, AlignBlock *before, AlignBlock *after,
                  bool (*is_start)(unsigned log, uint32_t token, void *opaque),
                  void *opaque)
{
    uint32_t down = 0;
    uint32_t i;

    while (before->n && can_go_up(g)) {
        go_up(g, before, after);
    }
    if (!before->n) {
        /* it is one with the difference before it */
        return;
    }
    while (down < g->n && down < after->n &&
           !is_start(g->log, g->start, opaque) && can_go_down(g)) {
        go_down(g, before, after);
        down++;
    }
    if (!is_start(g->log, g->start, opaque)) {
        for (i = 0; i < down; i++) {
            go_up(g, before, after);
        }
    }
}

static bool find_gap(const AlignSide *a, const AlignSide *b,
                     const AlignBlock *before, const AlignBlock *after, Gap *g)
{
    uint32_t end_a = before->a + before->n;
    uint32_t end_b = before->b + before->n;

    if (after->a > end_a && after->b == end_b) {
        *g = (Gap) { a, b, 0, end_a, after->a - end_a, end_b };
        return true;
    }
    if (after->b > end_b && after->a == end_a) {
        *g = (Gap) { b, a, 1, end_b, after->b - end_b, end_a };
        return true;
    }
    return false;
}

/**
 * struct Slide: state
 * @a: tokens of the first log
 * @b: tokens of the second one
 * @is_start: does a token begin something?
 * @opaque: its argument
 * @list: the blocks; the first ones are done
 * @first: index of the first block
 * @kept: index behind the last one that is done
 */
typedef struct Slide {
    const AlignSide *a;
    const AlignSide *b;
    bool (*is_start)(unsigned log, uint32_t token, void *opaque);
    void *opaque;
    AlignBlock *list;
    guint first;
    guint kept;
} Slide;

/* What lies between the last block that is done and the next one is moved. */
static void add_block(Slide *s, AlignBlock next)
{
    while (s->kept > s->first) {
        AlignBlock *last = &s->list[s->kept - 1];
        Gap gap;

        if (last->a + last->n == next.a && last->b + last->n == next.b) {
            last->n += next.n;
            return;
        }
        if (find_gap(s->a, s->b, last, &next, &gap)) {
            slide(&gap, last, &next, s->is_start, s->opaque);
        }
        if (last->n) {
            break;
        }
        /* nothing is left between it and what is before */
        s->kept--;
    }
    if (next.n) {
        s->list[s->kept++] = next;
    }
}

void diff_slide(const AlignSide *a, const AlignSide *b,
                bool (*is_start)(unsigned log, uint32_t token, void *opaque),
                void *opaque, GArray *blocks, guint first)
{
    AlignBlock end = { a->n, b->n, 0 };
    Slide s = { a, b, is_start, opaque, NULL, first, first };
    guint i;

    /* pairs may move behind the last gap: that is one block more */
    g_array_append_val(blocks, end);
    s.list = (AlignBlock *)blocks->data;
    for (i = first; i < blocks->len; i++) {
        add_block(&s, s.list[i]);
    }
    g_array_set_size(blocks, s.kept);
}
