/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libreplay with a driver that does not do just what the log's did
 */
#include "replay-driver.h"
#include "sanitized.h"

#define OPERATIONS 300

/* Run the same program with units in turn; with @shuffle, in another order */
static void run(Driver *driver, uint32_t seed, unsigned units, bool shuffle)
{
    GRand *programs[DRIVER_UNITS];
    unsigned left[DRIVER_UNITS];
    unsigned unit, i, n = 0;

    for (i = 0; i < units; i++) {
        programs[i] = g_rand_new_with_seed(seed + i);
        left[i] = OPERATIONS / units;
        n += left[i];
    }
    for (; n > 0; n--) {
        do {
            unit = shuffle ? (unsigned)g_rand_int_range(driver->rand, 0, units)
                           : n % units;
        } while (!left[unit]);
        left[unit]--;
        driver->cpu = unit;
        driver_run(driver, unit, programs[unit]);
    }
    for (i = 0; i < units; i++) {
        g_rand_free(programs[i]);
    }
}

static Replay *record(Driver *driver, uint32_t seed, unsigned units)
{
    driver_init(driver, NULL, seed);
    run(driver, seed, units, false);
    return driver_learn(driver);
}

static void expect_none(const Replay *replay, const Driver *driver)
{
    unsigned n;
    const ReplayDeparture *departures = replay_departures(replay, &n);

    if (n) {
        g_test_message("%s", replay_departure_text(replay, departures));
    }
    g_assert_cmpuint(driver->departed, ==, 0);
    g_assert_cmpuint(n, ==, 0);
}

static void expect_results(const Driver *log, const Driver *driver)
{
    unsigned i;

    for (i = 0; i < DRIVER_UNITS; i++) {
        g_assert_cmpmem(log->results[i]->data, log->results[i]->len * 4,
                        driver->results[i]->data, driver->results[i]->len * 4);
    }
}

/* The path itself: every value is the log's. */
static void test_self(void)
{
    int round;

    for (round = 0; round < ROUNDS(100); round++) {
        Driver log;
        Replay *replay = record(&log, round, 1 + round % DRIVER_UNITS);
        ReplayTotals totals;
        guint i;

        for (i = 0; i < log.log->len; i++) {
            ReplayAccess *want = &g_array_index(log.log, ReplayAccess, i);
            ReplayAccess access = *want;

            access.value = access.write ? access.value : 0x77;
            g_assert_cmpint(replay_access(replay, &access), ==,
                            REPLAY_ON_PATH);
            g_assert_cmphex(access.value, ==, want->value);
        }
        replay_totals(replay, &totals);
        g_assert_cmpuint(totals.outcomes[REPLAY_ON_PATH], ==, log.log->len);
        g_assert_cmpuint(totals.reached, ==, log.log->len);
        g_assert_cmpuint(totals.skipped_reads + totals.skipped_writes, ==, 0);
        replay_free(replay);
        driver_clear(&log);
    }
}

/* It reads the status once more, or several times, after it is ready. */
static void test_extra_polls(void)
{
    int round;

    for (round = 0; round < ROUNDS(100); round++) {
        Driver log, driver;
        Replay *replay = record(&log, round, 1);

        driver_init(&driver, replay, round + 1000);
        driver.extra = 3;
        run(&driver, round, 1, false);
        expect_none(replay, &driver);
        driver_clear(&driver);
        replay_free(replay);
        driver_clear(&log);
    }
}

/* The log's driver has read it more often. */
static void test_fewer_polls(void)
{
    int round;

    for (round = 0; round < ROUNDS(100); round++) {
        Driver log, driver;
        Replay *replay;

        driver_init(&log, NULL, round);
        log.extra = 20;
        run(&log, round, 1, false);
        replay = driver_learn(&log);
        driver_init(&driver, replay, round);
        run(&driver, round, 1, false);
        expect_none(replay, &driver);
        driver_clear(&driver);
        replay_free(replay);
        driver_clear(&log);
    }
}

/* Threads on processors of their own, in another order */
static void test_threads(void)
{
    int round;

    for (round = 0; round < ROUNDS(100); round++) {
        unsigned units = 2 + round % (DRIVER_UNITS - 1);
        Driver log, driver;
        Replay *replay = record(&log, round, units);
        ReplayTotals totals;

        driver_init(&driver, replay, round + 1000);
        run(&driver, round, units, true);
        expect_none(replay, &driver);
        replay_totals(replay, &totals);
        g_assert_cmpuint(totals.outcomes[REPLAY_OTHER_VALUE], ==, 0);
        expect_results(&log, &driver);
        driver_clear(&driver);
        replay_free(replay);
        driver_clear(&log);
    }
}

