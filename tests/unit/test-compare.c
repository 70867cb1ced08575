/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace compare
 *
 * data/oracle.mmt and data/log.mmt have the same accesses as seen from inside
 * and from outside; every case changes a few lines of either.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run-tool.h"
#include "sanitized.h"

/* A change: a line's number and its new text; "" deletes it. */
typedef struct {
    unsigned line;
    const char *text;
} Edit;

typedef struct {
    const char *name;
    const char *option;
    Edit oracle[4];
    Edit log[6];
    int status;
    const char *summary;
    const char *says[4];
} Case;

#define ALL_THERE "oracle 19 accesses, log 21: 0 missing, 0 different, "

static const Case cases[] = {
    { "golden", NULL, { { 0 } }, { { 0 } }, 0,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)",
      { "note: 2 accesses to I/O ports, which mmiotrace never sees, left "
        "out\n" } },
    { "contiguous", "--contiguous", { { 0 } }, { { 0 } }, 0,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)", { NULL } },
    { "exact", "--exact", { { 0 } }, { { 0 } }, 1,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)",
      { "  +                   8  R 4 BAR0+0x00008  0x80080783\n",
        "  +                  35  R 4 BAR0+0x00008  0xffffffff\n" } },
    { "exact-equal", "--exact", { { 0 } },
      { { 8, "" }, { 35, "" }, { 36, "" } }, 0,
      "oracle 19 accesses, log 19: 0 missing, 0 different, 0 extra "
      "(0 before, 0 between, 0 after)", { NULL } },
    { "extras", NULL, { { 0 } },
      { { 3, "MARK 1033.000001 vfio-trace: log format=1 qemu=10.0.0 "
          "extra=cpu+ns pc=on" },
        { 13, "W 4 1041.103790 1 0xf0080100 0x0 0xffffffff81000000 0 cpu=1 "
          "ns=1041.103790123" },
        { 14, "R 4 1041.103853 1 0xf0080008 0x80080783 0x10 0 cpu=- "
          "ns=1041.103853000" } }, 0,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)", { NULL } },
    { "missing", NULL, { { 0 } }, { { 13, "" } }, 1,
      "oracle 19 accesses, log 20: 1 missing, 0 different, 2 extra "
      "(1 before, 0 between, 1 after)",
      { "  -         9            W 4 BAR0+0x00100  0x0\n",
        "            8        12  W 4 BAR0+0x000d8  0xffffffff\n",
        "           10        13  R 4 BAR0+0x00008  0x80080783\n" } },
    { "missing-first", NULL, { { 0 } }, { { 8, "" }, { 11, "" } }, 1,
      "oracle 19 accesses, log 19: 1 missing, 0 different, 1 extra "
      "(0 before, 0 between, 1 after)",
      { "  -         7            R 4 BAR0+0x00008  0x80080783\n" } },
    { "missing-last", NULL, { { 0 } }, { { 30, "" } }, 1,
      NULL, { NULL } },
    { "missing-msix", NULL, { { 0 } }, { { 25, "" } }, 1,
      "oracle 19 accesses, log 20: 1 missing, 0 different, 2 extra "
      "(1 before, 0 between, 1 after)",
      { "  -        22            R 4 BAR3+0x0000c  0x1\n" } },
    { "missing-poll", NULL, { { 0 } }, { { 19, "" } }, 1,
      "oracle 19 accesses, log 20: 1 missing, 0 different, 2 extra "
      "(1 before, 0 between, 1 after)", { "BAR0+0x05b58  0x0\n" } },
    { "value", NULL, { { 0 } },
      { { 17, "R 4 1041.104090 1 0xf0080000 0x4140241 0x0 0" } }, 1,
      "oracle 19 accesses, log 21: 0 missing, 1 different, 2 extra "
      "(1 before, 0 between, 1 after)",
      { "  -        13            R 4 BAR0+0x00000  0x4140240\n"
        "  +                  17  R 4 BAR0+0x00000  0x4140241\n" } },
    { "width", NULL, { { 0 } },
      { { 28, "R 4 1041.107011 1 0xf0080012 0x4010 0x0 0" } }, 1,
      "oracle 19 accesses, log 21: 1 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)", { NULL } },
    { "offset", NULL, { { 0 } },
      { { 13, "W 4 1041.103790 1 0xf0080104 0x0 0x0 0" } }, 1,
      "oracle 19 accesses, log 21: 1 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)", { NULL } },
    { "direction", NULL, { { 0 } },
      { { 13, "R 4 1041.103790 1 0xf0080100 0x0 0x0 0" } }, 1,
      "oracle 19 accesses, log 21: 1 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)", { NULL } },
    { "bar", NULL, { { 0 } },
      { { 13, "W 4 1041.103790 2 0xf00a0100 0x0 0x0 0" } }, 1,
      "oracle 19 accesses, log 21: 1 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)",
      { "note: 1 access to BAR1 of 8086:10d3 (00:05.0) between the oracle's "
        "is in " } },
    { "reordered", NULL, { { 0 } },
      { { 12, "W 4 1041.103711 1 0xf0080100 0x0 0x0 0" },
        { 13, "W 4 1041.103790 1 0xf00800d8 0xffffffff 0x0 0" } }, 1,
      "oracle 19 accesses, log 21: 1 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)", { "      (out of order? " } },
    { "between", NULL, { { 0 } },
      { { 14, "R 4 1041.103853 1 0xf0080008 0x80080783 0x0 0\n"
          "R 4 1041.103854 4 0xf00c0010 0x5 0x0 0" } }, 0,
      "oracle 19 accesses, log 22: 0 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)",
      { "note: 1 access to BAR3 of 8086:10d3 (00:05.0) between the oracle's "
        "is in " } },
    { "between-contiguous", "--contiguous", { { 0 } },
      { { 14, "R 4 1041.103853 1 0xf0080008 0x80080783 0x0 0\n"
          "R 4 1041.103854 4 0xf00c0010 0x5 0x0 0" } }, 1,
      "oracle 19 accesses, log 22: 0 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)",
      { "  +                  15  R 4 BAR3+0x00010  0x5\n" } },
    /* A port with the number of a BAR's address, and its value */
    { "port-collision", NULL, { { 0 } },
      { { 2, "PCIDEV 0028 808610d3 1b e000 0 e001 f00c0000 0 0 0 20 0 20 4000 "
          "0 0 0 vfio-pci" },
        { 4, "MAP 1033.400000 1 0xe000 0xfeb80000 0x20 0x0 0" },
        { 5, "" },
        { 6, "MAP 1033.400000 3 0xe000 0xc040 0x20 0x0 0" },
        { 8, "R 4 1034.000001 1 0xe008 0x80080783 0x0 0" },
        { 11, "R 4 1041.103602 3 0xe008 0x80080783 0x0 0" } }, 1,
      NULL, { "note: 3 accesses to I/O ports, which mmiotrace never sees, "
              "left out\n" } },
    { "lost-mark", NULL, { { 11, "MARK 0.000000 Lost 5 events." } }, { { 0 } },
      1, "oracle 19 accesses, log 21: 0 missing, 0 different, 2 extra "
      "(1 before, 0 between, 1 after)",
      { "error: ", "/oracle.mmt itself is incomplete: it has lost 5 events\n" }
    },
    { "lost-cpu", NULL, { { 11, "CPU:0 [LOST 7 EVENTS]" } }, { { 0 } }, 1,
      NULL, { "/oracle.mmt itself is incomplete: it has lost 7 events\n" } },
    { "lost-unknown", NULL, { { 11, "CPU:0 [LOST EVENTS]" } }, { { 0 } }, 1,
      NULL, { "/oracle.mmt itself is incomplete: it has lost events\n" } },
    { "lost-ours", NULL, { { 0 } }, { { 15, "MARK 0.000000 Lost 5 events." } },
      0, NULL, { "note: ", "/log.mmt itself is incomplete: it has lost 5 "
                 "events\n" } },
    { "bad-access", NULL, { { 9, "W 4 41.103790 1 0xfeb80100 0x0 0x0" } },
      { { 0 } }, 1, NULL,
      { "/oracle.mmt:9:35: PID is missing: the line ends (1 such line; try "
        "'vfio-trace check')\n" } },
    { "bad-mark", NULL, { { 11, "MARK 41.104000 two\nlines\nmore" } }, { { 0 } },
      0, NULL, { "note: ", "/oracle.mmt:12: 'lines' is not a line of a log (2 "
                 "such lines left out)\n" } },
    { "bad-mark-ours", NULL, { { 0 } },
      { { 15, "MARK 1041.103900 two\nl\x01\xff" } }, 0, NULL,
      { "/log.mmt:16: 'l\\001\\377' is not a line of a log (1 such line left "
        "out)\n" } },
    { "bad-pcidev", NULL,
      { { 3, "PCIDEV 0010 12341111 0 fd000008 0 febd4000 0 0 0 febc0000" } },
      { { 0 } }, 1, NULL, { "error: ", "/oracle.mmt:3:" } },
    { "bad-pcidev-ours", NULL, { { 0 } }, { { 3, "PCIDEV\t0030" } }, 1, NULL,
      { "error: ", "/log.mmt:3:" } },
    { "bad-map", NULL, { { 0 } },
      { { 5, "MAP 1033.400000 2 0xf00a0000 0xfeba0000 20000 0x0 0" } }, 1,
      NULL, { "error: ", "/log.mmt:5:" } },
    /* REX.W C7: 8 bytes, logged as 4 with bytes of the next instruction */
    { "rex-w", NULL, { { 9, "W 4 41.103790 1 0xfeb80100 0x80000001 0x0 0" } },
      { { 13, "W 8 1041.103790 1 0xf0080100 0xffffffff80000001 0x0 0" } }, 0,
      NULL, { "note: 1 8-byte store was logged as 4 bytes by the kernel, a "
              "known fault of its decoder (REX.W C7)\n" } },
    { "rex-w-garbage", NULL,
      { { 9, "W 4 41.103790 1 0xfeb80100 0x48c3c94800000001 0x0 0" } },
      { { 13, "W 8 1041.103790 1 0xf0080100 0x1 0x0 0" } }, 0, NULL,
      { "note: 1 8-byte store was logged as 4 bytes by the kernel" } },
    { "rex-w-other", NULL,
      { { 9, "W 4 41.103790 1 0xfeb80100 0x80000001 0x0 0" } },
      { { 13, "W 8 1041.103790 1 0xf0080100 0x80000001 0x0 0" } }, 1,
      "oracle 19 accesses, log 21: 1 missing, 0 different, 3 extra "
      "(1 before, 1 between, 1 after)", { NULL } },
    { "sib", NULL, { { 12, "W 4 41.104011 1 0xfeb80000 0x14024010 0x0 0" } },
      { { 0 } }, 1, NULL, { "a SIB byte" } },
    { "sign-extended", NULL,
      { { 24, "R 1 41.107000 1 0xfeb80010 0xffffff80 0x0 0" } }, { { 0 } }, 0,
      NULL, { "note: 1 read was logged sign-extended by the kernel, a known "
              "fault of its decoder\n" } },
    { "unknown", NULL,
      { { 26, "UNKNOWN 41.107022 1 0xfeb83800 0f,7f,00 0x0 0" } }, { { 0 } },
      0, NULL, { "note: 1 UNKNOWN record was compared by address only\n" } },
    { "unknown-elsewhere", NULL,
      { { 26, "UNKNOWN 41.107022 1 0xfeb83808 0f,7f,00 0x0 0" } }, { { 0 } },
      1, NULL, { "  -        26            UNKNOWN BAR0+0x03808\n" } },
    { "elsewhere", NULL,
      { { 11, "R 4 41.104000 1 0xfed00000 0x1 0x0 0" } }, { { 0 } }, 0, NULL,
      { "note: 1 access of ", "/oracle.mmt, from line 11 on, left out: not in "
        "a BAR of any device\n" } },
    /* Another device of the guest, which our log does not trace */
    { "other-device", NULL,
      { { 11, "R 4 41.104000 1 0xfd000000 0x1 0x0 0\n"
          "R 4 41.104001 1 0xfd000000 0x1 0x0 0" } }, { { 0 } }, 1,
      "oracle 21 accesses, log 21: 2 missing, 0 different, 2 extra (1 before, "
      "0 between, 1 after)",
      { "note: 2 accesses to 1234:1111 (00:02.0) in ",
        "/oracle.mmt are to a device that ",
        "/log.mmt does not have (--device can leave it out)\n" } },
    { "other-device-left-out", "--device=8086:10D3",
      { { 11, "R 4 41.104000 1 0xfd000000 0x1 0x0 0" } }, { { 0 } }, 0,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)", { NULL } },
    { "other-device-left-out-bdf", "--device=00:05.0",
      { { 11, "R 4 41.104000 1 0xfd000000 0x1 0x0 0" } }, { { 0 } }, 0,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)", { NULL } },
    { "device", "--device=8086:10d3", { { 0 } }, { { 0 } }, 0,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)", { NULL } },
    { "device-bdf", "--device=0000:00:05.0", { { 0 } }, { { 0 } }, 0,
      ALL_THERE "2 extra (1 before, 0 between, 1 after)", { NULL } },
    { "limits", "--max-differences=1", { { 0 } }, { { 13, "" }, { 25, "" } }, 1,
      NULL, { "  -         9 ", "  ... and 1 more (--max-differences)\n" } },
    { "no-context", "--context=0", { { 0 } }, { { 13, "" } }, 1, NULL,
      { "/log.mmt)\n"
        "  -         9            W 4 BAR0+0x00100  0x0\n"
        "note: " } },
};

