/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the engine that folds a trace
 */
#include "tools/analysis/fold.h"
#include "tools/analysis/fold-poll.h"
#include "tools/analysis/fold-values.h"

#include <string.h>

#include "unfold.h"

/* Comparisons for each access, at most: every period, on every level, twice */
#define WORK_PER_ACCESS (2 * FOLD_PERIOD_MAX * FOLD_DEPTH_MAX)

/* Random sequences, and the accesses of one, about */
#define RANDOM_SEQUENCES 2000
#define RANDOM_LENGTH    600

/**
 * struct Bench: a fold and what went in and came out
 * @fold: the engine
 * @entries: accesses that went in, struct MmtEntry
 * @accesses: accesses that came out, struct Unfolded
 * @items: number of items
 * @n: nodes of the last item
 * @nodes: the last item's nodes, without what belongs to the engine
 * @distinct: different values of each node
 * @poll: mask of each node
 * @poll_value: value of each node's poll
 */
typedef struct Bench {
    Fold *fold;
    GArray *entries;
    GArray *accesses;
    unsigned items;
    uint32_t n;
    FoldNode nodes[16];
    uint64_t distinct[16];
    uint64_t poll[16];
    uint64_t poll_value[16];
} Bench;

static void take_item(void *opaque, const FoldItem *item)
{
    Bench *bench = opaque;
    bool exact;
    uint32_t i;

    bench->items++;
    bench->n = item->n;
    for (i = 0; i < MIN(item->n, G_N_ELEMENTS(bench->nodes)); i++) {
        const FoldNode *node = &item->nodes[i];

        bench->nodes[i] = *node;
        if (node->kind != FOLD_BLOCK) {
            bench->distinct[i] = fold_distinct(&node->values, &exact);
            bench->poll[i] = fold_poll(node, &bench->poll_value[i]);
        }
    }
    unfold(item, bench->accesses);
}

static Bench *bench_new(void)
{
    Bench *bench = g_new0(Bench, 1);

    bench->fold = fold_new(take_item, bench);
    bench->entries = g_array_new(FALSE, FALSE, sizeof(MmtEntry));
    bench->accesses = g_array_new(FALSE, FALSE, sizeof(Unfolded));
    return bench;
}

static void bench_free(Bench *bench)
{
    fold_free(bench->fold);
    g_array_free(bench->entries, TRUE);
    g_array_free(bench->accesses, TRUE);
    g_free(bench);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bench, bench_free)

static void put_entry(Bench *bench, const MmtEntry *entry)
{
    g_array_append_val(bench->entries, *entry);
    fold_access(bench->fold, entry);
}

/* An access of 4 bytes; one each microsecond */
static void put(Bench *bench, char op, uint64_t offset, uint64_t value)
{
    MmtEntry entry = {
        .kind = op == 'W' ? MMT_ENTRY_WRITE : MMT_ENTRY_READ,
        .width = 4, .flags = MMT_ENTRY_TIMED, .offset = offset,
        .value = value, .ns = bench->entries->len * 1000,
        .line = bench->entries->len + 1,
    };

    put_entry(bench, &entry);
}

/* Flush; what came out must be what went in. */
static void check(Bench *bench)
{
    fold_flush(bench->fold);
    g_assert_false(fold_pending(bench->fold));
    g_assert_true(unfold_equals(bench->accesses, bench->entries));
    g_assert_cmpuint(fold_work(bench->fold), <=,
                     (uint64_t)bench->entries->len * WORK_PER_ACCESS);
}

static void single_accesses(void)
{
    g_autoptr(Bench) bench = bench_new();

    put(bench, 'R', 0x0, 1);
    put(bench, 'W', 0x0, 1);
    put(bench, 'W', 0x4, 1);
    g_assert_true(fold_pending(bench->fold));
    check(bench);
    g_assert_cmpuint(bench->items, ==, 3);
    g_assert_cmpuint(bench->nodes[0].offset, ==, 4);
    g_assert_true(fold_once(&bench->nodes[0]));
    g_assert_cmpuint(bench->nodes[0].first_line, ==, 3);
    g_assert_cmpuint(bench->nodes[0].first_ns, ==, 2000);
}

