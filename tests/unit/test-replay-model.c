/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libreplay where the path does not answer: departures, the model
 * of a register, resets, what the device does by itself, hostile input
 */
#include "replay-driver.h"
#include "sanitized.h"

#include <string.h>

typedef struct Row {
    bool write;
    uint32_t offset;
    uint32_t value;
} Row;

#define R(offset, value) { false, offset, value }
#define W(offset, value) { true, offset, value }

static void learn(Replay *replay, const Row *rows, size_t n)
{
    uint64_t line = 100;
    size_t i;

    for (i = 0; i < n; i++) {
        ReplayAccess access = {
            .offset = rows[i].offset,
            .value = rows[i].value,
            .ns = 1000 * (i + 1),
            .line = line++,
            .width = 4,
            .write = rows[i].write,
        };

        g_assert_true(replay_learn(replay, &access, NULL));
    }
}

static Replay *model(const Row *rows, size_t n)
{
    Replay *replay = replay_new();

    learn(replay, rows, n);
    replay_ready(replay);
    return replay;
}

#define MODEL(rows) model(rows, G_N_ELEMENTS(rows))

static void expect(Replay *replay, Row row, ReplayOutcome outcome)
{
    ReplayAccess access = {
        .offset = row.offset,
        .value = row.write ? row.value : 0,
        .width = 4,
        .write = row.write,
    };

    g_assert_cmpstr(replay_outcome_name(replay_access(replay, &access)), ==,
                    replay_outcome_name(outcome));
    g_assert_cmphex(access.value, ==, row.value);
}

static void expect_all(Replay *replay, const Row *rows, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        expect(replay, rows[i], REPLAY_ON_PATH);
    }
}

#define READ(replay, offset, value, outcome) \
    expect(replay, (Row)R(offset, value), outcome)
#define WRITE(replay, offset, value, outcome) \
    expect(replay, (Row)W(offset, value), outcome)

static void test_departure(void)
{
    static const Row rows[] = {
        R(0x0, 1), W(0x4, 2), R(0x8, 3), W(0xc, 4), R(0x10, 5),
    };
    Replay *replay = MODEL(rows);
    const ReplayDeparture *departure;
    g_autofree char *text = NULL;
    unsigned n;

    expect_all(replay, rows, 2);
    replay_departures(replay, &n);
    g_assert_cmpuint(n, ==, 0);
    /* A register that the log does not have */
    WRITE(replay, 0x40, 7, REPLAY_DEPARTED);
    departure = replay_departures(replay, &n);
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpuint(departure->before, ==, 1);
    g_assert_cmpuint(departure->after, ==, 2);
    g_assert_cmpuint(departure->number, ==, 2);
    text = replay_departure_text(replay, departure);
    g_assert_cmpstr(text, ==,
                    "W 4 bar0+0x40 0x7 is not in the log here: after W 4 bar0+0x4 0x2 (line 101) comes R 4 bar0+0x8 0x3 (line 102)");
    /* The path goes on. */
    READ(replay, 0x8, 3, REPLAY_ON_PATH);
    WRITE(replay, 0xc, 4, REPLAY_ON_PATH);
    READ(replay, 0x10, 5, REPLAY_ON_PATH);
    READ(replay, 0x44, 0, REPLAY_AFTER_END);
    replay_departures(replay, &n);
    g_assert_cmpuint(n, ==, 1);
    replay_free(replay);
}

/* Another value is not another way: addresses of memory are never the same. */
static void test_other_value(void)
{
    static const Row rows[] = {
        W(0x0, 0x1000), R(0x0, 0x1000), W(0x4, 1), R(0x0, 0x1000), R(0x8, 9),
    };
    Replay *replay = MODEL(rows);

    WRITE(replay, 0x0, 0x2030, REPLAY_OTHER_VALUE);
    READ(replay, 0x0, 0x2030, REPLAY_ON_PATH);
    WRITE(replay, 0x4, 1, REPLAY_ON_PATH);
    READ(replay, 0x0, 0x2030, REPLAY_ON_PATH);
    READ(replay, 0x8, 9, REPLAY_ON_PATH);
    replay_free(replay);
}

