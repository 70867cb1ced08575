/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers that the engine learns from accesses
 *
 * A snapshot shows what it knows: its address is the register's value.
 */
#include "fake-memory.h"

#include <string.h>

#include "libguestmem/parse.h"

#define LOOK \
    "register LOOK bar1:0:4 w\n" \
    "snapshot S {\n on write LOOK\n len 1\n"

static FakeMemory *new_memory(const char *text)
{
    FakeMemory *m = fake_memory_new(0, 0x100000);

    fake_memory_add(m, text);
    return m;
}

static void w(FakeMemory *m, uint64_t offset, unsigned width, uint64_t value)
{
    gmem_engine_write(m->engine, 0, offset, width, value);
}

/* The address that the snapshot has now; -1: none */
static int64_t look(FakeMemory *m)
{
    const char *at;
    int64_t value;

    g_string_truncate(m->log, 0);
    gmem_engine_write(m->engine, 1, 0, 4, 0);
    at = strchr(m->log->str, '@');
    g_assert_nonnull(at);
    value = strstr(at, "address-unknown") ? -1 :
            (int64_t)g_ascii_strtoull(at + 1, NULL, 16);
    g_string_truncate(m->log, 0);
    return value;
}

/* --- one register -------------------------------------------------------- */

static void test_widths(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A bar0:0x10:4 w\n" LOOK "at A\n}\n");

    g_assert_cmpint(look(m), ==, -1);
    w(m, 0x10, 2, 0x1234);
    g_assert_cmpint(look(m), ==, -1);
    w(m, 0x12, 1, 0xff);
    w(m, 0x13, 1, 0);
    g_assert_cmpint(look(m), ==, 0xff1234);
    w(m, 0xe, 4, 0x56780000);                   /* its first 2 bytes */
    g_assert_cmpint(look(m), ==, 0xff5678);
    w(m, 0x13, 4, 0xffffff01);                  /* its last byte */
    g_assert_cmpint(look(m), ==, 0x1ff5678);
    w(m, 0xc, 8, 0x99abcdef11111111);
    g_assert_cmpint(look(m), ==, 0x99abcdef);
    w(m, 0x14, 8, 0);
    w(m, 0x8, 8, 0);
    g_assert_cmpint(look(m), ==, 0x99abcdef);
    gmem_engine_read(m->engine, 0, 0x10, 4, 5); /* reads don't count */
    g_assert_cmpint(look(m), ==, 0x99abcdef);
    /* Bits above the width are none of the value. */
    w(m, 0x10, 1, 0xff22);
    g_assert_cmpint(look(m), ==, 0x99abcd22);
}

static void test_halves(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A bar0:0x10:8 w\n" LOOK "at A\n}\n");

    w(m, 0x14, 4, 1);
    g_assert_cmpint(look(m), ==, -1);
    w(m, 0x10, 4, 0x2000);
    g_assert_cmpint(look(m), ==, 0x100002000);
    gmem_engine_reset(m->engine);
    g_assert_cmpint(look(m), ==, -1);
    w(m, 0x10, 4, 0x3000);
    g_assert_cmpint(look(m), ==, 0x3000);       /* the upper half counts as 0 */
    gmem_engine_forget(m->engine, 0, 0x14, 1);
    g_assert_cmpint(look(m), ==, -1);
    w(m, 0x10, 8, 0x4000);
    gmem_engine_forget(m->engine, 0, 0x18, 8);
    gmem_engine_forget(m->engine, 1, 0, 0x1000);
    gmem_engine_forget(m->engine, 0, 0, 0x10);
    g_assert_cmpint(look(m), ==, 0x4000);
    gmem_engine_forget(m->engine, 0, 0, UINT64_MAX);
    g_assert_cmpint(look(m), ==, -1);
}

static void test_reads(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A bar0:0x10:4 r F=15:8\n" LOOK
                   "at A.F + known(A, 7)\n}\n");

    w(m, 0x10, 4, 0x1200);
    g_assert_cmpint(look(m), ==, -1);
    gmem_engine_read(m->engine, 0, 0x10, 4, 0x1200);
    g_assert_cmpint(look(m), ==, 0x1212);
}

static void test_known(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A bar0:0x10:4 w\n" LOOK "at known(A, 7)\n}\n");

    g_assert_cmpint(look(m), ==, 7);
    w(m, 0x10, 4, 0x1200);
    g_assert_cmpint(look(m), ==, 0x1200);
}

/* --- arrays -------------------------------------------------------------- */

static void test_array(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A[2..5] bar0:0x10:4 w stride 16\n" LOOK
                   "at A[2] + A[3] * 0x100\n}\n");

    w(m, 0x10, 4, 1);
    w(m, 0x14, 8, 0xffff);
    g_assert_cmpint(look(m), ==, -1);
    w(m, 0x20, 4, 2);
    w(m, 0x24, 4, 0xffff);
    g_assert_cmpint(look(m), ==, 0x201);
    gmem_engine_forget(m->engine, 0, 0x30, 0x100);
    g_assert_cmpint(look(m), ==, 0x201);
    gmem_engine_forget(m->engine, 0, 0x23, 1);
    g_assert_cmpint(look(m), ==, -1);
}

