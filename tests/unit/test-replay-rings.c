/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: rings in a log: who has written an entry, when, and for which one
 * of the driver's
 */
#include "replay-load.h"
#include "libreplay/log.h"
#include "libreplay/rings.h"

#include <glib/gstdio.h>
#include <string.h>

static const char head[] =
    "VERSION 20070824\n"
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 a\n"
    "MARK 12.000000 vfio-trace: device id=dut0 host=none type=x addresses=host\n"
    "MARK 12.000001 vfio-trace: coverage device=dut0 bar=0 map=1 "
    "addr=0xfeb80000 len=0x20000 state=trapped\n";

static ReplayLog *load(const char *first, const char *text)
{
    g_autofree char *all = g_strconcat(head, first, text, NULL);
    ReplayLog *log = replay_load_text(all, NULL, NULL);

    g_assert_nonnull(log);
    return log;
}

/* Ask for all that is due when the driver has written this. */
static char *wrote(ReplayLog *log, uint64_t offset, uint64_t value)
{
    ReplayAccess access = {
        .offset = offset, .value = value, .width = 4, .write = true,
    };
    GString *story = g_string_new(NULL);
    const ReplayEvent *event;
    ReplayPiece piece;
    uint64_t due;

    g_assert_cmpint(replay_access(log->replay, &access), ==, REPLAY_ON_PATH);
    while ((event = replay_event(log->replay, 0, &due))) {
        if (event->kind != REPLAY_EVENT_USER) {
            g_string_append_printf(story, "irq@%u ", (unsigned)(due / 1000));
        } else {
            g_assert_true(replay_memory_piece(log->memory, event->number,
                                              &piece));
            g_string_append_printf(story, "%s%x@%u ",
                                   piece.device ? "device:" : "driver:",
                                   (unsigned)piece.at, (unsigned)(due / 1000));
        }
        replay_event_done(log->replay);
    }
    return g_string_free(story, FALSE);
}

static void expect(ReplayLog *log, uint64_t offset, uint64_t value,
                   const char *want)
{
    g_autofree char *story = wrote(log, offset, value);

    g_assert_cmpstr(story, ==, want);
}

/* Rings, with a first interrupt that shows who writes CQ */
static const char begin[] =
    "W 4 15.000000 1 0xfeb80000 0x1 0x0 0\n"
    "MARK 15.000000 vfio-trace: ring device=dut0 ring=SQ[0] base=0x1000 count=64 entry=8\n"
    "MARK 15.000000 vfio-trace: entry device=dut0 ring=SQ[0] index=0 at=0x1000 len=8 0050000000000000\n"
    "MARK 15.000100 vfio-trace: irq device=dut0 msi vector=0\n"
    "MARK 15.000100 vfio-trace: ring device=dut0 ring=CQ[0] base=0x2000 count=64 entry=8\n"
    "MARK 15.000100 vfio-trace: entry device=dut0 ring=CQ[0] index=0 at=0x2000 len=8 0000000000000000\n"
    "MARK 15.000100 vfio-trace: data device=dut0 ring=CQ[0] index=0 name=d at=0x5000 len=4 of=4 01020304\n"
    "W 4 15.000200 1 0xfeb80004 0x1 0x0 0\n"
    "W 4 15.000300 1 0xfeb80000 0x2 0x0 0\n"
    "MARK 15.000300 vfio-trace: entry device=dut0 ring=SQ[0] index=1 "
    "at=0x1008 len=8 0060000000000000\n";

/* An entry is written after its data: who looks finds both. */
static void test_data_first(void)
{
    g_autoptr(ReplayLog) log = load(begin, "");

    expect(log, 0, 1, "driver:1000@0 device:5000@100 device:2000@100 "
                      "irq@100 ");
}