/* What each kind of register has where the log says nothing */
static void test_registers(void)
{
    static const Row rows[] = {
        R(0x0, 0xabc), R(0x0, 0xabc),                   /* constant */
        W(0x4, 0x1001), R(0x4, 0x1001),                 /* keeps all */
        W(0x8, 0xffff00ff), R(0x8, 0x55),               /* keeps some bits */
        W(0x8, 0xffff0000), R(0x8, 0x00),
        R(0xc, 0x7), W(0xc, 0x5), R(0xc, 0x2),          /* 1 clears */
        W(0x10, 0x80000001), R(0x10, 0x1),              /* clears itself */
        W(0x80, 1),
    };
    Replay *replay = MODEL(rows);

    expect_all(replay, rows, G_N_ELEMENTS(rows));
    WRITE(replay, 0x4, 0x8642, REPLAY_AFTER_END);
    READ(replay, 0x4, 0x8642, REPLAY_REPEATED);
    WRITE(replay, 0x8, 0x45, REPLAY_AFTER_END);
    READ(replay, 0x8, 0x45, REPLAY_REPEATED);
    WRITE(replay, 0x8, 0xffffff00, REPLAY_AFTER_END);
    READ(replay, 0x8, 0x00, REPLAY_REPEATED);
    WRITE(replay, 0xc, 0x1, REPLAY_AFTER_END);
    READ(replay, 0xc, 0x2, REPLAY_REPEATED);
    WRITE(replay, 0x10, 0x80000000, REPLAY_AFTER_END);
    READ(replay, 0x10, 0x0, REPLAY_REPEATED);
    READ(replay, 0x0, 0xabc, REPLAY_REPEATED);
    replay_free(replay);
}

/* A timer goes on if it is read more often than in the log. */
static void test_counter(void)
{
    Replay *replay = replay_new();
    ReplayAccess access = { .width = 4 };
    uint64_t last;
    int i;

    for (i = 0; i < 10; i++) {
        access.ns = 1000 * i;
        access.value = 500 + 10 * i;
        g_assert_true(replay_learn(replay, &access, NULL));
    }
    replay_ready(replay);
    for (i = 0; i < 10; i++) {
        access.ns = 1000 * i;
        replay_access(replay, &access);
        g_assert_cmpuint(access.value, ==, 500 + 10 * i);
    }
    last = access.value;
    access.ns += 100000;
    g_assert_cmpint(replay_access(replay, &access), ==, REPLAY_REPEATED);
    g_assert_cmpuint(access.value, ==, last + 1000);
    replay_free(replay);
}

/* Bytes of a register that the log has in another width */
static void test_width(void)
{
    static const Row rows[] = {
        W(0x0, 0x11223344), R(0x0, 0x11223344), R(0x4, 0x55667788), W(0x8, 1),
    };
    Replay *replay = MODEL(rows);
    ReplayAccess access = { .offset = 2, .width = 2 };

    expect_all(replay, rows, 3);
    g_assert_cmpint(replay_access(replay, &access), ==, REPLAY_DEPARTED);
    g_assert_cmphex(access.value, ==, 0x1122);
    access = (ReplayAccess) { .width = 8 };
    g_assert_cmpint(replay_access(replay, &access), ==, REPLAY_DEPARTED);
    g_assert_cmphex(access.value, ==, 0x5566778811223344);
    access = (ReplayAccess) {
        .offset = 1, .width = 1, .value = 0xee, .write = true,
    };
    g_assert_cmpint(replay_access(replay, &access), ==, REPLAY_DEPARTED);
    READ(replay, 0x0, 0x1122ee44, REPLAY_REPEATED);
    replay_free(replay);
}