/* The same register, read and written, with different widths and regions */
static void different_registers(void)
{
    g_autoptr(Bench) bench = bench_new();
    MmtEntry entry = { .kind = MMT_ENTRY_READ, .width = 4 };

    put_entry(bench, &entry);
    entry.width = 2;
    put_entry(bench, &entry);
    entry.region = 1;
    put_entry(bench, &entry);
    entry.kind = MMT_ENTRY_UNKNOWN;
    put_entry(bench, &entry);
    check(bench);
    g_assert_cmpuint(bench->items, ==, 4);
    g_assert_false(bench->nodes[0].timed);
}

static void run(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 100; i++) {
        put(bench, 'R', 0x10, i == 99);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpuint(bench->nodes[0].counts.one.count, ==, 100);
    g_assert_cmpuint(bench->nodes[0].last_ns, ==, 99000);
    g_assert_cmpuint(bench->distinct[0], ==, 2);
    g_assert_cmphex(bench->poll[0], ==, 1);
    g_assert_cmphex(bench->poll_value[0], ==, 1);
    g_assert_cmpuint(bench->nodes[0].poll.longest, ==, 99000);
}

static void cycle(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 5; i++) {
        put(bench, 'W', 0x10, i * 2);
        put(bench, 'R', 0x20, 7);
    }
    put(bench, 'W', 0x10, 9);
    check(bench);
    g_assert_cmpuint(bench->items, ==, 2);
    g_assert_cmpuint(bench->n, ==, 1);
}

static void cycle_values(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 5; i++) {
        put(bench, 'W', 0x10, i * 2);
        put(bench, 'R', 0x20, 7);
        put(bench, 'R', 0x30, i * i);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpuint(bench->n, ==, 4);
    g_assert_cmpuint(bench->nodes[0].kind, ==, FOLD_BLOCK);
    g_assert_cmpuint(bench->nodes[0].members, ==, 3);
    g_assert_cmpuint(bench->nodes[0].counts.one.count, ==, 5);
    g_assert_true(bench->nodes[1].values.counting);
    g_assert_cmpint(bench->nodes[1].values.step, ==, 2);
    g_assert_true(bench->nodes[2].values.counting);
    g_assert_cmpint(bench->nodes[2].values.step, ==, 0);
    g_assert_false(bench->nodes[3].values.counting);
    g_assert_cmpuint(bench->distinct[3], ==, 5);
}

/* Two rounds are no cycle of two members, but one of three. */
static void two_rounds(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 2; i++) {
        put(bench, 'W', 0x10, 0);
        put(bench, 'R', 0x20, 0);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 4);
    for (i = 0; i < 2; i++) {
        put(bench, 'W', 0x30, 0);
        put(bench, 'R', 0x40, 0);
        put(bench, 'R', 0x80, 0);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 5);
}

static void longest_period(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 3 * FOLD_PERIOD_MAX; i++) {
        unsigned k = i % FOLD_PERIOD_MAX;

        put(bench, 'W', k * k * 4, 0);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpuint(bench->nodes[0].members, ==, FOLD_PERIOD_MAX);
}

static void stride(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 256; i++) {
        put(bench, 'W', 0x2000 - i * 4, 0);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpuint(bench->nodes[0].counts.one.count, ==, 256);
    g_assert_cmpint(bench->nodes[1].stride[0], ==, -4);
}

static void two_strides(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 10; i++) {
        put(bench, 'R', 0x100 + i * 4, 0);
        put(bench, 'W', 0x800 + i * 16, 0);
        put(bench, 'W', 0x40, 0);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpint(bench->nodes[1].stride[0], ==, 4);
    g_assert_cmpint(bench->nodes[2].stride[0], ==, 16);
    g_assert_cmpint(bench->nodes[3].stride[0], ==, 0);
}

