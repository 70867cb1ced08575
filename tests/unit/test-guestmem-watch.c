/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory under watch: what is handed out gives the same memory again
 */
#include "fake-memory.h"
#include "libguestmem/line-sum.h"

#include <string.h>

#define LINE GMEM_WATCH_LINE

/* A watch at A of L bytes */
#define WATCH(limits) \
    limits \
    "register A bar0:0:8 w\n" \
    "register L bar0:8:4 w\n" \
    "register GO bar0:16:4 w\n" \
    "register END bar0:20:4 w\n" \
    "watch W {\n  at A\n  len L\n  on write GO\n  reset write END\n}\n"

static FakeMemory *new_watch(const char *text, uint64_t len)
{
    FakeMemory *m = fake_memory_new(0x1000, len + 0x1000);

    fake_memory_add(m, text);
    gmem_engine_write(m->engine, 0, 0, 8, 0x1000);
    gmem_engine_write(m->engine, 0, 8, 4, len);
    return m;
}

static void go(FakeMemory *m)
{
    gmem_engine_write(m->engine, 0, 16, 4, 0);
}

/* --- states -------------------------------------------------------------- */

static void test_states(void)
{
    g_autoptr(FakeMemory) m = new_watch(WATCH(""), 300);

    m->ram[64] = 1;
    go(m);
    fake_memory_is(m, "watch W @1000 of 300 lines 5 left 0 first\n"
                      "lines W @1000 len 300 00\n");
    go(m);
    fake_memory_is(m, "watch W @1000 of 300 lines 0 left 0 same\n");
    m->ram[64] = 2;
    m->ram[130] = 2;
    m->ram[299] = 3;
    m->ram[300] = 4;                            /* behind it */
    go(m);
    fake_memory_is(m, "watch W @1000 of 300 lines 3 left 0 changed\n"
                      "lines W @1040 len 128 02..00\n"
                      "lines W @1100 len 44 00..03\n");
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 8);
    g_assert_cmpuint(fake_memory_count(m, 0).bytes, ==, 300 + 172);
    gmem_engine_write(m->engine, 0, 20, 4, 0);
    fake_memory_is(m, "");
    go(m);
    fake_memory_is(m, "watch W @1000 of 300 lines 5 left 0 first\n"
                      "lines W @1000 len 300 00..03\n");
    gmem_engine_write(m->engine, 0, 8, 4, 64);
    go(m);
    fake_memory_is(m, "watch W @1000 of 64 lines 1 left 0 first\n"
                      "lines W @1000 len 64 00\n");
    gmem_engine_write(m->engine, 0, 0, 4, 0x1040);
    go(m);
    fake_memory_is(m, "watch W @1040 of 64 lines 1 left 0 first\n"
                      "lines W @1040 len 64 02..00\n");
}

static void test_no_memory(void)
{
    g_autoptr(FakeMemory) m = new_watch(WATCH(""), 256);

    gmem_engine_write(m->engine, 0, 0, 8, 0x100000);
    go(m);
    fake_memory_is(m, "watch W @100000 of 256 lines 0 left 4 not-memory\n");
    gmem_engine_write(m->engine, 0, 0, 8, UINT64_MAX - 10);
    go(m);
    fake_memory_is(m, "");
    /* The last 2 lines, and a part of one before, are no RAM. */
    gmem_engine_write(m->engine, 0, 0, 8, 0x2100 - 64 - 32);
    go(m);
    fake_memory_is(m, "watch W @20a0 of 256 lines 1 left 3 first\n"
                      "lines W @20a0 len 64 00\n");
    go(m);
    fake_memory_is(m, "watch W @20a0 of 256 lines 0 left 3 cut\n");
    g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 4);
    gmem_engine_reset(m->engine);
    go(m);
    fake_memory_is(m, "watch W @0 of 0 lines 0 left 0 address-unknown\n");
}

/* --- bounds -------------------------------------------------------------- */

