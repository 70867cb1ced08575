/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert --to ctf
 *
 * babeltrace2 reads what was written; without it, most tests are skipped.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "ctf-read.h"
#include "export-log.h"
#include "run-tool.h"
#include "tools/export/ctf-record.h"
#include "timeline-log.h"

/* More events than a packet has */
#define MANY 40000

/* What is said of the hostile log's times */
#define LATE "with an earlier time than the one before, shown at its time: 2\n"

static char *events_of(const char *text, gssize len, const char *word)
{
    g_autofree char *path = ctf_convert(text, len, word);

    return ctf_read(path, "--clock-cycles");
}

static unsigned count(const char *text, const char *part)
{
    unsigned n = 0;

    for (; (text = strstr(text, part)); text += strlen(part)) {
        n++;
    }
    return n;
}

/* A number in the first line of stat --json */
static unsigned stat_number(const char *log, const char *name)
{
    g_autoptr(ToolRun) run = run_tool(log, "stat", "--json", "-", NULL);
    g_autofree char *key = g_strdup_printf("\"%s\": ", name);
    const char *at = strstr(run->out, key);

    g_assert_nonnull(at);
    return atoi(at + strlen(key));
}

static void assert_counts(const char *events, const char *log)
{
    g_assert_cmpuint(count(events, ":read: {"), ==, stat_number(log, "reads"));
    g_assert_cmpuint(count(events, ":write: {"), ==,
                     stat_number(log, "writes"));
    g_assert_cmpuint(count(events, ":unknown: {"), ==,
                     stat_number(log, "unknown"));
}

/* Each entry, in the log's order, with the fields that it has */
static void test_events(void)
{
    g_autofree char *events = NULL;

    if (!ctf_have_reader()) {
        return;
    }
    events = events_of(TIMELINE_LOG, -1, NULL);
    assert_counts(events, TIMELINE_LOG);
    g_assert_cmpstr(events, ==,
        "[00000000001000000000] tracer:log: { format = 1, qemu = \"10.0.0\", "
        "extra = \"cpu+ns\", line = 2 }\n"
        "[00000000001000000000] pcidev: { text = \"PCIDEV 0028 808610d3 17 "
        "feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 vfio-pci\", line = 3 }\n"
        "[00000000001000000000] tracer:device: { id = \"dut0\", "
        "host = \"0000:00:05.0\", type = \"vfio-pci-trace\", "
        "addresses = \"host\", line = 4 }\n"
        "[00000000001000000000] tracer:coverage: { device = \"dut0\", "
        "region = \"bar=0\", map = 1, addr = 0xFEB80000, len = 0x20000, "
        "state = \"trapped\", line = 5 }\n"
        "[00000000001000000000] tracer:coverage: { device = \"dut0\", "
        "region = \"config\", map = 2, addr = 0x0, len = 0x1000, "
        "state = \"trapped\", line = 6 }\n"
        "[00000000001000001000] dut0:bar0:map: { address = 0xFEB80000, "
        "length = 0x20000, line = 7 }\n"
        "[00000000001000002000] dut0:bar0:write: { offset = 0x0, "
        "value = 0x40, width = 4, cpu = 0, line = 8 }\n"
        "[00000000001000002500] dut0:bar0:read: { offset = 0x8, "
        "value = 0x40, width = 4, cpu = 1, line = 9 }\n"
        "[00000000001000003500] dut0:bar0:read: { offset = 0x8, "
        "value = 0x40, width = 4, cpu = 1, line = 10 }\n"
        "[00000000001000004500] dut0:bar0:read: { offset = 0x8, "
        "value = 0x41, width = 4, cpu = 1, line = 11 }\n"
        "[00000000001000004500] tracer:irq: { device = \"dut0\", "
        "message = \"msix\", vector = 3, line = 12 }\n"
        "[00000000001000005000] mark: { "
        "text = \"link, \\\"up\\\"\", line = 13 }\n"
        "[00000000001000006999] dut0:bar0:write: { offset = 0xC, "
        "value = 0x783, width = 2, pc = 0xFFFFFFFF81000000, line = 14 }\n"
        "[00000000001000006999] dut0:config:read: { offset = 0x0, "
        "value = 0x8086, width = 2, cpu = 0, line = 15 }\n"
        "[00000000001000007000] tracer:vm: { state = \"paused\", "
        "reason = \"io-error\", line = 16 }\n"
        "[00000000001500000000] tracer:vm: { state = \"running\", "
        "paused_ns = 499993000, line = 17 }\n"
        "[00000000001500001000] dut0:bar0:unknown: { offset = 0x10, "
        "pc = 0xFFFFFFFF81000000, line = 18 }\n"
        "[00000000001500002000] dut0:bar0:read: { offset = 0x18, "
        "value = 0xFFFFFFFFFFFFFFFF, width = 8, cpu = 0, line = 19 }\n"
        "[00000000001500003000] tracer:end: { line = 20 }\n");
}

