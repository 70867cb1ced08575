/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libreplay learns a device from a log
 */
#include "replay-load.h"
#include "libreplay/log.h"
#include "libreplay/space.h"

#include <glib/gstdio.h>
#include <string.h>

static const char log_text[] =
    "VERSION 20070824\n"
    "PCIDEV 0028 808610d3 17 feb80000 0 c041 0 0 0 feb40000 20000 0 20 0 0 0 40000 vfio-pci\n"
    "MARK 12.000000 vfio-trace: device id=dut0 host=0000:00:05.0 type=vfio-pci-trace addresses=host\n"
    "MARK 12.000001 vfio-trace: coverage device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 state=trapped\n"
    "MARK 12.000002 vfio-trace: coverage device=dut0 bar=2 map=2 addr=0xc040 len=0x20 state=trapped\n"
    "MARK 12.000003 vfio-trace: coverage device=dut0 rom map=3 addr=0xfeb40000 len=0x40000 state=trapped\n"
    "MARK 12.000004 vfio-trace: coverage device=dut0 config map=4 addr=0x0 len=0x1000 state=trapped\n"
    "MARK 13.000000 vfio-trace: config R width=4 map=4 offset=0x0 value=0x10d38086\n"
    "MARK 13.000001 vfio-trace: config W width=2 map=4 offset=0x4 value=0x7\n"
    "MARK 13.000002 vfio-trace: config R width=4 map=4 offset=0x4 value=0x100007\n"
    "R 2 13.000003 3 0xfeb40000 0xaa55 0x0 0\n"
    "R 1 13.000003 3 0xfeb40004 0xeb 0x0 0\n"
    "MARK 13.000004 loading the driver\n"
    "W 4 14.000000 1 0xfeb800d8 0xffffffff 0x0 0\n"
    "R 4 14.000010 1 0xfeb80008 0x80080783 0x0 0\n"
    "W 1 14.000020 2 0xc044 0x12 0x0 0\n"
    "MARK 14.500000 vfio-trace: irq device=dut0 msix vector=2\n"
    "MARK 14.500001 vfio-trace: irq device=dut0 intx=B level=1\n"
    "MARK 14.600000 vfio-trace: irq device=other msi vector=0\n"
    "MARK 15.000000 vfio-trace: reset device=dut0 kind=flr\n"
    "R 4 16.000000 1 0xfeb80008 0x80080780 0x0 0\n";

static ReplayOutcome read_at(Replay *replay, unsigned region, uint64_t offset,
                             uint64_t value)
{
    ReplayAccess access = { .region = region, .offset = offset, .width = 4 };
    ReplayOutcome outcome = replay_access(replay, &access);

    g_assert_cmphex(access.value, ==, value);
    return outcome;
}

static void test_load(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ReplayLog) log = replay_load_text(log_text, NULL, &error);
    ReplayTotals totals;
    ReplayAccess access;

    g_assert_no_error(error);
    g_assert_cmpstr(log->device, ==, "dut0");
    g_assert_true(log->has_pci);
    g_assert_cmphex(log->pci.vendor, ==, 0x8086);
    g_assert_cmphex(log->pci.device, ==, 0x10d3);
    g_assert_cmphex(log->pci.size[0], ==, 0x20000);
    g_assert_cmphex(log->pci.start[2], ==, 0xc041);
    replay_totals(log->replay, &totals);
    g_assert_cmpuint(totals.steps, ==, 4);
    g_assert_cmpuint(totals.events, ==, 2);
    g_assert_true(replay_step(log->replay, 2, &access));
    g_assert_cmpuint(access.region, ==, 2);
    g_assert_cmphex(access.offset, ==, 4);
    g_assert_cmpuint(access.width, ==, 1);
    g_assert_cmpuint(access.line, ==, 16);
    g_assert_false(replay_step(log->replay, 4, &access));
}

static void test_config(void)
{
    g_autoptr(ReplayLog) log = replay_load_text(log_text, "dut0", NULL);
    static const uint8_t rom[] = { 0x55, 0xaa, 0xff, 0xff, 0xeb };

    g_assert_cmpmem(log->config, 4, "\x86\x80\xd3\x10", 4);
    g_assert_true(log->config_known[3]);
    /* It was written before it was read. */
    g_assert_false(log->config_known[4]);
    g_assert_true(log->config_known[6]);
    g_assert_cmphex(log->config[6], ==, 0x10);
    g_assert_cmpmem(log->rom->data, log->rom->len, rom, sizeof(rom));
}

