/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: alignment of two sequences of numbers
 */
#include <glib.h>
#include <string.h>

#include "tools/diff/align.h"
#include "sanitized.h"

/**
 * struct Items: a sequence
 * @strong: as in AlignSide
 * @weak: likewise
 * @n: number of items
 */
typedef struct Items {
    uint32_t *strong;
    uint32_t *weak;
    uint32_t n;
} Items;

static Items items_new(uint32_t room)
{
    return (Items) { g_new(uint32_t, room), g_new(uint32_t, room), 0 };
}

static void items_free(Items *items)
{
    g_free(items->strong);
    g_free(items->weak);
}

static void add(Items *items, uint32_t place, uint32_t value)
{
    items->weak[items->n] = place;
    items->strong[items->n++] = place * 1000003 + value;
}

static AlignSide side(const Items *items)
{
    return (AlignSide) { items->strong, items->weak, items->n };
}

/* Cost of the best way: see align-edit.h */
static uint32_t best_cost(const Items *a, const Items *b)
{
    uint32_t width = b->n + 1;
    g_autofree uint32_t *cost = g_new(uint32_t, (a->n + 1) * width);
    uint32_t i;
    uint32_t j;

    for (i = 0; i <= a->n; i++) {
        for (j = 0; j <= b->n; j++) {
            uint32_t best = i || j ? UINT32_MAX : 0;

            if (i) {
                best = MIN(best, cost[(i - 1) * width + j] + 1);
            }
            if (j) {
                best = MIN(best, cost[i * width + j - 1] + 1);
            }
            if (i && j && a->weak[i - 1] == b->weak[j - 1]) {
                best = MIN(best, cost[(i - 1) * width + j - 1] +
                           (a->strong[i - 1] != b->strong[j - 1]));
            }
            cost[i * width + j] = best;
        }
    }
    return cost[a->n * width + b->n];
}

/* Check that pairs are pairs and in order; return their cost. */
static uint32_t cost_of(const Items *a, const Items *b, GArray *blocks)
{
    uint32_t cost = a->n + b->n;
    uint32_t end_a = 0;
    uint32_t end_b = 0;
    uint32_t i;
    guint k;

    for (k = 0; k < blocks->len; k++) {
        const AlignBlock *block = &g_array_index(blocks, AlignBlock, k);

        g_assert_cmpuint(block->n, >, 0);
        g_assert_cmpuint(block->a, >=, end_a);
        g_assert_cmpuint(block->b, >=, end_b);
        end_a = block->a + block->n;
        end_b = block->b + block->n;
        g_assert_cmpuint(end_a, <=, a->n);
        g_assert_cmpuint(end_b, <=, b->n);
        for (i = 0; i < block->n; i++) {
            g_assert_cmpuint(a->weak[block->a + i], ==,
                             b->weak[block->b + i]);
            cost -= 2;
            cost += a->strong[block->a + i] != b->strong[block->b + i];
        }
    }
    return cost;
}

static uint32_t align_cost(const Items *a, const Items *b)
{
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    AlignSide side_a = side(a);
    AlignSide side_b = side(b);

    align_sequences(&side_a, &side_b, blocks);
    return cost_of(a, b, blocks);
}

static void check_best(const Items *a, const Items *b)
{
    g_assert_cmpuint(align_cost(a, b), ==, best_cost(a, b));
}

static uint32_t below(uint32_t n)
{
    return g_test_rand_int_range(0, n);
}

/* Short ones are aligned as well as it can be done. */
static void test_random(void)
{
    unsigned round;

    for (round = 0; round < ROUNDS(4000); round++) {
        Items a = items_new(50);
        Items b = items_new(50);
        uint32_t places = 1 + below(5);
        uint32_t values = 1 + below(3);
        uint32_t n = below(50);
        uint32_t m = below(50);

        while (n--) {
            add(&a, below(places), below(values));
        }
        while (m--) {
            add(&b, below(places), below(values));
        }
        check_best(&a, &b);
        items_free(&a);
        items_free(&b);
    }
}

