/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace play: sequences on a device of memory
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "play-memory.h"
#include "sanitized.h"
#include "tools/play/say.h"

#define MS 1000000u

static void test_accesses(void)
{
    g_autoptr(Sequence) seq = play_sequence();

    seq->regions[SEQUENCE_REGION_CONFIG].size = 256;
    play_add(seq, SEQ_WRITE, 0x10, 4, 0xdeadbeef);
    play_add(seq, SEQ_READ, 0x10, 8, 0);
    play_add(seq, SEQ_CHECK, 0x12, 2, 0xdead);
    play_add(seq, SEQ_CHECK, 0x10, 1, 0xe0)->mask = 0xf0;
    play_add(seq, SEQ_WRITE, 0x18, 8, 0x1122334455667788);
    play_add(seq, SEQ_WRITE, 4, 2, 6)->region = SEQUENCE_REGION_CONFIG;
    play_assert_does(seq, "W bar0+0x10 4 0xdeadbeef\n"
                          "R bar0+0x10 8 0xdeadbeef\n"
                          "R bar0+0x12 2 0xdead\n"
                          "R bar0+0x10 1 0xef\n"
                          "W bar0+0x18 8 0x1122334455667788\n"
                          "W config+0x4 2 0x6\n");
}

/* Offsets grow by all loops around, values by the innermost. */
static void test_loops(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    SeqOp *op;

    play_add_loop(seq, 2, 3);
    play_add_loop(seq, 2, 1);
    op = play_add(seq, SEQ_WRITE, 0x100, 4, 5);
    op->stride[0] = 4;
    op->stride[1] = 0x10;
    op->step = -1;
    op = play_add(seq, SEQ_READ, 0x20, 4, 0);
    op->stride[0] = -4;
    play_add(seq, SEQ_WRITE, 0, 1, 0xff);
    play_assert_does(seq, "W bar0+0x100 4 0x5\n"
                          "W bar0+0x104 4 0x4\n"
                          "R bar0+0x20 4 0x0\n"
                          "W bar0+0x110 4 0x5\n"
                          "W bar0+0x114 4 0x4\n"
                          "R bar0+0x1c 4 0x0\n"
                          "W bar0+0x0 1 0xff\n");
}

/* Two loops end at the same operation, which is the last one. */
static void test_loops_end_together(void)
{
    g_autoptr(Sequence) seq = play_sequence();

    play_add_loop(seq, 2, 2);
    play_add_loop(seq, 3, 1);
    play_add(seq, SEQ_WRITE, 0, 1, 0xfe)->step = 1;
    play_assert_does(seq, "W bar0+0x0 1 0xfe\nW bar0+0x0 1 0xff\n"
                          "W bar0+0x0 1 0x0\nW bar0+0x0 1 0xfe\n"
                          "W bar0+0x0 1 0xff\nW bar0+0x0 1 0x0\n");
}

static void test_sources(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    SeqOp *op;

    play_add(seq, SEQ_WRITE, 0, 4, 0xabcd1234);
    play_add(seq, SEQ_READ, 0, 4, 0);
    play_add(seq, SEQ_WRITE, 0, 4, 0);
    op = play_add(seq, SEQ_WRITE, 8, 4, 0);
    op->source = 1;
    op->and_mask = 0xffff00ff;
    op->or_mask = 0x100;
    op->xor_mask = 0x80000000;
    op->add = 0xf0000000;
    play_assert_does(seq, "W bar0+0x0 4 0xabcd1234\nR bar0+0x0 4 0xabcd1234\n"
                          "W bar0+0x0 4 0x0\nW bar0+0x8 4 0x1bcd0134\n");
}

static void test_uploads(void)
{
    g_autoptr(Sequence) seq = play_sequence();

    play_add_upload(seq, 0);
    play_add_upload(seq, 8);
    play_assert_does(seq, "W bar0+0x40 4 0x64636261\nW bar0+0x40 4 0x68676665\n"
                          "W bar0+0x40 4 0x64636261\nW bar0+0x48 4 0x68676665\n");
}