/* A log with its changes, and the number of its accesses if @count. */
static char *edited(const char *name, const Edit *edits, size_t n)
{
    g_autofree char *path = g_build_filename(TEST_DATA_DIR, name, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    unsigned number;
    size_t k;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(text, "\n", -1);
    for (number = 1; lines[number - 1] && *lines[number - 1]; number++) {
        const char *line = lines[number - 1];

        for (k = 0; k < n; k++) {
            if (edits[k].line == number) {
                line = edits[k].text;
            }
        }
        if (*line) {
            g_string_append_printf(out, "%s\n", line);
        }
    }
    return temp_file(name, out->str, out->len);
}

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *oracle = edited("oracle.mmt", c->oracle,
                                     G_N_ELEMENTS(c->oracle));
    g_autofree char *log = edited("log.mmt", c->log, G_N_ELEMENTS(c->log));
    g_autoptr(ToolRun) run =
        c->option ? run_tool(NULL, "compare", c->option, oracle, log, NULL) :
        run_tool(NULL, "compare", oracle, log, NULL);
    const char *summary = strstr(run->out, "\noracle ");
    size_t i;

    g_test_message("%s", run->out);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, c->status);
    summary = summary ? summary + 1 : run->out;
    g_assert_true(g_str_has_prefix(summary, "oracle "));
    if (c->summary) {
        g_autofree char *expected = g_strconcat(c->summary, "\n", NULL);

        /* The last line has the result. */
        g_assert_cmpstr(summary, ==, expected);
    }
    for (i = 0; i < G_N_ELEMENTS(c->says) && c->says[i]; i++) {
        assert_contains(run->out, c->says[i]);
    }
}

