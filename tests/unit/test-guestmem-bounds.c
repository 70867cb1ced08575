/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounds of the engine, and hostile guests
 */
#include "fake-memory.h"

#include <string.h>

#define RING(limits, words) \
    limits \
    "register TAIL bar0:0x10:4 w\n" \
    "register BASE bar0:0x18:8 w\n" \
    "register COUNT bar0:0x20:8 w\n" \
    "ring R {\n" \
    "  base BASE\n  count COUNT\n  entry 16\n  on write TAIL\n" \
    words \
    "}\n"

static FakeMemory *new_ring(const char *text)
{
    FakeMemory *m = fake_memory_new(0x1000, 0x200000);

    fake_memory_add(m, text);
    return m;
}

static void set(FakeMemory *m, uint64_t base, uint64_t count)
{
    gmem_engine_write(m->engine, 0, 0x18, 8, base);
    gmem_engine_write(m->engine, 0, 0x20, 8, count);
}

static void tail(FakeMemory *m, uint64_t value)
{
    gmem_engine_write(m->engine, 0, 0x10, 4, value);
}

static bool ends_with(FakeMemory *m, const char *text)
{
    bool does = g_str_has_suffix(m->log->str, text);

    if (!does) {
        g_test_message("'%s'", m->log->str);
    }
    g_string_truncate(m->log, 0);
    return does;
}

/* --- budget -------------------------------------------------------------- */

/* tail: the others are lost, and counted. */
static void test_trigger_tail(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("limit trigger 256\n", "tail value\n"));

    set(m, 0x1000, 100);
    tail(m, 10);                                /* 4 things at a trigger */
    g_assert_true(ends_with(m, "entry R 3 @1030 len 16 00\n"
                               "cut R left 6 trigger\n"));
    tail(m, 11);
    fake_memory_is(m, "entry R 10 @10a0 len 16 00\n");
    g_assert_cmpuint(fake_memory_count(m, 0).cut, ==, 1);
}

/* while: the position stays. */
static void test_trigger_while(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("limit trigger 512\n", "while u8[0] == 1\n"));
    unsigned i;

    set(m, 0x1000, 100);
    for (i = 0; i < 6; i++) {
        fake_memory_put(m, 0x1000 + i * 16, 1, 1);
    }
    tail(m, 0);
    g_assert_true(ends_with(m, "entry R 3 @1030 len 16 01..00\n"
                               "cut R left 0 trigger\n"));
    tail(m, 0);
    g_assert_true(ends_with(m, "entry R 4 @1040 len 16 01..00\n"
                               "entry R 5 @1050 len 16 01..00\n"));
    tail(m, 0);
    fake_memory_is(m, "");
}

static void test_second(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("limit trigger 256\nlimit second 256\n",
                      "tail value\n"));

    set(m, 0x1000, 100);
    tail(m, 2);
    tail(m, 4);
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 4);
    m->now = 999999999;
    tail(m, 5);
    g_assert_true(ends_with(m, "cut R left 1 second\n"));
    m->now = 1000000000;
    tail(m, 6);
    fake_memory_is(m, "entry R 5 @1050 len 16 00\n");
    g_assert_cmpuint(m->read, <=, 2 * 256);
}

static void test_log_full(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING("", "tail value\n"));

    set(m, 0x1000, 100);
    m->room = 15;
    tail(m, 3);
    fake_memory_is(m, "ring R @1000 count 100 entry 16\n"
                      "cut R left 3 ring-full\n");
    m->room = 16;
    tail(m, 4);
    fake_memory_is(m, "entry R 3 @1030 len 16 00\n");
}

/* What entries point to leaves them what they need. */
static void test_reserve(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("limit trigger 1024\n",
                      "tail value\ndata d at 0x1000 len 512\n"));
    const char *p;
    unsigned entries = 0;

    set(m, 0x1000, 100);
    tail(m, 16);
    for (p = m->log->str; (p = strstr(p, "entry R ")) != NULL; p++) {
        entries++;
    }
    g_assert_cmpuint(entries, ==, 16);
    g_assert_true(ends_with(m, "cut R left 0 trigger\n"));
}

