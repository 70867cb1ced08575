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
#include "tools/play/iova.h"
#include "tools/play/say.h"
#include "tools/play/show.h"
#include "tools/sequence/check.h"

#define MS 1000000u

/* Carry @seq out and compare how it ends. */
static void assert_ends(const Sequence *seq, PlayMemory *memory, PlayEnd end,
                        PlayResult *result)
{
    play_all(seq, memory, NULL, result);
    if (result->error) {
        g_test_message("%s", result->error->message);
    }
    g_assert_cmpint(result->end, ==, end);
}

/* Carry @seq out on a new device; return what it has done. */
static char *done(const Sequence *seq)
{
    PlayMemory memory;
    PlayResult result;

    play_memory_init(&memory);
    memory.irqs = 1;
    assert_ends(seq, &memory, PLAY_END_DONE, &result);
    return g_string_free(memory.said, FALSE);
}

static void assert_does(const Sequence *seq, const char *what)
{
    g_autofree char *said = done(seq);

    g_assert_cmpstr(said, ==, what);
}

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
    assert_does(seq, "W bar0+0x10 4 0xdeadbeef\n"
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
    assert_does(seq, "W bar0+0x100 4 0x5\n"
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
    assert_does(seq, "W bar0+0x0 1 0xfe\nW bar0+0x0 1 0xff\n"
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
    assert_does(seq, "W bar0+0x0 4 0xabcd1234\nR bar0+0x0 4 0xabcd1234\n"
                     "W bar0+0x0 4 0x0\nW bar0+0x8 4 0x1bcd0134\n");
}

static void test_buffers(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    SeqOp *op;
    int part;

    for (part = SEQ_PART_WHOLE; part <= SEQ_PART_HIGH; part++) {
        op = play_add(seq, SEQ_WRITE, 8 * part,
                      part == SEQ_PART_WHOLE ? 8 : 4, 0x10);
        op->buffer = 0;
        op->part = part;
    }
    assert_does(seq, "W bar0+0x0 8 0x123456010\nW bar0+0x8 4 0x23456010\n"
                     "W bar0+0x10 4 0x1\n");
}

static void add_upload(Sequence *seq, int64_t stride)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("abcdefgh", 8);
    uint32_t file = sequence_file(seq, "card-upload", bytes);
    SeqOp *op = play_add(seq, SEQ_UPLOAD, 0x40, 4, 0);

    op->file = file;
    op->rounds = 2;
    op->stride[0] = stride;
}

static void test_uploads(void)
{
    g_autoptr(Sequence) seq = play_sequence();

    add_upload(seq, 0);
    add_upload(seq, 8);
    assert_does(seq, "W bar0+0x40 4 0x64636261\nW bar0+0x40 4 0x68676665\n"
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
    assert_ends(seq, &memory, PLAY_END_IRQ, &result);
    g_assert_cmpuint(memory.slept, ==, 7 * MS);
    g_assert_cmpstr(memory.said->str, ==, "I 3\n");
    g_assert_cmpuint(result.op, ==, 2);
    play_memory_clear(&memory);
}

static SeqOp *add_poll(Sequence *seq, uint64_t ns)
{
    SeqOp *op = play_add(seq, SEQ_POLL, 0x30, 4, 0x80);

    op->mask = 0x80;
    op->ns = ns;
    return op;
}

static void test_polls(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    PlayMemory memory;
    PlayResult result;

    add_poll(seq, 50 * MS);
    add_poll(seq, 50 * MS)->differs = true;
    play_memory_init(&memory);
    memory.ready_at = 20;
    memory.ready_offset = 0x30;
    memory.ready_value = 0xff;
    assert_ends(seq, &memory, PLAY_END_POLL, &result);
    g_assert_cmpuint(result.op, ==, 1);
    g_assert_cmpuint(result.got, ==, 0xff);
    /* It waits as long as it may, and does not read all the time. */
    g_assert_cmpuint(memory.clock - 5000 * (uint64_t)MS, >=, 50 * MS);
    g_assert_cmpuint(memory.clock - 5000 * (uint64_t)MS, <=, 52 * MS);
    g_assert_cmpuint(result.reads, >, 100);
    g_assert_cmpuint(result.reads, <, 1000);
    play_memory_clear(&memory);
}

/* A check that fails says what it wanted, what came, and where from. */
static void test_words(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *text = NULL;
    uint32_t name = sequence_text(seq, "STATUS");
    PlayMemory memory;
    PlayResult result;
    SeqOp *op;

    play_add_mark(seq, "bring up");
    play_add_loop(seq, 4, 2);
    op = play_add(seq, SEQ_CHECK, 8, 4, 0);
    op->stride[0] = 4;
    op->mask = 0xf0;
    op->text = name;
    op->last_line = 14;
    play_add(seq, SEQ_WRITE, 0x10, 4, 0x99);
    play_memory_init(&memory);
    assert_ends(seq, &memory, PLAY_END_CHECK, &result);
    text = play_say(seq, &result);
    g_assert_cmpstr(text, ==,
        "operation 2 (check) failed: the register has another value than in the trace\n"
        "    register  STATUS (bar0+0x10, 4 bytes)\n"
        "    expected  0x00000000\n"
        "    got       0x00000099\n"
        "    mask      0x000000f0, of which 0x00000090 differ\n"
        "    loop      round 3 of 4\n"
        "    phase     bring up\n"
        "    trace     card.mmt, lines 12 to 14\n"
        "    after     3 reads and 2 writes in 5 us");
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

static void collect(void *opaque, const char *text)
{
    g_string_append_printf(opaque, "%s\n", text);
}

static void add_notes(Sequence *seq)
{
    uint32_t text = sequence_text(seq, "a value that varies");
    SeqOp *op;

    sequence_add(seq, SEQ_NOTE, 5)->text = text;
    sequence_add(seq, SEQ_DELAY, 5)->ns = 1500;
    op = sequence_add(seq, SEQ_IRQ, 6);
    op->value = 2;
    op->ns = 2000 * (uint64_t)MS;
}

static void test_show(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autoptr(GString) text = g_string_new(NULL);
    uint32_t name = sequence_text(seq, "CTRL");
    SeqOp *op;

    play_add_mark(seq, "load");
    op = play_add(seq, SEQ_READ, 0, 4, 0);
    op->text = name;
    op = play_add(seq, SEQ_WRITE, 0, 4, 0);
    op->source = 1;
    op->or_mask = 0x40;
    op = play_add(seq, SEQ_WRITE, 8, 4, 0x20);
    op->buffer = 0;
    op->part = SEQ_PART_LOW;
    add_poll(seq, 20 * MS);
    play_add_loop(seq, 3, 2);
    op = play_add(seq, SEQ_WRITE, 0, 1, 1);
    op->stride[0] = 1;
    op->step = 2;
    play_add(seq, SEQ_CHECK, 0, 2, 1)->mask = 3;
    add_upload(seq, 4);
    add_notes(seq);
    play_show_all(seq, 0, seq->ops->len, collect, text);
    g_assert_cmpstr(text->str, ==,
        "     0 mark    load\n"
        "     1 read    CTRL (bar0+0x0, 4 bytes)\n"
        "     2 write   bar0+0x0, 4 bytes: what operation 1 has read | 0x40\n"
        "     3 write   bar0+0x8, 4 bytes: low half of the address of dma0 + 0x20\n"
        "     4 poll    bar0+0x30, 4 bytes: until the bits 0x80 are 0x80, at most 20 ms\n"
        "     5 loop    3 rounds\n"
        "         6 write   bar0+0x0, 1 byte: 0x1; the offset grows by 1 with each round; the value grows by 2 with each round\n"
        "         7 check   bar0+0x0, 2 bytes: 0x1 in the bits 0x3\n"
        "     8 upload  bar0+0x40, 4 bytes: 2 writes of card-upload0.bin, each at an offset that is 4 more\n"
        "     9 note    a value that varies\n"
        "    10 delay   1.5 us\n"
        "    11 irq     interrupt 2, at most 2 s\n");
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
        assert_does(seq, said->str);
    }
}

static bool in_ranges(const PlayRange *ranges, size_t n, uint64_t first,
                      uint64_t size)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (first >= ranges[i].first && first + size - 1 <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static void test_iova(void)
{
    static const PlayRange ranges[] = {
        { 0, 0xfedfffff }, { 0xfef00000, 0xfffffffff },
    };
    PlayRange taken[400];
    size_t n;
    PlayIova iova;

    play_iova_init(&iova, ranges, G_N_ELEMENTS(ranges), 4096);
    for (n = 0; n < G_N_ELEMENTS(taken); n++) {
        bool below = n % 2;
        uint64_t size = 4096 << n % 12;
        uint64_t at;
        size_t i;

        g_assert_true(play_iova_take(&iova, size, below, &at));
        g_assert_cmpuint(at % 4096, ==, 0);
        g_assert_true(in_ranges(ranges, G_N_ELEMENTS(ranges), at, size));
        g_assert_true(!below || at + size - 1 <= UINT32_MAX);
        for (i = 0; i < n; i++) {
            g_assert_true(at > taken[i].last + 4096 ||
                          at + size + 4096 <= taken[i].first);
        }
        taken[n] = (PlayRange) { at, at + size - 1 };
    }
    play_iova_clear(&iova);
}

/* Room for one buffer and the pages around it, and none for a second one */
static void test_iova_full(void)
{
    static const PlayRange room = { 0x100000000, 0x100002fff };
    static const PlayRange top = { 0x100000, UINT64_MAX };
    PlayIova iova;
    uint64_t at;

    play_iova_init(&iova, &room, 1, 4096);
    g_assert_false(play_iova_take(&iova, 4096, true, &at));
    g_assert_false(play_iova_take(&iova, 8192, false, &at));
    g_assert_true(play_iova_take(&iova, 4096, false, &at));
    g_assert_cmpuint(at, ==, 0x100001000);
    g_assert_false(play_iova_take(&iova, 4096, false, &at));
    play_iova_clear(&iova);
    play_iova_init(&iova, &top, 1, 4096);
    g_assert_true(play_iova_take(&iova, 1 << 20, false, &at));
    play_iova_clear(&iova);
    /* Without ranges of the kernel's: not where interrupts are */
    play_iova_init(&iova, NULL, 0, 4096);
    g_assert_false(play_iova_take(&iova, UINT64_C(1) << 40, false, &at));
    g_assert_true(play_iova_take(&iova, UINT64_C(1) << 33, false, &at));
    play_iova_clear(&iova);
}

/* Buffers at the addresses that they had in the guest */
static void test_iova_same(void)
{
    static const PlayRange room = { 0x100000, 0x1fffff };
    PlayIova iova;
    uint64_t at;

    play_iova_init(&iova, &room, 1, 4096);
    g_assert_false(play_iova_take_at(&iova, 4096, 0xff000));
    g_assert_false(play_iova_take_at(&iova, 8192, 0x1ff000));
    g_assert_false(play_iova_take_at(&iova, 4096, 0x110800));
    g_assert_false(play_iova_take_at(&iova, 8192, UINT64_MAX - 4095));
    g_assert_true(play_iova_take_at(&iova, 4096, 0x100000));
    g_assert_true(play_iova_take_at(&iova, 4096, 0x1ff000));
    g_assert_false(play_iova_take_at(&iova, 8192, 0x100000));
    /* neighbours, as in a guest */
    g_assert_true(play_iova_take_at(&iova, 8192, 0x101000));
    g_assert_false(play_iova_take_at(&iova, 4096, 0x102000));
    g_assert_true(play_iova_take_at(&iova, 0xfc000, 0x103000));
    g_assert_false(play_iova_take(&iova, 4096, false, &at));
    play_iova_clear(&iova);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/play/accesses", test_accesses);
    g_test_add_func("/play/loops", test_loops);
    g_test_add_func("/play/loops-end-together", test_loops_end_together);
    g_test_add_func("/play/sources", test_sources);
    g_test_add_func("/play/buffers", test_buffers);
    g_test_add_func("/play/uploads", test_uploads);
    g_test_add_func("/play/waits", test_waits);
    g_test_add_func("/play/polls", test_polls);
    g_test_add_func("/play/words", test_words);
    g_test_add_func("/play/other-ends", test_other_ends);
    g_test_add_func("/play/steps", test_steps);
    g_test_add_func("/play/phases", test_phases);
    g_test_add_func("/play/left-out", test_left_out);
    g_test_add_func("/play/show", test_show);
    g_test_add_func("/play/random", test_random);
    g_test_add_func("/play/iova", test_iova);
    g_test_add_func("/play/iova-full", test_iova_full);
    g_test_add_func("/play/iova-same", test_iova_same);
    return g_test_run();
}
