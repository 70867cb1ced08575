/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace check on marks of guest memory
 */
#include <glib.h>
#include <string.h>

#include "run-tool.h"

/* Lines 1 to 4 of the logs here; a case's own lines begin in line 5. */
#define HEAD \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n" \
    "PCIDEV 0028 808610d3 1b f0080000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n" \
    "MAP 1.000000 1 0xf0080000 0xfeb80000 0x20000 0x0 0\n"
#define END "MARK 9.000000 vfio-trace: end\n"

#define MARK(text) "MARK 1.000000 vfio-trace: " text "\n"
#define READ "R 4 1.000000 1 0xf0080008 0x1 0x0 0\n"

#define RING MARK("ring device=gpu ring=SQ[0] base=0x1000 count=4 entry=4")
#define ENTRY(index, at, rest) \
    MARK("entry device=gpu ring=SQ[0] index=" index " at=" at " " rest)
#define DATA(index, rest) \
    MARK("data device=gpu ring=SQ[0] index=" index " name=d at=0x2000 " rest)

/* A watch of two lines, the second of which has two bytes, and its sums */
#define WATCH(lines, sum, state) \
    MARK("watch device=gpu watch=BOX on=write at=0x4000 len=66 lines=" lines \
         " sum=" sum " state=" state)
#define ZERO16 "00000000000000000000000000000000"
#define ZERO ZERO16 ZERO16 ZERO16 ZERO16
#define LINES MARK("watch-data at=0x4000 " ZERO "0102")
#define LINE(hex) MARK("watch-data at=0x4040 " hex)
#define FIRST "0x4fc0f271efef2b1c"      /* 64 zeros; 1, 2 */
#define SECOND "0x3ad7f84b99d600be"     /* 64 zeros; 3, 4 */
#define ALONE "0x91729ecf547ee099"      /* only the second line: 1, 2 */

#define LOSS "MARK 0.000000 Lost 1 events.\n"

typedef struct {
    const char *name;
    const char *body;
    const char *faults;     /* all messages, "" for none */
} Case;