static void test_waits(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    PlayMemory memory;
    PlayResult result;
    SeqOp *op;

    sequence_add(seq, SEQ_DELAY, 1)->ns = 7 * MS;
    op = sequence_add(seq, SEQ_IRQ, 2);
    op->value = 3;
    op->ns = MS;
    *sequence_add(seq, SEQ_IRQ, 3) = *sequence_op(seq, 1);
    play_memory_init(&memory);
    memory.irqs = 1;
    play_assert_ends(seq, &memory, PLAY_END_IRQ, &result);
    g_assert_cmpuint(memory.slept, ==, 7 * MS);
    g_assert_cmpstr(memory.said->str, ==, "I 3\n");
    g_assert_cmpuint(result.op, ==, 2);
    play_memory_clear(&memory);
}

/* Of several in a row, one must come, and no more than these are taken. */
static void test_several(void)
{
    static const struct {
        unsigned come;
        const char *said;
        PlayEnd end;
    } rows[] = {
        { 4, "I 3\nI 3\nI 3\nI 3\n", PLAY_END_DONE },
        { 1, "I 3\n", PLAY_END_IRQ },
        { 0, "", PLAY_END_IRQ },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Sequence) seq = play_sequence();
        SeqOp *op = sequence_add(seq, SEQ_IRQ, 2);
        PlayMemory memory;
        PlayResult result;

        op->value = 3;
        op->ns = MS;
        op->rounds = 3;
        op = sequence_add(seq, SEQ_IRQ, 3);
        op->value = 3;
        op->ns = MS;
        play_memory_init(&memory);
        memory.irqs = rows[i].come;
        play_assert_ends(seq, &memory, rows[i].end, &result);
        g_assert_cmpstr(memory.said->str, ==, rows[i].said);
        g_assert_cmpuint(result.op, ==, rows[i].come ? 1 : 0);
        play_memory_clear(&memory);
    }
}

static void test_polls(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    PlayMemory memory;
    PlayResult result;

    play_add_poll(seq, 50 * MS);
    play_add_poll(seq, 50 * MS)->differs = true;
    play_memory_init(&memory);
    memory.ready_at = 20;
    memory.ready_offset = 0x30;
    memory.ready_value = 0xff;
    play_assert_ends(seq, &memory, PLAY_END_POLL, &result);
    g_assert_cmpuint(result.op, ==, 1);
    g_assert_cmpuint(result.got, ==, 0xff);
    /* It waits as long as it may, and does not read all the time. */
    g_assert_cmpuint(memory.clock - 5000 * (uint64_t)MS, >=, 50 * MS);
    g_assert_cmpuint(memory.clock - 5000 * (uint64_t)MS, <=, 52 * MS);
    g_assert_cmpuint(result.reads, >, 100);
    g_assert_cmpuint(result.reads, <, 1000);
    play_memory_clear(&memory);
}

static void test_other_ends(void)
{
    static const struct {
        uint64_t fail_at;
        uint64_t stop_at;
        uint64_t limit_ns;
        PlayEnd end;
        const char *words;
    } cases[] = {
        { 3, UINT64_MAX, 100 * MS, PLAY_END_BROKEN,
          "operation 1 (read) failed: the device does not answer\n" },
        { 0, 5, 100 * MS, PLAY_END_ASKED,
          "ended by the user at operation 1 (read)\n" },
        { 0, UINT64_MAX, 10 * MS, PLAY_END_LATE,
          "the time is over at operation 1 (read): use --timeout to allow more\n" },
    };
    g_autoptr(Sequence) seq = play_sequence();
    size_t i;

    /* No end of it is seen in a test. */
    play_add_loop(seq, UINT64_C(1) << 31, 1);
    play_add(seq, SEQ_READ, 0, 4, 0);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = NULL;
        PlayMemory memory;
        PlayResult result;
        PlayJob job = {
            .seq = seq, .backend = &memory.backend, .end = seq->ops->len,
            .limit_ns = cases[i].limit_ns,
        };

        play_memory_init(&memory);
        memory.fail_at = cases[i].fail_at;
        memory.stop_at = cases[i].stop_at;
        play_run(&job, &result);
        g_assert_cmpint(result.end, ==, cases[i].end);
        text = play_say(seq, &result);
        g_assert_true(g_str_has_prefix(text, cases[i].words));
        g_clear_error(&result.error);
        play_memory_clear(&memory);
    }
}