/* Two members that alternate irregularly are no cycle. */
static void alternating(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i, k;

    for (i = 0; i < 12; i++) {
        for (k = 0; k <= i % 4; k++) {
            put(bench, 'R', 0x10, 0);
        }
        put(bench, 'W', 0x14, 0);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpuint(bench->nodes[1].counts.n, ==, 12);
}

/* A poll, of different lengths, within the upload of a table */
static void nested(void)
{
    static const unsigned polls[] = { 1, 3, 3, 3, 7, 1 };
    g_autoptr(Bench) bench = bench_new();
    unsigned i, k;

    for (i = 0; i < G_N_ELEMENTS(polls); i++) {
        put(bench, 'W', 0x100 + i * 8, i);
        put(bench, 'W', 0x10, 1);
        for (k = 0; k < polls[i]; k++) {
            put(bench, 'R', 0x20, k + 1 == polls[i] ? 0x80000000 | i : 0);
        }
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpuint(bench->nodes[0].counts.one.count, ==, 6);
    g_assert_cmpint(bench->nodes[1].stride[0], ==, 8);
    g_assert_cmpuint(bench->nodes[3].counts.n, ==, 4);
    g_assert_cmphex(bench->poll[3], ==, 0x80000000);
    g_assert_cmphex(bench->poll_value[3], ==, 0x80000000);
    g_assert_cmpuint(bench->nodes[3].poll.polls, ==, 4);
    g_assert_cmpuint(bench->nodes[3].poll.longest, ==, 6000);
}

/* Tables in a table of tables: strides on three levels */
static void nested_strides(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i, j, k;

    for (i = 0; i < 4; i++) {
        put(bench, 'W', 0x8, i);
        for (j = 0; j < 5; j++) {
            put(bench, 'W', 0xc, j);
            for (k = 0; k < 6; k++) {
                put(bench, 'W', 0x1000 + i * 0x1000 + j * 0x100 + k * 4, k);
            }
        }
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmpuint(bench->n, ==, 6);
    g_assert_cmpint(bench->nodes[5].stride[0], ==, 4);
    g_assert_cmpint(bench->nodes[5].stride[1], ==, 0x100);
    g_assert_cmpint(bench->nodes[5].stride[2], ==, 0x1000);
}

/* A cycle of reads; the register that ends it is the first or the last one. */
static void poll_cycle(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 9; i++) {
        put(bench, 'R', 0x20, i == 8 ? 0x12 : 0x10);
        put(bench, 'R', 0x30, 1000 + i * i);
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 1);
    g_assert_cmphex(bench->poll[1], ==, 2);
    g_assert_cmphex(bench->poll_value[1], ==, 2);
    g_assert_cmphex(bench->poll[2], ==, 0);
}

static void poll_cycle_next(void)
{
    g_autoptr(Bench) bench = bench_new();
    FoldNode node;
    unsigned i;

    for (i = 0; i < 9; i++) {
        put(bench, 'R', 0x20, 0x11);
        put(bench, 'R', 0x30, 1000 + i * i);
    }
    put(bench, 'R', 0x20, 0x10);
    fold_flush(bench->fold);
    g_assert_cmpuint(bench->items, ==, 2);
    /* The last item has one node: the others are still those of the block. */
    node = bench->nodes[1];
    g_assert_cmphex(bench->poll[1], ==, 1);
    g_assert_cmphex(bench->poll_value[1], ==, 0);
    g_assert_true(node.poll.next);
}

/* A counter or data that are read again and again are no poll. */
static void no_poll(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 9; i++) {
        put(bench, 'R', 0x20, i);
    }
    check(bench);
    g_assert_cmphex(bench->poll[0], ==, 0);
    for (i = 0; i < 9; i++) {
        put(bench, 'W', 0x20, i == 8);
    }
    check(bench);
    g_assert_cmphex(bench->poll[0], ==, 0);
}

static void many_values(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 200; i++) {
        put(bench, 'W', 0x20, (i % 100) * 0x9e3779b9u);
    }
    check(bench);
    g_assert_cmpuint(bench->distinct[0], ==, 100);
    for (i = 0; i < 100000; i++) {
        put(bench, 'W', 0x20, i * 0x9e3779b9u);
    }
    check(bench);
    g_assert_cmpuint(bench->distinct[0], >, 70000);
    g_assert_cmpuint(bench->distinct[0], <, 130000);
}