static const Case cases[] = {
    { "entries", RING ENTRY("0", "0x1000", "len=4 01020304")
      DATA("0", "len=2 of=9 0102")
      DATA("0", "len=0 of=9 state=not-memory")
      ENTRY("1", "0x1004", "len=2 state=not-memory 0102")
      MARK("ring device=gpu ring=SQ[0] state=reset")
      ENTRY("0", "0x1000", "len=4 01020304")
      MARK("memory-cut device=gpu name=SQ[0] why=trigger left=2")
      MARK("rings device=gpu name=x.rings sha256="
           ZERO16 ZERO16), "" },
    { "more-bytes", RING ENTRY("3", "0x100c", "len=4 01")
      MARK("snapshot-data at=0x100d 0203") MARK("snapshot-data at=0x100f 04")
      DATA("3", "len=3 of=3 01") MARK("snapshot-data at=0x2001 0203"), "" },
    /* in a ring that is read while its entries are valid */
    { "running-index", RING ENTRY("5", "0x1004", "len=4 01020304"), "" },
    /* an entry that deletes a ring, and of which data are left out */
    { "between", RING ENTRY("0", "0x1000", "len=4 01020304")
      MARK("ring device=gpu ring=CQ[1] state=deleted")
      DATA("0", "len=2 of=9 0102")
      MARK("memory-cut device=gpu name=SQ[0] why=trigger")
      MARK("ring device=gpu ring=SQ[0] state=reset")
      DATA("0", "len=2 of=9 0102"), "" },
    /* more than all data of an entry: it is left out, and nothing else */
    { "large", RING ENTRY("0", "0x1000", "len=4 01020304")
      DATA("0", "len=16777216 of=16777216 01") DATA("0", "len=1 of=1 01"),
      "<stdin>:7:1: len=16777216 is more than the 65536 bytes that there can be\n" },
    { "index", RING ENTRY("4", "0x1010", "len=4 01020304"),
      "<stdin>:6:15: index=4 is behind the 4 entries of SQ[0]\n" },
    { "entry-size", RING ENTRY("0", "0x1000", "len=3 010203")
      ENTRY("0", "0x1000", "len=5 state=not-memory 0102030405"),
      "<stdin>:6:15: the entry has 3 bytes, but those of SQ[0] have 4\n"
      "<stdin>:7:15: the entry has 5 bytes, but those of SQ[0] have 4\n" },
    { "no-ring", ENTRY("0", "0x1000", "len=1 01") RING
      MARK("entry device=gpu ring=SQ[1] index=0 at=0x0 len=1 01")
      MARK("ring device=gpu ring=SQ[0] state=deleted")
      ENTRY("0", "0x1000", "len=4 01020304") RING
      ENTRY("0", "0x1000", "len=4 01020304"),
      "<stdin>:5:15: no mark before says that there is a ring SQ[0]\n"
      "<stdin>:7:15: no mark before says that there is a ring SQ[1]\n"
      "<stdin>:9:15: no mark before says that there is a ring SQ[0]\n" },
    { "no-ring-after-loss", LOSS ENTRY("0", "0x1000", "len=1 01"),
      "<stdin>:5:15: 1 event was lost here\n" },
    { "entry-short", RING ENTRY("0", "0x1000", "len=4 0102")
      ENTRY("1", "0x1004", "len=4 01") DATA("1", "len=0 of=0"),
      "<stdin>:6:1: 2 bytes of the entry are missing\n"
      "<stdin>:8:1: 3 bytes of the entry before are missing\n" },
    { "entry-long", RING ENTRY("0", "0x1000", "len=4 0102030405")
      DATA("0", "len=1 of=1 01"),
      "<stdin>:6:79: the mark has 5 bytes, but says len=4\n" },
    { "entry-gap", RING ENTRY("0", "0x1000", "len=4 01")
      MARK("snapshot-data at=0x1002 0203"),
      "<stdin>:7:15: the data is not what is still missing of the entry in "
      "line 6: 3 bytes at 0x1001\n" },
    { "entry-huge", RING ENTRY("0", "0x1000", "len=4097 state=not-memory"),
      "<stdin>:6:15: the entry has 4097 bytes, but those of SQ[0] have 4\n"
      "<stdin>:6:1: len=4097 is more than the 4096 bytes that there can be\n"
    },
    { "entry-digits", RING ENTRY("0", "0x1000", "len=4 0102030")
      ENTRY("0", "0x1000", "len=4 0102030X"),
      "<stdin>:6:79: 1 to 384 bytes expected, in pairs of hexadecimal "
      "digits\n"
      "<stdin>:7:79: 1 to 384 bytes expected, in pairs of hexadecimal "
      "digits\n" },
    { "data-of-another", RING ENTRY("0", "0x1000", "len=4 01020304")
      DATA("1", "len=1 of=1 01")
      ENTRY("0", "0x1000", "len=4 01020304") READ DATA("0", "len=1 of=1 01")
      MARK("data device=gpu ring=CQ index=0 name=d at=0x0 len=1 of=1 01"),
      "<stdin>:7:15: the data belongs to no entry: the one before is not "
      "SQ[0] with index=1\n"
      "<stdin>:10:15: the data belongs to no entry: the one before is not "
      "SQ[0] with index=0\n" },
    { "data-of", RING ENTRY("0", "0x1000", "len=4 01020304")
      DATA("0", "len=2 of=1 0102") DATA("0", "len=2 of=2 01")
      DATA("0", "len=1 of=1 01") DATA("0", "len=2 of=2 01") READ,
      "<stdin>:7:15: len=2, but the entry says that there are of=1 bytes\n"
      "<stdin>:9:1: 1 byte of the data before is missing\n"
      "<stdin>:10:1: 1 byte of the data is missing\n" },
    { "header-between", RING ENTRY("0", "0x1000", "len=4 01020304")
      MARK("part 1 continues in part 2") MARK("part 2 begins")
      MARK("device id=gpu host=none type=x addresses=host")
      MARK("part 2 header ends") DATA("0", "len=2 of=2 0102"), "" },
    { "cut", MARK("memory-cut device=gpu name=SQ[0] why=tired"),
      "<stdin>:5:64: why=tired: trigger|second|ring-full expected\n" },

    { "watch", WATCH("2", FIRST, "first") LINES
      WATCH("1", SECOND, "changed") LINE("0304")
      WATCH("0", SECOND, "same")
      WATCH("1", FIRST, "cut left=1") LINE("0102")
      WATCH("2", FIRST, "first") LINES
      MARK("watch device=gpu watch=BOX on=irq at=0x0 len=0 lines=0 sum=0x0 "
           "state=address-unknown")
      WATCH("0", FIRST, "same"), "" },
    /* what was handed out before does not count after a reset */
    { "watch-cut-first", WATCH("1", ALONE, "cut left=1") LINE("0102")
      WATCH("2", FIRST, "first") LINES
      WATCH("1", ALONE, "cut left=1") LINE("0102")
      WATCH("1", FIRST, "changed") MARK("watch-data at=0x4000 " ZERO), "" },
    /* as much of it as a bound allows, or as is RAM */
    { "watch-first-cut", WATCH("1", ALONE, "first left=1") LINE("0102")
      WATCH("1", FIRST, "changed") MARK("watch-data at=0x4000 " ZERO)
      WATCH("0", "0x0", "not-memory left=2")
      WATCH("1", ALONE, "cut left=1") LINE("0102"), "" },
    { "watch-sum", WATCH("2", FIRST, "first") LINES
      WATCH("1", FIRST, "changed") LINE("0304")
      WATCH("1", "0x1", "changed") LINE("0305")
      WATCH("2", FIRST, "first") LINES WATCH("0", SECOND, "same"),
      "<stdin>:7:1: the lines of BOX have the sum " SECOND
      ", and not the mark's\n"
      "<stdin>:13:1: the lines of BOX have the sum " FIRST
      ", and not the mark's\n" },
    { "watch-not-first", WATCH("1", FIRST, "changed") LINE("0102")
      MARK("watch device=gpu watch=B on=write at=0x0 len=1 lines=0 sum=0x0 "
           "state=same"),
      "<stdin>:5:15: no mark before has the first contents of BOX\n"
      "<stdin>:7:15: no mark before has the first contents of B\n" },
    { "watch-lost", LOSS WATCH("1", FIRST, "changed") LINE("0102")
      WATCH("2", FIRST, "first") LINES LOSS WATCH("0", SECOND, "same"),
      "<stdin>:5:15: 1 event was lost here\n"
      "<stdin>:10:15: 1 event was lost here\n" },
    { "watch-after-loss", WATCH("2", FIRST, "first") LINES LOSS
      WATCH("0", FIRST, "same") WATCH("0", SECOND, "same"),
      "<stdin>:7:15: 1 event was lost here\n"
      "<stdin>:9:1: the lines of BOX have the sum " FIRST
      ", and not the mark's\n" },
    { "watch-missing", WATCH("2", FIRST, "first")
      MARK("watch-data at=0x4000 " ZERO) WATCH("2", FIRST, "first") LINES,
      "<stdin>:5:1: 1 line of the watch is missing\n" },
    { "watch-lines", WATCH("3", FIRST, "changed")
      WATCH("1", FIRST, "first") MARK("watch-data at=0x4000 " ZERO)
      WATCH("2", FIRST, "first") LINES WATCH("1", FIRST, "same") LINE("0102"),
      "<stdin>:5:15: no mark before has the first contents of BOX\n"
      "<stdin>:5:15: lines=3, but len=66 bytes are only 2\n"
      "<stdin>:6:15: state=first, but lines=1 and left=0 of 2\n"
      "<stdin>:6:1: the lines of BOX have the sum 0xbe4e53a29b704a83, and "
      "not the mark's\n"
      "<stdin>:10:15: state=same, but lines=1\n" },
    { "watch-place", WATCH("2", FIRST, "first")
      MARK("watch-data at=0x3fc0 " ZERO) LINES
      WATCH("2", FIRST, "first") MARK("watch-data at=0x4040 010203")
      WATCH("2", FIRST, "first") LINE("0102") LINE("0102"),
      "<stdin>:6:15: the lines are not in BOX, 66 bytes at 0x4000, or not "
      "behind those before\n"
      "<stdin>:9:15: the lines are not in BOX, 66 bytes at 0x4000, or not "
      "behind those before\n"
      "<stdin>:12:15: the lines are not in BOX, 66 bytes at 0x4000, or not "
      "behind those before\n" },
    { "watch-aligned", WATCH("2", FIRST, "first")
      MARK("watch-data at=0x4001 " ZERO)
      WATCH("2", FIRST, "first") MARK("watch-data at=0x4000 " ZERO "01"),
      "<stdin>:6:15: these are not whole lines of BOX: a line has 64 bytes\n"
      "<stdin>:8:15: these are not whole lines of BOX: a line has 64 bytes\n"
    },
    { "watch-more", WATCH("1", ALONE, "cut left=1") LINES,
      "<stdin>:6:15: these are more lines than the mark of BOX says\n" },
    { "watch-digits", WATCH("1", ALONE, "cut left=1") LINE("01x2"),
      "<stdin>:6:48: 1 to 384 bytes expected, in pairs of hexadecimal "
      "digits\n" },
    { "watch-none", LINE("0102")
      WATCH("1", ALONE, "cut left=1") LINE("0102") LINE("0102"),
      "<stdin>:5:15: the lines belong to no watch\n"
      "<stdin>:8:15: the lines belong to no watch\n" },
    { "watch-huge", MARK("watch device=gpu watch=BOX on=irq at=0x0 "
                         "len=4194305 lines=0 sum=0x0 state=changed"),
      "<stdin>:5:15: len=4194305 is more than the 4194304 bytes that there "
      "can be\n" },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *log = g_strconcat(HEAD, c->body, END, NULL);
    g_autoptr(ToolRun) run = run_tool(log, "check", "-", NULL);
    g_autofree char *faults = NULL;
    char *rest = strstr(run->out, "<stdin>: ");

    g_assert_nonnull(rest);
    faults = g_strndup(run->out, rest - run->out);
    g_assert_cmpstr(faults, ==, c->faults);
    g_assert_cmpint(run->status, ==, *c->faults ? 1 : 0);
}

