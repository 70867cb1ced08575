/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: memory that a replayed device shares with its driver
 */
#include "replay-load.h"
#include "libreplay/log.h"

#include <glib/gstdio.h>
#include <string.h>

/* A word as devices have it in memory */
#define LE(word) GUINT64_TO_LE((uint64_t)(word))

static uint8_t zeros[16];

static ReplayMemory *made(uint64_t at)
{
    ReplayMemory *memory = replay_memory_new();

    g_assert_cmpuint(replay_memory_add(memory, at, zeros, 16, true), ==, 0);
    replay_memory_ready(memory);
    return memory;
}

static void expect(const ReplayMemory *memory, uint64_t at, uint64_t want)
{
    uint64_t now = 0;

    g_assert_cmpint(replay_memory_address(memory, at, &now), ==, want != 0);
    g_assert_cmphex(now, ==, want);
}

/* A ring's address is in a register, its entries some pages behind. */
static void test_register(void)
{
    g_autoptr(ReplayMemory) memory = made(0x7876040);

    expect(memory, 0x7876040, 0);
    replay_memory_wrote(memory, 0, 0x28, 8, 0x7874000, 0x1234000);
    expect(memory, 0x7876040, 0x1236040);
    expect(memory, 0x7874000, 0x1234000);
    expect(memory, 0x7873fff, 0);
    /* Other numbers are no addresses of the log. */
    replay_memory_wrote(memory, 0, 0x30, 8, 0x7876041, 0x1000);
    replay_memory_wrote(memory, 0, 0x30, 8, 0x9876000, 0x2000);
    replay_memory_wrote(memory, 0, 0x30, 8, 0x17, 0x17);
    expect(memory, 0x7876040, 0x1236040);
    replay_memory_forget(memory);
    expect(memory, 0x7876040, 0);
}

/* A piece may end in the next page, which may be elsewhere. */
static void test_two_pages(void)
{
    g_autoptr(ReplayMemory) memory = made(0x5ff8);
    int i;

    for (i = 0; i < 2; i++) {
        replay_memory_wrote(memory, 0, 0x28, 8, 0x5000, 0x340000);
        expect(memory, 0x5ff8, 0x340ff8);
        expect(memory, 0x6000, 0x341000);
        replay_memory_wrote(memory, 0, 0x30, 8, 0x6000, 0x220000);
        expect(memory, 0x6000, 0x220000);
        replay_memory_forget(memory);
        expect(memory, 0x5ff8, 0);
        expect(memory, 0x6000, 0);
    }
}

/* All ones are no address: what was known stays. */
static void test_ones(void)
{
    g_autoptr(ReplayMemory) memory = made(0x7876040);
    ReplayPiece piece;
    uint64_t now = 0;

    g_assert_true(replay_memory_piece(memory, 0, &piece));
    replay_memory_wrote(memory, 0, 0x28, 8, 0x7876040, UINT64_MAX);
    g_assert_false(replay_memory_place(memory, &piece, &now));
    replay_memory_wrote(memory, 0, 0x28, 8, 0x7876040, 0x1234048);
    replay_memory_wrote(memory, 0, 0x28, 8, 0x7876040, UINT64_MAX);
    g_assert_true(replay_memory_place(memory, &piece, &now));
    g_assert_cmphex(now, ==, 0x1234048);
}

/*
 * A snapshot's data 4 GiB behind its begin, over two pages: the offset of the
 * second part does not fit.
 */
static void test_far(void)
{
    g_autoptr(ReplayMemory) memory = made(0x105000ff8);
    ReplayPiece piece;
    uint64_t now = 0;

    g_assert_true(replay_memory_piece(memory, 0, &piece));
    piece.at += 8;
    g_assert_false(replay_memory_place(memory, &piece, &now));
    replay_memory_wrote(memory, 0, 0x28, 8, 0x105001000, 0x340000);
    g_assert_true(replay_memory_place(memory, &piece, &now));
    g_assert_cmphex(now, ==, 0x340000);
}

/* The two halves of an address, in either order */
static void test_halves(void)
{
    unsigned order;

    for (order = 0; order < 2; order++) {
        g_autoptr(ReplayMemory) memory = made(0x100007000);

        replay_memory_wrote(memory, 0, order ? 0x2c : 0x28, 4,
                            order ? 1 : 0x7000, order ? 3 : 0x9000);
        replay_memory_wrote(memory, 1, 0x2c, 4, 1, 4);
        replay_memory_wrote(memory, 0, order ? 0x28 : 0x2c, 4,
                            order ? 0x7000 : 1, order ? 0x9000 : 3);
        expect(memory, 0x100007008, 0x300009008);
    }
}