static uint64_t unshift(uint64_t x, unsigned bits)
{
    uint64_t y = x;
    unsigned i;

    for (i = bits; i < 64; i += bits) {
        y = x ^ (y >> bits);
    }
    return y;
}

/* Return: the value with this hash of fold-values.c, as hostile traces have */
static uint64_t value_of_hash(uint64_t hash)
{
    uint64_t x = unshift(hash, 31) * UINT64_C(0x319642b2d24d8ec3);

    x = unshift(x, 27) * UINT64_C(0x96de1b173f119089);
    return unshift(x, 30) - UINT64_C(0x9e3779b97f4a7c15);
}

/* An estimate is never more than the number of values. */
static void dense_values(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 300; i++) {
        put(bench, 'R', 0x20, value_of_hash(i));
    }
    check(bench);
    g_assert_cmpuint(bench->distinct[0], ==, 300);
}

/* Values that count wrap around: then they do not count any more. */
static void values_at_the_edge(void)
{
    static const uint64_t values[] = { UINT64_MAX - 1, UINT64_MAX, 0, 1 };
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 40; i++) {
        put(bench, 'R', 0x20, values[i % 4]);
    }
    for (i = 0; i < 40; i++) {
        put(bench, 'R', 0x24, (uint64_t)i << 63);
    }
    for (i = 0; i < 40; i++) {
        put(bench, 'R', UINT64_MAX - 60 + i * 4, 0);
    }
    check(bench);
}

/* Repetitions that are all different end a block, which bounds memory. */
static void many_counts(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i, k;

    for (i = 0; i < 1000; i++) {
        put(bench, 'W', 0x10, 0);
        for (k = 0; k <= i % 17; k++) {
            put(bench, 'R', 0x20, 0);
        }
    }
    check(bench);
    g_assert_cmpuint(bench->items, >=, 1000 / FOLD_COUNTS_MAX);
    g_assert_cmpuint(bench->items, <, 40);
}

static void flush_between(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i;

    for (i = 0; i < 100; i++) {
        put(bench, 'W', 0x10, 0);
        put(bench, 'R', 0x20, 0);
        if (i == 49) {
            check(bench);
            g_assert_cmpuint(bench->items, ==, 1);
            fold_flush(bench->fold);
        }
    }
    check(bench);
    g_assert_cmpuint(bench->items, ==, 2);
}

/* A block that goes on does not hold back what was before it. */
static void settle(void)
{
    g_autoptr(Bench) bench = bench_new();
    unsigned i, k;

    put(bench, 'W', 0x10, 0);
    for (i = 0; i < 4; i++) {
        put(bench, 'W', 0x20, 0);
        for (k = 0; k < 40; k++) {
            put(bench, 'R', 0x30 + k * 4, 0);
        }
    }
    for (i = 0; i < 100; i++) {
        put(bench, 'R', 0x200, 0);
        put(bench, 'R', 0x300, 0);
        if (i == 25) {
            fold_settle(bench->fold);
            g_assert_cmpuint(bench->accesses->len, <, 1 + 4 * 41);
        } else if (i == 50) {
            fold_settle(bench->fold);
            g_assert_cmpuint(bench->accesses->len, ==, 1 + 4 * 41);
        }
    }
    fold_settle(bench->fold);
    g_assert_cmpuint(bench->accesses->len, ==, 1 + 4 * 41);
    fold_settle(bench->fold);
    g_assert_cmpuint(bench->accesses->len, >, 1 + 4 * 41);
    check(bench);
}

