/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: from a trace to a sequence: polls
 *
 * Each sequence is also played on a device that answers as in the log:
 * sequence_log_compile().
 */
#include "run-tool.h"
#include "sanitized.h"
#include "sequence-log.h"

#define expect sequence_log_expect_script

/* What is said before reads in turns, of which one may have an effect */
#define LOUD \
    "n the driver reads bar0+0x14 until it has a value, and in turns with " \
    "it bar0+0x20, which a read may change: both are read as often as in " \
    "the trace, then only the first\n"

/* Values that are neither those of a clock nor constant */
static const unsigned loud[] = { 5, 9, 4, 0xa, 1, 0xc };

/* --- one register -------------------------------------------------------- */

static void test_one(void)
{
    expect("w10=1 x50(r14=2) r14=3 w10=2",
           "w 10 = 1\np 14 = 1 & 1 1000us\nw 10 = 2\n");
    expect("w10=1 x50(r14=2 +100) r14=3 w10=2",
           "w 10 = 1\np 14 = 1 & 1 50500us\nw 10 = 2\n");
}

/* Many bits change: what is waited for is any change. */
static void test_differs(void)
{
    expect("w10=1 x50(r14=0) r14=12345678 w10=2",
           "w 10 = 1\np 14 != 0 & 12345678 1000us\nw 10 = 2\n");
    expect("w10=1 x9(r14=1 r20=7) r14=12345678 r20=7 w10=2",
           "w 10 = 1\np 14 != 1 & 12345679 1000us\nc 20 = 7 & ffffffff\n"
           "w 10 = 2\n");
}

/* How long a poll took does not matter. */
static void test_in_loop(void)
{
    expect("w10=1 x3(r14=0) r14=1 w10=1 x9(r14=0) r14=1 w10=1 r14=1 "
           "w10=1 x2(r14=0) r14=1 w0=0",
           "4{\nw 10 = 1\np 14 = 1 & 1 1000us\n}\nw 0 = 0\n");
}

/* --- several, of which one matters --------------------------------------- */

/* A driver that looks at a constant register meanwhile */
static void test_cycle(void)
{
    expect("w10=1 x9(r14=2 r20=7) r14=3 r20=7 w10=2",
           "w 10 = 1\np 14 = 1 & 1 1000us\nc 20 = 7 & ffffffff\nw 10 = 2\n");
}

/* The value comes in the midst of the cycle. */
static void test_next(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1 x9(r14=2 r20=7) r14=3 w10=2");
    sequence_log_expect_unlike(log, "w 10 = 1\nc 20 = 7 & ffffffff\n"
                               "p 14 = 1 & 1 1000us\nw 10 = 2\n");
}

/* What comes before it in its round comes before the poll. */
static void test_next_inside(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1 x9(r20=7 r14=2 r24=8) r20=7 r14=3 w10=2");
    sequence_log_expect_unlike(log, "w 10 = 1\nc 20 = 7 & ffffffff\n"
                               "c 24 = 8 & ffffffff\nc 20 = 7 & ffffffff\n"
                               "p 14 = 1 & 1 1000us\nw 10 = 2\n");
}

/* The last read of the cycle is repeated until it has the value. */
static void test_next_run(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1 x9(r14=2 r20=7) r14=2 r14=2 r14=3 w10=2");
    sequence_log_expect_unlike(log, "w 10 = 1\nc 20 = 7 & ffffffff\n"
                               "p 14 = 1 & 1 1000us\nw 10 = 2\n");
}

/* How long a poll took is no delay before what is read with it. */
static void test_no_delay(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1 x9(r20=7 r14=2 +500) r20=7 r14=3 +300 w10=2");
    sequence_log_expect_unlike(log, "w 10 = 1\nc 20 = 7 & ffffffff\n"
                               "p 14 = 1 & 1 45190us\nd 301us\nw 10 = 2\n");
    log = sequence_log_new();
    sequence_log(log, "w10=1 x9(r14=2 r20=7 +500) r14=3 +300 w10=2");
    sequence_log_expect_unlike(log, "w 10 = 1\nc 20 = 7 & ffffffff\n"
                               "p 14 = 1 & 1 40170us\nd 301us\nw 10 = 2\n");
    log = sequence_log_new();
    sequence_log(log, "w10=1 x9(r20=7 r14=2 r24=8 +50) r20=7 r14=3 w10=2");
    sequence_log_expect_unlike(log, "w 10 = 1\nc 20 = 7 & ffffffff\n"
                               "c 24 = 8 & ffffffff\nc 20 = 7 & ffffffff\n"
                               "p 14 = 1 & 1 4260us\nw 10 = 2\n");
}

/* A clock is read once, however often the driver has looked at it. */
static void test_clock(void)
{
    SequenceLog *log = sequence_log_new();
    unsigned i;

    sequence_log(log, "w10=1");
    for (i = 0; i < 40; i++) {
        g_autofree char *words = g_strdup_printf("r20=%x r14=%x", i * 37,
                                                 i < 39 ? 2 : 3);

        sequence_log(log, words);
    }
    sequence_log(log, "w10=2");
    sequence_log_expect_unlike(log, "w 10 = 1\nr 20\np 14 = 1 & 1 1000us\n"
                               "w 10 = 2\n");
}

/* --- several, of which others matter -------------------------------------- */

/* @n rounds, and the register's value in the last one, or behind it */
static void put_loud(SequenceLog *log, unsigned n, bool next)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        g_autofree char *words =
            g_strdup_printf("r14=%x r20=%x", i < n - 1 || next ? 2 : 3,
                            loud[i % G_N_ELEMENTS(loud)]);

        sequence_log(log, words);
    }
    if (next) {
        sequence_log(log, "r14=3");
    }
}