/* One access, several registers */
static void test_neighbours(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register A[0..7] bar0:0x10:1 w\n" LOOK
                   "at A[1] + A[2] * 0x100 + A[6] * 0x10000\n}\n");

    w(m, 0x11, 8, 0x8807060504030201);
    g_assert_cmpint(look(m), ==, 0x060201);
}

#define NVME \
    "register CAP bar0:0:8 r DSTRD=35:32\n" \
    "register SQ[0..3] bar0:0x1000:4 w stride 8 << CAP.DSTRD\n" \
    "register CQ[0..3] bar0:(0x1000 + (4 << CAP.DSTRD)):4 w " \
        "stride 8 << CAP.DSTRD\n" \
    LOOK "at SQ[2] + CQ[1] * 0x100\n}\n"

static void test_stride(void)
{
    g_autoptr(FakeMemory) m = new_memory(NVME);

    w(m, 0x1010, 4, 1);                         /* not known where they are */
    g_assert_cmpint(look(m), ==, -1);
    gmem_engine_read(m->engine, 0, 0, 8, 0);
    w(m, 0x1010, 4, 1);
    w(m, 0x100c, 4, 2);
    g_assert_cmpint(look(m), ==, 0x201);
    /* The upper half alone: stride 16.  What was learnt is of another place. */
    gmem_engine_read(m->engine, 0, 4, 4, 1);
    g_assert_cmpint(look(m), ==, -1);
    w(m, 0x1010, 4, 9);
    w(m, 0x1020, 4, 3);
    w(m, 0x1018, 4, 4);
    g_assert_cmpint(look(m), ==, 0x403);
    /* Missed accesses do not move them. */
    gmem_engine_forget(m->engine, 0, 0, 8);
    w(m, 0x1020, 4, 5);
    g_assert_cmpint(look(m), ==, 0x405);
    gmem_engine_reset(m->engine);
    w(m, 0x1020, 4, 3);
    w(m, 0x1018, 4, 4);
    g_assert_cmpint(look(m), ==, -1);
}

static void test_bank(void)
{
    g_autoptr(FakeMemory) m =
        new_memory("register SEL bar0:0:2 w\n"
                   "register A[0..3] bar0:8:4 w bank SEL\n" LOOK
                   "at A[1] + A[3] * 0x100\n}\n");

    w(m, 8, 4, 7);
    w(m, 0, 2, 1);
    w(m, 8, 4, 1);
    w(m, 0, 2, 3);
    w(m, 8, 4, 2);
    w(m, 0, 2, 4);                              /* none has this number */
    w(m, 8, 4, 9);
    g_assert_cmpint(look(m), ==, 0x201);
}

/* --- areas --------------------------------------------------------------- */

static void make_config(uint8_t *config)
{
    static const uint8_t first[] = { 0x11, 0x50, 0, 0 };
    static const uint8_t other[] = { 0x09, 0x60, 16, 2, 9 };
    static const uint8_t common[] = { 0x09, 0x70, 16, 1, 4, 0, 0, 0,
                                      0, 0x20, 0, 0 };

    memset(config, 0, 256);
    config[0x06] = 0x10;
    config[0x34] = 0x40;
    memcpy(config + 0x40, first, sizeof(first));
    memcpy(config + 0x50, other, sizeof(other));
    memcpy(config + 0x60, common, sizeof(common));
    memcpy(config + 0x70, "\x05\x40", 2);       /* a circle */
}

#define AREA \
    "area COMMON capability 0x09 when u8[3] == 1 bar u8[4] offset u32[8]\n" \
    "register A COMMON:4:4 w\n" LOOK "at A\n}\n"

static void test_area(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0, 0x1000);
    g_autoptr(GError) error = NULL;
    uint8_t config[256];
    const char *name;
    uint64_t offset;
    uint64_t len;
    bool reads;
    bool writes;
    int bar;

    g_assert_null(fake_memory_add_to(m, AREA, NULL, &error));
    g_assert_nonnull(strstr(error->message, "area COMMON"));
    g_clear_error(&error);
    make_config(config);
    config[0x63] = 3;                           /* its type: none is the one */
    g_assert_null(fake_memory_add_to(m, AREA, config, &error));
    g_assert_nonnull(strstr(error->message, "test:2: area COMMON"));
    g_clear_error(&error);
    make_config(config);
    config[0x64] = 6;                           /* its BAR */
    g_assert_null(fake_memory_add_to(m, AREA, config, NULL));
    make_config(config);
    g_assert_nonnull(fake_memory_add_to(m, AREA, config, &error));
    g_assert_no_error(error);
    gmem_engine_write(m->engine, 4, 0x2004, 4, 0x12);
    g_assert_cmpint(look(m), ==, 0x12);
    g_assert_true(gmem_engine_range(m->engine, 0, &bar, &offset, &len, &reads,
                                    &writes, &name));
    g_assert_cmpint(bar, ==, 4);
    g_assert_cmphex(offset, ==, 0x2004);
    g_assert_cmphex(len, ==, 4);
    g_assert_true(writes && !reads);
    g_assert_cmpstr(name, ==, "A");
}

