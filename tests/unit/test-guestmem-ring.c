/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings: each new entry once, in order
 */
#include "fake-memory.h"

#define RING(words) \
    "register TAIL bar0:0x10:4 w\n" \
    "register CTRL bar0:0x14:4 w\n" \
    "ring R {\n" \
    "  base 0x1000\n" \
    "  count 4\n" \
    "  entry 16\n" \
    words \
    "}\n"

static FakeMemory *new_ring(const char *text)
{
    FakeMemory *m = fake_memory_new(0x1000, 0x10000);
    unsigned i;

    fake_memory_add(m, text);
    for (i = 0; i < 16; i++) {
        fake_memory_put(m, 0x1000 + i * 16, 1, 0xa0 + i);
    }
    return m;
}

static void write_tail(FakeMemory *m, uint64_t value)
{
    gmem_engine_write(m->engine, 0, 0x10, 4, value);
}

/* --- tail ---------------------------------------------------------------- */

static void test_tail(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING("tail value\non write TAIL\n"));

    write_tail(m, 2);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 0 @1000 len 16 a0..00\n"
                      "entry R 1 @1010 len 16 a1..00\n");
    g_assert_cmpuint(m->reads, ==, 1);
    g_assert_cmpuint(m->read, ==, 32);
    write_tail(m, 2);
    fake_memory_is(m, "");
    g_assert_cmpuint(m->reads, ==, 1);
    write_tail(m, 1);
    fake_memory_is(m, "entry R 2 @1020 len 16 a2..00\n"
                      "entry R 3 @1030 len 16 a3..00\n"
                      "entry R 0 @1000 len 16 a0..00\n");
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 5);
    g_assert_cmpuint(fake_memory_count(m, 0).triggers, ==, 3);
    g_assert_cmpuint(fake_memory_count(m, 0).bytes, ==, 80);
}

static void test_tail_wrong(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING("tail value\non write TAIL\n"));

    write_tail(m, 5);
    write_tail(m, 0xffffffff);
    fake_memory_is(m, "");
    g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 2);
}

static void test_tail_bytes(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("tail value / 16\non write TAIL\n"));

    write_tail(m, 0x20);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 0 @1000 len 16 a0..00\n"
                      "entry R 1 @1010 len 16 a1..00\n");
}

/* The register has the number of the last entry. */
static void test_tail_inclusive(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("tail value + 1\non write TAIL\n"));

    write_tail(m, 0);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 0 @1000 len 16 a0..00\n");
    write_tail(m, 3);
    fake_memory_is(m, "entry R 1 @1010 len 16 a1..00\n"
                      "entry R 2 @1020 len 16 a2..00\n"
                      "entry R 3 @1030 len 16 a3..00\n");
    write_tail(m, 0);
    fake_memory_is(m, "entry R 0 @1000 len 16 a0..00\n");
}

/* A counter of 16 bits that is in memory, as virtio has it */
static void test_tail_free_running(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("tail mem16(0x2000)\nwrap 65536\nstart 65534\n"
                      "on write TAIL\n"));

    fake_memory_put(m, 0x2000, 2, 65535);
    write_tail(m, 0);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 2 @1020 len 16 a2..00\n");
    fake_memory_put(m, 0x2000, 2, 1);
    write_tail(m, 0);
    fake_memory_is(m, "entry R 3 @1030 len 16 a3..00\n"
                      "entry R 0 @1000 len 16 a0..00\n");
    /* More than there are: those that the ring still has */
    fake_memory_put(m, 0x2000, 2, 1000);
    write_tail(m, 0);
    fake_memory_is(m, "entry R 0 @1000 len 16 a0..00\n"
                      "entry R 1 @1010 len 16 a1..00\n"
                      "entry R 2 @1020 len 16 a2..00\n"
                      "entry R 3 @1030 len 16 a3..00\n");
    g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 1);
}

static void test_reset(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("tail value\non write TAIL\n"
                      "reset write CTRL when !(value & 1)\nstart 1\n"));

    gmem_engine_write(m->engine, 0, 0x14, 4, 0);
    fake_memory_is(m, "");
    write_tail(m, 2);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 1 @1010 len 16 a1..00\n");
    gmem_engine_write(m->engine, 0, 0x14, 4, 1);
    fake_memory_is(m, "");
    gmem_engine_write(m->engine, 0, 0x14, 4, 0);
    fake_memory_is(m, "ring R @1000 count 4 entry 16 reset\n");
    write_tail(m, 2);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 1 @1010 len 16 a1..00\n");
    gmem_engine_reset(m->engine);
    fake_memory_is(m, "ring R @1000 count 4 entry 16 reset\n");
}

