/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of rings: what they point to, create, delete and answer
 */
#include "fake-memory.h"

#include "libguestmem/commands.h"

/* Admin queue 0, others created by it: as nvme, with entries of 16 bytes */
#define QUEUES \
    "register SQT[0..7] bar0:0x100:4 w stride 8\n" \
    "register CQH[0..7] bar0:0x104:4 w stride 8\n" \
    "register CC bar0:0x14:4 w\n" \
    "ring SQ[0] {\n" \
    "  base 0x1000\n  count 4\n  entry 16\n  tail value\n" \
    "  on write SQT[0]\n  key u16[2]\n  reset write CC when !(value & 1)\n" \
    "  create SQ[u16[4]] when u8[0] == 1 base u64[8] count u16[6] + 1\n" \
    "  delete SQ[u16[4]] when u8[0] == 2\n" \
    "  create CQ[u16[4]] when u8[0] == 1 base u64[8] + 0x800 count u16[6] + 1\n" \
    "  delete CQ[u16[4]] when u8[0] == 2\n" \
    "  delete SQ[u16[4] .. u16[6]] when u8[0] == 3 && u32[8] >> n & 1\n" \
    "}\n" \
    "ring SQ[1..7] {\n" \
    "  entry 16\n  tail value\n  on write SQT[1..7]\n  key u16[2]\n" \
    "  reset write CC when !(value & 1)\n" \
    "}\n" \
    "ring CQ[1..7] {\n" \
    "  entry 16\n  tail value\n  on write CQH\n" \
    "  answers SQ[u16[0]] key u16[2]\n" \
    "  data buffer when command.u8[0] == 9 at command.u64[8] len 4\n" \
    "}\n"

static FakeMemory *new_memory(const char *text)
{
    FakeMemory *m = fake_memory_new(0x1000, 0x100000);

    fake_memory_add(m, text);
    return m;
}

/* A command of the admin queue */
static void admin(FakeMemory *m, unsigned slot, uint8_t op, uint16_t id,
                  uint16_t count, uint64_t base)
{
    uint64_t at = 0x1000 + slot * 16;

    fake_memory_put(m, at, 1, op);
    fake_memory_put(m, at + 4, 2, id);
    fake_memory_put(m, at + 6, 2, count);
    fake_memory_put(m, at + 8, 8, base);
    m->quiet = true;
    gmem_engine_write(m->engine, 0, 0x100, 4, (slot + 1) % 4);
    m->quiet = false;
}

static void sqt(FakeMemory *m, unsigned queue, unsigned tail)
{
    gmem_engine_write(m->engine, 0, 0x100 + queue * 8, 4, tail);
}

static void cqh(FakeMemory *m, unsigned queue, unsigned head)
{
    gmem_engine_write(m->engine, 0, 0x104 + queue * 8, 4, head);
}

/* --- creating and deleting ----------------------------------------------- */

static void test_create(void)
{
    g_autoptr(FakeMemory) m = new_memory(QUEUES);

    sqt(m, 3, 1);
    sqt(m, 3, 2);
    fake_memory_is(m, "entry SQ[3] 0 @0 len 0 address-unknown\n");
    g_assert_cmpuint(fake_memory_count(m, 1).unreadable, ==, 2);
    admin(m, 0, 1, 3, 7, 0x2000);
    sqt(m, 3, 2);
    fake_memory_is(m, "ring SQ[3] @2000 count 8 entry 16\n"
                      "entry SQ[3] 0 @2000 len 16 00\n"
                      "entry SQ[3] 1 @2010 len 16 00\n");
    /* Again: begins at its start */
    admin(m, 1, 1, 3, 3, 0x3000);
    sqt(m, 3, 1);
    fake_memory_is(m, "ring SQ[3] @3000 count 4 entry 16\n"
                      "entry SQ[3] 0 @3000 len 16 00\n");
    /* Numbers that there are not */
    admin(m, 2, 1, 8, 3, 0x3000);
    admin(m, 3, 1, 0, 3, 0x3000);
    sqt(m, 0, 1);
    fake_memory_is(m, "entry SQ[0] 0 @1000 len 16 01..00\n");
}

static void test_delete(void)
{
    g_autoptr(FakeMemory) m = new_memory(QUEUES);

    admin(m, 0, 1, 3, 7, 0x2000);
    sqt(m, 3, 1);
    g_string_truncate(m->log, 0);
    fake_memory_put(m, 0x1010, 1, 2);
    fake_memory_put(m, 0x1014, 2, 3);
    sqt(m, 0, 2);
    fake_memory_is(m, "entry SQ[0] 1 @1010 len 16 02..00\n"
                      "ring SQ[3] @2000 count 8 entry 16 deleted\n");
    sqt(m, 3, 2);
    fake_memory_is(m, "entry SQ[3] 0 @0 len 0 address-unknown\n");
}