/* 4 lines of 64 bytes at a trigger, 8 lines in all */
static void test_cut(void)
{
    g_autoptr(FakeMemory) m = new_watch(WATCH("limit trigger 256\n"), 512);

    go(m);
    fake_memory_is(m, "watch W @1000 of 512 lines 4 left 4 first\n"
                      "lines W @1000 len 256 00\n"
                      "cut W left 4 trigger\n");
    m->ram[0] = 1;
    go(m);
    fake_memory_is(m, "watch W @1000 of 512 lines 4 left 4 cut\n"
                      "lines W @1100 len 256 00\n"
                      "cut W left 4 trigger\n");
    go(m);
    fake_memory_is(m, "watch W @1000 of 512 lines 1 left 4 cut\n"
                      "lines W @1000 len 64 01..00\n"
                      "cut W left 4 trigger\n");
    g_assert_cmpuint(fake_memory_count(m, 0).cut, ==, 3);
}

static void test_log_full(void)
{
    g_autoptr(FakeMemory) m = new_watch(WATCH(""), 512);

    m->room = 128;
    go(m);
    fake_memory_is(m, "watch W @1000 of 512 lines 2 left 6 first\n"
                      "lines W @1000 len 128 00\n"
                      "cut W left 6 ring-full\n");
    m->ram[0] = 1;                              /* others come first */
    go(m);
    fake_memory_is(m, "watch W @1000 of 512 lines 2 left 5 cut\n"
                      "lines W @1080 len 128 00\n"
                      "cut W left 5 ring-full\n");
    m->room = UINT64_MAX;
    go(m);
    fake_memory_is(m, "watch W @1000 of 512 lines 5 left 0 changed\n"
                      "lines W @1000 len 64 01..00\n"
                      "lines W @1100 len 256 00\n");
}

/* A line that does not follow another one counts twice. */
static void test_log_full_gaps(void)
{
    g_autoptr(FakeMemory) m = new_watch(WATCH(""), 512);
    unsigned i;

    go(m);
    for (i = 0; i < 8; i += 2) {
        m->ram[i * 64] = 1;
    }
    m->ram[64] = 1;
    m->room = 5 * 64;
    m->quiet = true;
    go(m);
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 8 + 4);
    g_assert_cmpuint(fake_memory_count(m, 0).cut, ==, 1);
}

/* 5 copies of 4M are too many. */
static void test_copies(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0, 5 * GMEM_WATCH_MAX);
    unsigned i;

    fake_memory_add(m, "limit trigger 256\n"
                       "register GO[0..4] bar0:0:4 w\n"
                       "register END[0..4] bar0:64:4 w\n"
                       "watch W[0..4] {\n  at n * 4M\n  len 4M\n"
                       "  on write GO\n  reset write END\n}\n");
    m->quiet = true;
    for (i = 0; i < 4; i++) {
        gmem_engine_write(m->engine, 0, i * 4, 4, 0);
        g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 4 * (i + 1));
    }
    m->quiet = false;
    gmem_engine_write(m->engine, 0, 16, 4, 0);
    fake_memory_is(m, "cut W[4] left 65536 trigger\n");
    gmem_engine_write(m->engine, 0, 64, 4, 0);
    gmem_engine_write(m->engine, 0, 16, 4, 0);
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 20);
}

/* --- what was handed out ------------------------------------------------- */

/* Memory, built up from what was handed out */
typedef struct Replay {
    uint8_t *bytes;
    uint64_t at;
    uint64_t len;
    uint64_t sum;
    uint64_t left;
    const char *state;
} Replay;

static void replay(FakeMemory *m, const GmemOut *out)
{
    Replay *r = m->opaque;

    if (out->kind == GMEM_OUT_WATCH) {
        r->sum = out->sum;
        r->left = out->left;
        r->state = out->state;
        g_assert_cmphex(out->at, ==, r->at);
        g_assert_cmpuint(out->of, ==, r->len);
    } else if (out->kind == GMEM_OUT_LINES) {
        g_assert_cmpuint(out->at % LINE, ==, 0);
        g_assert_cmpuint(out->at - r->at + out->len, <=, r->len);
        memcpy(r->bytes + (out->at - r->at), out->data, out->len);
    }
}