static void test_counts(void)
{
    g_autoptr(ToolRun) run = run_tool(
        HEAD RING ENTRY("0", "0x1000", "len=4 01020304")
        ENTRY("1", "0x1004", "len=4 01020304") WATCH("2", FIRST, "first")
        LINES MARK("memory-cut device=gpu name=SQ[0] why=second") END,
        "check", "-", NULL);

    assert_contains(run->out, "2 entries of rings, 1 look at a watch, 1 cut "
                    "in guest memory\n");
}

/* A part that is read alone: what came before is not known. */
static void test_later_part(void)
{
    g_autoptr(ToolRun) run = run_tool(
        "VERSION 20070824\n" MARK("part 2 begins")
        "PCIDEV 0028 808610d3 1b f0080000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n"
        MARK("part 2 header ends") DATA("0", "len=1 of=1 01")
        MARK("snapshot-data at=0x2000 01")
        ENTRY("0", "0x1000", "len=4 01020304")
        WATCH("1", FIRST, "changed") LINE("0102") END, "check", "-", NULL);

    assert_contains(run->out, " 0 faults\n");
}

/* Watches of more than is kept are not compared, and do no harm. */
static void test_many_watches(void)
{
    g_autoptr(GString) log = g_string_new(HEAD);
    g_autoptr(ToolRun) run = NULL;
    int i;

    for (i = 0; i < 40; i++) {
        g_string_append_printf(log, MARK("watch device=d%d watch=W%d on=irq "
                                         "at=0x0 len=4194304 lines=1 "
                                         "sum=0x0 state=cut left=65535")
                               MARK("watch-data at=0x0 " ZERO), i / 6, i);
    }
    for (i = 0; i < 5000; i++) {
        g_string_append_printf(log, MARK("watch device=e watch=W%d on=irq "
                                         "at=0x0 len=64 lines=1 "
                                         "sum=0xbe4e53a29b704a83 state=first")
                               MARK("watch-data at=0x0 " ZERO), i);
    }
    g_string_append(log, END);
    run = run_tool(log->str, "check", "--max-faults", "1", "-", NULL);
    assert_contains(run->out, "5040 looks at watches");
    assert_contains(run->out, " 40 faults\n");
}

int main(int argc, char **argv)
{
    size_t i;
    int status;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/check-memory/case/%s",
                                                cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/check-memory/counts", test_counts);
    g_test_add_func("/check-memory/later-part", test_later_part);
    g_test_add_func("/check-memory/many-watches", test_many_watches);
    status = g_test_run();
    temp_clean();
    return status;
}