/* An entry of a ring has the address of its data. */
static void test_compare(void)
{
    static const uint64_t log[] = { LE(6), LE(0x5000), LE(0x77) };
    static const uint64_t now[] = { LE(6), LE(0xabc000), LE(0x78) };
    g_autoptr(ReplayMemory) memory = replay_memory_new();
    ReplayPiece piece;

    replay_memory_add(memory, 0x5000, zeros, 16, true);
    g_assert_cmpuint(replay_memory_add(memory, 0x1000, (const uint8_t *)log,
                                       sizeof(log), false), ==, 1);
    replay_memory_ready(memory);
    g_assert_true(replay_memory_piece(memory, 1, &piece));
    g_assert_false(piece.device);
    replay_memory_compare(memory, &piece, (const uint8_t *)now);
    expect(memory, 0x5010, 0xabc010);
    g_assert_false(replay_memory_piece(memory, 2, &piece));
}

/* Data may have another place in its page, a number may have flags. */
static void test_begin(void)
{
    static const uint64_t log[] = { LE(0x5128), LE(0x6011) };
    static const uint64_t now[] = { LE(0xabc840), LE(0xdef021) };
    static const uint64_t wrong[] = { LE(0xabc840), LE(0xdef022) };
    g_autoptr(ReplayMemory) memory = replay_memory_new();
    ReplayRole second = { .offset = 0x100 };
    ReplayPiece piece;
    uint64_t at;

    replay_memory_add(memory, 0x5128, zeros, 16, true);
    replay_memory_add(memory, 0x5228, zeros, 16, true);
    replay_memory_set_role(memory, 1, second);
    replay_memory_add(memory, 0x6010, zeros, 16, true);
    replay_memory_add(memory, 0x1000, (const uint8_t *)log, sizeof(log),
                      false);
    replay_memory_ready(memory);
    g_assert_true(replay_memory_piece(memory, 3, &piece));
    replay_memory_compare(memory, &piece, (const uint8_t *)wrong);
    expect(memory, 0x6010, 0);
    replay_memory_compare(memory, &piece, (const uint8_t *)now);
    expect(memory, 0x5128, 0xabc840);
    expect(memory, 0x6010, 0xdef020);
    expect(memory, 0x5130, 0);
    /* What goes on behind it, as the log has no more than 400 bytes a line */
    g_assert_true(replay_memory_piece(memory, 1, &piece));
    g_assert_true(replay_memory_place(memory, &piece, &at));
    g_assert_cmphex(at, ==, 0xabc940);
    g_assert_true(replay_memory_piece(memory, 3, &piece));
    g_assert_false(replay_memory_place(memory, &piece, &at));
}

/* What the device writes has this driver's addresses. */
static void test_translate(void)
{
    static const uint64_t log[] = {
        LE(0x5010), LE(0x17), LE(0x9000), LE(0x6000),
    };
    static const uint64_t want[] = {
        LE(0xabc010), LE(0x17), LE(0xac0000), LE(0xabd000),
    };
    g_autoptr(ReplayMemory) memory = replay_memory_new();
    uint8_t bytes[sizeof(log)];
    ReplayPiece piece;

    replay_memory_add(memory, 0x5000, (const uint8_t *)log, sizeof(log), true);
    replay_memory_add(memory, 0x9000, zeros, 16, true);
    replay_memory_ready(memory);
    replay_memory_wrote(memory, 0, 0x10, 8, 0x5000, 0xabc000);
    g_assert_true(replay_memory_piece(memory, 0, &piece));
    replay_memory_translate(memory, &piece, bytes);
    g_assert_cmpmem(bytes, sizeof(bytes), want, sizeof(want));
    replay_memory_forget(memory);
    replay_memory_translate(memory, &piece, bytes);
    g_assert_cmpmem(bytes, sizeof(bytes), log, sizeof(log));
}

static void test_bounds(void)
{
    g_autoptr(ReplayMemory) memory = replay_memory_new();
    g_autofree uint8_t *much = g_malloc0(REPLAY_PIECES_BYTES);
    uint64_t now;

    g_assert_cmpuint(replay_memory_add(memory, UINT64_MAX - 3, zeros, 16,
                                       true), ==, UINT32_MAX);
    g_assert_cmpuint(replay_memory_add(memory, 0, zeros, 0, true), ==,
                     UINT32_MAX);
    g_assert_cmpuint(replay_memory_add(memory, 0, zeros, 16, true), ==, 0);
    g_assert_cmpuint(replay_memory_add(memory, 0, much, REPLAY_PIECES_BYTES,
                                       true), ==, UINT32_MAX);
    g_assert_cmpuint(replay_memory_add(memory, UINT64_MAX - 16, zeros, 16,
                                       true), ==, 1);
    replay_memory_ready(memory);
    replay_memory_wrote(memory, 0, UINT64_MAX - 3, 4, UINT64_MAX, UINT64_MAX);
    replay_memory_wrote(memory, 0, UINT64_MAX - 7, 8, UINT64_MAX - 4095,
                        UINT64_MAX - 4095);
    g_assert_true(replay_memory_address(memory, UINT64_MAX, &now));
    g_assert_false(replay_memory_address(memory, 0, &now));
}

