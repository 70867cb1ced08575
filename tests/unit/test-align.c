/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: alignment of the accesses of two logs
 */
#include <glib.h>
#include <limits.h>
#include <string.h>

#include "align-logs.h"
#include "sanitized.h"
#include "tools/compare/window.h"

static guint32 seed;

/*
 * Sequences as strings: a letter is a place, the digit after it the value.
 */
static GArray *sequence(const char *s)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(Access));
    uint64_t line = 1;

    for (; *s; s += 2) {
        Access a = { .offset = s[0], .value = s[1] - '0', .line = line++,
                     .op = ACCESS_READ, .width = 4 };

        g_array_append_val(array, a);
    }
    return array;
}

/* Both ways; what is counted is the same. */
static Alignment *align(GArray *a, GArray *b)
{
    Alignment *al = align_logs(a, b, false);
    g_autoptr(Alignment) shared = align_logs(a, b, true);

    g_assert_cmpuint(al->contained, ==, shared->contained);
    g_assert_cmpuint(al->missing, ==, shared->missing);
    g_assert_cmpuint(al->different, ==, shared->different);
    g_assert_cmpuint(al->before, ==, shared->before);
    g_assert_cmpuint(al->between, ==, shared->between);
    g_assert_cmpuint(al->after, ==, shared->after);
    return al;
}

/* Properties of every alignment, good or bad. */
static void check_sane(const Alignment *al, GArray *a, GArray *b)
{
    uint64_t missing = 0;
    uint64_t different = 0;
    uint64_t pairs = 0;
    int64_t last = -1;
    size_t i;

    g_assert_cmpuint(al->n, ==, a->len);
    g_assert_cmpuint(al->m, ==, b->len);
    for (i = 0; i < al->n; i++) {
        const Access *x = &g_array_index(a, Access, i);
        const Access *y;

        if (al->peer[i] == ALIGN_NONE) {
            missing++;
            continue;
        }
        g_assert_cmpint(al->peer[i], >, last);
        g_assert_cmpuint(al->peer[i], <, al->m);
        last = al->peer[i];
        y = &g_array_index(b, Access, al->peer[i]);
        g_assert_true(access_match(x, y) || access_same_place(x, y));
        different += !access_match(x, y);
        pairs++;
    }
    g_assert_cmpuint(al->missing, ==, missing);
    g_assert_cmpuint(al->different, ==, different);
    g_assert_cmpuint(al->before + al->between + al->after + pairs, ==, al->m);
}

typedef struct {
    const char *name;
    const char *oracle;
    const char *log;
    uint64_t missing;
    uint64_t different;
    uint64_t before;
    uint64_t between;
    uint64_t after;
} Case;

static const Case cases[] = {
    { "empty", "", "", 0, 0, 0, 0, 0 },
    { "oracle-empty", "", "a1b1", 0, 0, 2, 0, 0 },
    { "log-empty", "a1b1", "", 2, 0, 0, 0, 0 },
    { "equal", "a1b1c1", "a1b1c1", 0, 0, 0, 0, 0 },
    { "before", "a1b1", "x1x1a1b1", 0, 0, 2, 0, 0 },
    { "after", "a1b1", "a1b1x1", 0, 0, 0, 0, 1 },
    { "between", "a1b1", "a1x1b1", 0, 0, 0, 1, 0 },
    /* Firmware made the same accesses as the driver's beginning. */
    { "firmware", "a1b1c1", "a1b1x1a1b1c1", 0, 0, 3, 0, 0 },
    { "firmware-all", "a1b1", "a1x1a1b1b1", 0, 0, 2, 0, 1 },
    { "missing-first", "a1b1c1", "b1c1", 1, 0, 0, 0, 0 },
    { "missing-last", "a1b1c1", "a1b1", 1, 0, 0, 0, 0 },
    { "missing-middle", "a1b1c1", "a1c1", 1, 0, 0, 0, 0 },
    { "different", "a1b1c1", "a1b2c1", 0, 1, 0, 0, 0 },
    { "different-first", "a1b1c1", "a2b1c1", 0, 1, 0, 0, 0 },
    { "different-last", "a1b1c1", "a1b1c2", 0, 1, 0, 0, 0 },
    { "all-different", "a1b1c1", "a2b2c2", 0, 3, 0, 0, 0 },
    { "reordered", "a1b1c1d1", "a1c1b1d1", 1, 0, 0, 1, 0 },
    { "nothing-in-common", "a1b1", "c1d1e1", 2, 0, 3, 0, 0 },
    /*
     * The expected value comes later, in another round of the same loop: a
     * greedy search that takes it there blames the wrong line.
     */
    { "loop", "a0a0a1b1a0a0a2b1", "a0a0a3b1a0a0a2b1", 0, 1, 0, 0, 0 },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GArray) a = sequence(c->oracle);
    g_autoptr(GArray) b = sequence(c->log);
    g_autoptr(Alignment) al = align(a, b);

    check_sane(al, a, b);
    g_assert_cmpuint(al->missing, ==, c->missing);
    g_assert_cmpuint(al->different, ==, c->different);
    g_assert_cmpuint(al->before, ==, c->before);
    g_assert_cmpuint(al->between, ==, c->between);
    g_assert_cmpuint(al->after, ==, c->after);
}