/* A log with three parts; the driver goes from the first to the last. */
static void test_resync(void)
{
    Replay *replay = replay_new();
    ReplayTotals totals;
    unsigned departed = 0;
    unsigned i;

    for (i = 0; i < 3000; i++) {
        Row row = { i % 3 == 0, 4 * (i / 3), i };

        learn(replay, &row, 1);
    }
    replay_ready(replay);
    for (i = 0; i < 100; i++) {
        Row row = { i % 3 == 0, 4 * (i / 3), i };

        expect(replay, row, REPLAY_ON_PATH);
    }
    for (i = 2001; i < 2100; i++) {
        ReplayAccess access = {
            .offset = 4 * (i / 3),
            .value = i,
            .width = 4,
            .write = i % 3 == 0,
        };

        departed += replay_access(replay, &access) == REPLAY_DEPARTED;
        g_assert_cmphex(access.value, ==, i);
    }
    g_assert_cmpuint(departed, >, 0);
    g_assert_cmpuint(departed, <, 10);
    replay_totals(replay, &totals);
    g_assert_cmpuint(totals.resyncs, ==, 1);
    g_assert_cmpuint(totals.reached, ==, 2100);
    replay_free(replay);
}

/* A place is proved by an access that is on the path, too; the next is not. */
static void test_resync_other(void)
{
    static const Row status = R(0x8000, 7);
    Replay *replay = replay_new();
    unsigned i;

    for (i = 0; i < 3000; i++) {
        Row row = { i % 3 == 0, 4 * (i / 3), i };

        learn(replay, &row, 1);
        if (i % 3 == 2) {
            learn(replay, &status, 1);
        }
    }
    replay_ready(replay);
    for (i = 0; i < 99; i++) {
        Row row = { i % 3 == 0, 4 * (i / 3), i };

        expect(replay, row, REPLAY_ON_PATH);
        if (i % 3 == 2) {
            expect(replay, status, REPLAY_ON_PATH);
        }
    }
    for (i = 2001; i < 2006; i++) {
        Row row = { i % 3 == 0, 4 * (i / 3), i };

        expect(replay, row, REPLAY_DEPARTED);
    }
    expect(replay, status, REPLAY_REPEATED);
    /* Its own value, not that of the status */
    READ(replay, 4 * 900, 2701, REPLAY_DEPARTED);
    replay_free(replay);
}

static const Row load[] = {
    R(0x0, 1), W(0x4, 2), R(0x8, 0), R(0x8, 3), W(0xc, 4), R(0x10, 5),
};

/* A driver that is loaded again begins again, also a small one. */
static void test_again(void)
{
    static const Row rows[] = {
        R(0x0, 1), W(0x4, 2), R(0x8, 0), R(0x8, 3), W(0xc, 4), R(0x10, 5),
        W(0x4, 7), R(0x8, 9), W(0xc, 6), R(0x10, 8), R(0x14, 1), W(0x18, 4),
    };
    Replay *replay = MODEL(rows);
    ReplayTotals totals;
    size_t i;

    for (i = 0; i < 4 * G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i % G_N_ELEMENTS(rows)];
        ReplayAccess access = {
            .offset = row->offset,
            .value = row->value,
            .width = 4,
            .write = row->write,
        };

        replay_access(replay, &access);
        g_assert_cmphex(access.value, ==, row->value);
    }
    replay_totals(replay, &totals);
    g_assert_cmpuint(totals.outcomes[REPLAY_DEPARTED], ==, 0);
    g_assert_cmpuint(totals.rewinds + totals.resyncs, ==, 3);
    replay_free(replay);
}

/* The same where the log's begin is far behind */
static void test_again_far(void)
{
    Replay *replay = replay_new();
    ReplayTotals totals;
    unsigned i;

    for (i = 0; i < 2000; i++) {
        Row row = { i % 3 == 0, 4 * (i / 3), i };

        learn(replay, &row, 1);
    }
    replay_ready(replay);
    for (i = 0; i < 3 * 2000; i++) {
        Row row = { i % 2000 % 3 == 0, 4 * (i % 2000 / 3), i % 2000 };

        expect(replay, row, REPLAY_ON_PATH);
    }
    replay_totals(replay, &totals);
    g_assert_cmpuint(totals.rewinds, ==, 2);
    replay_free(replay);
}