/* A driver that reads the status 20000 times */
static Replay *record_poll(Driver *driver)
{
    int i;

    driver_init(driver, NULL, 1);
    driver_write(driver, UNIT_GO, 20000);
    for (i = 1; driver_read(driver, UNIT_STATUS); i++) {
        g_assert_cmpint(i, <, 20000);
    }
    driver_write(driver, UNIT_CAUSE, 1);
    driver_read(driver, UNIT_ID);
    return driver_learn(driver);
}

/* Polls once in a millisecond, where the log's polled each microsecond */
static void test_poll_time(void)
{
    Driver log, driver;
    Replay *replay;
    unsigned n = 0;

    replay = record_poll(&log);

    driver_init(&driver, replay, 1);
    driver_write(&driver, UNIT_GO, 20000);
    driver.step_ns = 1000000;
    while (driver_read(&driver, UNIT_STATUS)) {
        g_assert_cmpuint(++n, <, 100);
    }
    /* Not before the log's time */
    g_assert_cmpuint(n, >=, 20);
    driver_write(&driver, UNIT_CAUSE, 1);
    g_assert_cmphex(driver_read(&driver, UNIT_ID), ==, 0x1234);
    expect_none(replay, &driver);
    driver_clear(&driver);
    replay_free(replay);
    driver_clear(&log);
}

/* A poll of which the log shows 20000 reads is left out. */
static void test_poll_left_out(void)
{
    Driver log, driver;
    Replay *replay;
    ReplayTotals totals;

    replay = record_poll(&log);

    driver_init(&driver, replay, 1);
    driver_write(&driver, UNIT_GO, 20000);
    driver_write(&driver, UNIT_CAUSE, 1);
    g_assert_cmphex(driver_read(&driver, UNIT_ID), ==, 0x1234);
    expect_none(replay, &driver);
    replay_totals(replay, &totals);
    g_assert_cmpuint(totals.skipped_reads, ==, 20000);
    g_assert_cmpuint(totals.reached, ==, totals.steps);
    driver_clear(&driver);
    replay_free(replay);
    driver_clear(&log);
}

/* The same program with the device itself and with the replay */
static void test_results(void)
{
    int round;

    for (round = 0; round < ROUNDS(100); round++) {
        Driver log, driver;
        Replay *replay = record(&log, round, 1);

        driver_init(&driver, replay, round);
        /* Slower by a third: polls and timers are not the log's. */
        driver.step_ns = 1333;
        run(&driver, round, 1, false);
        expect_none(replay, &driver);
        expect_results(&log, &driver);
        driver_clear(&driver);
        replay_free(replay);
        driver_clear(&log);
    }
}

/* A write that was left out is not the one that is to come now. */
static void test_left_out_write(void)
{
    static const ReplayAccess log[] = {
        { .offset = 0x10, .value = 1, .width = 4, .write = true },
        { .offset = 0x14, .value = 7, .width = 4, .write = true },
        { .offset = 0x10, .value = 5, .width = 4, .write = true },
        { .offset = 0x18, .value = 8, .width = 4, .write = true },
        { .offset = 0x10, .value = 5, .width = 4, .write = true },
    };
    static const unsigned driver[] = { 0, 1, 3, 4 };
    g_autoptr(Replay) replay = replay_new();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(log); i++) {
        g_assert_true(replay_learn(replay, &log[i], NULL));
    }
    replay_ready(replay);
    for (i = 0; i < G_N_ELEMENTS(driver); i++) {
        ReplayAccess access = log[driver[i]];

        g_assert_cmpint(replay_access(replay, &access), ==, REPLAY_ON_PATH);
        g_assert_cmpuint(replay_last_step(replay), ==, driver[i]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/replay/self", test_self);
    g_test_add_func("/replay/extra-polls", test_extra_polls);
    g_test_add_func("/replay/fewer-polls", test_fewer_polls);
    g_test_add_func("/replay/threads", test_threads);
    g_test_add_func("/replay/poll-time", test_poll_time);
    g_test_add_func("/replay/poll-left-out", test_poll_left_out);
    g_test_add_func("/replay/results", test_results);
    g_test_add_func("/replay/left-out-write", test_left_out_write);
    return g_test_run();
}
