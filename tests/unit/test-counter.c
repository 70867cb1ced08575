/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, times by a processor's counter
 *
 * A machine with a clock and a counter, in simulated time.
 */
#include "libmmiotrace/counter.h"

#include <glib.h>

#define MS 1000000ll
#define SECOND (1000 * MS)

/* Between two comparisons */
#define PERIOD (200 * MS)

/* What a computed time may be off by */
#define ROOM 1000

/**
 * struct Machine: what time it is
 * @ns: by the clock
 * @ticks: by the counter
 * @hz: the counter's rate, by the clock
 * @computed: times that were computed, of those that were asked for
 */
typedef struct Machine {
    MmtCounter counter;
    uint64_t ns;
    uint64_t ticks;
    uint64_t hz;
    unsigned computed;
} Machine;

static Machine started(uint64_t hz)
{
    Machine m = { .ns = 5 * SECOND, .ticks = 77 * hz, .hz = hz };

    mmt_counter_start(&m.counter, m.ticks, m.ns);
    return m;
}

static void pass(Machine *m, uint64_t ns)
{
    m->ns += ns;
    m->ticks += (unsigned __int128)ns * m->hz / SECOND;
}

static int64_t error_now(Machine *m)
{
    uint64_t ns;

    if (!mmt_counter_computes(&m->counter.time, m->ticks, &ns)) {
        return 0;
    }
    m->computed++;
    return ns - m->ns;
}

/* Time passes, and no time that is computed meanwhile is wrong. */
static void go(Machine *m, uint64_t ns, int64_t room)
{
    uint64_t step = ns / 100;
    unsigned i;

    for (i = 0; i < 100; i++) {
        int64_t error;

        pass(m, step);
        error = error_now(m);
        g_assert_cmpint(ABS(error), <=, room);
    }
}

static bool compare(Machine *m)
{
    return mmt_counter_compare(&m->counter, m->ticks, m->ns);
}

static void run(Machine *m, unsigned periods)
{
    while (periods--) {
        go(m, PERIOD, ROOM);
        compare(m);
    }
}

/* Nothing is known at first; then all times are computed. */
static void test_steady(void)
{
    static const uint64_t rates[] = {
        1000000, 24000000, 1000000000, 2994372000, 5700000000,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rates); i++) {
        Machine m = started(rates[i]);

        go(&m, PERIOD, ROOM);
        g_assert_false(compare(&m));
        go(&m, PERIOD, ROOM);
        g_assert_cmpuint(m.computed, ==, 0);
        g_assert_true(compare(&m));
        run(&m, 50);
        g_assert_cmpuint(m.computed, ==, 5000);
    }
}

/* The clock follows a time server: the difference does not add up. */
static void test_adjusted(void)
{
    static const int ppm[] = { 500, -500, 0, 100, -100 };
    Machine m = started(2000000000);
    unsigned i;

    run(&m, 3);
    for (i = 0; i < 100; i++) {
        m.hz = 2000000000 + 2000 * ppm[i / 20];
        /* the first period has the rate of the last one */
        go(&m, PERIOD, i % 20 < 2 ? 300000 : ROOM);
        g_assert_true(compare(&m));
    }
}

/* The counter goes on while the machine sleeps, and the clock stands still. */
static void test_slept(void)
{
    Machine m = started(1000000000);

    run(&m, 3);
    m.ticks += 30 * m.hz;
    m.computed = 0;
    go(&m, PERIOD / 2, ROOM);
    g_assert_false(compare(&m));
    /* nothing has time for a comparison */
    go(&m, 20 * SECOND, ROOM);
    g_assert_false(compare(&m));
    g_assert_cmpuint(m.computed, ==, 0);
    run(&m, 5);
    g_assert_cmpuint(m.computed, ==, 400);
}

/*
 * Just when the clock is about to follow a time server, nothing has time for a
 * comparison: what was to be made up for is not made up for several times.
 */
static void test_adjusted_busy(void)
{
    int sign;

    for (sign = -1; sign <= 1; sign += 2) {
        Machine m = started(2000000000);

        run(&m, 4);
        m.hz += sign * 1000000;
        go(&m, PERIOD, 110000);
        g_assert_true(compare(&m));
        go(&m, SECOND, 110000);
        compare(&m);
    }
}

/* No comparison for long: the clock is read after that. */
static void test_busy(void)
{
    Machine m = started(1000000000);

    run(&m, 3);
    m.computed = 0;
    go(&m, 20 * SECOND, ROOM);
    g_assert_cmpuint(m.computed, <=, 5);
    m.computed = 0;
    run(&m, 1);
    g_assert_cmpuint(m.computed, ==, 0);
    run(&m, 1);
    g_assert_cmpuint(m.computed, ==, 100);
}

/* The virtual machine has been moved: another rate, another number */
static void test_moved(void)
{
    Machine m = started(3000000000);

    run(&m, 3);
    m.computed = 0;
    m.hz = 2000000000;
    m.ticks = 12345;
    run(&m, 2);
    g_assert_cmpuint(m.computed, ==, 0);
    run(&m, 3);
    g_assert_cmpuint(m.computed, ==, 200);
}

/* What can't be: the clock has gone back, or one of the two stands still. */
static void test_nonsense(void)
{
    Machine m = started(1000000000);
    uint64_t ticks = m.ticks;
    uint64_t ns = m.ns;
    uint64_t t;

    run(&m, 3);
    g_assert_false(mmt_counter_compare(&m.counter, m.ticks, m.ns));
    g_assert_false(mmt_counter_compare(&m.counter, m.ticks + 1, m.ns));
    g_assert_false(mmt_counter_compare(&m.counter, m.ticks + 1, m.ns + 1));
    g_assert_false(mmt_counter_compare(&m.counter, m.ticks + 2, INT64_MAX));
    g_assert_false(mmt_counter_compare(&m.counter, ticks, ns));
    g_assert_false(mmt_counter_computes(&m.counter.time, ticks, &t));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/counter/steady", test_steady);
    g_test_add_func("/counter/adjusted", test_adjusted);
    g_test_add_func("/counter/adjusted-busy", test_adjusted_busy);
    g_test_add_func("/counter/slept", test_slept);
    g_test_add_func("/counter/busy", test_busy);
    g_test_add_func("/counter/moved", test_moved);
    g_test_add_func("/counter/nonsense", test_nonsense);
    return g_test_run();
}