/* --- all, bits ----------------------------------------------------------- */

static void test_all(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING("all\non write TAIL\n"));
    unsigned i;

    for (i = 0; i < 2; i++) {
        write_tail(m, 0);
        g_assert_true(g_str_has_suffix(m->log->str,
                                       "entry R 0 @1000 len 16 a0..00\n"
                                       "entry R 1 @1010 len 16 a1..00\n"
                                       "entry R 2 @1020 len 16 a2..00\n"
                                       "entry R 3 @1030 len 16 a3..00\n"));
    }
}

static void test_bits(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING("bits value\non write TAIL\n"));

    write_tail(m, 0xa);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 1 @1010 len 16 a1..00\n"
                      "entry R 3 @1030 len 16 a3..00\n");
    write_tail(m, 0xfffffff1);
    fake_memory_is(m, "entry R 0 @1000 len 16 a0..00\n");
    g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 1);
}

/* --- while --------------------------------------------------------------- */

#define PHASE "while bits(u32[12], 0, 0) == phase\non write TAIL\n"

static void test_while(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING(PHASE));

    write_tail(m, 0);
    fake_memory_is(m, "");
    fake_memory_put(m, 0x100c, 4, 1);
    fake_memory_put(m, 0x101c, 4, 1);
    write_tail(m, 0);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 0 @1000 len 16 a0..00\n"
                      "entry R 1 @1010 len 16 a1..00\n");
    write_tail(m, 0);
    fake_memory_is(m, "");
    fake_memory_put(m, 0x102c, 4, 1);
    fake_memory_put(m, 0x103c, 4, 1);
    fake_memory_put(m, 0x100c, 4, 0);
    write_tail(m, 0);
    fake_memory_is(m, "entry R 2 @1020 len 16 a2..00\n"
                      "entry R 3 @1030 len 16 a3..00\n"
                      "entry R 4 @1000 len 16 a0..00\n");
    write_tail(m, 0);
    fake_memory_is(m, "");
}

/* The device writes the phase last, but between the first read and that. */
static void write_late(FakeMemory *m, uint64_t addr)
{
    if (addr == 0x1000 && m->reads == 1) {
        fake_memory_put(m, 0x100c, 4, 1);
    } else if (addr == 0x1000) {
        fake_memory_put(m, 0x1000, 8, 0x77);
    }
}

static void test_while_late(void)
{
    g_autoptr(FakeMemory) m = new_ring(RING(PHASE));

    m->before_read = write_late;
    write_tail(m, 0);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 0 @1000 len 16 77..00\n");
}

/* A condition that is always true ends after one turn. */
static void test_while_always(void)
{
    g_autoptr(FakeMemory) m =
        new_ring(RING("while 1\non write TAIL\n"));

    write_tail(m, 0);
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 4);
    write_tail(m, 0);
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, 8);
}

static void test_segments(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0x1000, 0x10000);
    unsigned i;

    /* 2 segments: 3 entries at 0x2000, 2 at 0x3000 */
    fake_memory_add(m,
        "register TAIL bar0:0x10:4 w\n"
        "ring R {\n"
        "  segments 2\n"
        "  base mem64(0x1000 + 16 * segment)\n"
        "  count mem32(0x1008 + 16 * segment)\n"
        "  entry 8\n"
        "  while bits(u8[7], 0, 0) == phase\n"
        "  on write TAIL\n"
        "}\n");
    fake_memory_put(m, 0x1000, 8, 0x2000);
    fake_memory_put(m, 0x1008, 4, 3);
    fake_memory_put(m, 0x1010, 8, 0x3000);
    fake_memory_put(m, 0x1018, 4, 2);
    for (i = 0; i < 3; i++) {
        fake_memory_put(m, 0x2000 + i * 8 + 7, 1, 1);
        fake_memory_put(m, 0x3000 + i * 8 + 7, 1, i < 2);
    }
    write_tail(m, 0);
    fake_memory_is(m, "ring R @2000 count 3 entry 8\n"
                      "entry R 0 @2000 len 8 00..01\n"
                      "entry R 1 @2008 len 8 00..01\n"
                      "entry R 2 @2010 len 8 00..01\n"
                      "ring R @3000 count 2 entry 8\n"
                      "entry R 3 @3000 len 8 00..01\n"
                      "entry R 4 @3008 len 8 00..01\n");
    fake_memory_put(m, 0x2007, 1, 0);
    write_tail(m, 0);
    fake_memory_is(m, "ring R @2000 count 3 entry 8\n"
                      "entry R 5 @2000 len 8 00\n");
}