/* Fields of marks by the table of marks; what it does not know is a text. */
static void test_marks(void)
{
    static const char *const rows[][2] = {
        { "backtrace map=1 pc=0x10 0x20 0x30",
          "tracer:backtrace: { map = 1, pc = 0x10, addrs = \"0x20 0x30\"," },
        { "snapshot-data at=0x1000 00ff10",
          "tracer:snapshot-data: { at = 0x1000, data = \"00ff10\"," },
        { "entry device=dut0 ring=tx index=7 at=0x1000 len=2 beef",
          "tracer:entry: { device = \"dut0\", ring = \"tx\", index = 7, "
          "at = 0x1000, len = 2, data = \"beef\"," },
        { "irq device=dut0 intx=A level=1",
          "tracer:irq: { device = \"dut0\", intx = \"A\", level = 1," },
        { "guest-mark origin=isa port=0x5e4 text=a b = \"c\"",
          "] guest-mark: { origin = \"isa\", port = \"0x5e4\", "
          "text = \"a b = \\\"c\\\"\"," },
        { "irq device=dut0 msix vector=3 later=1",
          "tracer:irq: { device = \"dut0\", message = \"msix\", vector = 3, "
          "text = \"vfio-trace: irq device=dut0 msix vector=3 later=1\"," },
        { "irq vector=x",
          "tracer:irq: { text = \"vfio-trace: irq vector=x\"," },
        { "of-tomorrow a=1",
          "tracer:other: { text = \"vfio-trace: of-tomorrow a=1\"," },
        { "irq", "tracer:irq: { line = " },
        { "", "tracer:other: { text = \"vfio-trace: \"," },
    };
    g_autoptr(GString) log = g_string_new(TIMELINE_HEAD);
    g_autofree char *events = NULL;
    size_t i;

    if (!ctf_have_reader()) {
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_string_append_printf(log, "MARK 1.000002 vfio-trace: %s\n",
                               rows[i][0]);
    }
    events = events_of(log->str, log->len, NULL);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_contains(events, rows[i][1]);
    }
}

static void test_other_lines(void)
{
    static const char log[] = TIMELINE_HEAD
        "UNMAP 1.000002 1 0x0 0\n"
        "MARK 0.000000 Lost 12 events.\n"
        "LSPCI 00:05.0 VGA \"card\"\r\n"
        "R 4 1.000004 9 0x1000 0x1 0x0 0\n";
    g_autofree char *events = NULL;

    if (!ctf_have_reader()) {
        return;
    }
    events = events_of(log, -1, "entries without a time");
    assert_contains(events, "] dut0:bar0:unmap: { line = 8 }");
    assert_contains(events, "] lost: { count = 12, line = 9 }");
    assert_contains(events,
                    "] lspci: { text = \"LSPCI 00:05.0 VGA \\\"card\\\"\", "
                    "line = 10 }");
    assert_contains(events, "] mem:read: { offset = ");
}

/* Entries without times at the begin, and an access with a latency */
static void test_begin(void)
{
    static const char log[] =
        "VERSION 20070824\n"
        "PCIDEV 0100 808610d3 b feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 nic\n"
        "MARK 0.000000 Lost 3 events.\n"
        "R 4 7.000001 1 0xfeb80008 0x1 0x0 0 latency=1234\n"
        "MARK 7.000001 Lost 3 events.\n";
    g_autofree char *events = NULL;

    if (!ctf_have_reader()) {
        return;
    }
    events = events_of(log, -1, "entries without a time");
    assert_contains(events, "[00000000007000001000] pcidev: ");
    assert_contains(events, "[00000000007000001000] lost: ");
    assert_contains(events, "[00000000007000001000] 01:00.0:bar0:read: { "
                    "offset = 0x8, value = 0x1, width = 4, latency = 1234, "
                    "line = 4 }\n");
}

/* Nothing of a mark gets out of its field, and it is printable. */
static void test_hostile(void)
{
    g_autofree char *events = NULL;
    g_autofree char *more = NULL;
    const char *p;

    if (!ctf_have_reader()) {
        return;
    }
    events = events_of(TIMELINE_HOSTILE, -1, LATE);
    assert_counts(events, TIMELINE_HOSTILE);
    assert_contains(events, "text = \"$end $enddefinitions $end "
                    "#99999999999 b1 !\", line = 9 }\n");
    assert_contains(events, "\\\\n \\\\x41 %s%n\", line = 10 }\n");
    assert_contains(events, "DROP TABLE marks; --\", line = 11 }\n");
    assert_contains(events, "cpu = 4294967294, line = 12 }\n");
    more = events_of(EXPORT_HOSTILE, -1, NULL);
    assert_counts(more, EXPORT_HOSTILE);
    g_assert_cmpuint(count(more, "] mark: {"), ==, 6);
    for (p = more; *p; p++) {
        g_assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
    }
}