static void test_delete_range(void)
{
    g_autoptr(FakeMemory) m = new_memory(QUEUES);

    admin(m, 0, 1, 3, 7, 0x2000);
    admin(m, 1, 1, 4, 7, 0x3000);
    sqt(m, 3, 1);
    sqt(m, 4, 1);
    g_string_truncate(m->log, 0);
    fake_memory_put(m, 0x1020, 4, 3);
    fake_memory_put(m, 0x1024, 2, 0);
    fake_memory_put(m, 0x1026, 2, 7);
    fake_memory_put(m, 0x1028, 4, 1 << 4);
    sqt(m, 0, 3);
    fake_memory_is(m, "entry SQ[0] 2 @1020 len 16 03..00\n"
                      "ring SQ[4] @3000 count 8 entry 16 deleted\n");
    /* A range that is too large */
    fake_memory_put(m, 0x1030, 4, 3);
    fake_memory_put(m, 0x1034, 2, 1);
    fake_memory_put(m, 0x1036, 2, 0xffff);
    fake_memory_put(m, 0x1038, 4, 1 << 3);
    sqt(m, 0, 0);
    fake_memory_is(m, "entry SQ[0] 3 @1030 len 16 03..00\n"
                      "ring SQ[3] @2000 count 8 entry 16 deleted\n"
                      "cut SQ[0] left 0 trigger\n");
}

/* What a rule has created is gone after a reset. */
static void test_reset(void)
{
    g_autoptr(FakeMemory) m = new_memory(QUEUES);

    admin(m, 0, 1, 3, 7, 0x2000);
    sqt(m, 3, 1);
    g_string_truncate(m->log, 0);
    gmem_engine_write(m->engine, 0, 0x14, 4, 0);
    fake_memory_is(m, "ring SQ[0] @1000 count 4 entry 16 reset\n"
                      "ring SQ[3] @2000 count 8 entry 16 reset\n");
    sqt(m, 3, 1);
    fake_memory_is(m, "entry SQ[3] 0 @0 len 0 address-unknown\n");
}

/* --- answers ------------------------------------------------------------- */

static void complete(FakeMemory *m, unsigned slot, uint16_t queue,
                     uint16_t key)
{
    fake_memory_put(m, 0x2800 + slot * 16, 2, queue);
    fake_memory_put(m, 0x2800 + slot * 16 + 2, 2, key);
    cqh(m, 3, (slot + 1) % 8);
}

static void test_answers(void)
{
    g_autoptr(FakeMemory) m = new_memory(QUEUES);

    admin(m, 0, 1, 3, 7, 0x2000);
    fake_memory_put(m, 0x2000, 1, 9);
    fake_memory_put(m, 0x2002, 2, 0x77);
    fake_memory_put(m, 0x2008, 8, 0x4000);
    fake_memory_put(m, 0x2010, 1, 8);           /* has no data */
    fake_memory_put(m, 0x2012, 2, 0x78);
    fake_memory_put(m, 0x4000, 1, 0xee);
    sqt(m, 3, 2);
    g_string_truncate(m->log, 0);
    complete(m, 0, 3, 0x78);
    complete(m, 1, 3, 0x77);
    complete(m, 2, 3, 0x79);                    /* not known */
    complete(m, 3, 9, 0x77);
    fake_memory_is(m, "ring CQ[3] @2800 count 8 entry 16 by device\n"
                      "entry CQ[3] 0 @2800 len 16 03..00\n"
                      "entry CQ[3] 1 @2810 len 16 03..00\n"
                      "data CQ[3] 1 buffer @4000 len 4 ee..00\n"
                      "entry CQ[3] 2 @2820 len 16 03..00\n"
                      "entry CQ[3] 3 @2830 len 16 09..00\n");
    g_assert_cmpuint(fake_memory_count(m, 2).unreadable, ==, 0);
    /* A new command with this key */
    fake_memory_put(m, 0x2020, 1, 9);
    fake_memory_put(m, 0x2022, 2, 0x77);
    fake_memory_put(m, 0x2028, 8, 0x5000);
    sqt(m, 3, 3);
    g_string_truncate(m->log, 0);
    complete(m, 4, 3, 0x77);
    fake_memory_is(m, "entry CQ[3] 4 @2840 len 16 03..00\n"
                      "data CQ[3] 4 buffer @5000 len 4 00\n");
    /* The submission queue is another one now. */
    admin(m, 1, 1, 3, 7, 0x2000);
    complete(m, 0, 3, 0x77);
    fake_memory_is(m, "ring CQ[3] @2800 count 8 entry 16 by device\n"
                      "entry CQ[3] 0 @2800 len 16 03..00\n");
}

/* --- kept entries -------------------------------------------------------- */