#define LINKS \
    "register TAIL bar0:0x10:4 w\n" \
    "register PTR bar0:0x18:8 w\n" \
    "ring R {\n" \
    "  base PTR & ~0xf\n" \
    "  entry 16\n" \
    "  count 8\n" \
    "  while bits(u32[12], 0, 0) == phase\n" \
    "  link when bits(u32[12], 15, 10) == 6 to u64[0] & ~0xf " \
        "toggle bits(u32[12], 1, 1)\n" \
    "  on write TAIL\n" \
    "  reset write PTR\n" \
    "}\n"

static void put_trb(FakeMemory *m, uint64_t addr, uint64_t low, uint32_t flags)
{
    fake_memory_put(m, addr, 8, low);
    fake_memory_put(m, addr + 12, 4, flags);
}

static void test_links(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0x1000, 0x10000);

    fake_memory_add(m, LINKS);
    gmem_engine_write(m->engine, 0, 0x18, 8, 0x2001);
    put_trb(m, 0x2000, 1, 1);
    put_trb(m, 0x2010, 0x3000, 6 << 10 | 1);            /* to 0x3000 */
    put_trb(m, 0x3000, 2, 1);
    put_trb(m, 0x3010, 0x2000, 6 << 10 | 2 | 1);        /* back, toggle */
    write_tail(m, 0);
    fake_memory_is(m, "ring R @2000 count 8 entry 16\n"
                      "entry R 0 @2000 len 16 01..00\n"
                      "entry R 1 @2010 len 16 00\n"
                      "entry R 2 @3000 len 16 02..00\n"
                      "entry R 3 @3010 len 16 00\n");
    put_trb(m, 0x2000, 3, 0);
    write_tail(m, 0);
    fake_memory_is(m, "entry R 4 @2000 len 16 03..00\n");
    /* A new pointer */
    gmem_engine_write(m->engine, 0, 0x18, 8, 0x4000);
    fake_memory_is(m, "ring R @2000 count 8 entry 16 reset\n");
    put_trb(m, 0x4000, 9, 1);
    write_tail(m, 0);
    fake_memory_is(m, "ring R @4000 count 8 entry 16\n"
                      "entry R 0 @4000 len 16 09..00\n");
}

static void test_links_endless(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0x1000, 0x10000);

    fake_memory_add(m, LINKS);
    gmem_engine_write(m->engine, 0, 0x18, 8, 0x2000);
    put_trb(m, 0x2000, 0x2000, 6 << 10 | 1);
    write_tail(m, 0);
    fake_memory_is(m, "ring R @2000 count 8 entry 16\n"
                      "entry R 0 @2000 len 16 00\n"
                      "cut R left 0 trigger\n");
    /* A circle of two */
    put_trb(m, 0x2000, 0x3000, 6 << 10 | 1);
    put_trb(m, 0x3000, 0x2000, 6 << 10 | 1);
    m->quiet = true;
    write_tail(m, 0);
    g_assert_cmpuint(m->outs, <, 80);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-ring/tail", test_tail);
    g_test_add_func("/guestmem-ring/tail-wrong", test_tail_wrong);
    g_test_add_func("/guestmem-ring/tail-bytes", test_tail_bytes);
    g_test_add_func("/guestmem-ring/tail-inclusive", test_tail_inclusive);
    g_test_add_func("/guestmem-ring/tail-free-running",
                    test_tail_free_running);
    g_test_add_func("/guestmem-ring/reset", test_reset);
    g_test_add_func("/guestmem-ring/all", test_all);
    g_test_add_func("/guestmem-ring/bits", test_bits);
    g_test_add_func("/guestmem-ring/while", test_while);
    g_test_add_func("/guestmem-ring/while-late", test_while_late);
    g_test_add_func("/guestmem-ring/while-always", test_while_always);
    g_test_add_func("/guestmem-ring/segments", test_segments);
    g_test_add_func("/guestmem-ring/links", test_links);
    g_test_add_func("/guestmem-ring/links-endless", test_links_endless);
    return g_test_run();
}