/* A read of a register that changes may take data. */
static void test_loud(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "w10=1");
    put_loud(log, 12, false);
    sequence_log(log, "w10=2");
    sequence_log_expect(log, NULL, "w 10 = 1\n" LOUD
                        "11{\nc 14 = 2 & fffffffe\nc 20 = 0 & fffffff0\n}\n"
                        "p 14 = 1 & 1 1000us\nc 20 = 0 & fffffff0\n"
                        "w 10 = 2\n");
    log = sequence_log_new();
    sequence_log(log, "w10=1");
    put_loud(log, 12, true);
    sequence_log(log, "w10=2");
    sequence_log_expect(log, NULL, "w 10 = 1\n" LOUD
                        "12{\nc 14 = 2 & fffffffe\nc 20 = 0 & fffffff0\n}\n"
                        "p 14 = 1 & 1 1000us\nw 10 = 2\n");
}

/* Each time that it comes in a loop */
static void test_loud_in_loop(void)
{
    SequenceLog *log = sequence_log_new();
    unsigned i;

    for (i = 0; i < 4; i++) {
        sequence_log(log, "w10=1");
        put_loud(log, 12, true);
        sequence_log(log, "w18=2");
    }
    sequence_log_expect(log, NULL, "4{\nw 10 = 1\n" LOUD
                        "12{\nc 14 = 2 & fffffffe\nc 20 = 0 & fffffff0\n}\n"
                        "p 14 = 1 & 1 1000us\nw 18 = 2\n}\n");
}

/* Events that a read clears, of which none comes while the driver waits */
static void test_clears(void)
{
    SequenceLog *log = sequence_log_new();

    sequence_log(log, "r20=3 w18=7 r20=0 w18=7 r20=5 w18=7 r20=0 w18=7 r20=9 "
                 "w18=7 r20=0");
    sequence_log(log, "x9(r14=2 r20=0) r14=3 r20=0 w10=2");
    sequence_log_expect(log, NULL,
                        "5{\nr 20\nw 18 = 7\n}\n" LOUD
                        "9{\nr 20\nc 14 = 2 & fffffffe\n}\nr 20\n"
                        "p 14 = 1 & 1 1000us\nr 20\nw 10 = 2\n");
}

/*
 * Each access stays what it is, if each read may have an effect: the sequences
 * are played.
 */
static void test_loud_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    unsigned i, k, round;

    for (i = 0; i < ROUNDS(200); i++) {
        SequenceLog *log = sequence_log_new();

        for (k = 0; k < 6; k++) {
            unsigned rounds = g_rand_int_range(rand, 12, 40);
            unsigned at = g_rand_int_range(rand, 0, 3);
            unsigned rest = g_rand_int_range(rand, 0, 3);

            for (round = 0; round < rounds * 3 + rest; round++) {
                unsigned member = round % 3;
                bool has = member == at && round >= (rounds - 1) * 3 + rest;
                g_autofree char *word = g_strdup_printf(
                    "r%x=%x", 0x20 + member * 4, member == at ? has :
                    loud[(round / 3 + member) % G_N_ELEMENTS(loud)]);

                sequence_log(log, word);
            }
            sequence_log(log, "w18=1");
        }
        sequence_free(sequence_log_compile(log, NULL, NULL));
        sequence_log_free(log);
    }
}

/* --- cycles with writes -------------------------------------------------- */

#define UNTIL "n the driver has repeated what is before this until bar0+0x14 " \
    "had a value: a sequence repeats it as often as the trace\n"

static void test_writes(void)
{
    expect("x9(w10=1 r14=2) w10=1 r14=3 w18=0",
           "10{\nw 10 = 1\nc 14 = 2 & fffffffe\n}\n" UNTIL "w 18 = 0\n");
    expect("x9(r14=2 w10=1) r14=3 w18=0",
           "9{\nc 14 = 2 & fffffffe\nw 10 = 1\n}\n" UNTIL
           "c 14 = 2 & fffffffe\nw 18 = 0\n");
    /* nothing has ended it; it was something else */
    expect("x9(w10=1 r14=2) w18=0", "9{\nw 10 = 1\nc 14 = 2 & ffffffff\n}\n"
           "w 18 = 0\n");
    expect("x9(r14=2 w10=1) r1c=3 w18=0",
           "9{\nc 14 = 2 & ffffffff\nw 10 = 1\n}\nc 1c = 3 & ffffffff\n"
           "w 18 = 0\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sequence-compile-poll/one", test_one);
    g_test_add_func("/sequence-compile-poll/differs", test_differs);
    g_test_add_func("/sequence-compile-poll/in-loop", test_in_loop);
    g_test_add_func("/sequence-compile-poll/cycle", test_cycle);
    g_test_add_func("/sequence-compile-poll/next", test_next);
    g_test_add_func("/sequence-compile-poll/next-inside", test_next_inside);
    g_test_add_func("/sequence-compile-poll/next-run", test_next_run);
    g_test_add_func("/sequence-compile-poll/no-delay", test_no_delay);
    g_test_add_func("/sequence-compile-poll/clock", test_clock);
    g_test_add_func("/sequence-compile-poll/loud", test_loud);
    g_test_add_func("/sequence-compile-poll/loud-in-loop", test_loud_in_loop);
    g_test_add_func("/sequence-compile-poll/clears", test_clears);
    g_test_add_func("/sequence-compile-poll/loud-random", test_loud_random);
    g_test_add_func("/sequence-compile-poll/writes", test_writes);
    status = g_test_run();
    temp_clean();
    return status;
}