/* All that one access triggers shares the bound. */
static void test_shared(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0, 0x10000);
    unsigned i;

    fake_memory_add(m, "limit trigger 4K\n"
                       "register A[0..99] bar0:0x100:4\n"
                       "register B bar0:0:4\n"
                       "snapshot S[0..99] {\n  at 0\n  len 1024\n"
                       "  on write A\n  on write B\n}\n");
    for (i = 0; i < 100; i++) {
        gmem_engine_write(m->engine, 0, 0x100 + i * 4, 4, 0);
    }
    m->read = 0;
    gmem_engine_write(m->engine, 0, 0, 4, 0);
    g_assert_cmpuint(m->read, ==, 4096);
    /* One that was cut off, and one mark for all others */
    g_assert_cmpuint(fake_memory_count(m, 0).cut, ==, 2);
    g_assert_true(ends_with(m, "cut S[4] left 1 trigger\n"
                               "cut S left 95 trigger\n"));
    gmem_engine_write(m->engine, 0, 0, 4, 0);   /* they are the next ones */
    g_assert_true(ends_with(m, "cut S[9] left 1 trigger\n"
                               "cut S left 95 trigger\n"));
}

/* A log without room gets one mark for all of them. */
static void test_loop_log_full(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0, 0x10000);
    unsigned i;

    fake_memory_add(m, "register A[0..99] bar0:0x100:4 w\n"
                       "ring R[0..99] {\n  base A[n]\n  count 4\n  entry 16\n"
                       "  all\n  on irq\n}\n");
    for (i = 0; i < 100; i++) {
        gmem_engine_write(m->engine, 0, 0x100 + i * 4, 4, i * 64);
    }
    m->quiet = true;
    gmem_engine_irq(m->engine, 0);
    g_assert_cmpuint(m->outs, ==, 500);
    m->outs = 0;
    m->full = true;
    for (i = 0; i < 10; i++) {
        gmem_engine_irq(m->engine, 0);
    }
    g_assert_cmpuint(m->outs, <=, 20);
}

/* Reads of expressions count, too. */
static void test_expressions(void)
{
    g_autoptr(FakeMemory) m =
        new_ring("limit trigger 128\n"
                 "register TAIL bar0:0x10:4 w\n"
                 "snapshot S {\n"
                 "  at mem8(1) + mem8(2) + mem8(3)\n  len 1\n"
                 "  on write TAIL\n}\n");

    m->start = 0;
    tail(m, 0);
    fake_memory_is(m, "cut S left 0 trigger\n");
    g_assert_cmpuint(m->reads, ==, 2);
    m->start = 0x1000;                          /* address 1 is no RAM */
    tail(m, 0);
    fake_memory_is(m, "snapshot S @0 len 0 address-unknown\n");
}

/* So do their operations: 500 entries that may delete 64 rings each */
static void test_operations(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("", "tail value\n"
                      "delete T[0 .. 63] when u8[0] + u8[1] + u8[2] + u8[3] + "
                      "u8[4] + u8[5] + u8[6] + u8[7] + u8[8] + u8[9] + n == 1\n")
                 "ring T[0..63] {\n  base 0\n  count 1\n  entry 1\n"
                 "  all\n  on irq\n}\n");

    m->quiet = true;
    set(m, 0x1000, 1000);
    tail(m, 500);
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 500);
    g_assert_cmpuint(fake_memory_count(m, 0).cut, ==, 1);
    tail(m, 510);
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 510);
    g_assert_cmpuint(fake_memory_count(m, 0).cut, ==, 1);
}

/* A condition may be too long for all that are to be reset. */
static void test_reset_operations(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0, 0x10000);
    unsigned i;

    fake_memory_add(m, "limit trigger 64\n"
                       "register T[0..999] bar0:0x1000:4 w\n"
                       "register C bar0:0:4 w\n"
                       "ring R[0..999] {\n  base 0\n  count 4\n  entry 16\n"
                       "  tail value\n  on write T\n"
                       "  reset write C when value + n + value + n + value\n"
                       "}\n");
    for (i = 0; i < 1000; i++) {
        gmem_engine_write(m->engine, 0, 0x1000 + i * 4, 4, 1);
    }
    m->outs = 0;
    gmem_engine_write(m->engine, 0, 0, 4, 1);
    g_assert_cmpuint(m->outs, <=, 3);
}