static void test_match(void)
{
    const Access r4 = { .offset = 8, .value = 5, .width = 4,
                        .op = ACCESS_READ };
    const struct {
        Access a;
        Access b;
        bool match;
        bool place;
    } pairs[] = {
        { r4, r4, true, true },
        { r4, { .offset = 8, .value = 6, .width = 4 }, false, true },
        { r4, { .offset = 8, .value = 5, .width = 8 }, false, false },
        { r4, { .offset = 8, .value = 5, .width = 4, .op = ACCESS_WRITE },
          false, false },
        { r4, { .offset = 8, .value = 5, .width = 4, .bar = 1 }, false,
          false },
        { r4, { .offset = 8, .value = 5, .width = 4, .device = 1 }, false,
          false },
        /* UNKNOWN: an address */
        { { .offset = 8, .op = ACCESS_UNKNOWN }, r4, true, false },
        { { .offset = 9, .op = ACCESS_UNKNOWN }, r4, false, false },
        /* REX.W C7: the extended immediate; no other instruction */
        { { .value = 5, .width = 4, .op = ACCESS_WRITE },
          { .value = 5, .width = 8, .op = ACCESS_WRITE }, true, false },
        { { .value = 0x80000000, .width = 4, .op = ACCESS_WRITE },
          { .value = 0xffffffff80000000, .width = 8, .op = ACCESS_WRITE },
          true, false },
        { { .value = 0x80000000, .width = 4, .op = ACCESS_WRITE },
          { .value = 0x80000000, .width = 8, .op = ACCESS_WRITE }, false,
          false },
        { { .value = 5, .width = 4, .op = ACCESS_WRITE },
          { .value = 0x100000005, .width = 8, .op = ACCESS_WRITE }, false,
          false },
        { { .value = 5, .width = 2, .op = ACCESS_WRITE },
          { .value = 5, .width = 8, .op = ACCESS_WRITE }, false, false },
        { { .value = 5, .width = 8, .op = ACCESS_WRITE },
          { .value = 5, .width = 4, .op = ACCESS_WRITE }, false, false },
        { { .value = 5, .width = 4, .op = ACCESS_READ },
          { .value = 5, .width = 8, .op = ACCESS_READ }, false, false },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_test_message("pair %zu", i);
        g_assert_true(access_match(&pairs[i].a, &pairs[i].b) ==
                      pairs[i].match);
        g_assert_true(access_same_place(&pairs[i].a, &pairs[i].b) ==
                      pairs[i].place);
    }
}

/* --- against exhaustive search, on small sequences ------------------------ */

