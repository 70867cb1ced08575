/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: align two logs that are arrays (see align-logs.h)
 */
#include "align-logs.h"

#include <string.h>

#include "tools/compare/walk.h"

/* An array that is read a few accesses at a time */
typedef struct {
    GArray *array;
    guint at;
} Source;

static size_t read_array(void *opaque, Access *to, size_t n)
{
    Source *source = opaque;

    if (source->at == source->array->len) {
        return 0;
    }
    n = MIN(n, source->array->len - source->at);
    n = MIN(n, 1 + source->at % 700);
    memcpy(to, &g_array_index(source->array, Access, source->at),
           n * sizeof(*to));
    source->at += n;
    return n;
}

/* Steps, taken as they come */
typedef struct {
    GArray *a;
    GArray *b;
    Alignment *result;
    size_t i;
    size_t j;
    size_t pairs;
    size_t last;
} Steps;

/* Each access of both logs comes once, in order. */
static void take_step(void *opaque, const Access *a, const Access *b)
{
    Steps *s = opaque;

    g_assert_true(a || b);
    if (a) {
        g_assert_cmpuint(s->i, <, s->a->len);
        g_assert_cmpmem(a, sizeof(*a), &g_array_index(s->a, Access, s->i),
                        sizeof(*a));
        s->result->peer[s->i++] = b ? s->j : ALIGN_NONE;
    }
    if (b) {
        g_assert_cmpuint(s->j, <, s->b->len);
        g_assert_cmpmem(b, sizeof(*b), &g_array_index(s->b, Access, s->j),
                        sizeof(*b));
        s->j++;
    }
    if (a && b) {
        s->result->different += !access_match(a, b);
        s->result->before = s->pairs++ ? s->result->before : s->j - 1;
        s->last = s->j;
    }
}

static void run(Steps *contained, Steps *aligned, Walk *walk)
{
    Source oracle = { .array = walk->contained ? contained->a : aligned->a };
    Source log = { .array = walk->contained ? contained->b : aligned->b };
    Window a;
    Window b;

    window_init(&a, read_array, &oracle);
    window_init(&b, read_array, &log);
    walk->a = &a;
    walk->b = &b;
    walk->contained_opaque = contained;
    walk->aligned_opaque = aligned;
    walk_logs(walk);
    window_clear(&a);
    window_clear(&b);
}

static Alignment *alignment_new(size_t n, size_t m)
{
    Alignment *al = g_new0(Alignment, 1);

    al->n = n;
    al->m = m;
    al->peer = g_new(uint32_t, MAX(1, n));
    return al;
}

Alignment *align_logs(GArray *a, GArray *b, bool shared)
{
    Steps contained = { a, b, alignment_new(a->len, b->len) };
    Steps aligned = { a, b, alignment_new(a->len, b->len) };
    Walk walk = { .contained = take_step, .aligned = shared ? take_step : NULL };
    Steps *s = &contained;
    Alignment *al;

    run(&contained, &aligned, &walk);
    al = contained.result;
    if (!walk.is_contained) {
        if (!shared) {
            Walk again = { .aligned = take_step };

            run(NULL, &aligned, &again);
        }
        s = &aligned;
        al = aligned.result;
    }
    align_free(s == &aligned ? contained.result : aligned.result);
    al->contained = walk.is_contained;
    g_assert_cmpuint(s->i, ==, a->len);
    g_assert_cmpuint(s->j, ==, b->len);
    al->missing = al->n - s->pairs;
    al->before = s->pairs ? al->before : al->m;
    al->after = s->pairs ? al->m - s->last : 0;
    al->between = al->m - al->before - al->after - s->pairs;
    return al;
}

void align_free(Alignment *alignment)
{
    if (alignment) {
        g_free(alignment->peer);
        g_free(alignment);
    }
}