/* --- addresses ----------------------------------------------------------- */

static void test_no_memory(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING("", "tail value\n"));

    set(m, 0, 8);
    tail(m, 2);
    fake_memory_is(m, "ring R @0 count 8 entry 16\n"
                      "entry R 0 @0 len 0 not-memory\n"
                      "entry R 1 @10 len 0 not-memory\n");
    set(m, 0x200fe8, 8);                        /* RAM ends at 0x201000 */
    tail(m, 0);
    fake_memory_is(m, "ring R @200fe8 count 8 entry 16\n"
                      "entry R 2 @201008 len 0 not-memory\n"
                      "entry R 3 @201018 len 0 not-memory\n"
                      "entry R 4 @201028 len 0 not-memory\n"
                      "entry R 5 @201038 len 0 not-memory\n"
                      "entry R 6 @201048 len 0 not-memory\n"
                      "entry R 7 @201058 len 0 not-memory\n");
    tail(m, 2);
    fake_memory_is(m, "entry R 0 @200fe8 len 16 00\n"
                      "entry R 1 @200ff8 len 8 00 not-memory\n");
    g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 9);
}

/* It is told once; the ring goes on when there is memory. */
static void test_no_memory_while(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING("", "while u8[0] == 0\n"));

    set(m, 0x200ff0, 8);
    tail(m, 0);
    fake_memory_is(m, "ring R @200ff0 count 8 entry 16\n"
                      "entry R 0 @200ff0 len 16 00\n"
                      "entry R 1 @201000 len 0 not-memory\n");
    tail(m, 0);
    fake_memory_is(m, "");
    m->len += 0x10;
    m->ram = g_realloc(m->ram, m->len);
    memset(m->ram + m->len - 0x10, 0, 0x10);
    tail(m, 0);
    fake_memory_is(m, "entry R 1 @201000 len 16 00\n"
                      "entry R 2 @201010 len 0 not-memory\n");
}

/* The end of all addresses: fake_memory asserts that no read is beyond. */
static void test_end_of_addresses(void)
{
    static const uint64_t bases[] = {
        UINT64_MAX, UINT64_MAX - 15, UINT64_MAX - 16, UINT64_MAX - 40, 0
    };
    static const char *const orders[] = {
        "tail value\n", "while 1\n", "all\n", "bits value\n"
    };
    unsigned i;
    unsigned k;

    for (i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *text =
            g_strconcat(RING("", "data d at 0 - 3 len 100\n"), NULL);
        g_auto(GStrv) parts = g_strsplit(text, "data", 2);
        g_autofree char *file = g_strconcat(parts[0], orders[i], "data",
                                            parts[1], NULL);
        g_autoptr(FakeMemory) m = new_ring(file);

        m->start = UINT64_MAX - 100;            /* RAM up to the end */
        m->len = 101;
        for (k = 0; k < G_N_ELEMENTS(bases); k++) {
            gmem_engine_reset(m->engine);
            set(m, bases[k], 5);
            tail(m, 3);
            tail(m, 2);
        }
        g_assert_cmpuint(m->outs, >, 10);
    }
}

static void test_counts(void)
{
    static const uint64_t counts[] = { 0, 65537, UINT32_MAX, UINT64_MAX,
                                       UINT64_C(1) << 63 };
    static const char *const orders[] = {
        RING("", "tail value\n"), RING("", "while 1\n"), RING("", "all\n"),
        RING("", "bits value\n")
    };
    unsigned i;
    unsigned k;

    for (i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autoptr(FakeMemory) m = new_ring(orders[i]);

        for (k = 0; k < G_N_ELEMENTS(counts); k++) {
            set(m, 0x1000, counts[k]);
            tail(m, 1);
        }
        fake_memory_is(m, "");
        g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 5);
    }
}

/* --- memory that changes ------------------------------------------------- */

/* Each read of an entry is of other bytes: what is handed out is one copy. */
static void change_memory(FakeMemory *m, G_GNUC_UNUSED uint64_t addr)
{
    unsigned i;

    for (i = 0; i < 4096; i++) {
        m->ram[i] += 37 + i;
    }
}