/* A log compared with itself: every memory access, nothing else */
static void test_itself(void)
{
    const char *log = TEST_DATA_DIR "/log.mmt";
    g_autoptr(ToolRun) run = run_tool(NULL, "compare", log, log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "oracle 21 accesses, log 21: 0 missing, 0 "
                    "different, 0 extra (0 before, 0 between, 0 after)\n");
}

static void test_stdin(void)
{
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) both = NULL;

    g_assert_true(g_file_get_contents(TEST_DATA_DIR "/log.mmt", &text, NULL,
                                      NULL));
    run = run_tool(text, "compare", TEST_DATA_DIR "/oracle.mmt", "-", NULL);
    g_assert_cmpint(run->status, ==, 0);
    both = run_tool(text, "compare", "-", "-", NULL);
    g_assert_cmpint(both->status, ==, 2);
}

/*
 * Two devices of one kind, in a different order on the host than in the guest:
 * their addresses tell them apart.  Then without the addresses.
 */
static void test_two_devices(void)
{
    static const char oracle[] =
        "VERSION 20070824\n"
        "PCIDEV 0018 808610d3 0 fea00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "PCIDEV 0020 808610d3 0 feb00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "R 4 1.000000 1 0xfea00000 0x1 0x0 0\n"
        "R 4 1.000001 2 0xfeb00000 0x2 0x0 0\n"
        "W 4 1.000002 1 0xfea00004 0x3 0x0 0\n";
    static const char head[] =
        "VERSION 20070824\n"
        "PCIDEV 0300 808610d3 0 f0000000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n"
        "PCIDEV 0400 808610d3 0 f1000000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n";
    static const char maps[] =
        "MAP 5.000000 1 0xf0000000 0xfeb00000 0x20000 0x0 0\n"
        "MAP 5.000000 2 0xf1000000 0xfea00000 0x20000 0x0 0\n";
    static const char swapped[] =
        "R 4 6.000000 2 0xf1000000 0x1 0x0 0\n"
        "R 4 6.000001 1 0xf0000000 0x2 0x0 0\n"
        "W 4 6.000002 2 0xf1000004 0x3 0x0 0\n";
    static const char straight[] =
        "R 4 6.000000 2 0xf0000000 0x1 0x0 0\n"
        "R 4 6.000001 1 0xf1000000 0x2 0x0 0\n"
        "W 4 6.000002 2 0xf0000004 0x3 0x0 0\n";
    g_autofree char *oracle_path = temp_file("two-oracle.mmt", oracle, -1);
    g_autofree char *a = g_strconcat(head, maps, swapped, NULL);
    g_autofree char *b = g_strconcat(head, straight, NULL);
    g_autofree char *c = g_strconcat(head, swapped, NULL);
    g_autoptr(ToolRun) mapped = run_tool(a, "compare", oracle_path, "-", NULL);
    g_autoptr(ToolRun) in_order = run_tool(b, "compare", oracle_path, "-",
                                           NULL);
    g_autoptr(ToolRun) wrong = run_tool(c, "compare", oracle_path, "-", NULL);
    g_autoptr(ToolRun) one = run_tool(a, "compare", "-d", "04:00.0",
                                      oracle_path, "-", NULL);

    g_assert_cmpint(mapped->status, ==, 0);
    assert_contains(mapped->out, "oracle 3 accesses, log 3: 0 missing, 0 "
                    "different, 0 extra");
    g_assert_cmpint(in_order->status, ==, 0);
    g_assert_cmpint(wrong->status, ==, 1);
    assert_contains(wrong->out, "03:00.0 R 4 BAR0+0x00000");
    g_assert_cmpint(one->status, ==, 0);
    assert_contains(one->out, "oracle 2 accesses, log 2: 0 missing");
}