static const char text[] =
    "VERSION 20070824\n"
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 a\n"
    "MARK 12.000000 vfio-trace: device id=dut0 host=none type=x addresses=host\n"
    "MARK 12.000001 vfio-trace: coverage device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 state=trapped\n"
    "W 4 15.000000 1 0xfeb80000 0x1 0x0 0\n"
    "MARK 15.000000 vfio-trace: ring device=dut0 ring=SQ[0] base=0x1000 count=64 entry=8\n"
    "MARK 15.000001 vfio-trace: entry device=dut0 ring=SQ[0] index=0 at=0x1000 len=8 0050000000000000\n"
    "MARK 15.000001 vfio-trace: data device=dut0 ring=SQ[0] index=0 name=p at=0x5000 len=4 of=4 01020304\n"
    "MARK 15.100000 vfio-trace: irq device=dut0 msi vector=3\n"
    "MARK 15.100001 vfio-trace: watch device=dut0 watch=W on=irq at=0x6000 len=64 lines=1 sum=0x1 state=first\n"
    "MARK 15.100001 vfio-trace: watch-data at=0x6000 aabb\n"
    "MARK 15.100001 vfio-trace: entry device=dut1 ring=SQ[0] index=0 at=0x1000 len=8 0050000000000000\n"
    "MARK 15.100001 vfio-trace: snapshot-data at=0x6000 ccdd\n"
    "R 4 15.200000 1 0xfeb80004 0x1 0x0 0\n"
    "MARK 15.300000 user\n"
    "MARK 15.300001 vfio-trace: entry device=dut0 ring=SQ[0] index=0 at=0x1000 "
    "len=8 0050000000000000\n";

/* An interrupt's memory is written before the interrupt. */
static void test_log(void)
{
    static const struct {
        uint8_t kind;
        uint64_t at;
        uint32_t len;
        bool device;
    } want[] = {
        { REPLAY_EVENT_USER, 0x1000, 8, false },
        { REPLAY_EVENT_USER, 0x5000, 4, false },
        { REPLAY_EVENT_USER, 0x6000, 2, true },
        { REPLAY_EVENT_MSI, 0, 0, false },
    };
    g_autoptr(ReplayLog) log = NULL;
    ReplayAccess access = { .width = 4, .value = 1, .write = true };
    const ReplayEvent *event;
    ReplayPiece piece;
    uint64_t due;
    size_t i;

    log = replay_load_text(text, NULL, NULL);
    g_assert_nonnull(log);
    g_assert_cmpuint(log->left_out, ==, 0);
    replay_access(log->replay, &access);
    g_assert_cmpuint(replay_last_step(log->replay), ==, 0);
    for (i = 0; i < G_N_ELEMENTS(want); i++) {
        event = replay_event(log->replay, 0, &due);
        g_assert_nonnull(event);
        g_assert_cmpint(event->kind, ==, want[i].kind);
        if (want[i].kind == REPLAY_EVENT_USER) {
            g_assert_true(replay_memory_piece(log->memory, event->number,
                                              &piece));
            g_assert_cmphex(piece.at, ==, want[i].at);
            g_assert_cmpuint(piece.len, ==, want[i].len);
            g_assert_cmpint(piece.device, ==, want[i].device);
        }
        replay_event_done(log->replay);
    }
    g_assert_null(replay_event(log->replay, 0, &due));
    access = (ReplayAccess) { .offset = 0x40, .width = 4 };
    replay_access(log->replay, &access);
    g_assert_cmpuint(replay_last_step(log->replay), ==, REPLAY_NO_STEP);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/replay-memory/register", test_register);
    g_test_add_func("/replay-memory/two-pages", test_two_pages);
    g_test_add_func("/replay-memory/ones", test_ones);
    g_test_add_func("/replay-memory/far", test_far);
    g_test_add_func("/replay-memory/halves", test_halves);
    g_test_add_func("/replay-memory/compare", test_compare);
    g_test_add_func("/replay-memory/begin", test_begin);
    g_test_add_func("/replay-memory/translate", test_translate);
    g_test_add_func("/replay-memory/bounds", test_bounds);
    g_test_add_func("/replay-memory/log", test_log);
    return g_test_run();
}