static void test_events(void)
{
    g_autoptr(ReplayLog) log = replay_load_text(log_text, NULL, NULL);
    ReplayAccess write = {
        .offset = 0xd8, .value = 0xffffffff, .width = 4, .write = true,
    };
    ReplayAccess port = {
        .region = 2, .offset = 4, .value = 0x12, .width = 1, .write = true,
        .ns = 100,
    };
    const ReplayEvent *event;
    uint64_t due;

    replay_access(log->replay, &write);
    g_assert_cmpint(read_at(log->replay, 0, 8, 0x80080783), ==,
                    REPLAY_ON_PATH);
    g_assert_null(replay_event(log->replay, 0, &due));
    replay_access(log->replay, &port);
    event = replay_event(log->replay, 100, &due);
    g_assert_cmpint(event->kind, ==, REPLAY_EVENT_MSIX);
    g_assert_cmpuint(event->number, ==, 2);
    g_assert_cmpuint(due, ==, 100 + 499980000);
    replay_event_done(log->replay);
    event = replay_event(log->replay, 100, &due);
    g_assert_cmpint(event->kind, ==, REPLAY_EVENT_INTX);
    g_assert_cmpuint(event->number, ==, 1);
    g_assert_cmpuint(event->level, ==, 1);
    /* The reset of the log is the next begin. */
    replay_reset(log->replay);
    g_assert_cmpint(read_at(log->replay, 0, 8, 0x80080780), ==,
                    REPLAY_ON_PATH);
}

static const char two_devices[] =
    "VERSION 20070824\n"
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 a\n"
    "PCIDEV 0030 80861533 17 feb00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 b\n"
    "W 4 14.000000 1 0xfeb80000 0x1 0x0 0\n"
    "W 4 14.000000 2 0xfeb00000 0x2 0x0 0\n";

static void test_devices(void)
{
    g_autoptr(GError) error = NULL;
    ReplayLog *log = replay_load_text(two_devices, NULL, &error);
    ReplayAccess access;

    g_assert_null(log);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_nonnull(strstr(error->message, "several devices"));
    g_clear_error(&error);

    log = replay_load_text(two_devices, "8086:1533", &error);
    g_assert_no_error(error);
    g_assert_cmphex(log->pci.device, ==, 0x1533);
    g_assert_true(replay_step(log->replay, 0, &access));
    g_assert_cmphex(access.value, ==, 2);
    g_assert_false(replay_step(log->replay, 1, &access));
    replay_log_free(log);
}

static void test_errors(void)
{
    static const struct {
        const char *text;
        const char *device;
    } cases[] = {
        { "", NULL },
        { "no trace\n", NULL },
        { "VERSION 20070824\n", NULL },
        { log_text, "nothing" },
    };
    g_autoptr(GError) missing = NULL;
    size_t i;

    g_assert_null(replay_log_load("/nonexistent/log", NULL, &missing));
    g_assert_nonnull(missing);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(replay_load_text(cases[i].text, cases[i].device, &error));
        g_assert_nonnull(error);
        g_assert_cmpstr(error->message, !=, "");
    }
}

/* Offsets, widths and numbers that no device has */
static void test_hostile(void)
{
    static const char text[] =
        "VERSION 20070824\n"
        "PCIDEV 0028 808610d3 17 0 0 0 0 0 0 0 ffffffffffffffff 0 0 0 0 0 0 a\n"
        "MARK 12.0 x\n"
        "MARK 12.000000 vfio-trace: device id=dut0 host=none type=x addresses=host\n"
        "MARK 12.000001 vfio-trace: coverage device=dut0 bar=0 map=1 addr=0x0 len=0xffffffffffffffff state=trapped\n"
        "MARK 12.000001 vfio-trace: coverage device=dut0 rom map=2 addr=0x0 len=0xffffffffffffffff state=trapped\n"
        "MARK 12.000001 vfio-trace: coverage device=dut0 config map=3 addr=0x0 len=0xffffffffffffffff state=trapped\n"
        "R 4 14.000000 1 0xfffffffffffffffe 0x1 0x0 0\n"
        "R 4 14.000000 2 0xfffffffffffffffe 0x1 0x0 0\n"
        "R 8 14.000000 2 0xffffff 0x1 0x0 0\n"
        "MARK 14.000001 vfio-trace: config R width=4 map=3 offset=0xfffffffffffffffe value=0x1\n"
        "MARK 14.000001 vfio-trace: config R width=4 map=3 offset=0xffc value=0x1\n"
        "MARK 14.000002 vfio-trace: irq device=dut0 msi vector=99999999999999999999\n"
        "MARK 14.000002 vfio-trace: irq device=dut0 intx=Z level=7\n"
        "R 4 13.000000 1 0x10 0x1 0x0 0\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(ReplayLog) log = replay_load_text(text, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(log->left_out, >, 0);
    g_assert_null(log->rom);
    g_assert_cmphex(log->config[0xffc], ==, 1);
    g_assert_cmpint(read_at(log->replay, 0, 0x10, 1), ==, REPLAY_ON_PATH);
}