/* Put accesses: single ones, and cycles in cycles. */
static void put_random(Bench *bench, GRand *rand, unsigned depth,
                       uint64_t offset)
{
    struct {
        char op;
        uint64_t offset;
        int stride;
        bool deeper;
        bool varies;
    } member[6];
    unsigned i, n = g_rand_int_range(rand, 1, G_N_ELEMENTS(member) + 1);
    unsigned round, rounds = g_rand_int_range(rand, 1, 9);

    for (i = 0; i < n; i++) {
        member[i].op = g_rand_boolean(rand) ? 'W' : 'R';
        member[i].offset = offset + g_rand_int_range(rand, 0, 8) * 4;
        member[i].stride = g_rand_int_range(rand, -1, 3) * 4;
        member[i].deeper = depth && g_rand_int_range(rand, 0, 3) == 0;
        member[i].varies = g_rand_int_range(rand, 0, 4) == 0;
    }
    for (round = 0; round < rounds; round++) {
        for (i = 0; i < n && bench->entries->len < RANDOM_LENGTH; i++) {
            uint64_t at = member[i].offset + round * member[i].stride;
            unsigned k = member[i].varies ? g_rand_int_range(rand, 1, 4) : 1;
            g_autoptr(GRand) same = g_rand_new_with_seed(i * 7 + depth);

            for (; k && !member[i].deeper; k--) {
                put(bench, member[i].op, at, g_rand_int_range(rand, 0, 3));
            }
            if (member[i].deeper) {
                put_random(bench, same, depth - 1, at);
            }
        }
    }
}

static void random_sequences(void)
{
    unsigned i, items = 0, accesses = 0;

    for (i = 0; i < RANDOM_SEQUENCES; i++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(i);
        g_autoptr(Bench) bench = bench_new();

        while (bench->entries->len < RANDOM_LENGTH) {
            put_random(bench, rand, 3, 0x100);
            if (i % 8 == 0) {
                fold_settle(bench->fold);
            }
        }
        check(bench);
        items += bench->items;
        accesses += bench->entries->len;
    }
    g_test_message("%u accesses, %u items", accesses, items);
    g_assert_cmpuint(items, <, accesses / 2);
}

/* Accesses without any order: the work is bounded, too. */
static void noise(void)
{
    static const unsigned registers[] = { 2, 3, 5, 1000 };
    unsigned i, k;

    for (k = 0; k < G_N_ELEMENTS(registers); k++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(k);
        g_autoptr(Bench) bench = bench_new();

        for (i = 0; i < 20000; i++) {
            put(bench, 'R', g_rand_int_range(rand, 0, registers[k]) * 4,
                g_rand_int(rand));
        }
        check(bench);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fold/single", single_accesses);
    g_test_add_func("/fold/registers", different_registers);
    g_test_add_func("/fold/run", run);
    g_test_add_func("/fold/cycle", cycle);
    g_test_add_func("/fold/cycle-values", cycle_values);
    g_test_add_func("/fold/two-rounds", two_rounds);
    g_test_add_func("/fold/longest-period", longest_period);
    g_test_add_func("/fold/stride", stride);
    g_test_add_func("/fold/two-strides", two_strides);
    g_test_add_func("/fold/alternating", alternating);
    g_test_add_func("/fold/nested", nested);
    g_test_add_func("/fold/nested-strides", nested_strides);
    g_test_add_func("/fold/poll-cycle", poll_cycle);
    g_test_add_func("/fold/poll-cycle-next", poll_cycle_next);
    g_test_add_func("/fold/no-poll", no_poll);
    g_test_add_func("/fold/many-values", many_values);
    g_test_add_func("/fold/dense-values", dense_values);
    g_test_add_func("/fold/values-at-the-edge", values_at_the_edge);
    g_test_add_func("/fold/many-counts", many_counts);
    g_test_add_func("/fold/flush", flush_between);
    g_test_add_func("/fold/settle", settle);
    g_test_add_func("/fold/random", random_sequences);
    g_test_add_func("/fold/noise", noise);
    return g_test_run();
}