/* A reset at any place; the log may have the second load or not. */
static void test_reset(void)
{
    static const Row second[] = {
        R(0x0, 1), W(0x4, 3), R(0x8, 7), W(0x20, 4),
    };
    Replay *replay = replay_new();
    unsigned n;

    learn(replay, load, G_N_ELEMENTS(load));
    replay_learn_start(replay);
    learn(replay, second, G_N_ELEMENTS(second));
    replay_ready(replay);

    replay_reset(replay);
    replay_reset(replay);
    expect_all(replay, load, 4);
    replay_reset(replay);
    expect_all(replay, second, 2);
    replay_reset(replay);
    expect_all(replay, load, G_N_ELEMENTS(load));
    replay_reset(replay);
    expect_all(replay, second, G_N_ELEMENTS(second));
    replay_departures(replay, &n);
    g_assert_cmpuint(n, ==, 0);
    replay_free(replay);
}

static void test_events(void)
{
    static const ReplayEvent events[] = {
        { .kind = REPLAY_EVENT_MSI, .number = 1, .ns = 6500 },
        { .kind = REPLAY_EVENT_INTX, .level = 1, .ns = 9000 },
    };
    Replay *replay = replay_new();
    const ReplayEvent *event;
    uint64_t due;

    learn(replay, load, 2);
    g_assert_true(replay_learn_event(replay, &events[0]));
    g_assert_true(replay_learn_event(replay, &events[1]));
    learn(replay, load + 2, 4);
    replay_ready(replay);

    READ(replay, 0x0, 1, REPLAY_ON_PATH);
    g_assert_null(replay_event(replay, 100, &due));
    WRITE(replay, 0x4, 2, REPLAY_ON_PATH);
    event = replay_event(replay, 100, &due);
    g_assert_cmpint(event->kind, ==, REPLAY_EVENT_MSI);
    g_assert_cmpuint(event->number, ==, 1);
    /* 4.5 us after the access, which was at 0 */
    g_assert_cmpuint(due, ==, 4500);
    replay_event_done(replay);
    /* The driver has gone on. */
    READ(replay, 0x8, 0, REPLAY_ON_PATH);
    event = replay_event(replay, 100, &due);
    g_assert_cmpint(event->kind, ==, REPLAY_EVENT_INTX);
    g_assert_cmpuint(due, ==, 100);
    replay_event_done(replay);
    g_assert_null(replay_event(replay, 100, &due));
    /* The next load has them again. */
    replay_reset(replay);
    expect_all(replay, load, 2);
    g_assert_nonnull(replay_event(replay, 100, &due));
    replay_free(replay);
}

/* Events and starts stay where they were among the steps that are left. */
static void test_leave_out(void)
{
    static const Row more[] = { W(0x100, 1), W(0x104, 2), R(0x20, 3) };
    static const Row left[] = {
        R(0x0, 1), W(0x4, 2), R(0x8, 0), R(0x8, 3), W(0xc, 4), R(0x10, 5),
        R(0x20, 3),
    };
    static const ReplayEvent event = { .kind = REPLAY_EVENT_MSI };
    Replay *replay = replay_new();
    ReplayTotals totals;
    uint64_t due;

    learn(replay, more, 1);
    learn(replay, load, G_N_ELEMENTS(load));
    learn(replay, more, 1);
    g_assert_true(replay_learn_event(replay, &event));
    learn(replay, more + 1, 1);
    replay_learn_start(replay);
    learn(replay, more + 2, 1);
    replay_leave_out(replay, 1, 0, UINT64_MAX);
    replay_leave_out(replay, 0, 0x103, 0x104);
    replay_leave_out(replay, 0, 0x0, 0x3);
    replay_leave_out(replay, 0, 0x100, 0x100);
    replay_ready(replay);

    expect_all(replay, left + 1, 4);
    g_assert_null(replay_event(replay, 0, &due));
    expect_all(replay, left + 5, 1);
    g_assert_nonnull(replay_event(replay, 0, &due));
    replay_reset(replay);
    expect_all(replay, left + 6, 1);
    WRITE(replay, 0x100, 1, REPLAY_AFTER_END);
    replay_totals(replay, &totals);
    g_assert_cmpuint(totals.steps, ==, 6);
    replay_free(replay);
}