static void check_copy(FakeMemory *m, const GmemOut *out)
{
    uint64_t *seen = m->opaque;

    if (out->kind == GMEM_OUT_ENTRY) {
        *seen = out->data[4];
    } else if (out->kind == GMEM_OUT_DATA) {
        g_assert_cmphex(out->at, ==, 0x1000 + *seen);
        g_assert_cmpuint(out->of, ==, 1 + *seen);
    }
}

static void test_changes(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("", "tail value\n"
                      "data d at 0x1000 + u8[4] len 1 + u8[4]\n"));
    uint64_t seen;
    unsigned i;

    m->before_read = change_memory;
    m->on_out = check_copy;
    m->opaque = &seen;
    set(m, 0x1000, 100);
    for (i = 0; i < 1000; i++) {
        tail(m, i % 100);
    }
}

/* --- endless lists ------------------------------------------------------- */

static void test_lists(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("", "tail value\n"
                      "list a {\n  at 0x1000\n  entry 1\n"
                      "  count u8[0] + 5000\n"
                      "  next 0x1000\n"
                      "  list b {\n    at 0x1000\n    entry 1\n"
                      "    count u8[0] + 5000\n"
                      "    list c {\n      at 0x1000\n      entry 1\n"
                      "      count u8[0] + 5000\n      data d at 0x1000 len ~0 max 1\n"
                      "    }\n  }\n}\n"));

    m->quiet = true;
    set(m, 0x1000, 100);
    tail(m, 99);
    g_assert_cmpuint(m->outs, <=, 64 * 1024 / 64 + 2);
    g_assert_cmpuint(m->read, <=, 64 * 1024);
    /* Entries have what they need, though the first one's list is endless. */
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 99);
}

/* A thousand rings at once: their marks are bounded. */
static void test_resets(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0, 0x10000);
    unsigned i;

    fake_memory_add(m, "limit trigger 4K\n"
                       "register T[0..999] bar0:0x1000:4 w\n"
                       "register C bar0:0:4 w\n"
                       "ring R[0..999] {\n  base 0\n  count 4\n  entry 16\n"
                       "  tail value\n  on write T\n  reset write C\n}\n");
    m->quiet = true;
    for (i = 0; i < 1000; i++) {
        gmem_engine_write(m->engine, 0, 0x1000 + i * 4, 4, 1);
    }
    m->outs = 0;
    gmem_engine_write(m->engine, 0, 0, 4, 0);
    g_assert_cmpuint(m->outs, ==, 64);
    /* But all are reset. */
    m->outs = 0;
    for (i = 0; i < 1000; i++) {
        gmem_engine_write(m->engine, 0, 0x1000 + i * 4, 4, 1);
    }
    g_assert_cmpuint(m->outs, ==, 2000);
    /* A log that is full gets none of these marks. */
    m->outs = 0;
    m->full = true;
    gmem_engine_write(m->engine, 0, 0, 4, 0);
    g_assert_cmpuint(m->outs, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-bounds/trigger-tail", test_trigger_tail);
    g_test_add_func("/guestmem-bounds/trigger-while", test_trigger_while);
    g_test_add_func("/guestmem-bounds/second", test_second);
    g_test_add_func("/guestmem-bounds/log-full", test_log_full);
    g_test_add_func("/guestmem-bounds/reserve", test_reserve);
    g_test_add_func("/guestmem-bounds/shared", test_shared);
    g_test_add_func("/guestmem-bounds/loop-log-full", test_loop_log_full);
    g_test_add_func("/guestmem-bounds/reset-operations",
                    test_reset_operations);
    g_test_add_func("/guestmem-bounds/expressions", test_expressions);
    g_test_add_func("/guestmem-bounds/operations", test_operations);
    g_test_add_func("/guestmem-bounds/no-memory", test_no_memory);
    g_test_add_func("/guestmem-bounds/no-memory-while", test_no_memory_while);
    g_test_add_func("/guestmem-bounds/end-of-addresses",
                    test_end_of_addresses);
    g_test_add_func("/guestmem-bounds/counts", test_counts);
    g_test_add_func("/guestmem-bounds/changes", test_changes);
    g_test_add_func("/guestmem-bounds/lists", test_lists);
    g_test_add_func("/guestmem-bounds/resets", test_resets);
    return g_test_run();
}