/* What is written to the MSI-X table is not part of the path. */
static void test_msix(void)
{
    static const char text[] =
        "VERSION 20070824\n"
        "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 a\n"
        "MARK 12.000000 vfio-trace: device id=dut0 host=none type=x addresses=host\n"
        "MARK 12.000001 vfio-trace: coverage device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 state=trapped\n"
        "MARK 12.000001 vfio-trace: coverage device=dut0 config map=2 addr=0x0 len=0x1000 state=trapped\n"
        "MARK 14.000001 vfio-trace: config R width=1 map=2 offset=0x34 value=0x40\n"
        "MARK 14.000001 vfio-trace: config R width=2 map=2 offset=0x40 value=0x5009\n"
        "MARK 14.000001 vfio-trace: config R width=4 map=2 offset=0x50 value=0x40011\n"
        "MARK 14.000001 vfio-trace: config R width=4 map=2 offset=0x54 value=0x1000\n"
        "MARK 14.000001 vfio-trace: config R width=4 map=2 offset=0x58 value=0x2000\n"
        "W 4 15.000000 1 0xfeb80ffc 0x1 0x0 0\n"
        "W 4 15.000000 1 0xfeb8100c 0x1 0x0 0\n"
        "W 4 15.000000 1 0xfeb8104c 0x1 0x0 0\n"
        "W 4 15.000000 1 0xfeb81050 0x1 0x0 0\n"
        "R 8 15.000000 1 0xfeb82000 0x1 0x0 0\n"
        "R 4 15.000000 1 0xfeb82008 0x1 0x0 0\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(ReplayLog) log = replay_load_text(text, NULL, &error);
    static const uint64_t left[] = { 0xffc, 0x1050, 0x2008 };
    ReplayAccess access;
    size_t i;

    g_assert_no_error(error);
    g_assert_cmphex(replay_space_capability(log, 0x11), ==, 0x50);
    g_assert_cmphex(replay_space_capability(log, 0x05), ==, 0);
    for (i = 0; i < G_N_ELEMENTS(left); i++) {
        g_assert_true(replay_step(log->replay, i, &access));
        g_assert_cmphex(access.offset, ==, left[i]);
    }
    g_assert_false(replay_step(log->replay, i, &access));
}

/* No driver reads where the pending bits are: the tracer says it. */
static void test_pending(void)
{
    static const char text[] =
        "VERSION 20070824\n"
        "PCIDEV 0028 808610d3 17 feb80000 0 0 febe0000 0 0 0 20000 0 0 4000 0 0 0 a\n"
        "MARK 12.000000 vfio-trace: device id=dut0 host=none type=x addresses=host\n"
        "MARK 12.000001 vfio-trace: coverage device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 state=trapped\n"
        "MARK 12.000001 vfio-trace: coverage device=dut0 config map=2 addr=0x0 len=0x1000 state=trapped\n"
        "%s"
        "MARK 14.000001 vfio-trace: config R width=1 map=2 offset=0x34 value=0x50\n"
        "MARK 14.000001 vfio-trace: config R width=4 map=2 offset=0x50 value=0x40011\n"
        "MARK 14.000001 vfio-trace: config R width=4 map=2 offset=0x54 value=0x3\n"
        "R 4 15.000000 1 0xfeb80000 0x1 0x0 0\n";
    static const struct {
        const char *mark;
        uint8_t first, second;
    } cases[] = {
        { "MARK 12.000001 vfio-trace: coverage device=dut0 bar=3 map=3 "
          "addr=0xfebe2000 len=0x8 state=emulated by=msix-pba\n",
          0x03, 0x20 },
        { "", 0x53, 0x00 },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *all = g_strdup_printf(text, cases[i].mark);
        g_autoptr(ReplayLog) log = replay_load_text(all, NULL, NULL);

        g_assert_true(log->config_known[0x58]);
        g_assert_cmphex(log->config[0x58], ==, cases[i].first);
        g_assert_cmphex(log->config[0x59], ==, cases[i].second);
    }
}