/* A mark with any byte that a line can have, and a long one */
static void test_bytes(void)
{
    g_autoptr(GString) log = g_string_new(TIMELINE_HEAD "MARK 1.000002 <");
    g_autofree char *events = NULL;
    unsigned i;

    if (!ctf_have_reader()) {
        return;
    }
    /* a line has neither zero bytes nor carriage returns */
    for (i = 1; i < 256; i++) {
        if (i != '\n' && i != '\r') {
            g_string_append_c(log, i);
        }
    }
    g_string_append(log, ">\nMARK 1.000003 ");
    for (i = 0; i < 900; i++) {
        g_string_append_c(log, 'a' + i % 26);
    }
    g_string_append(log, "\nR 4 1.000004 1 0xfeb80008 0x1 0x0 0\n");
    events = events_of(log->str, log->len, NULL);
    g_assert_cmpuint(count(events, "] mark: {"), ==, 2);
    assert_contains(events, "!\\\"#$%&\\'()*+,-./0123456789:;<=>");
    assert_contains(events, "efghijklmnop\", line = 9 }\n");
    g_assert_cmpuint(count(events, ":read: {"), ==, 1);
}

/* Names of devices and of files are anything, in other formats. */
static void test_names(void)
{
    static const char *const text =
        "vfio_region_read  (0000:01:00.0:region0+0x8, 4) = 0x1\n"
        "vfio_region_write  (a\"};\\x41 env { \xc3\xa9" "9:region0+0x8, "
        "0x1, 4)\n";
    g_autofree char *log = temp_file("a\"; } env { x = \"\\x41 \xc3\xa9" "9\n",
                                     text, -1);
    g_autofree char *path = ctf_convert_file(log, "");
    g_autofree char *events = NULL;

    if (!ctf_have_reader()) {
        return;
    }
    events = ctf_read(path, "--clock-cycles");
    assert_contains(events, "] 0000:01:00.0:bar0:read: { offset = 0x8, ");
    g_assert_cmpuint(count(events, ":write: {"), ==,
                     stat_number(text, "writes"));
}

/* The log says when its times are 0: readers show the time of day. */
static void test_clock(void)
{
    g_autofree char *path = NULL;
    g_autofree char *events = NULL;

    if (!ctf_have_reader()) {
        return;
    }
    path = ctf_convert("VERSION 20070824\n"
                   "MARK 21.727240 vfio-trace: log format=1 qemu=10.0.13\n"
                   "MARK 21.727628 vfio-trace: clock monotonic=21.727413688 "
                   "realtime=1795974022.615951653\n"
                   "MARK 24.000000 here\n", -1, NULL);
    events = ctf_read(path, "--clock-seconds");
    assert_contains(events, "[1795974024.888537965] mark: ");
    g_clear_pointer(&events, g_free);
    events = ctf_read(path, "--clock-cycles");
    assert_contains(events, "[00000000024000000000] mark: ");
}

/* Times that can not be: those of the log are shown. */
static void test_no_clock(void)
{
    static const char *const words[] = {
        "monotonic=21.7 realtime=20.0",
        "monotonic=21.7 realtime=99999999999999999999.0",
        "monotonic=21.7 realtime=9000000000.000000000",
        "monotonic=-1.0 realtime=5.0",
        "monotonic=1.0",
        "monotonic=1.0 realtime=.",
        "monotonic=1.0 realtime=5.0000000001",
    };
    size_t i;

    if (!ctf_have_reader()) {
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *log = g_strdup_printf(
            "VERSION 20070824\nMARK 1.000000 vfio-trace: clock %s\n"
            "MARK 24.000000 here\n", words[i]);
        g_autofree char *path = ctf_convert(log, -1, NULL);
        g_autofree char *events = ctf_read(path, "--clock-seconds");

        assert_contains(events, "[24.000000000] mark: ");
    }
}