static GArray *random_sequence(GRand *rand, unsigned len, unsigned places)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(Access));
    unsigned i;

    for (i = 0; i < len; i++) {
        static const uint8_t widths[] = { 4, 4, 8 };
        Access a = {
            .offset = g_rand_int_range(rand, 0, places),
            .value = g_rand_int_range(rand, 0, 2),
            .op = g_rand_int_range(rand, 0, 2),
            .width = widths[g_rand_int_range(rand, 0, 3)],
        };

        if (g_rand_int_range(rand, 0, 20) == 0) {
            a.op = ACCESS_UNKNOWN;
            a.width = a.value = 0;
        }
        g_array_append_val(array, a);
    }
    return array;
}

/* Containment by exhaustive search, with a table. */
static bool is_contained(GArray *a, GArray *b)
{
    g_autofree bool *from = g_new0(bool, (a->len + 1) * (b->len + 1));
    int i;
    int j;

    for (i = a->len; i >= 0; i--) {
        for (j = b->len; j >= 0; j--) {
            bool *f = &from[i * (b->len + 1) + j];

            *f = i == (int)a->len ||
                 (j < (int)b->len && (f[1] ||
                  (access_match(&g_array_index(a, Access, i),
                                &g_array_index(b, Access, j)) &&
                   f[b->len + 2])));
        }
    }
    return from[0];
}

static void test_containment(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    unsigned yes = 0;
    int i;

    for (i = 0; i < 20000; i++) {
        unsigned places = g_rand_int_range(rand, 1, 4);
        g_autoptr(GArray) a =
            random_sequence(rand, g_rand_int_range(rand, 0, 8), places);
        g_autoptr(GArray) b =
            random_sequence(rand, g_rand_int_range(rand, 0, 30), places);
        g_autoptr(Alignment) al = align(a, b);
        bool contained = is_contained(a, b);

        check_sane(al, a, b);
        g_assert_true((!al->missing && !al->different) == contained);
        yes += contained;
    }
    g_test_message("%u of %d are contained", yes, i);
    g_assert_cmpuint(yes, >, 1000);
    g_assert_cmpuint(yes, <, 19000);
}

/* --- long logs ------------------------------------------------------------ */

/*
 * A driver's log: most of it loops that poll, some of it unique.
 */
static GArray *driver_log(GRand *rand, unsigned len)
{
    GArray *array = g_array_sized_new(FALSE, FALSE, sizeof(Access), len);

    while (array->len < len) {
        unsigned polls = g_rand_int_range(rand, 0, 30);
        Access a = { .width = 4, .op = ACCESS_WRITE };

        a.offset = g_rand_int_range(rand, 0, 0x100) * 4;
        a.value = g_rand_int_range(rand, 0, 10);
        g_array_append_val(array, a);
        a = (Access) { .width = 4, .op = ACCESS_READ, .offset = 0x2000 };
        while (polls--) {
            g_array_append_val(array, a);
        }
        a.value = 1;
        g_array_append_val(array, a);
    }
    g_array_set_size(array, len);
    return array;
}

static GArray *copy_of(GArray *a)
{
    GArray *b = g_array_sized_new(FALSE, FALSE, sizeof(Access), a->len);

    return g_array_append_vals(b, a->data, a->len);
}

/*
 * Damage a copy in known places, far from each other; the same number of faults
 * must be found, whatever firmware did before.
 */