/*
 * Two devices of one kind in the guest, one of them in our log: it is the one
 * that the guest used; if it used both, one is missing.
 */
static void test_one_of_two(void)
{
    static const char head[] =
        "VERSION 20070824\n"
        "PCIDEV 0018 808610d3 0 fea00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "PCIDEV 0020 808610d3 0 feb00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "R 4 1.000001 2 0xfeb00000 0x2 0x0 0\n";
    static const char log[] =
        "VERSION 20070824\n"
        "PCIDEV 0300 808610d3 0 f0000000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n";
    static const char mapped[] =
        "MAP 5.000000 1 0xf0000000 0xfeb00000 0x20000 0x0 0\n";
    static const char access[] = "R 4 6.000000 1 0xf0000000 0x2 0x0 0\n";
    g_autofree char *used_path = temp_file("used-oracle.mmt", head, -1);
    g_autofree char *both = g_strconcat(head, "W 4 1.000002 1 0xfea00004 0x3 "
                                        "0x0 0\n", NULL);
    g_autofree char *both_path = temp_file("both-oracle.mmt", both, -1);
    g_autofree char *a = g_strconcat(log, access, NULL);
    g_autofree char *b = g_strconcat(log, mapped, access, NULL);
    g_autoptr(ToolRun) used = run_tool(a, "compare", used_path, "-", NULL);
    g_autoptr(ToolRun) one = run_tool(b, "compare", both_path, "-", NULL);
    g_autoptr(ToolRun) ids = run_tool(b, "compare", "-d", "8086:10d3",
                                      both_path, "-", NULL);
    g_autoptr(ToolRun) bdf = run_tool(b, "compare", "-d", "03:00.0",
                                      both_path, "-", NULL);

    g_assert_cmpint(used->status, ==, 0);
    assert_contains(used->out, "oracle 1 accesses, log 1: 0 missing");
    g_assert_cmpint(one->status, ==, 1);
    assert_contains(one->out, "error: 1 access to 8086:10d3 (00:03.0) in ");
    assert_contains(one->out, " is to one more such device than <stdin> has\n");
    assert_contains(one->out, "oracle 2 accesses, log 1: 1 missing");
    g_assert_cmpint(ids->status, ==, 1);
    assert_contains(ids->out, "error: 1 access to 8086:10d3 (00:03.0) in ");
    g_assert_cmpint(bdf->status, ==, 0);
    assert_contains(bdf->out, "oracle 1 accesses, log 1: 0 missing");
}