/* The driver has found an entry without an interrupt, and says so. */
static void test_polled(void)
{
    static const struct {
        const char *write;
        uint64_t value;
    } cases[] = {
        { "0x2", 2 },               /* an index */
        { "0x2010", 0x2010 },       /* an address */
        { "0x2018", 0x2018 },       /* with flags */
        { "0xffff0000", 0xffff0000 },   /* nothing that is known */
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "W 4 15.000400 1 0xfeb80004 %s 0x0 0\n"
            "MARK 15.000401 vfio-trace: entry device=dut0 ring=CQ[0] index=1 at=0x2008 len=8 0100000000000000\n"
            "MARK 15.000401 vfio-trace: data device=dut0 ring=CQ[0] index=1 name=l[0] at=0x6000 len=4 of=4 01020304\n"
            "MARK 15.000401 vfio-trace: data device=dut0 ring=CQ[0] index=1 name=l[0].d at=0x7000 len=4 of=4 01020304\n",
            cases[i].write);
        g_autoptr(ReplayLog) log = load(begin, text);

        g_free(wrote(log, 0, 1));
        expect(log, 4, 1, "");
        expect(log, 0, 2, "driver:1008@0 driver:6000@50 device:7000@50 "
                          "device:2008@50 ");
        expect(log, 4, cases[i].value, "");
    }
}

/* It has looked at memory, and then done other things before it says so. */
static void test_polled_before(void)
{
    g_autoptr(ReplayLog) log = load(begin,
        "R 4 15.000310 1 0xfeb80008 0x1 0x0 0\n"
        "R 4 15.000510 1 0xfeb80008 0x1 0x0 0\n"
        "R 4 15.000520 1 0xfeb80008 0x1 0x0 0\n"
        "W 4 15.000530 1 0xfeb80004 0x2 0x0 0\n"
        "MARK 15.000531 vfio-trace: entry device=dut0 ring=CQ[0] index=1 at=0x2008 len=8 0100000000000000\n");
    ReplayAccess access = { .offset = 8, .width = 4 };
    const ReplayEvent *event;
    uint64_t due;

    g_free(wrote(log, 0, 1));
    expect(log, 4, 1, "");
    expect(log, 0, 2, "driver:1008@0 ");
    replay_access(log->replay, &access);
    event = replay_event(log->replay, 0, &due);
    g_assert_nonnull(event);
    g_assert_cmpint(event->kind, ==, REPLAY_EVENT_USER);
    g_assert_cmpuint(due, ==, 100000);
}

/* The interrupt had come before the driver has found two entries. */
static void test_interrupt(void)
{
    g_autoptr(ReplayLog) log = load(begin,
        "MARK 15.000360 vfio-trace: irq device=dut0 msi vector=0\n"
        "MARK 15.000360 vfio-trace: entry device=dut0 ring=CQ[0] index=1 at=0x2008 len=8 0100000000000000\n"
        "W 4 15.000400 1 0xfeb80004 0x3 0x0 0\n"
        "MARK 15.000401 vfio-trace: entry device=dut0 ring=CQ[0] index=2 at=0x2010 len=8 0100000000000000\n");

    g_free(wrote(log, 0, 1));
    expect(log, 4, 1, "");
    expect(log, 0, 2, "driver:1008@0 device:2008@60 device:2010@60 irq@60 ");
}

/* The driver has not taken it yet: it says how far it is. */
static void test_not_seen(void)
{
    g_autoptr(ReplayLog) log = load(begin,
        "W 4 15.000400 1 0xfeb80004 0x1 0x0 0\n"
        "MARK 15.000401 vfio-trace: entry device=dut0 ring=CQ[0] index=1 at=0x2008 len=8 0100000000000000\n"
        "MARK 15.000500 vfio-trace: irq device=dut0 msi vector=0\n");

    g_free(wrote(log, 0, 1));
    expect(log, 4, 1, "");
    expect(log, 0, 2, "driver:1008@0 ");
    expect(log, 4, 1, "device:2008@1 irq@100 ");
}

/* Rings that nothing says are the device's are the driver's. */
static void test_driver(void)
{
    g_autoptr(ReplayLog) log = load("",
        "W 4 15.000000 1 0xfeb80000 0x1 0x0 0\n"
        "W 4 15.000100 1 0xfeb80004 0x2 0x0 0\n"
        "MARK 15.000101 vfio-trace: ring device=dut0 ring=CQ[0] base=0x2000 count=64 entry=8\n"
        "MARK 15.000101 vfio-trace: entry device=dut0 ring=CQ[0] index=1 at=0x2008 len=8 0100000000000000\n");

    expect(log, 0, 1, "");
    expect(log, 4, 2, "driver:2008@1 ");
}