/* Times near the end of what readers take, counted from the epoch, too */
static void test_late(void)
{
    g_autofree char *path = NULL;
    g_autofree char *events = NULL;

    if (!ctf_have_reader()) {
        return;
    }
    path = ctf_convert("VERSION 20070824\n"
                   "MARK 1.000000 vfio-trace: clock monotonic=1.000000000 "
                   "realtime=4600000000.000000000\n"
                   "MARK 9223372036.000000 late\n"
                   "MARK 18446744073.000000 later\n", -1, NULL);
    events = ctf_read(path, "--clock-seconds");
    g_assert_cmpuint(count(events, "[4611686018.427387902] mark: "), ==, 2);
}

/* Several packets, as many events as stat counts, and little memory */
static void test_many(void)
{
    g_autoptr(GString) log = export_log(MANY);
    g_autofree char *events = NULL;

    if (!ctf_have_reader()) {
        return;
    }
    events = events_of(log->str, log->len, NULL);
    assert_counts(events, log->str);
}

/* As many kinds of events as there are regions, not as there are accesses */
static void test_devices(void)
{
    g_autoptr(GString) log = g_string_new(NULL);
    g_autofree char *path = NULL;
    g_autofree char *metadata = NULL;
    g_autofree char *text = NULL;
    g_autofree char *events = NULL;
    unsigned i;

    if (!ctf_have_reader()) {
        return;
    }
    for (i = 0; i < 6000; i++) {
        g_string_append_printf(log, "vfio_region_read  (0000:%02x:%02x.0:"
                               "region%u+0x%x, 4) = 0x%x\n", i % 100, i % 3,
                               i % 6, i, i);
    }
    path = ctf_convert(log->str, log->len, "without a time");
    metadata = g_build_filename(path, "metadata", NULL);
    g_assert_true(g_file_get_contents(metadata, &text, NULL, NULL));
    g_assert_cmpuint(count(text, "event {"), ==, 300);
    events = ctf_read(path, "--clock-cycles");
    assert_counts(events, log->str);
    assert_contains(events, "0000:63:02.0:bar5:read: { offset = 0x176F, "
                    "value = 0x176F, width = 4, line = 6000 }\n");
}

/* Regions and marks beyond what is declared: the memory has a limit. */
static void test_too_many(void)
{
    g_autoptr(GString) log = g_string_new(NULL);
    g_autofree char *path = NULL;
    g_autofree char *metadata = NULL;
    g_autofree char *text = NULL;
    g_autofree char *events = NULL;
    unsigned i;

    if (!ctf_have_reader()) {
        return;
    }
    for (i = 0; i < CTF_EVENTS_MAX + 2; i++) {
        g_string_append_printf(log, "memory_region_ops_read cpu 3 mr 0x5 addr "
                               "0x%x value 0x%x size 4 name 'r%u'\n", i, i, i);
    }
    path = ctf_convert(log->str, log->len, "without a time");
    metadata = g_build_filename(path, "metadata", NULL);
    g_assert_true(g_file_get_contents(metadata, &text, NULL, NULL));
    g_assert_cmpuint(count(text, "event {"), ==, CTF_EVENTS_MAX + 1);
    events = ctf_read(path, "--clock-cycles");
    assert_contains(events, "r4095:read: { offset = 0xFFF, value = 0xFFF, "
                    "width = 4, cpu = 3, line = 4096 }\n");
    assert_contains(events, "other: { event = \"r4097:read\", text = "
                    "\"offset = 0x1001, value = 0x1001, width = 4, cpu = 3\", "
                    "line = 4098 }\n");
}

static void test_empty(void)
{
    g_autofree char *events = NULL;
    g_autofree char *log = temp_file("log.mmt", TIMELINE_LOG, -1);
    g_autofree char *out = ctf_path("empty");
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "-o", out, log,
                                      "--from", "99", NULL);

    g_assert_cmpint(run->status, ==, 0);
    if (!ctf_have_reader()) {
        return;
    }
    events = ctf_read(out, "--clock-cycles");
    g_assert_cmpstr(events, ==, "");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/ctf/events", test_events);
    g_test_add_func("/export/ctf/marks", test_marks);
    g_test_add_func("/export/ctf/other-lines", test_other_lines);
    g_test_add_func("/export/ctf/begin", test_begin);
    g_test_add_func("/export/ctf/hostile", test_hostile);
    g_test_add_func("/export/ctf/bytes", test_bytes);
    g_test_add_func("/export/ctf/names", test_names);
    g_test_add_func("/export/ctf/clock", test_clock);
    g_test_add_func("/export/ctf/no-clock", test_no_clock);
    g_test_add_func("/export/ctf/late", test_late);
    g_test_add_func("/export/ctf/many", test_many);
    g_test_add_func("/export/ctf/devices", test_devices);
    g_test_add_func("/export/ctf/too-many", test_too_many);
    g_test_add_func("/export/ctf/empty", test_empty);
    status = g_test_run();
    temp_clean();
    return status;
}