static void test_not_learnt(void)
{
    static const ReplayAccess wrong[] = {
        { .width = 0 }, { .width = 3 }, { .width = 16 },
        { .width = 4, .region = REPLAY_REGIONS },
        { .width = 4, .offset = REPLAY_OFFSET_MAX },
    };
    Replay *replay = replay_new();
    ReplayAccess access = { .width = 4 };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(replay_learn(replay, &wrong[i], &error));
        g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    }
    replay_ready(replay);
    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        access = wrong[i];
        replay_access(replay, &access);
        g_assert_cmphex(access.value, ==, 0);
    }
    replay_reset(replay);
    READ(replay, 0, 0, REPLAY_AFTER_END);
    replay_free(replay);
}

static ReplayAccess random_access(GRand *rand, unsigned registers)
{
    static const uint64_t far[] = {
        0, 0x100000, REPLAY_OFFSET_MAX - 8, UINT64_MAX - 7,
    };
    uint64_t where = g_rand_int_range(rand, 0, 50)
                     ? 0 : far[g_rand_int_range(rand, 0, 4)];

    return (ReplayAccess) {
        .offset = where + g_rand_int_range(rand, 0, registers),
        .value = g_rand_int_range(rand, 0, 3)
                 ? (uint64_t)g_rand_int_range(rand, 0, 3)
                 : (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand),
        .ns = g_rand_int_range(rand, 0, 4)
              ? g_rand_int(rand) : (uint64_t)g_rand_int(rand) << 32,
        .cpu = g_rand_int_range(rand, 0, 40),
        .region = g_rand_int_range(rand, 0, 40) ? 0
                  : g_rand_int_range(rand, 0, 20),
        .width = 1 << g_rand_int_range(rand, 0, 5),
        .write = g_rand_boolean(rand),
    };
}

/* Anything as a log, and anything as a driver */
static void test_hostile(void)
{
    int round, i;

    for (round = 0; round < ROUNDS(300); round++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(round);
        unsigned registers = 1 + g_rand_int_range(rand, 0, 64);
        int n = g_rand_int_range(rand, 0, 6000);
        Replay *replay = replay_new();
        ReplayTotals totals;
        uint64_t due, sum = 0;

        for (i = 0; i < n; i++) {
            ReplayAccess access = random_access(rand, registers);
            ReplayEvent event = { .number = i, .ns = access.ns };

            replay_learn(replay, &access, NULL);
            if (!g_rand_int_range(rand, 0, 100)) {
                replay_learn_event(replay, &event);
                replay_learn_start(replay);
            }
        }
        replay_ready(replay);
        for (i = 0; i < 6000; i++) {
            ReplayAccess access = random_access(rand, registers);

            replay_access(replay, &access);
            if (!g_rand_int_range(rand, 0, 300)) {
                replay_reset(replay);
            }
            while (replay_event(replay, access.ns, &due)) {
                replay_event_done(replay);
            }
        }
        replay_totals(replay, &totals);
        for (i = 0; i < REPLAY_OUTCOMES; i++) {
            sum += totals.outcomes[i];
        }
        g_assert_cmpuint(sum, ==, totals.accesses);
        g_assert_cmpuint(totals.reached, <=, totals.steps);
        replay_free(replay);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/replay-model/departure", test_departure);
    g_test_add_func("/replay-model/other-value", test_other_value);
    g_test_add_func("/replay-model/registers", test_registers);
    g_test_add_func("/replay-model/counter", test_counter);
    g_test_add_func("/replay-model/width", test_width);
    g_test_add_func("/replay-model/resync", test_resync);
    g_test_add_func("/replay-model/resync-other", test_resync_other);
    g_test_add_func("/replay-model/again", test_again);
    g_test_add_func("/replay-model/again-far", test_again_far);
    g_test_add_func("/replay-model/reset", test_reset);
    g_test_add_func("/replay-model/events", test_events);
    g_test_add_func("/replay-model/leave-out", test_leave_out);
    g_test_add_func("/replay-model/not-learnt", test_not_learnt);
    g_test_add_func("/replay-model/hostile", test_hostile);
    return g_test_run();
}