static bool is_kept(const GmemCommands *c, uint64_t ring, uint64_t key,
                    uint64_t value, unsigned len)
{
    GmemBytes bytes = gmem_commands_find(c, ring, key);

    if (!bytes.data) {
        return false;
    }
    g_assert_cmpuint(bytes.len, ==, len);
    g_assert_cmpuint(*(const uint64_t *)(const void *)bytes.data, ==, value);
    return true;
}

/* Sizes that fill the arena's end differently, some times around */
static void test_commands(void)
{
    GmemCommands *c = gmem_commands_new();
    uint64_t entry[512] = { 0 };
    unsigned n = 0;
    unsigned i;

    g_assert_false(is_kept(c, 1, 1, 0, 0));
    for (i = 0; i < 100000; i++) {
        unsigned len = 8 + i % 63 * 8;

        entry[0] = i;
        gmem_commands_keep(c, i % 7, i, (GmemBytes){ (uint8_t *)entry, len });
        g_assert_true(is_kept(c, i % 7, i, i, len));
        g_assert_false(is_kept(c, i % 7 + 1, i, i, len));
        if (i >= 1000) {
            g_assert_true(is_kept(c, (i - 1000) % 7, i - 1000, i - 1000,
                                  8 + (i - 1000) % 63 * 8));
        }
    }
    for (i = 0; i < 100000; i++) {
        n += is_kept(c, i % 7, i, i, 8 + i % 63 * 8);
        /* The oldest went first. */
        g_assert_true(!n || is_kept(c, i % 7, i, i, 8 + i % 63 * 8));
    }
    g_assert_cmpuint(n, >, 10000);
    g_assert_cmpuint(n, <, GMEM_COMMANDS_BYTES / 256);
    gmem_commands_free(c);
}

static void test_commands_same_key(void)
{
    GmemCommands *c = gmem_commands_new();
    uint64_t entry[8] = { 0 };
    unsigned i;

    for (i = 0; i < 200000; i++) {
        entry[0] = i;
        gmem_commands_keep(c, 1, 5, (GmemBytes){ (uint8_t *)entry, 64 });
        g_assert_true(is_kept(c, 1, 5, i, 64));
    }
    gmem_commands_free(c);
}

/* --- lists --------------------------------------------------------------- */

/* A page of entries whose last one points to the next page, as nvme has */
#define PRP \
    "register TAIL bar0:0:4 w\n" \
    "ring R {\n" \
    "  base 0x1000\n  count 4\n  entry 16\n  tail value\n  on write TAIL\n" \
    "  list prp when u32[8] {\n" \
    "    at u64[0]\n    entry 8\n    count u32[8]\n" \
    "    next u64[0] when (address & 0xfff) == 0xff8\n" \
    "    data page when (address & 0xfff) != 0xff8 at u64[0] len 64 max 8\n" \
    "  }\n" \
    "}\n"

static void test_list_pages(void)
{
    g_autoptr(FakeMemory) m = new_memory(PRP);

    fake_memory_put(m, 0x1000, 8, 0x2ff0);
    fake_memory_put(m, 0x1008, 4, 4);
    fake_memory_put(m, 0x2ff0, 8, 0x5000);
    fake_memory_put(m, 0x2ff8, 8, 0x3000);
    fake_memory_put(m, 0x3000, 8, 0x6000);
    fake_memory_put(m, 0x3008, 8, 0x7000);
    fake_memory_put(m, 0x5000, 1, 0x55);
    fake_memory_put(m, 0x6000, 1, 0x66);
    fake_memory_put(m, 0x7007, 1, 0x77);
    gmem_engine_write(m->engine, 0, 0, 4, 1);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 0 @1000 len 16 f0..00\n"
                      "data R 0 prp[0] @2ff0 len 8 00\n"
                      "data R 0 prp[0].page @5000 len 8 55..00\n"
                      "data R 0 prp[1] @2ff8 len 8 00\n"
                      "data R 0 prp[2] @3000 len 8 00\n"
                      "data R 0 prp[2].page @6000 len 8 66..00\n"
                      "data R 0 prp[3] @3008 len 8 00\n"
                      "data R 0 prp[3].page @7000 len 8 00..77\n");
}

/* Descriptors in a table with `next`, and indirect ones, as virtio has */
#define CHAIN \
    "register TAIL bar0:0:4 w\n" \
    "ring R {\n" \
    "  base 0x1000\n  count 4\n  entry 2\n  tail value\n  on write TAIL\n" \
    "  list desc {\n" \
    "    at 0x2000 + 16 * u16[0]\n    entry 16\n    count 8\n" \
    "    until !(u16[12] & 1)\n" \
    "    next 0x2000 + 16 * u16[14]\n" \
    "    data buffer when !(u16[12] & 4) at u64[0] len u32[8]\n" \
    "    list inner when u16[12] & 4 {\n" \
    "      at u64[0]\n      entry 16\n      count u32[8] / 16\n" \
    "      until !(u16[12] & 1)\n" \
    "      next outer.u64[0] + 16 * u16[14] when u16[12] & 1\n" \
    "      data buffer at u64[0] len u32[8]\n" \
    "    }\n" \
    "  }\n" \
    "}\n"