static PlayAnswer answer(void *opaque, uint32_t i)
{
    const char **answers = opaque;

    (void)i;
    switch (*(*answers)++) {
    case 'y':
        return PLAY_ANSWER_GO;
    case 'a':
        return PLAY_ANSWER_ALL;
    default:
        return PLAY_ANSWER_END;
    }
}

static void test_steps(void)
{
    static const struct {
        const char *answers;
        uint64_t writes;
        PlayEnd end;
    } cases[] = {
        { "yyy", 3, PLAY_END_DONE }, { "a", 3, PLAY_END_DONE },
        { "yq", 1, PLAY_END_ASKED }, { "q", 0, PLAY_END_ASKED },
    };
    g_autoptr(Sequence) seq = play_sequence();
    size_t i;

    for (i = 0; i < 3; i++) {
        play_add(seq, SEQ_WRITE, 0, 4, i);
    }
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *answers = cases[i].answers;
        PlayMemory memory;
        PlayResult result;
        PlayJob job = {
            .seq = seq, .backend = &memory.backend, .end = seq->ops->len,
            .limit_ns = MS, .ask = answer, .opaque = &answers,
        };

        play_memory_init(&memory);
        play_run(&job, &result);
        g_assert_cmpint(result.end, ==, cases[i].end);
        g_assert_cmpuint(result.writes, ==, cases[i].writes);
        g_assert_cmpint(*answers, ==, 0);
        play_memory_clear(&memory);
    }
}

static void test_phases(void)
{
    static const struct {
        const char *from;
        const char *to;
        uint32_t first;
        uint32_t end;
        const char *error;
    } cases[] = {
        { NULL, NULL, 0, 7, NULL },
        { "load", NULL, 1, 7, NULL },
        { NULL, "load", 0, 6, NULL },
        { "load", "load", 1, 6, NULL },
        { "up", "up", 6, 7, NULL },
        { "up", "load", 0, 0,
          "--to 'load': no phase of that name is there from --from on; the phases are: 'load', 'up'"
        },
        { "inside", NULL, 0, 0,
          "--from 'inside': no phase of that name is there; the phases are: 'load', 'up'"
        },
    };
    g_autoptr(Sequence) seq = play_sequence();
    g_autoptr(Sequence) none = play_sequence();
    g_autoptr(GError) error = NULL;
    uint32_t first;
    uint32_t end;
    size_t i;

    play_add(seq, SEQ_READ, 0, 4, 0);
    play_add_mark(seq, "load");
    play_add_loop(seq, 2, 2);
    play_add_mark(seq, "inside");
    play_add(seq, SEQ_READ, 0, 4, 0);
    play_add(seq, SEQ_READ, 0, 4, 0);
    play_add_mark(seq, "up");
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) local = NULL;
        bool ok = play_phases(seq, cases[i].from, cases[i].to, &first, &end,
                              &local);

        g_assert_cmpstr(local ? local->message : NULL, ==, cases[i].error);
        g_assert_cmpint(ok, ==, !cases[i].error);
        if (ok) {
            g_assert_cmpuint(first, ==, cases[i].first);
            g_assert_cmpuint(end, ==, cases[i].end);
        }
    }
    g_assert_false(play_phases(none, "load", NULL, &first, &end, &error));
    g_assert_cmpstr(error->message, ==,
                    "--from 'load': the sequence has no phases: no mark of a user was in its trace");
}