/* The log says it, though there is neither a read nor an interrupt. */
static void test_by_device(void)
{
    g_autoptr(ReplayLog) log = load("",
        "W 4 15.000000 1 0xfeb80000 0x1 0x0 0\n"
        "W 4 15.000100 1 0xfeb80004 0x2 0x0 0\n"
        "MARK 15.000101 vfio-trace: ring device=dut0 ring=CQ[0] base=0x2000 count=64 entry=8 by=device\n"
        "MARK 15.000101 vfio-trace: entry device=dut0 ring=CQ[0] index=1 at=0x2008 len=8 0100000000000000\n");

    expect(log, 0, 1, "device:2008@50 ");
    expect(log, 4, 2, "");
}

/* What the driver numbers its commands with, and what the log's did */
static uint16_t token(unsigned n, bool log)
{
    return log ? n * 7 + 100 : n * 3 + 9000;
}

/* Each command has an answer, which repeats its number. */
static char *commands(unsigned n)
{
    GString *text = g_string_new(
        "MARK 12.000002 vfio-trace: ring device=dut0 ring=SQ[0] base=0x1000 count=64 entry=8\n"
        "MARK 12.000002 vfio-trace: ring device=dut0 ring=CQ[0] base=0x2000 count=64 entry=8\n");
    unsigned i;

    for (i = 0; i < n; i++) {
        unsigned number = GUINT16_SWAP_LE_BE(token(i, true));

        g_string_append_printf(text,
            "W 4 15.%06u 1 0xfeb80000 0x%x 0x0 0\n"
            "MARK 15.%06u vfio-trace: entry device=dut0 ring=SQ[0] index=%u at=0x%x len=8 0600%04x00000000\n"
            "MARK 15.%06u vfio-trace: irq device=dut0 msi vector=0\n"
            "MARK 15.%06u vfio-trace: entry device=dut0 ring=CQ[0] index=%u at=0x%x len=8 %02x0000000000%04x\n",
            i, i + 1, i, i, 0x1000 + 8 * i, number, i, i, i, 0x2000 + 8 * i,
            i % 4, number);
    }
    return g_string_free(text, FALSE);
}

static void test_echo(void)
{
    g_autofree char *text = commands(12);
    g_autoptr(ReplayLog) log = load("", text);
    unsigned i;

    for (i = 0; i < 12; i++) {
        uint8_t now[8] = { 6 };
        uint8_t answer[8];
        ReplayPiece piece;

        now[2] = token(i, false);
        now[3] = token(i, false) >> 8;
        g_assert_true(replay_memory_piece(log->memory, 2 * i, &piece));
        replay_memory_compare(log->memory, &piece, now);
        g_assert_true(replay_memory_piece(log->memory, 2 * i + 1, &piece));
        replay_memory_translate(log->memory, &piece, answer);
        g_assert_cmpuint(answer[6] | answer[7] << 8, ==, token(i, false));
        g_assert_cmpuint(answer[0], ==, i % 4);
    }
}

/* Behind a write to config space, before the first step: it stays there. */
static void test_no_step(void)
{
    static const char before[] =
        "MARK 12.000002 vfio-trace: coverage device=dut0 config map=7 "
        "addr=0x0 len=0x1000 state=trapped\n"
        "MARK 14.000000 vfio-trace: config W width=2 map=7 offset=0x4 value=0x7\n"
        "MARK 14.000001 vfio-trace: entry device=dut0 ring=CQ[0] index=0 "
        "at=0x2000 len=8 0000000000000000\n";
    g_autoptr(ReplayLog) log = load(before, begin);
    ReplayTotals totals;
    ReplayPiece piece;

    replay_totals(log->replay, &totals);
    g_assert_cmpuint(totals.steps, >, 0);
    g_assert_true(replay_memory_piece(log->memory, 0, &piece));
    g_assert_cmphex(piece.at, ==, 0x2000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/replay-rings/data-first", test_data_first);
    g_test_add_func("/replay-rings/polled", test_polled);
    g_test_add_func("/replay-rings/polled-before", test_polled_before);
    g_test_add_func("/replay-rings/interrupt", test_interrupt);
    g_test_add_func("/replay-rings/not-seen", test_not_seen);
    g_test_add_func("/replay-rings/driver", test_driver);
    g_test_add_func("/replay-rings/by-device", test_by_device);
    g_test_add_func("/replay-rings/echo", test_echo);
    g_test_add_func("/replay-rings/no-step", test_no_step);
    return g_test_run();
}