static uint64_t sum_of(const uint8_t *bytes, uint64_t len)
{
    uint64_t sum = 0;
    uint64_t i;

    for (i = 0; i * LINE < len; i++) {
        sum += gmem_line_sum(i, bytes + i * LINE, MIN(len - i * LINE, LINE));
    }
    return sum;
}

static void change(FakeMemory *m, GRand *rand, uint64_t len)
{
    unsigned changes = g_rand_int_range(rand, 0, 40);

    while (changes--) {
        m->ram[g_rand_int_range(rand, 0, len)] = g_rand_int(rand);
    }
}

static void test_replay(void)
{
    const uint64_t len = 1000003;
    g_autoptr(FakeMemory) m = new_watch(WATCH("limit trigger 2M\n"
                                              "limit second 1024M\n"), len);
    g_autoptr(GRand) rand = g_rand_new_with_seed(20);
    g_autofree uint8_t *bytes = g_malloc(len);
    Replay r = { .bytes = bytes, .at = 0x1000, .len = len };
    unsigned i;

    m->quiet = true;
    m->on_out = replay;
    m->opaque = &r;
    for (i = 0; i < 60; i++) {
        change(m, rand, len);
        go(m);
        g_assert_cmpmem(bytes, len, m->ram, len);
        g_assert_cmpuint(r.left, ==, 0);
        if (i % 10 == 0) {
            g_assert_cmphex(r.sum, ==, sum_of(bytes, len));
        }
    }
}

/* With bounds it is equal once nothing is left. */
static void test_replay_cut(void)
{
    const uint64_t len = 40000;
    g_autoptr(FakeMemory) m = new_watch(WATCH("limit trigger 4096\n"), len);
    g_autoptr(GRand) rand = g_rand_new_with_seed(21);
    g_autofree uint8_t *bytes = g_malloc0(len);
    Replay r = { .bytes = bytes, .at = 0x1000, .len = len };
    unsigned i;
    unsigned k;

    m->quiet = true;
    m->on_out = replay;
    m->opaque = &r;
    for (i = 0; i < 30; i++) {
        change(m, rand, len);
        m->room = g_rand_int_range(rand, 64, 4096);
        go(m);
        if (i) {
            g_assert_cmpstr(r.state, ==, "cut");
        }
        m->room = UINT64_MAX;
        for (k = 0; k < 11; k++) {
            m->now += 1000000000;
            go(m);
        }
        g_assert_cmpmem(bytes, len, m->ram, len);
        g_assert_cmphex(r.sum, ==, sum_of(bytes, len));
    }
}

/* The definition, so that others can compute it */
static void test_sum(void)
{
    static const uint8_t line[64] = { 1, 2, 3 };

    g_assert_cmphex(gmem_line_sum(0, line, 64), ==, UINT64_C(0x267d364e84774fc9));
    g_assert_cmphex(gmem_line_sum(0x10203, line, 1), ==, UINT64_C(0xe0405d248eb13e48));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-watch/states", test_states);
    g_test_add_func("/guestmem-watch/no-memory", test_no_memory);
    g_test_add_func("/guestmem-watch/cut", test_cut);
    g_test_add_func("/guestmem-watch/log-full", test_log_full);
    g_test_add_func("/guestmem-watch/log-full-gaps", test_log_full_gaps);
    g_test_add_func("/guestmem-watch/copies", test_copies);
    g_test_add_func("/guestmem-watch/replay", test_replay);
    g_test_add_func("/guestmem-watch/replay-cut", test_replay_cut);
    g_test_add_func("/guestmem-watch/sum", test_sum);
    return g_test_run();
}