/*
 * QEMU's trace events have neither addresses nor IDs: the device can only be
 * the one that the oracle used.  Config space is not compared.
 */
static void test_qemu(void)
{
    static const char oracle[] =
        "VERSION 20070824\n"
        "PCIDEV 0010 12341111 0 fd000008 0 0 0 0 0 0 1000000 0 0 0 0 0 0 x\n"
        "PCIDEV 0018 808610d3 0 fea00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "R 4 1.000000 1 0xfea00008 0x1 0x0 0\n"
        "W 4 1.000001 1 0xfea00010 0x2 0x0 0\n";
    static const char log[] =
        "qemu-system-x86_64: -device vfio-pci: a warning\n"
        "vfio_region_read  (0000:01:00.0:region0+0x4, 4) = 0x7\n"
        "vfio_pci_read_config  (0000:01:00.0, @0x0, len=0x4) 0x10d38086\n"
        "vfio_region_read  (0000:01:00.0:region0+0x8, 4) = 0x1\n"
        "vfio_region_write  (0000:01:00.0:region0+0x10, 0x2, 4)\n";
    g_autofree char *oracle_path = temp_file("qemu-oracle.mmt", oracle, -1);
    g_autofree char *log_path = temp_file("qemu-log.txt", log, -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "compare", oracle_path, log_path,
                                      NULL);
    g_autoptr(ToolRun) itself = run_tool(NULL, "compare", log_path, log_path,
                                         NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "oracle 2 accesses, log 3: 0 missing, 0 "
                    "different, 1 extra (1 before, 0 between, 0 after)\n");
    assert_contains(run->out, "is not a line of a log (1 such line left out)");
    g_assert_cmpint(itself->status, ==, 0);
    assert_contains(itself->out, "oracle 3 accesses, log 3: 0 missing, 0 "
                    "different, 0 extra");
}

/*
 * Which device is which is known only at the end of our log: files are compared
 * again, a pipe can not be.
 */