/* What --from leaves out can't be the source of a value. */
static void test_left_out(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    PlayMemory memory;
    PlayResult result;
    PlayJob job = {
        .seq = seq, .backend = &memory.backend, .first = 1, .end = 2,
        .limit_ns = MS,
    };

    play_add(seq, SEQ_READ, 0, 4, 0);
    play_add(seq, SEQ_WRITE, 0, 4, 0)->source = 0;
    play_memory_init(&memory);
    play_run(&job, &result);
    g_assert_cmpint(result.end, ==, PLAY_END_BROKEN);
    g_assert_cmpstr(result.error->message, ==,
                    "it writes what operation 0 has read, which was left out: begin with an earlier phase");
    g_assert_cmpuint(result.writes, ==, 0);
    g_clear_error(&result.error);
    play_memory_clear(&memory);
}

/**
 * struct Unroll: what a sequence must do
 * @seq: the sequence
 * @said: as PlayMemory.said
 * @round: rounds of the loops around, the outermost first
 * @depth: number of them
 */
typedef struct Unroll {
    const Sequence *seq;
    GString *said;
    uint64_t round[SEQUENCE_DEPTH_MAX];
    unsigned depth;
} Unroll;

/* The same by recursion, for sequences of writes */
static void unroll(Unroll *u, uint32_t first, uint32_t end)
{
    uint32_t i = first;

    while (i < end) {
        const SeqOp *op = sequence_op(u->seq, i);
        uint64_t offset = op->offset;
        uint64_t value = op->value;
        uint64_t n;
        unsigned k;

        if (op->kind == SEQ_LOOP) {
            for (n = 0; n < op->rounds; n++) {
                u->round[u->depth++] = n;
                unroll(u, i + 1, i + 1 + op->body);
                u->depth--;
            }
            i += 1 + op->body;
            continue;
        }
        for (k = 0; k < u->depth; k++) {
            offset += op->stride[k] * u->round[u->depth - 1 - k];
        }
        value += u->depth ? op->step * u->round[u->depth - 1] : 0;
        g_string_append_printf(u->said, "W bar0+0x%" PRIx64 " %u 0x%" PRIx64
                               "\n", offset, op->width, value & 0xffff);
        i++;
    }
}

/* Add @n operations, some of which are loops. */
static void add_random(Sequence *seq, GRand *rand, uint32_t n, unsigned depth)
{
    while (n--) {
        if (n && depth < SEQUENCE_DEPTH_MAX && g_rand_int_range(rand, 0, 3)) {
            uint32_t body = g_rand_int_range(rand, 1, n + 1);

            play_add_loop(seq, g_rand_int_range(rand, 1, 5), body);
            add_random(seq, rand, body, depth + 1);
            n -= body;
        } else {
            SeqOp *op = play_add(seq, SEQ_WRITE,
                                 0x400 + 2 * g_rand_int_range(rand, 0, 64), 2,
                                 g_rand_int_range(rand, 0, 0x10000));
            unsigned k;

            for (k = 0; k < depth; k++) {
                op->stride[k] = 2 * g_rand_int_range(rand, -20, 21);
            }
            op->step = depth ? g_rand_int_range(rand, -9, 10) : 0;
        }
    }
}

static void test_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(21);
    unsigned i;

    for (i = 0; i < ROUNDS(500); i++) {
        g_autoptr(Sequence) seq = play_sequence();
        g_autoptr(GString) said = g_string_new(NULL);
        Unroll u = { .seq = seq, .said = said };

        add_random(seq, rand, g_rand_int_range(rand, 1, 12), 0);
        unroll(&u, 0, seq->ops->len);
        play_assert_does(seq, said->str);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/play/accesses", test_accesses);
    g_test_add_func("/play/loops", test_loops);
    g_test_add_func("/play/loops-end-together", test_loops_end_together);
    g_test_add_func("/play/sources", test_sources);
    g_test_add_func("/play/uploads", test_uploads);
    g_test_add_func("/play/waits", test_waits);
    g_test_add_func("/play/several", test_several);
    g_test_add_func("/play/polls", test_polls);
    g_test_add_func("/play/other-ends", test_other_ends);
    g_test_add_func("/play/steps", test_steps);
    g_test_add_func("/play/phases", test_phases);
    g_test_add_func("/play/left-out", test_left_out);
    g_test_add_func("/play/random", test_random);
    return g_test_run();
}