/* Accesses without a PCIDEV line are in as many BARs as there are places. */
static void test_guessed_bars(void)
{
    static const char text[] =
        "R 4 14.000000 1 0xd7120000 0x1 0x0 0\n"
        "R 4 14.000001 1 0x697c00000010 0x3 0x0 0\n"
        "R 4 14.000001 1 0xd7e00010 0x2 0x0 0\n";
    static const ReplayAccess want[] = {
        { .region = 0, .offset = 0x120000 },
        { .region = 1, .offset = 0x10 },
        { .region = 0, .offset = 0xe00010 },
    };
    g_autoptr(ReplayLog) log = replay_load_text(text, NULL, NULL);
    ReplayAccess access;
    size_t i;

    g_assert_nonnull(log);
    g_assert_cmphex(log->pci.size[0], ==, 0x1000000);
    g_assert_cmphex(log->pci.start[0] & 0xf, ==, 0);
    g_assert_cmphex(log->pci.size[1], ==, 0x1000);
    g_assert_cmphex(log->pci.start[1] & 0xf, ==, 0xc);
    g_assert_cmphex(log->pci.size[2], ==, 0);
    for (i = 0; i < G_N_ELEMENTS(want); i++) {
        g_assert_true(replay_step(log->replay, i, &access));
        g_assert_cmpuint(access.region, ==, want[i].region);
        g_assert_cmphex(access.offset, ==, want[i].offset);
    }
    g_assert_false(replay_step(log->replay, i, &access));
}

/* QEMU's log of a region says its number, and not its size. */
static void test_sized_bars(void)
{
    static const char text[] =
        "1026@1782511012.732808:vfio_region_read  "
        "(0000:09:00.0:region0+0x4, 4) = 0x80\n"
        "1026@1782511012.732809:vfio_region_write  "
        "(0000:09:00.0:region2+0x1ffc, 0x10, 4)\n"
        "1026@1782511012.732810:vfio_region_write  "
        "(0000:09:00.0:region2+0x2000, 0x10, 4)\n";
    g_autoptr(ReplayLog) log = replay_load_text(text, NULL, NULL);
    ReplayTotals totals;

    g_assert_nonnull(log);
    replay_totals(log->replay, &totals);
    g_assert_cmpuint(totals.steps, ==, 3);
    g_assert_cmphex(log->pci.size[0], ==, 0x1000);
    g_assert_cmphex(log->pci.size[1], ==, 0);
    g_assert_cmphex(log->pci.size[2], ==, 0x4000);
}

/* Places all over the memory are no BARs. */
static void test_no_bars(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ReplayLog) log = NULL;
    int i;

    for (i = 1; i < 9; i++) {
        g_string_append_printf(text, "R 4 14.000000 1 0x%d0000000 0x1 0x0 0\n",
                               i);
    }
    log = replay_load_text(text->str, NULL, NULL);
    g_assert_nonnull(log);
    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        g_assert_cmphex(log->pci.size[i], ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/replay-log/load", test_load);
    g_test_add_func("/replay-log/config", test_config);
    g_test_add_func("/replay-log/events", test_events);
    g_test_add_func("/replay-log/devices", test_devices);
    g_test_add_func("/replay-log/errors", test_errors);
    g_test_add_func("/replay-log/msix", test_msix);
    g_test_add_func("/replay-log/pending", test_pending);
    g_test_add_func("/replay-log/guessed-bars", test_guessed_bars);
    g_test_add_func("/replay-log/sized-bars", test_sized_bars);
    g_test_add_func("/replay-log/no-bars", test_no_bars);
    g_test_add_func("/replay-log/hostile", test_hostile);
    return g_test_run();
}