static void test_late_map(void)
{
    enum { LEN = 70000 };
    static const char oracle_head[] =
        "VERSION 20070824\n"
        "PCIDEV 0018 808610d3 0 fea00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "PCIDEV 0020 808610d3 0 feb00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n";
    static const char log_head[] =
        "VERSION 20070824\n"
        "PCIDEV 0300 808610d3 0 f0000000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n"
        "PCIDEV 0400 808610d3 0 f1000000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n";
    g_autoptr(GString) oracle = g_string_new(oracle_head);
    g_autoptr(GString) log = g_string_new(log_head);
    g_autofree char *oracle_path = NULL;
    g_autofree char *log_path = NULL;
    g_autoptr(ToolRun) files = NULL;
    g_autoptr(ToolRun) pipe = NULL;
    unsigned i;

    for (i = 0; i < LEN; i++) {
        g_string_append_printf(oracle, "W 4 1.000001 1 0x%x 0x%x 0x0 0\n",
                               i % 2 ? 0xfea00000 : 0xfeb00010, i);
        g_string_append_printf(log, "W 4 1.000001 1 0x%x 0x%x 0x0 0\n",
                               i % 2 ? 0xf1000000 : 0xf0000010, i);
    }
    g_string_append(log, "MAP 5.000000 1 0xf0000000 0xfeb00000 0x20000 0x0 0\n"
                    "MAP 5.000000 2 0xf1000000 0xfea00000 0x20000 0x0 0\n");
    oracle_path = temp_file("late-oracle.mmt", oracle->str, oracle->len);
    log_path = temp_file("late-log.mmt", log->str, log->len);
    files = run_tool(NULL, "compare", oracle_path, log_path, NULL);
    g_assert_cmpint(files->status, ==, 0);
    assert_contains(files->out, "oracle 70000 accesses, log 70000: 0 missing");
    pipe = run_tool(log->str, "compare", oracle_path, "-", NULL);
    g_assert_cmpint(pipe->status, ==, 2);
    assert_contains(pipe->err, "is known only at the end of the logs");
}

/* A last line without a newline may be incomplete, even if it parses. */
static void test_cut(void)
{
    static const char *const tails[] = {
        "R 4 1050.000000 1 0xf0080", "MARK 1050.000000 x",
        "R 4 1050.000000 1 0xf0080008 0x1 0x0 0", "noise",
    };
    const char *log = TEST_DATA_DIR "/log.mmt";
    g_autofree char *text = NULL;
    size_t i;

    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    for (i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *cut = g_strconcat(text, tails[i], NULL);
        g_autoptr(ToolRun) ours = run_tool(cut, "compare", log, "-", NULL);
        g_autoptr(ToolRun) theirs = run_tool(cut, "compare", "-", log, NULL);
        const char *error = "error: <stdin>:38: the log ends without a "
                            "newline: its last line is cut off\n";

        g_assert_cmpint(ours->status, ==, 1);
        assert_contains(ours->out, error);
        g_assert_cmpint(theirs->status, ==, 1);
        assert_contains(theirs->out, error);
    }
}

static void test_nothing_to_compare(void)
{
    const char *log = TEST_DATA_DIR "/log.mmt";
    g_autofree char *silent = temp_file("silent.mmt", "VERSION 20070824\n"
        "PCIDEV 0018 808610d3 0 fea00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n",
        -1);
    g_autofree char *other = temp_file("other.mmt", "VERSION 20070824\n"
        "PCIDEV 0018 10de2204 0 fea00000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n",
        -1);
    g_autoptr(ToolRun) none = run_tool(NULL, "compare", silent, log, NULL);
    g_autoptr(ToolRun) differ = run_tool(NULL, "compare", other, log, NULL);
    g_autoptr(ToolRun) filter = run_tool(NULL, "compare", "-d", "10de:2204",
                                         TEST_DATA_DIR "/oracle.mmt", log,
                                         NULL);

    /* An oracle without accesses proves nothing. */
    g_assert_cmpint(none->status, ==, 1);
    assert_contains(none->out, "has no access to compare\n");
    g_assert_cmpint(differ->status, ==, 2);
    assert_contains(differ->err, "no device (PCIDEV) is in both");
    g_assert_cmpint(filter->status, ==, 2);
    assert_contains(filter->err, "no device 10de:2204 is in both");
}