static void test_damage(void)
{
    enum { LEN = 100000, FAULTS = 20 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(GArray) a = driver_log(rand, LEN);
    g_autoptr(GArray) b = copy_of(a);
    g_autoptr(GArray) firmware = driver_log(rand, 30000);
    g_autoptr(Alignment) al = NULL;
    unsigned i;

    for (i = 0; i < FAULTS; i++) {
        Access *x = &g_array_index(b, Access, i * (LEN / FAULTS) + 1000);

        x->value ^= 0x8000;
    }
    /* Three missing */
    g_array_remove_index(b, 77777);
    g_array_remove_range(b, 33333, 2);
    g_array_prepend_vals(b, firmware->data, firmware->len);

    al = align(a, b);
    check_sane(al, a, b);
    g_assert_cmpuint(al->different, ==, FAULTS);
    g_assert_cmpuint(al->missing, ==, 3);
    g_assert_cmpuint(al->before, ==, firmware->len);
    g_assert_cmpuint(al->between, ==, 0);
}

/* Cost of the best alignment, by exhaustive search with a table */
static unsigned best_cost(GArray *a, GArray *b)
{
    unsigned width = b->len + 1;
    g_autofree unsigned *cost = g_new(unsigned, (a->len + 1) * width);
    int i;
    int j;

    for (i = a->len; i >= 0; i--) {
        for (j = b->len; j >= 0; j--) {
            unsigned *c = &cost[i * width + j];
            const Access *x = &g_array_index(a, Access, i);
            const Access *y = &g_array_index(b, Access, j);

            *c = i == (int)a->len && j == (int)b->len ? 0 : UINT_MAX;
            if (i < (int)a->len) {
                *c = MIN(*c, c[width] + 3);
            }
            if (j < (int)b->len) {
                *c = MIN(*c, c[1] + 3);
            }
            if (i < (int)a->len && j < (int)b->len) {
                if (access_match(x, y)) {
                    *c = MIN(*c, c[width + 1]);
                } else if (access_same_place(x, y)) {
                    *c = MIN(*c, c[width + 1] + 2);
                }
            }
        }
    }
    return cost[0];
}

static unsigned cost_of(const Alignment *al)
{
    return 3 * (al->missing + al->before + al->between + al->after) +
           2 * al->different;
}

/* Damage a copy at random: some values, some accesses gone, some added. */
static GArray *damaged(GRand *rand, GArray *a, int rate)
{
    GArray *b = g_array_new(FALSE, FALSE, sizeof(Access));
    guint i;

    for (i = 0; i < a->len; i++) {
        Access x = g_array_index(a, Access, i);
        unsigned damage = g_rand_int_range(rand, 0, rate);

        if (damage == 0) {
            continue;
        }
        if (damage == 1) {
            x.value ^= 0x8000;
        }
        g_array_append_val(b, x);
        if (damage == 2) {
            x.offset = 0x4000 + 4 * g_rand_int_range(rand, 0, 8);
            g_array_append_val(b, x);
        }
    }
    return b;
}

/*
 * Short logs with little damage: the alignment is as good as the best one,
 * which an exhaustive search finds.
 */
static void test_best(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    unsigned best = 0;
    int i;

    for (i = 0; i < 400; i++) {
        g_autoptr(GArray) a = driver_log(rand, g_rand_int_range(rand, 1, 300));
        g_autoptr(GArray) b = damaged(rand, a, g_rand_int_range(rand, 30, 300));
        g_autoptr(Alignment) al = align(a, b);
        unsigned cost = best_cost(a, b);

        check_sane(al, a, b);
        g_assert_cmpuint(cost_of(al), >=, cost);
        g_assert_cmpuint(cost_of(al), <=, cost + 30);
        best += cost_of(al) == cost;
    }
    g_test_message("%u of %d are the best", best, i);
    g_assert_cmpuint(best, >=, i * 98 / 100);
}

/* Accesses that are all different: numbers from @first up */
static void append_unique(GArray *array, unsigned first, unsigned n)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        Access a = { .offset = (first + i) * 8ull, .width = 4,
                     .op = ACCESS_WRITE, .value = (first + i) % 5 };

        g_array_append_val(array, a);
    }
}

static GArray *unique_log(unsigned first, unsigned n)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(Access));

    append_unique(array, first, n);
    return array;
}

/*
 * More than a window can have is in one log only: the oracle is found in the
 * log if it is there, and what both have after that otherwise.
 */