static void descriptor(FakeMemory *m, uint64_t at, uint64_t addr, uint32_t len,
                       uint16_t flags, uint16_t next)
{
    fake_memory_put(m, at, 8, addr);
    fake_memory_put(m, at + 8, 4, len);
    fake_memory_put(m, at + 12, 2, flags);
    fake_memory_put(m, at + 14, 2, next);
}

static void test_list_chain(void)
{
    g_autoptr(FakeMemory) m = new_memory(CHAIN);

    fake_memory_put(m, 0x1000, 2, 3);
    descriptor(m, 0x2030, 0x5000, 4, 1, 1);
    descriptor(m, 0x2010, 0x6000, 32, 4, 0);
    descriptor(m, 0x6000, 0x7000, 2, 1, 1);
    descriptor(m, 0x6010, 0x7100, 1, 0, 0);
    gmem_engine_write(m->engine, 0, 0, 4, 1);
    fake_memory_is(m, "ring R @1000 count 4 entry 2\n"
                      "entry R 0 @1000 len 2 03..00\n"
                      "data R 0 desc[0] @2030 len 16 00\n"
                      "data R 0 desc[0].buffer @5000 len 4 00\n"
                      "data R 0 desc[1] @2010 len 16 00\n"
                      "data R 0 desc[1].inner[0] @6000 len 16 00\n"
                      "data R 0 desc[1].inner[0].buffer @7000 len 2 00\n"
                      "data R 0 desc[1].inner[1] @6010 len 16 00\n"
                      "data R 0 desc[1].inner[1].buffer @7100 len 1 00\n");
    /* A circle ends at the count, and says so. */
    descriptor(m, 0x2030, 0x5000, 4, 1, 3);
    fake_memory_put(m, 0x1002, 2, 3);
    gmem_engine_write(m->engine, 0, 0, 4, 2);
    g_assert_true(g_str_has_suffix(m->log->str,
                                   "data R 1 desc[7].buffer @5000 len 4 00\n"
                                   "cut R left 0 trigger\n"));
}

static void test_data(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register TAIL bar0:0:4 w\nregister A bar0:8:4 w\n"
                   "ring R {\n"
                   "  base 0x1000\n  count 4\n  entry 16\n  tail value\n"
                   "  on write TAIL\n"
                   "  data a at u64[0] len u32[8]\n"
                   "  data b when u8[12] at A len 1\n"
                   "  data c when u8[13] at 1 / u8[14] len 1\n"
                   "}\n");

    fake_memory_put(m, 0x1000, 8, 0x100ffe);        /* RAM ends at 0x101000 */
    fake_memory_put(m, 0x1008, 4, 100000);
    fake_memory_put(m, 0x1010, 8, UINT64_MAX - 1);
    fake_memory_put(m, 0x1018, 4, 100);
    fake_memory_put(m, 0x102c, 4, 0x0101);
    gmem_engine_write(m->engine, 0, 0, 4, 3);
    fake_memory_is(m, "ring R @1000 count 4 entry 16\n"
                      "entry R 0 @1000 len 16 fe..00\n"
                      "entry R 1 @1010 len 16 fe..00\n"
                      "data R 1 a @fffffffffffffffe len 0 not-memory\n"
                      "entry R 2 @1020 len 16 00\n"
                      "data R 2 b @0 len 0 address-unknown\n"
                      "data R 2 c @0 len 0 address-unknown\n"
                      "cut R left 0 trigger\n");
    fake_memory_put(m, 0x1038, 4, 4);
    fake_memory_put(m, 0x1030, 8, 0x100ffe);
    gmem_engine_write(m->engine, 0, 0, 4, 0);
    fake_memory_is(m, "entry R 3 @1030 len 16 fe..00\n"
                      "data R 3 a @100ffe len 2 00 not-memory\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-entry/create", test_create);
    g_test_add_func("/guestmem-entry/delete", test_delete);
    g_test_add_func("/guestmem-entry/delete-range", test_delete_range);
    g_test_add_func("/guestmem-entry/reset", test_reset);
    g_test_add_func("/guestmem-entry/answers", test_answers);
    g_test_add_func("/guestmem-entry/commands", test_commands);
    g_test_add_func("/guestmem-entry/commands-same-key",
                    test_commands_same_key);
    g_test_add_func("/guestmem-entry/list-pages", test_list_pages);
    g_test_add_func("/guestmem-entry/list-chain", test_list_chain);
    g_test_add_func("/guestmem-entry/data", test_data);
    return g_test_run();
}