/* A frame buffer console's half a million accesses, one of them wrong */
static void test_long(void)
{
    enum { LEN = 500000 };
    g_autoptr(GString) oracle = g_string_new(
        "VERSION 20070824\n"
        "PCIDEV 0010 12341111 0 fd000008 0 0 0 0 0 0 1000000 0 0 0 0 0 0 x\n");
    g_autoptr(GString) log = g_string_new(
        "VERSION 20070824\n"
        "PCIDEV 0028 12341111 0 e0000008 0 0 0 0 0 0 1000000 0 0 0 0 0 0 x\n"
        "MAP 1.000000 1 0xe0000000 0xfd000000 0x1000000 0x0 0\n");
    g_autofree char *oracle_path = NULL;
    g_autofree char *log_path = NULL;
    g_autofree char *bad_path = NULL;
    g_autoptr(ToolRun) good = NULL;
    g_autoptr(ToolRun) bad = NULL;
    g_autoptr(ToolRun) check = NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(20070824);
    gint64 start;
    unsigned i;

    for (i = 0; i < LEN; i++) {
        unsigned offset = i * 8 % 0x1000000;
        unsigned value = g_rand_int_range(rand, 0, 3);
        unsigned usec = i % 1000000;

        g_string_append_printf(oracle, "W 8 2.%06u 1 0x%x 0x%x 0x0 0\n", usec,
                               0xfd000000 + offset, value);
        g_string_append_printf(log, "W 8 9.%06u 1 0x%x 0x%x 0x0 0\n", usec,
                               0xe0000000 + offset, value);
    }
    oracle_path = temp_file("long-oracle.mmt", oracle->str, oracle->len);
    log_path = temp_file("long-log.mmt", log->str, log->len);
    g_string_append(oracle, "R 4 3.000000 1 0xfd000000 0x77 0x0 0\n");
    bad_path = temp_file("long-bad.mmt", oracle->str, oracle->len);

    start = g_get_monotonic_time();
    good = run_tool(NULL, "compare", oracle_path, log_path, NULL);
    g_test_message("contained: %.2f s",
                   (g_get_monotonic_time() - start) / 1e6);
    g_assert_cmpint(good->status, ==, 0);
    assert_contains(good->out, "oracle 500000 accesses, log 500000: 0 missing"
                    ", 0 different, 0 extra");

    start = g_get_monotonic_time();
    bad = run_tool(NULL, "compare", bad_path, log_path, NULL);
    g_test_message("not: %.2f s", (g_get_monotonic_time() - start) / 1e6);
    g_assert_cmpint(bad->status, ==, 1);
    assert_contains(bad->out, "oracle 500001 accesses, log 500000: 1 missing"
                    ", 0 different, 0 extra");

    start = g_get_monotonic_time();
    check = run_tool(NULL, "check", log_path, NULL);
    g_test_message("check: %.2f s", (g_get_monotonic_time() - start) / 1e6);
    g_assert_cmpint(check->status, ==, 0);
}

static void test_usage(void)
{
    static const struct {
        const char *args[5];
        const char *err;
    } uses[] = {
        { { "compare", "a" }, "ORACLE and LOG are needed" },
        { { "compare", "a", "b", "c" }, "ORACLE and LOG are needed" },
        { { "compare", "-c", "-1", "a", "b" }, "--context must be" },
        { { "compare", "/nonexistent/o", "/nonexistent/l" },
          "/nonexistent/o: can not open" },
        { { "compare", TEST_DATA_DIR "/oracle.mmt", "/nonexistent/l" },
          "/nonexistent/l: can not open" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(uses); i++) {
        const char *args[G_N_ELEMENTS(uses[i].args) + 1] = { NULL };
        g_autoptr(ToolRun) run = NULL;

        memcpy(args, uses[i].args, sizeof(uses[i].args));
        run = run_toolv(NULL, args);
        assert_contains(run->err, uses[i].err);
        g_assert_cmpint(run->status, ==, 2);
    }
}

/* An old limit, which scripts may still set */
static void test_max_accesses(void)
{
    g_autofree char *log = g_build_filename(TEST_DATA_DIR, "log.mmt", NULL);
    g_autoptr(ToolRun) few = run_tool(NULL, "compare", "--max-accesses=20",
                                      log, log, NULL);
    g_autoptr(ToolRun) none = run_tool(NULL, "compare", "-a", "0", log, log,
                                       NULL);

    g_assert_cmpint(few->status, ==, 0);
    g_assert_cmpint(none->status, ==, 0);
}

/* A log's lines: blocks that are written, then lines that poll */
static void write_log(const char *path, const char *head, uint64_t base,
                      unsigned accesses, unsigned wrong)
{
    FILE *file = fopen(path, "w");
    unsigned i;

    g_assert_nonnull(file);
    fputs(head, file);
    for (i = 0; i < accesses; i++) {
        unsigned value = i % 64 < 40 ? i / 7 : 0;

        value ^= wrong && i % wrong == wrong / 2 ? 0x80000000 : 0;
        fprintf(file, "%c 4 2.%06u 1 0x%" PRIx64 " 0x%x 0x0 0\n",
                i % 64 < 40 ? 'W' : 'R', i % 1000000,
                base + (i % 64 < 40 ? i * 4 % 0x100000 : 0x100000), value);
    }
    g_assert_cmpint(fclose(file), ==, 0);
}

/* KiB that a comparison of two logs needed at most */
static long peak_of(const char *oracle, const char *log, unsigned accesses)
{
    const char *argv[] = { VFIO_TRACE_TOOL, "compare", oracle, log, NULL };
    g_autofree char *summary =
        g_strdup_printf("oracle %u accesses, log %u: 0 missing", accesses,
                        accesses);
    g_autofree char *out = g_strconcat(oracle, ".out", NULL);
    g_autofree char *text = NULL;
    struct rusage usage;
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (!pid) {
        if (freopen(out, "w", stdout)) {
            execv(argv[0], (char **)argv);
        }
        _exit(127);
    }
    g_assert_cmpint(wait4(pid, &status, 0, &usage), ==, pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), <=, 1);
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    assert_contains(text, summary);
    return usage.ru_maxrss;
}