static void test_beyond_window(void)
{
    enum { FAR = 2 * WINDOW_SIZE, LEN = WINDOW_SIZE };
    g_autoptr(GArray) a = unique_log(FAR, LEN);
    g_autoptr(GArray) b = unique_log(0, FAR + LEN);
    g_autoptr(GArray) longer = unique_log(0, FAR + LEN);
    g_autoptr(GArray) late = unique_log(FAR, LEN);
    g_autoptr(Alignment) contained = NULL;
    g_autoptr(Alignment) wrong = NULL;
    g_autoptr(Alignment) gone = NULL;

    contained = align(a, b);
    check_sane(contained, a, b);
    g_assert_true(contained->contained);
    g_assert_cmpuint(contained->before, ==, FAR);

    g_array_index(b, Access, FAR + 5000).value ^= 0x100;
    wrong = align(a, b);
    check_sane(wrong, a, b);
    g_assert_cmpuint(wrong->missing, ==, 0);
    g_assert_cmpuint(wrong->different, ==, 1);
    g_assert_cmpuint(wrong->before, ==, FAR);

    gone = align(longer, late);
    check_sane(gone, longer, late);
    g_assert_cmpuint(gone->missing, <=, FAR + LEN / 2);
    g_assert_cmpuint(gone->different, ==, 0);
}

static double seconds_for(GArray *a, GArray *b, Alignment **al)
{
    gint64 start = g_get_monotonic_time();

    *al = align(a, b);
    check_sane(*al, a, b);
    return (g_get_monotonic_time() - start) / 1e6;
}

/* Shorter logs for the slow sanitizer builds. */
#define LONG_LOG (SANITIZED ? 50000 : 500000)

/*
 * Half a million accesses, in all the patterns that could take excessive time:
 * equal, one missing at the start, nothing in common, all values different,
 * one access over and over, damage everywhere.
 */
static void test_long(void)
{
    enum { LEN = LONG_LOG };
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(GArray) a = driver_log(rand, LEN);
    g_autoptr(GArray) b = copy_of(a);
    g_autoptr(GArray) same = NULL;
    Alignment *al;
    double t;
    guint i;

    t = seconds_for(a, b, &al);
    g_test_message("equal: %.2f s", t);
    g_assert_cmpuint(al->missing + al->different, ==, 0);
    align_free(al);

    g_array_remove_index(b, 3);
    t = seconds_for(a, b, &al);
    g_test_message("one missing: %.2f s", t);
    g_assert_cmpuint(al->missing, ==, 1);
    g_assert_cmpuint(al->different, ==, 0);
    align_free(al);

    for (i = 0; i < b->len; i += 7) {
        g_array_index(b, Access, i).value ^= 0x100;
    }
    t = seconds_for(a, b, &al);
    g_test_message("every seventh different: %.2f s, %u missing, %u different",
                   t, (unsigned)al->missing, (unsigned)al->different);
    g_assert_cmpuint(al->missing, <=, LEN / 1000);
    align_free(al);

    for (i = 0; i < b->len; i++) {
        g_array_index(b, Access, i).value ^= 0x10000;
    }
    t = seconds_for(a, b, &al);
    g_test_message("all different: %.2f s, %u missing", t,
                   (unsigned)al->missing);
    g_assert_cmpuint(al->missing, <=, LEN / 100);
    align_free(al);

    for (i = 0; i < b->len; i++) {
        g_array_index(b, Access, i).bar = 5;
    }
    t = seconds_for(a, b, &al);
    g_test_message("nothing in common: %.2f s", t);
    g_assert_cmpuint(al->missing, ==, LEN);
    align_free(al);

    same = copy_of(a);
    for (i = 0; i < same->len; i++) {
        g_array_index(same, Access, i) = (Access) { .width = 4 };
    }
    t = seconds_for(a, same, &al);
    g_test_message("one access over and over in the log: %.2f s", t);
    align_free(al);
    t = seconds_for(same, a, &al);
    g_test_message("and in the oracle: %.2f s", t);
    align_free(al);
}

int main(int argc, char **argv)
{
    const char *given = g_getenv("TEST_SEED");
    size_t i;

    g_test_init(&argc, &argv, NULL);
    seed = given ? g_ascii_strtoull(given, NULL, 0) : 20070824;
    g_test_message("seed %u (TEST_SEED)", seed);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/align/case/", cases[i].name,
                                            NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/align/match", test_match);
    g_test_add_func("/align/containment", test_containment);
    g_test_add_func("/align/damage", test_damage);
    g_test_add_func("/align/best", test_best);
    g_test_add_func("/align/beyond-window", test_beyond_window);
    g_test_add_func("/align/long", test_long);
    return g_test_run();
}