/* Long ones of which little differs, nearly so. */
static void test_edited(void)
{
    unsigned round;

    for (round = 0; round < 60; round++) {
        Items a = items_new(1500);
        Items b = items_new(3500);
        uint32_t places = 1 + below(20);
        uint32_t values = 1 + below(1000);
        uint32_t rare = 5 + below(100);
        uint32_t n = below(1500);
        uint32_t best;
        uint32_t i;

        while (n--) {
            add(&a, below(places), below(values));
        }
        for (i = 0; i < a.n; i++) {
            if (!below(rare)) {
                add(&b, below(places), below(values));
            }
            if (below(rare)) {
                b.weak[b.n] = a.weak[i];
                b.strong[b.n++] = a.strong[i];
            }
        }
        best = best_cost(&a, &b);
        g_assert_cmpuint(align_cost(&a, &b), <=, best + best / 8 + 4);
        items_free(&a);
        items_free(&b);
    }
}

/* What is too different for the best way is still paired where it is the same. */
static void test_far(void)
{
    Items a = items_new(300000);
    Items b = items_new(300000);
    uint32_t i;

    /* 40,000 items that are the same, with up to 5,000 others between them */
    for (i = 0; i < 40000; i++) {
        if (i % 10000 == 5000) {
            uint32_t k;

            for (k = 0; k < 5000; k++) {
                add(i % 20000 < 10000 ? &a : &b, below(50), below(UINT16_MAX));
            }
        }
        add(&a, i % 50, i / 7);
        add(&b, i % 50, i / 7);
        if (!(i % 1000)) {
            add(&a, below(50), UINT16_MAX + i);
        }
    }
    g_assert_cmpuint(align_cost(&a, &b), <, 21000);
    items_free(&a);
    items_free(&b);
}

typedef uint32_t Item(uint32_t i, uint32_t which);

static uint32_t all_equal(uint32_t i, uint32_t which)
{
    (void)i;
    (void)which;
    return 0;
}

static uint32_t none_equal(uint32_t i, uint32_t which)
{
    return 2 * i + which;
}

static uint32_t periodic(uint32_t i, uint32_t which)
{
    return i % (which ? 7 : 5);
}

static uint32_t every_second(uint32_t i, uint32_t which)
{
    return i % 2 ? i % 31 : 100 + 1000 * which + i % 17;
}

static uint32_t by_chance(uint32_t i, uint32_t which)
{
    return ((i + 1) * 2654435761u ^ which * 0x5bd1e995) >> 28;
}

/* Items of each of the two */
#define HOSTILE ROUNDS(200000)

static uint32_t reversed(uint32_t i, uint32_t which)
{
    return which ? HOSTILE - 1 - i : i;
}

/* Time is bounded for all of them. */
static void test_hostile(void)
{
    static Item *const kinds[] = {
        all_equal, none_equal, periodic, every_second, by_chance, reversed
    };
    unsigned kind;
    unsigned values;
    uint32_t i;

    for (kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        for (values = 1; values <= 1000; values *= 1000) {
            Items a = items_new(HOSTILE);
            Items b = items_new(HOSTILE);
            gint64 start = g_get_monotonic_time();
            uint32_t cost;

            for (i = 0; i < HOSTILE; i++) {
                add(&a, kinds[kind](i, 0), below(values));
                add(&b, kinds[kind](i, 1), below(values));
            }
            cost = align_cost(&a, &b);
            g_test_message("kind %u, %u values: cost %u, %.2f s", kind, values,
                           cost, (g_get_monotonic_time() - start) / 1e6);
            g_assert_cmpuint(g_get_monotonic_time() - start, <, 20000000);
            items_free(&a);
            items_free(&b);
        }
    }
}

static void test_empty(void)
{
    Items a = items_new(4);
    Items b = items_new(4);

    check_best(&a, &b);
    add(&a, 1, 1);
    check_best(&a, &b);
    check_best(&b, &a);
    add(&b, 1, 2);
    check_best(&a, &b);
    add(&b, 1, 1);
    check_best(&a, &b);
    items_free(&a);
    items_free(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/diff-align/empty", test_empty);
    g_test_add_func("/diff-align/random", test_random);
    g_test_add_func("/diff-align/edited", test_edited);
    g_test_add_func("/diff-align/far", test_far);
    g_test_add_func("/diff-align/hostile", test_hostile);
    return g_test_run();
}