/*
 * Memory does not grow with the logs: neither if they agree, nor if they
 * differ.  The smaller log fills what is kept of a log.
 */
static void test_memory(void)
{
    static const char oracle_head[] =
        "VERSION 20070824\n"
        "PCIDEV 0010 12341111 0 fd000008 0 0 0 0 0 0 1000000 0 0 0 0 0 0 x\n";
    static const char log_head[] =
        "VERSION 20070824\n"
        "PCIDEV 0028 12341111 0 e0000008 0 0 0 0 0 0 1000000 0 0 0 0 0 0 x\n";
    static const unsigned accesses[] = { ROUNDS(100000), ROUNDS(300000),
                                         SANITIZED ? 80000 : 2000000 };
    static const unsigned wrong[] = { 0, 10007 };
    long peak[G_N_ELEMENTS(accesses)];
    size_t w;
    size_t i;

    for (w = 0; w < G_N_ELEMENTS(wrong); w++) {
        for (i = 0; i < G_N_ELEMENTS(accesses); i++) {
            g_autofree char *oracle = g_build_filename(temp_dir(),
                                                       "memory-oracle.mmt",
                                                       NULL);
            g_autofree char *log = g_build_filename(temp_dir(),
                                                    "memory-log.mmt", NULL);

            write_log(oracle, oracle_head, 0xfd000000, accesses[i], 0);
            write_log(log, log_head, 0xe0000000, accesses[i], wrong[w]);
            peak[i] = peak_of(oracle, log, accesses[i]);
            g_test_message("%u accesses: %ld KiB", accesses[i], peak[i]);
            g_remove(oracle);
            g_remove(log);
        }
        /* Sanitizers keep a shadow of what was freed, too. */
        if (!SANITIZED) {
            g_assert_cmpint(peak[2] - peak[1], <, 3 * 1024);
            g_assert_cmpint(peak[2] - peak[0], <, 24 * 1024);
            g_assert_cmpint(peak[2], <, 64 * 1024);
        }
    }
}

/* A selection applies to both logs. */
static void test_selected(void)
{
    static const char head[] =
        "VERSION 20070824\n"
        "PCIDEV 0010 12341111 0 fd000008 0 0 0 0 0 0 1000000 0 0 0 0 0 0 x\n"
        "MAP 1.000000 1 0xfd000000 0xfd000000 0x1000000 0x0 0\n"
        "W 4 1.000001 1 0xfd000010 0x1 0x0 0\n";
    g_autofree char *more = g_strconcat(head, "R 4 1.000002 1 0xfd000020 0x2 "
                                        "0x0 0\n", NULL);
    g_autofree char *oracle = temp_file("selected-oracle.mmt", more, -1);
    g_autofree char *log = temp_file("selected-log.mmt", head, -1);
    g_autoptr(ToolRun) all = run_tool(NULL, "compare", oracle, log, NULL);
    g_autoptr(ToolRun) writes = run_tool(NULL, "compare", "--op", "w", oracle,
                                         log, NULL);

    g_assert_cmpint(all->status, ==, 1);
    assert_contains(all->out, "1 missing");
    g_assert_cmpint(writes->status, ==, 0);
    assert_contains(writes->out, "oracle 1 accesses, log 1: 0 missing");
}

int main(int argc, char **argv)
{
    int result;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/compare/case/", cases[i].name,
                                            NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/compare/itself", test_itself);
    g_test_add_func("/compare/stdin", test_stdin);
    g_test_add_func("/compare/two-devices", test_two_devices);
    g_test_add_func("/compare/one-of-two", test_one_of_two);
    g_test_add_func("/compare/qemu", test_qemu);
    g_test_add_func("/compare/late-map", test_late_map);
    g_test_add_func("/compare/cut", test_cut);
    g_test_add_func("/compare/nothing-to-compare", test_nothing_to_compare);
    g_test_add_func("/compare/long", test_long);
    g_test_add_func("/compare/selected", test_selected);
    g_test_add_func("/compare/usage", test_usage);
    g_test_add_func("/compare/max-accesses", test_max_accesses);
    g_test_add_func("/compare/memory", test_memory);
    result = g_test_run();
    temp_clean();
    return result;
}