static void test_ranges(void)
{
    g_autoptr(FakeMemory) m = new_memory(NVME);
    const char *name;
    uint64_t offset;
    uint64_t len;
    bool reads;
    bool writes;
    int bar;

    g_assert_true(gmem_engine_range(m->engine, 1, &bar, &offset, &len, &reads,
                                    &writes, &name));
    g_assert_cmpstr(name, ==, "LOOK");
    g_assert_false(gmem_engine_range(m->engine, 2, &bar, &offset, &len, &reads,
                                     &writes, &name));
    gmem_engine_read(m->engine, 0, 0, 8, 0);
    g_assert_true(gmem_engine_range(m->engine, 1, &bar, &offset, &len, &reads,
                                    &writes, &name));
    g_assert_cmpstr(name, ==, "SQ");
    g_assert_cmphex(offset, ==, 0x1000);
    g_assert_cmphex(len, ==, 28);
    g_assert_false(gmem_engine_range(m->engine, 4, &bar, &offset, &len, &reads,
                                     &writes, &name));
}

/* --- places that make no sense ------------------------------------------- */

static void test_wrong_places(void)
{
    static const uint64_t wrong[] = { 0, 3, UINT64_MAX, UINT64_MAX / 2,
                                      UINT64_MAX - 3, INT64_MAX };
    g_autoptr(FakeMemory) m =
        new_memory("register X bar0:0:8 w\n"
                   "register A[0..9] bar0:(X):4 w stride X\n"
                   LOOK "at A[0]\n}\n");
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        w(m, 0, 8, wrong[i]);
        w(m, wrong[i], 4, 0);
        w(m, UINT64_MAX - 3, 4, 0);
        w(m, UINT64_MAX - 2, 8, 0);
        g_assert_cmpint(look(m), ==, -1);
    }
    gmem_engine_write(m->engine, 6, 0, 4, 0);
    gmem_engine_write(m->engine, -1, 0, 4, 0);
    gmem_engine_write(m->engine, INT_MAX, 0, 4, 0);
}

/* --- several files, and the property snapshot= --------------------------- */

static void add_snapshot(FakeMemory *m, const char *text)
{
    g_autoptr(GError) error = NULL;
    GmemFile *file = gmem_parse_snapshot(text, &error);

    g_assert_no_error(error);
    g_assert_true(gmem_engine_add(m->engine, file, NULL, NULL));
}

static void test_snapshot_property(void)
{
    g_autoptr(FakeMemory) m = fake_memory_new(0x1000, 0x1000);

    add_snapshot(m, "0:0x100:16@0x28");
    add_snapshot(m, "0:0x100:8:0xff00");
    w(m, 0x100, 4, 0x12ab);
    fake_memory_is(m, "snapshot 0:0x100:16@0x28 @0 len 0 address-unknown\n"
                      "snapshot 0:0x100:8:0xff00 @1200 len 8 00\n");
    w(m, 0x28, 4, 0x1ff8);
    w(m, 0xfe, 4, 0x13ff0000);                  /* has the first bytes */
    fake_memory_is(m, "snapshot 0:0x100:16@0x28 @1ff8 len 8 00 not-memory\n"
                      "snapshot 0:0x100:8:0xff00 @1300 len 8 00\n");
    w(m, 0x101, 4, 0);                          /* does not */
    fake_memory_is(m, "");
    w(m, 0x100, 8, 0x1200000014ff);
    fake_memory_is(m, "snapshot 0:0x100:16@0x28 @1ff8 len 8 00 not-memory\n"
                      "snapshot 0:0x100:8:0xff00 @1400 len 8 00\n");
    gmem_engine_remove(m->engine, gmem_engine_file(m->engine, 0));
    m->room = 7;
    w(m, 0x100, 4, 0x12ab);
    fake_memory_is(m, "snapshot 0:0x100:8:0xff00 @1200 len 0 ring-full\n");
    gmem_engine_remove(m->engine, gmem_engine_file(m->engine, 0));
    g_assert_null(gmem_engine_file(m->engine, 0));
    w(m, 0x100, 4, 0x12ab);
    fake_memory_is(m, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-registers/widths", test_widths);
    g_test_add_func("/guestmem-registers/halves", test_halves);
    g_test_add_func("/guestmem-registers/reads", test_reads);
    g_test_add_func("/guestmem-registers/known", test_known);
    g_test_add_func("/guestmem-registers/array", test_array);
    g_test_add_func("/guestmem-registers/neighbours", test_neighbours);
    g_test_add_func("/guestmem-registers/stride", test_stride);
    g_test_add_func("/guestmem-registers/bank", test_bank);
    g_test_add_func("/guestmem-registers/area", test_area);
    g_test_add_func("/guestmem-registers/ranges", test_ranges);
    g_test_add_func("/guestmem-registers/wrong-places", test_wrong_places);
    g_test_add_func("/guestmem-registers/snapshot-property",
                    test_snapshot_property);
    return g_test_run();
}
