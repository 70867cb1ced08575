/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace decode
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run-tool.h"

#define HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0008 808610d3 0 feb80000 feb00000 0 0 0 0 0 20000 10000 0 0 0 0 " \
    "0 e1000e\n"

/* Registers of every kind that the output treats differently */
static const char db[] =
    "<database>\n"
    "<enum name=\"speed\" inline=\"yes\">\n"
    "  <value name=\"10\" value=\"0\"/><value name=\"1000\" value=\"2\"/>\n"
    "</enum>\n"
    "<domain name=\"BAR0\" size=\"0x10000\">\n"
    "  <reg32 name=\"CTRL\" offset=\"0\">\n"
    "    <bitfield name=\"FD\" pos=\"0\"/>\n"
    "    <bitfield name=\"SLU\" pos=\"6\"/>\n"
    "    <bitfield name=\"SPEED\" low=\"8\" high=\"9\" type=\"speed\"/>\n"
    "    <bitfield name=\"RST\" pos=\"26\"/>\n"
    "  </reg32>\n"
    "  <reg32 name=\"STATUS\" offset=\"8\" access=\"r\">\n"
    "    <bitfield name=\"READY\" pos=\"0\"/>\n"
    "    <bitfield name=\"COUNT\" low=\"4\" high=\"7\" type=\"uint\"/>\n"
    "  </reg32>\n"
    "  <reg32 name=\"STATUS_HIGH\" offset=\"0xc\"/>\n"
    "  <reg8 name=\"BYTE\" offset=\"0x10\" length=\"4\"/>\n"
    "  <reg32 name=\"LENGTH\" offset=\"0x14\" type=\"uint\"/>\n"
    "  <reg64 name=\"WIDE\" offset=\"0x40\">\n"
    "    <bitfield name=\"MODE\" low=\"30\" high=\"33\" type=\"speed\"/>\n"
    "  </reg64>\n"
    "  <array name=\"BLOCK\" offset=\"0x100\" stride=\"0x40\" length=\"2\">\n"
    "    <reg32 name=\"GO\" offset=\"0\"/>\n"
    "  </array>\n"
    "</domain>\n"
    "<domain name=\"ENTRY\" size=\"0x10\">\n"
    "  <reg8 name=\"OPC\" offset=\"0\" type=\"speed\"/>\n"
    "  <reg16 name=\"ID\" offset=\"2\"/>\n"
    "  <reg64 name=\"ADDR\" offset=\"8\"/>\n"
    "</domain>\n"
    "<domain name=\"BAR1\" size=\"0x10000\">\n"
    "  <reg32 name=\"DOORBELL\" offset=\"0\"/>\n"
    "</domain>\n"
    "</database>\n";

static const char *db_path(void)
{
    static char *path;

    if (!path) {
        path = temp_file("nic.xml", db, -1);
    }
    return path;
}

/* The output for a log, without the comments */
static char *decode(const char *log, const char *option, const char *value)
{
    g_autoptr(ToolRun) run = run_tool(log, "decode", "--db", db_path(), "-",
                                      option, value, NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(run->out, "\n", -1);
    char **line;

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    for (line = lines; *line && **line; line++) {
        if (**line != '#') {
            g_string_append_printf(out, "%s\n", *line);
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static const char accesses[] = HEAD
    "W 4 1.000001 1 0xfeb80000 0x240 0x0 0\n"
    "R 4 1.000002 1 0xfeb80000 0x240 0x0 0\n"
    "W 4 1.000003 1 0xfeb80000 0x4000001 0x0 0\n"
    "R 4 1.000004 1 0xfeb80000 0x8000200 0x0 0\n"
    "R 4 1.000005 1 0xfeb8000c 0x0 0x0 0\n"
    "R 4 1.000006 1 0xfeb8000c 0x12 0x0 0\n"
    "R 4 1.000007 1 0xfeb80020 0x1 0x0 0\n"
    "R 4 1.000008 1 0xfeb80020 0x2 0x0 0\n"
    "R 4 1.000009 1 0xfeb80014 0x5 0x0 0\n"
    "R 4 1.000010 1 0xfeb80014 0x10 0x0 0\n"
    "W 4 1.000011 1 0xfeb80140 0x1 0x0 0\n"
    "W 4 1.000012 1 0xfeb80144 0x1 0x0 0\n"
    "W 4 1.000013 1 0xfeb00000 0x1 0x0 0\n"
    "R 4 1.000014 1 0x1000 0x1 0x0 0\n";

static const char accesses_text[] =
    "      1.000001  W4 CTRL = 0x240 { SLU | SPEED = 1000 }\n"
    "      1.000002  R4 CTRL = 0x240 { SLU | SPEED = 1000 }\n"
    "      1.000003  W4 CTRL = 0x4000001 { FD | SPEED = 10 | RST }"
    "  +FD -SLU SPEED 1000 -> 10 +RST\n"
    "      1.000004  R4 CTRL = 0x8000200 { SPEED = 1000 | 0x8000000 }"
    "  -FD SPEED 10 -> 1000 -RST 0 -> 0x8000000\n"
    "      1.000005  R4 STATUS_HIGH = 0x0\n"
    "      1.000006  R4 STATUS_HIGH = 0x12  0 -> 0x12\n"
    "      1.000007  R4 bar0+0x20 = 0x1\n"
    "      1.000008  R4 bar0+0x20 = 0x2  0x1 -> 0x2\n"
    "      1.000009  R4 LENGTH = 0x5\n"
    "      1.000010  R4 LENGTH = 0x10 16  5 -> 16\n"
    "      1.000011  W4 BLOCK[0x1].GO = 0x1\n"
    "      1.000012  W4 BLOCK[0x1]+0x4 = 0x1\n"
    "      1.000013  W4 bar1:DOORBELL = 0x1\n"
    "      1.000014  R4 mem+0x1000 = 0x1\n";

static void test_text(void)
{
    g_autoptr(ToolRun) run = run_tool(accesses, "decode", "--db", db_path(),
                                      "-", NULL);
    g_autofree char *text = decode(accesses, NULL, NULL);

    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, "# -: mmiotrace\n# ");
    assert_contains(run->out, db_path());
    assert_contains(run->out,
                    "\n# 14 accesses, 10 named (71.4 %), 1 in regions without a database; 2 registers without a name: 00:01.0:bar0+0x20, BLOCK[0x1]+0x4\n");
    assert_contains(run->out, text);
}

/* Without an access outside of the device, names have no device. */
static void test_lines(void)
{
    const char *last = strstr(accesses, "R 4 1.000014");
    g_autofree char *log = g_strndup(accesses, last - accesses);
    g_autofree char *expected = g_strndup(accesses_text,
        strstr(accesses_text, "      1.000014") - accesses_text);
    g_autofree char *text = decode(log, NULL, NULL);

    g_assert_cmpstr(text, ==, expected);
}

/* Accesses that reach several registers, or a part of one */
static void test_parts(void)
{
    g_autofree char *text = decode(HEAD
        "R 8 1.000001 1 0xfeb80008 0x1200000031 0x0 0\n"
        "R 8 1.000002 1 0xfeb80008 0x1200000020 0x0 0\n"
        "R 4 1.000003 1 0xfeb80008 0x21 0x0 0\n"
        "W 1 1.000004 1 0xfeb80003 0x4 0x0 0\n"
        "W 2 1.000005 1 0xfeb80000 0x41 0x0 0\n"
        "R 4 1.000006 1 0xfeb80000 0x4000041 0x0 0\n"
        "R 4 1.000007 1 0xfeb80010 0x44332211 0x0 0\n"
        "R 4 1.000008 1 0xfeb80010 0x44332212 0x0 0\n"
        "R 4 1.000009 1 0xfeb8000e 0x3322ffff 0x0 0\n"
        "R 8 1.000010 1 0xfeb8001c 0x1 0x0 0\n", NULL, NULL);

    g_assert_cmpstr(text, ==,
        "      1.000001  R8 STATUS = 0x31 { READY | COUNT = 3 }; STATUS_HIGH = 0x12\n"
        "      1.000002  R8 STATUS = 0x20 { COUNT = 2 }  -READY COUNT 3 -> 2; STATUS_HIGH = 0x12\n"
        "      1.000003  R4 STATUS = 0x21 { READY | COUNT = 2 }  +READY\n"
        "      1.000004  W1 CTRL[31:24] = 0x4 { RST }\n"
        "      1.000005  W2 CTRL[15:0] = 0x41 { FD | SLU | SPEED = 10 }\n"
        "      1.000006  R4 CTRL = 0x4000041 { FD | SLU | SPEED = 10 | RST }\n"
        "      1.000007  R4 BYTE[0] = 0x11; BYTE[0x1] = 0x22; BYTE[0x2] = 0x33; BYTE[0x3] = 0x44\n"
        "      1.000008  R4 BYTE[0] = 0x12  0x11 -> 0x12; BYTE[0x1] = 0x22; BYTE[0x2] = 0x33; BYTE[0x3] = 0x44\n"
        "      1.000009  R4 STATUS_HIGH[31:16] = 0xffff  0 -> 0xffff; BYTE[0] = 0x22  0x12 -> 0x22; BYTE[0x1] = 0x33  0x22 -> 0x33\n"
        "      1.000010  R8 bar0+0x1c = 0x1\n");
}

/* Names of config space, which a guest reads first, have it before them. */
static void test_config(void)
{
    g_autofree char *xml = temp_file("config.xml",
        "<database><domain name=\"CONFIG\" size=\"0x1000\">"
        "<reg16 name=\"VENDOR\" offset=\"0\"/></domain>"
        "<domain name=\"BAR1\" size=\"0x1000\">"
        "<reg32 name=\"CTRL\" offset=\"0\"/></domain>"
        "<domain name=\"BAR2\" size=\"0x1000\">"
        "<reg32 name=\"TABLE\" offset=\"0\"/></domain></database>", -1);
    g_autoptr(ToolRun) run = run_tool(
        "vfio_pci_read_config  (0000:01:00.0, @0x0, len=0x2) 0x8086\n"
        "vfio_region_write  (0000:01:00.0:region1+0x0, 0x1, 4)\n"
        "vfio_region_write  (0000:01:00.0:region2+0x0, 0x1, 4)\n"
        "vfio_pci_read_config  (0000:01:00.0, @0x0, len=0x2) 0x8086\n",
        "decode", "--db", xml, "-", NULL);
    g_autoptr(ToolRun) lower = NULL;

    assert_contains(run->out, "  R2 config:VENDOR = 0x8086\n");
    assert_contains(run->out, "  W4 CTRL = 0x1\n");
    assert_contains(run->out, "  W4 bar2:TABLE = 0x1\n");
    g_assert_nonnull(strstr(strstr(run->out, "TABLE"), " config:VENDOR"));
    lower = run_tool(
        "PCIDEV 0008 808610d3 0 0 feb80000 fec00000 0 0 0 0 0 1000 1000 0 0 0 "
        "0 nic\n"
        "W 4 1.000001 1 0xfec00000 0x1 0x0 0\n"
        "W 4 1.000002 1 0xfeb80000 0x1 0x0 0\n", "decode", "--db", xml, "-",
        NULL);
    assert_contains(lower->out, "  W4 bar2:TABLE = 0x1\n");
    assert_contains(lower->out, "  W4 CTRL = 0x1\n");
}

/* The data of a snapshot is for programs. */
static void test_snapshot(void)
{
    static const char *const verbs[] = { "decode", "fold" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autoptr(ToolRun) run = run_tool(HEAD
            "MARK 1.000001 vfio-trace: snapshot-data at=0x1000 00ff00ff\n"
            "MARK 1.000002 vfio-trace: snapshot-data at=0x1000\n"
            "MARK 1.000003 \303\251 vfio-trace: snapshot-data at=1 00\n",
            verbs[i], "-", NULL);

        assert_contains(run->out,
                        " mark vfio-trace: snapshot-data at=0x1000, 4 bytes\n");
        assert_contains(run->out,
                        " mark vfio-trace: snapshot-data at=0x1000\n");
        assert_contains(run->out,
                        " mark \303\251 vfio-trace: snapshot-data at=1 00\n");
    }
}

#define MEMORY(text) "MARK 1.000001 vfio-trace: " text "\n"

static const char memory[] = HEAD
    MEMORY("device id=nic host=none type=x addresses=host")
    MEMORY("coverage device=nic bar=0 map=1 addr=0xfeb80000 len=0x20000 "
           "state=trapped")
    MEMORY("ring device=nic ring=R[2] base=0x1000 count=4 entry=16 "
           "layout=ENTRY")
    "W 4 1.000001 1 0xfeb80000 0x1 0x0 0\n"
    MEMORY("entry device=nic ring=R[2] index=1 at=0x1010 len=16 "
           "02ff0100000000000030000000000000")
    MEMORY("data device=nic ring=R[2] index=1 name=buf at=0x3000 len=3 of=9 "
           "6162")
    MEMORY("snapshot-data at=0x3002 1b")
    MEMORY("data device=nic ring=R[2] index=1 name=x at=0x4000 len=0 of=8 "
           "state=not-memory")
    MEMORY("entry device=nic ring=OTHER index=0 at=0x5000 len=2 0102")
    "W 4 1.000002 1 0xfeb80000 0x1 0x0 0\n"
    MEMORY("watch device=nic watch=BOX on=irq at=0x6000 len=2 lines=1 "
           "sum=0x0 state=first")
    MEMORY("watch-data at=0x6000 0405")
    MEMORY("watch device=nic watch=BOX on=irq at=0x6000 len=2 lines=0 "
           "sum=0x0 state=same");

/* Fields of a layout, bytes without one, what is below. */
static void test_memory(void)
{
    g_autoptr(ToolRun) run = run_tool(memory, "decode", "--db", db_path(),
                                      "--domain", "bar0=BAR0", "-", NULL);
    const char *entry = strstr(run->out, "R[2] 1 at");

    g_assert_nonnull(entry);
    g_assert_true(g_str_has_prefix(
        entry, "R[2] 1 at 0x1010: OPC = 1000, +0x1 = 0xff, ID = 0x1, "
        "ADDR = 0x3000\n"
        "                  buf: 3 of 9 bytes at 0x3000\n"
        "                    0000  61 62 1b                          "
        "                  |ab.|\n"
        "                  x: 0 of 8 bytes at 0x4000 (not-memory)\n"
        "      1.000001  OTHER 0 at 0x5000: 0102\n"
        "      1.000002  W4 CTRL = 0x1 { FD | SPEED = 10 }\n"
        "      1.000001  BOX, 2 bytes at 0x6000: first, 1 line\n"
        "                    0000  04 05                             "
        "                  |..|\n"
        "      1.000001  BOX, 2 bytes at 0x6000: same\n"));
    assert_contains(run->out, " mark vfio-trace: ring device=nic");
    g_assert_null(strstr(run->out, "mark vfio-trace: entry"));
    g_assert_null(strstr(run->out, "data at="));
}

static void test_memory_modes(void)
{
    g_autoptr(GString) log = g_string_new(memory);
    g_autoptr(ToolRun) none = NULL, quiet = NULL, brief = NULL, full = NULL,
                       fold = NULL, wrong = NULL, both = NULL;
    int i;

    g_string_append(log, MEMORY("ring device=nic ring=Q base=0x0 count=4 "
                                "entry=96")
                    "MARK 1.000003 vfio-trace: entry device=nic ring=Q "
                    "index=0 at=0x0 len=96 ");
    for (i = 0; i < 96; i++) {
        g_string_append_printf(log, "%02x", i);
    }
    g_string_append(log, "\n" MEMORY("data device=nic ring=Q index=0 name=d "
                                     "at=0x0 len=80 of=80 "));
    g_string_truncate(log, log->len - 1);
    for (i = 0; i < 80; i++) {
        g_string_append(log, i < 64 ? "ab" : "cd");
    }
    g_string_append_c(log, '\n');
    brief = run_tool(log->str, "decode", "-", NULL);
    assert_contains(brief->out, "38393a3b 3c3d3e3f ... 32 more bytes\n");
    assert_contains(brief->out, "... 48 more bytes\n");
    full = run_tool(log->str, "decode", "--memory=full", "-M", "-", NULL);
    assert_contains(full->out, " 5c5d5e5f\n");
    assert_contains(full->out, "                    *\n"
                    "                    0040  cd cd cd cd");
    g_assert_null(strstr(full->out, "mark "));
    none = run_tool(log->str, "decode", "--memory=none", "-", NULL);
    g_assert_null(strstr(none->out, "R[2] 1 at"));
    quiet = run_tool(log->str, "decode", "-M", "-", NULL);
    g_assert_null(strstr(quiet->out, "R[2] 1 at"));
    fold = run_tool(log->str, "decode", "--fold", "-", NULL);
    assert_contains(fold->out, "entry device=nic ring=OTHER index=0 "
                    "at=0x5000 len=2, 2 bytes\n");
    assert_contains(fold->out, "of=8 state=not-memory\n");
    wrong = run_tool(log->str, "decode", "--memory=all", "-", NULL);
    g_assert_cmpint(wrong->status, ==, 2);
    assert_contains(wrong->err, "use short, full or none");
    both = run_tool(log->str, "decode", "--memory=full", "--fold", "-", NULL);
    g_assert_cmpint(both->status, ==, 2);
}

/* What goes on with a datum is selected with it, not with the last access. */
static void test_memory_select(void)
{
    g_autofree char *hex = g_strnfill(512, '6');
    g_autofree char *log = g_strdup_printf(
        HEAD "R 4 1.000010 1 0xfeb80008 0x1 0x0 0\n"
        "W 4 1.000020 1 0xfeb80010 0x1 0x0 0\n"
        "MARK 1.000020 vfio-trace: ring device=dut0 ring=R base=0x1000 "
        "count=4 entry=1\n"
        "MARK 1.000020 vfio-trace: entry device=dut0 ring=R index=0 at=0x1000 "
        "len=1 01\n"
        "MARK 1.000020 vfio-trace: data device=dut0 ring=R index=0 name=x "
        "at=0x2000 len=257 of=257 %s\n"
        "MARK 1.000020 vfio-trace: snapshot-data at=0x2100 77\n", hex);
    g_autoptr(ToolRun) json = run_tool(log, "decode", "--json", "--range",
                                       "0:8:4", "-", NULL);
    g_autoptr(ToolRun) part = run_tool(log, "cat", "--range", "0:8:4", "-",
                                       NULL);

    assert_contains(json->out, "6677\"}]}\n");
    assert_contains(part->out, "snapshot-data at=0x2100 77\n");
}

/* A ring's mark is in another phase than the entry. */
static void test_memory_phase(void)
{
    static const char log[] = HEAD
        MEMORY("ring device=dut0 ring=R base=0x1000 count=4 entry=1 layout=L")
        "MARK 1.000020 boot\n"
        MEMORY("entry device=dut0 ring=R index=0 at=0x1000 len=1 01");
    g_autoptr(ToolRun) json = run_tool(log, "decode", "--json", "--phase",
                                       "boot", "-", NULL);
    g_autoptr(ToolRun) text = run_tool(log, "decode", "--phase", "boot", "-",
                                       NULL);

    assert_contains(json->out, "\"layout\": \"L\"");
    g_assert_null(strstr(json->out, "base=0x1000"));
    assert_contains(text->out, "  R 0 at 0x1000: 01\n");
    g_assert_null(strstr(text->out, "base=0x1000"));
}

static void test_memory_json(void)
{
    g_autoptr(ToolRun) run = run_tool(memory, "decode", "--json", "--db",
                                      db_path(), "--domain", "bar0=BAR0", "-",
                                      NULL);
    const char *entry = strstr(run->out, "{\"type\": \"entry\"");

    g_assert_nonnull(entry);
    g_assert_true(g_str_has_prefix(
        entry,
        "{\"type\": \"entry\", \"ns\": 1000001000, \"line\": 7, "
        "\"device\": \"nic\", \"name\": \"R[2]\", \"ring\": \"R\", "
        "\"n\": 2, \"index\": 1, \"address\": \"0x1010\", "
        "\"bytes\": \"02ff0100000000000030000000000000\", "
        "\"layout\": \"ENTRY\", \"fields\": ["
        "{\"name\": \"OPC\", \"offset\": \"0x0\", \"value\": \"0x2\", "
        "\"text\": \"1000\"}, "
        "{\"offset\": \"0x1\", \"value\": \"0xff\"}, "
        "{\"name\": \"ID\", \"offset\": \"0x2\", \"value\": \"0x1\", "
        "\"text\": \"0x1\"}, "
        "{\"name\": \"ADDR\", \"offset\": \"0x8\", "
        "\"value\": \"0x3000\", \"text\": \"0x3000\"}], "
        "\"data\": [{\"name\": \"buf\", \"address\": \"0x3000\", "
        "\"of\": 9, \"bytes\": \"61621b\"}, "
        "{\"name\": \"x\", \"address\": \"0x4000\", \"of\": 8, "
        "\"state\": \"not-memory\", \"bytes\": \"\"}]}\n"
        "{\"type\": \"entry\", \"ns\": 1000001000, \"line\": 11, "
        "\"device\": \"nic\", \"name\": \"OTHER\", "
        "\"ring\": \"OTHER\", \"index\": 0, \"address\": \"0x5000\", "
        "\"bytes\": \"0102\", \"data\": []}\n"
        "{\"type\": \"access\", "));
    assert_contains(run->out,
                    "{\"type\": \"watch\", \"ns\": 1000001000, "
                    "\"line\": 13, \"device\": \"nic\", "
                    "\"name\": \"BOX\", \"watch\": \"BOX\", "
                    "\"address\": \"0x6000\", \"length\": 2, "
                    "\"on\": \"irq\", \"state\": \"first\", "
                    "\"changed\": [{\"offset\": \"0x0\", "
                    "\"bytes\": \"0405\"}]}\n");
}

/* What scripts say of an entry stands below it and its data. */
static void test_memory_script(void)
{
    g_autofree char *lua = temp_file("e.lua",
                                     "on_entry(function(e)\n"
                                     "  emit(e.name .. ' ' .. #e.data) end)\n",
                                     -1);
    g_autoptr(ToolRun) run = run_tool(memory, "decode", "--script", lua, "-",
                                      NULL);

    assert_contains(run->out, "(not-memory)\n    e: R[2] 2\n"
                    "      1.000001  OTHER 0 at 0x5000: 0102\n"
                    "    e: OTHER 0\n"
                    "      1.000002  W4 ");
}

static void test_changes(void)
{
    g_autofree char *text = decode(HEAD
        "R 4 1.000001 1 0xfeb8000c 0x1 0x0 0\n"
        "R 4 1.000002 1 0xfeb8000c 0x1 0x0 0\n"
        "W 4 1.000003 1 0xfeb8000c 0x2 0x0 0\n"
        "R 2 1.000004 1 0xfeb8000c 0x2 0x0 0\n"
        "MARK 1.000005 on\n"
        "R 4 1.000006 1 0xfeb8000c 0x2 0x0 0\n", "--changes", NULL);

    g_assert_cmpstr(text, ==,
                    "      1.000001  R4 STATUS_HIGH = 0x1\n"
                    "      1.000003  W4 STATUS_HIGH = 0x2  0x1 -> 0x2\n"
                    "      1.000005  mark on\n");
}

/* What is no access; nothing unprintable */
static void test_others(void)
{
    static const char log[] = HEAD
        "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n"
        "MARK 1.000001 \033[31mred\n"
        "MARK 0.000000 Lost 3 events.\n"
        "UNKNOWN 1.000002 1 0xfeb80000 0f,7f,00 0x0 0\n"
        "UNMAP 1.000003 1 0x0 0\n";
    g_autofree char *text = decode(log, NULL, NULL);
    g_autofree char *without = decode(log, "--no-marks", NULL);

    assert_contains(text, "      1.000000  map bar0 at 0xfeb80000, 131072 bytes\n");
    assert_contains(text, "      1.000001  mark ?[31mred\n");
    assert_contains(text, "  lost 3 events\n");
    assert_contains(text, "      1.000002  ?0 CTRL = ?\n");
    assert_contains(text, "      1.000003  unmap bar0\n");
    g_assert_null(strchr(text, '\033'));
    assert_contains(without, "lost 3 events");
    g_assert_null(strstr(without, "red"));
}

/* Nothing is selected, or there is nothing: the number of accesses says so. */
static void test_nothing(void)
{
    g_autoptr(ToolRun) run = run_tool(HEAD
        "R 4 1.000001 1 0xfeb80000 0x1 0x0 0\n", "decode", "--value", "2",
        "-", NULL);
    g_autoptr(ToolRun) empty = run_tool("VERSION 20070824\n", "decode", "-",
                                        NULL);
    g_autoptr(ToolRun) json = run_tool("VERSION 20070824\n", "decode",
                                       "--json", "-", NULL);
    g_autoptr(ToolRun) unknown = NULL;
    g_autoptr(ToolRun) none = NULL;

    g_assert_true(g_str_has_suffix(run->out, "\n# 0 accesses\n"));
    g_assert_cmpstr(empty->out, ==, "# -: mmiotrace\n# 0 accesses\n");
    assert_contains(json->out, "{\"type\": \"summary\", \"accesses\": 0,");
    unknown = run_tool("hello\n", "decode", "-", NULL);
    g_assert_cmpint(unknown->status, ==, 2);
    assert_contains(unknown->err, "not a line of 1 is understood");
    g_assert_cmpstr(unknown->out, ==, "");
    none = run_tool("", "decode", "-", NULL);
    g_assert_cmpint(none->status, ==, 2);
}

/* What selects one of several devices of the same address has "#1" or "#2". */
static void test_choice(void)
{
    static const char log[] = "VERSION 20070824\n"
        "PCIDEV 0100 10de26ba 0 fa000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
        "PCIDEV 0100 10de26ba 0 fc000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
        "R 4 1.000001 1 0xfa000000 0x1 0x0 0\n"
        "R 4 1.000003 1 0xfc000000 0x1 0x0 0\n";
    g_autoptr(ToolRun) both = run_tool(log, "stat", "--device", "01:00.0", "-",
                                       NULL);
    g_autoptr(ToolRun) first = run_tool(log, "stat", "--device", "01:00.0#1",
                                        "-", NULL);

    assert_contains(both->err, "--device '01:00.0' matched 2 devices: "
                    "01:00.0#1 (10de:26ba), 01:00.0#2 (10de:26ba); ");
    assert_contains(both->out, "accesses  2: ");
    assert_contains(first->out, "accesses  1: ");
    g_assert_cmpstr(first->err, ==, "");
}

static void test_missed(void)
{
    static const char log[] = HEAD
        "R 4 1.000001 1 0xfeb80000 0x1 0x0 0\n"
        "MARK 1.000002 up\n"
        "R 4 1.000003 1 0xfeb80000 0x1 0x0 0\n";
    g_autoptr(ToolRun) device = run_tool(log, "decode", "--device", "x", "-",
                                         NULL);
    g_autoptr(ToolRun) phase = run_tool(log, "stat", "--phase", "down",
                                        "--from", "/down/", "-", NULL);
    g_autoptr(ToolRun) found = run_tool(log, "fold", "--device", "8086:10d3",
                                        "--phase", "u*", "--from", "/up/", "-",
                                        NULL);

    g_assert_cmpstr(device->err, ==,
                    "vfio-trace decode: <stdin>: --device matched no device of the trace; it has: 00:01.0 (8086:10d3)\n");
    g_assert_cmpstr(phase->err, ==,
                    "vfio-trace stat: <stdin>: --phase matched no phase; it has: 'start', 'up'\n"
                    "vfio-trace stat: <stdin>: --from matched no mark\n");
    g_assert_cmpstr(found->err, ==, "");
}

/* What chooses a database and finds BARs, of a trace without PCIDEV lines */
static void test_remedies(void)
{
    static const char log[] = "R 4 1.000001 1 0xfeb80000 0x1 0x0 0\n";
    static const char no_bar[] =
        "\n# no BAR is known; --bar N=ADDRESS:SIZE says where one is\n";
    g_autoptr(ToolRun) bare = run_tool(log, "decode", "-", NULL);
    g_autoptr(ToolRun) bar = run_tool("R 4 1.000000 1 0x1000 0x1 0x0 0\n"
                                      "R 4 1.000001 1 0xfeb80000 0x1 0x0 0\n",
                                      "decode", "--db", db_path(), "--bar",
                                      "0=0xfeb80000:4K", "-", NULL);

    assert_contains(bare->out,
                    "# the device: no names: its PCI IDs are not known; --pci VENDOR:DEVICE or --db FILE chooses a database\n");
    assert_contains(bare->out, no_bar);
    assert_contains(bar->out, "  R4 CTRL = 0x1 ");
    g_assert_null(strstr(bar->out, no_bar));
}

/* A trace without times, and one without a database */
static void test_other_format(void)
{
    static const char log[] =
        "vfio_region_write  (0000:01:00.0:region0+0x8, 0x1, 4)\n";
    g_autofree char *text = decode(log, NULL, NULL);
    g_autoptr(ToolRun) run = run_tool(log, "decode", "--no-db", "-", NULL);

    g_assert_cmpstr(text, ==,
                    "            @1  W4 STATUS = 0x1 { READY | COUNT = 0 }\n");
    assert_contains(run->out, "            @1  W4 bar0+0x8 = 0x1\n");
    assert_contains(run->out,
                    "# 1 access, 0 named (0.0 %), 1 in regions without a database\n");
}

static void test_colors(void)
{
    static const char log[] = HEAD
        "W 4 1.000001 1 0xfeb80000 0x40 0x0 0\n"
        "W 4 1.000002 1 0xfeb8000c 0x40 0x0 0\n"
        "MARK 1.000003 on\n";
    g_autofree char *always = decode(log, "--color", "always");
    g_autofree char *never = decode(log, "--color=never", NULL);
    g_autoptr(GRegex) escapes = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
    g_autofree char *plain = g_regex_replace_literal(escapes, always, -1, 0,
                                                     "", 0, NULL);

    assert_contains(always, "\033[1mCTRL\033[0m = ");
    g_assert_cmpstr(plain, ==, never);
    g_assert_null(strchr(never, '\033'));
}

static JsonObject *json_line(const char *text, unsigned n, JsonParser *parser)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(g_strv_length(lines), >, n);
    json_parser_load_from_data(parser, lines[n], -1, &error);
    g_assert_no_error(error);
    return json_node_get_object(json_parser_get_root(parser));
}

static void test_json(void)
{
    g_autofree char *text = decode(HEAD
        "W 4 1.000001 1 0xfeb80000 0x240 0x0 0\n"
        "W 4 1.000002 1 0xfeb80000 0x4000001 0x0 0\n"
        "R 8 1.000003 1 0xfeb80008 0x1200000031 0x0 0\n"
        "W 1 1.000004 1 0xfeb80003 0x0 0x0 0\n"
        "MARK 1.000005 \"on\"\n", "--json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *o = json_line(text, 1, parser);
    JsonArray *list;

    g_assert_cmpstr(json_object_get_string_member(o, "type"), ==, "access");
    g_assert_cmpint(json_object_get_int_member(o, "ns"), ==, 1000002000);
    g_assert_cmpstr(json_object_get_string_member(o, "op"), ==, "write");
    g_assert_cmpstr(json_object_get_string_member(o, "region"), ==, "bar0");
    g_assert_cmpstr(json_object_get_string_member(o, "register"), ==, "CTRL");
    g_assert_cmpstr(json_object_get_string_member(o, "value"), ==, "0x4000001");
    g_assert_cmpstr(json_object_get_string_member(o, "before"), ==, "0x240");
    list = json_object_get_array_member(o, "fields");
    g_assert_cmpuint(json_array_get_length(list), ==, 4);
    list = json_object_get_array_member(o, "changed");
    g_assert_cmpuint(json_array_get_length(list), ==, 4);
    o = json_array_get_object_element(list, 2);
    g_assert_cmpstr(json_object_get_string_member(o, "name"), ==, "SPEED");
    g_assert_cmpstr(json_object_get_string_member(o, "from"), ==, "0x2");
    g_assert_cmpstr(json_object_get_string_member(o, "to"), ==, "0x0");

    o = json_line(text, 2, parser);
    list = json_object_get_array_member(o, "parts");
    g_assert_cmpuint(json_array_get_length(list), ==, 2);
    o = json_array_get_object_element(list, 1);
    g_assert_cmpstr(json_object_get_string_member(o, "register"), ==,
                    "STATUS_HIGH");
    g_assert_cmpstr(json_object_get_string_member(o, "value"), ==, "0x12");

    o = json_line(text, 3, parser);
    g_assert_cmpint(json_object_get_int_member(o, "low"), ==, 24);
    g_assert_cmpint(json_object_get_int_member(o, "bits"), ==, 8);
    g_assert_cmpstr(json_object_get_string_member(o, "text"), ==, "{ 0 }");

    o = json_line(text, 4, parser);
    g_assert_cmpstr(json_object_get_string_member(o, "text"), ==, "\"on\"");
    o = json_line(text, 5, parser);
    g_assert_cmpstr(json_object_get_string_member(o, "type"), ==, "summary");
    g_assert_cmpint(json_object_get_int_member(o, "named"), ==, 4);
}

static char *polls(void)
{
    GString *log = g_string_new(HEAD);
    unsigned i;

    for (i = 0; i < 8; i++) {
        g_string_append_printf(log,
                               "R 4 1.%06u 1 0xfeb80008 0x%x 0x0 0\n", i + 1,
                               i == 7 ? 0x31 : 0x30);
    }
    g_string_append(log, "W 4 1.000009 1 0xfeb80000 0x40 0x0 0\n");
    return g_string_free(log, FALSE);
}

static void test_fold(void)
{
    g_autofree char *log = polls();
    g_autofree char *text = decode(log, "--fold", NULL);
    g_autofree char *json = decode(log, "--fold", "--json");
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *o;

    g_assert_cmpstr(text, ==,
        "      1.000001  R4 STATUS x8 in 0x30 { COUNT = 3 }, 0x31 { READY | COUNT = 3 } until READY = 1; 7 us, to 1.000008\n"
        "      1.000009  W4 CTRL = 0x40 { SLU | SPEED = 10 }\n");
    o = json_line(json, 0, parser);
    g_assert_cmpstr(json_object_get_string_member(o, "name"), ==, "STATUS");
}

static void test_selection(void)
{
    g_autofree char *text = decode(accesses, "--reg", "STATUS*");

    g_assert_cmpstr(strstr(text, "CTRL") ? "" : text, ==, text);
    assert_contains(text, "STATUS_HIGH = 0x12  0 -> 0x12\n");
}

static void test_usage(void)
{
    static const struct {
        const char *option;
        const char *value;
        const char *message;
    } bad[] = {
        { "--as", "xml", "--as: 'xml' is unknown" },
        { "--color", "red", "--color: 'red' is unknown" },
        { "--as=demmio", "--json", "--as can not be used with" },
        { "--changes", "--fold", "--changes can not be used with" },
        { "--follow", NULL, "standard input can not be followed" },
        { "--db", "/nowhere.xml", "/nowhere.xml" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(ToolRun) run = run_tool(HEAD, "decode", "-", bad[i].option,
                                          bad[i].value, NULL);

        g_assert_cmpint(run->status, ==, 2);
        assert_contains(run->err, bad[i].message);
        g_assert_cmpstr(run->out, ==, "");
    }
}

/* Names of two devices can't be taken for each other. */
static void test_two_devices(void)
{
    g_autofree char *text = decode(HEAD
        "PCIDEV 0010 808610d3 0 fdb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e\n"
        "R 4 1.000001 1 0xfeb80014 0x1 0x0 0\n"
        "R 4 1.000002 1 0xfdb80014 0x1 0x0 0\n"
        "R 4 1.000003 1 0xfeb80014 0x2 0x0 0\n", NULL, NULL);

    g_assert_cmpstr(text, ==,
        "      1.000001  R4 00:01.0:bar0:LENGTH = 0x1\n"
        "      1.000002  R4 00:02.0:bar0:LENGTH = 0x1\n"
        "      1.000003  R4 00:01.0:bar0:LENGTH = 0x2  1 -> 2\n");
}

/* Some bits of a field are not its value. */
static void test_half_field(void)
{
    static const char log[] = HEAD
        "R 8 1.000001 1 0xfeb80040 0x80000000 0x0 0\n"
        "R 4 1.000002 1 0xfeb80040 0x80000000 0x0 0\n"
        "R 4 1.000003 1 0xfeb80044 0x0 0x0 0\n"
        "R 4 1.000004 1 0xfeb80040 0x0 0x0 0\n";
    g_autofree char *text = decode(log, NULL, NULL);
    g_autofree char *json = decode(log, "--json", NULL);

    g_assert_cmpstr(text, ==,
        "      1.000001  R8 WIDE = 0x80000000 { MODE = 1000 }\n"
        "      1.000002  R4 WIDE[31:0] = 0x80000000 { MODE = 0x2 }\n"
        "      1.000003  R4 WIDE[63:32] = 0x0 { MODE = 0 }\n"
        "      1.000004  R4 WIDE[31:0] = 0x0 { MODE = 0 }  MODE 0x2 -> 0\n");
    assert_contains(json, "\"text\": \"1000\"");
    assert_contains(json, "\"text\": \"0x2\"");
}

/* A device that gets its name after its first access is one device. */
static void test_renamed(void)
{
    g_autofree char *text = decode(HEAD
        "R 4 1.000001 1 0xfeb80014 0x1 0x0 0\n"
        "MARK 1.000002 vfio-trace: device id=dut0 host=0000:00:01.0 "
        "type=vfio-pci-trace addresses=host\n"
        "MAP 1.000003 2 0xfeb00000 0xfeb00000 0x10000 0x0 0\n"
        "W 4 1.000004 2 0xfeb00000 0x2 0x0 0\n"
        "R 4 1.000005 1 0xfeb80008 0x1 0x0 0\n", "--no-marks", NULL);

    assert_contains(text, "1.000001  R4 LENGTH = 0x1\n");
    assert_contains(text, "1.000004  W4 bar1:DOORBELL = 0x2\n");
    assert_contains(text, "1.000005  R4 STATUS = 0x1 { READY");
}

/* Lines of a log that grows are printed as they come. */
static void test_follow(void)
{
    g_autofree char *path = temp_file("grows.mmt", HEAD
        "W 4 1.000001 1 0xfeb80000 0x40 0x0 0\n", -1);
    const char *argv[] = { VFIO_TRACE_TOOL, "decode", "--follow", "--db",
                           db_path(), path, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    int fd, status;
    GPid pid;
    FILE *f;
    char c;

    g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                             G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                             &fd, NULL, &error);
    g_assert_no_error(error);
    while (!strstr(out->str, "CTRL = 0x40") && read(fd, &c, 1) == 1) {
        g_string_append_c(out, c);
    }
    f = fopen(path, "a");
    g_assert_nonnull(f);
    fputs("W 4 1.000002 1 0xfeb80000 0x0 0x0 0\n"
          "MARK 1.000003 vfio-trace: end\n", f);
    fclose(f);
    while (read(fd, &c, 1) == 1) {
        g_string_append_c(out, c);
    }
    waitpid(pid, &status, 0);
    close(fd);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_contains(out->str, "1.000002  W4 CTRL = 0x0 { SPEED = 10 }  -SLU\n");
}

/* The last values of a log are none of the log that replaces it. */
static void test_replaced(void)
{
    g_autofree char *path = temp_file("old.mmt", HEAD
        "W 4 1.000001 1 0xfeb80000 0x40 0x0 0\n", -1);
    g_autofree char *new = temp_file("new.mmt", HEAD
        "W 4 1.000002 1 0xfeb80000 0x1 0x0 0\n"
        "MARK 1.000003 vfio-trace: end\n", -1);
    const char *argv[] = { VFIO_TRACE_TOOL, "decode", "--follow", "--db",
                           db_path(), path, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    int fd, status;
    GPid pid;
    char c;

    g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                             G_SPAWN_DO_NOT_REAP_CHILD |
                             G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &pid,
                             NULL, &fd, NULL, &error);
    g_assert_no_error(error);
    while (!strstr(out->str, "CTRL = 0x40") && read(fd, &c, 1) == 1) {
        g_string_append_c(out, c);
    }
    g_assert_cmpint(g_rename(new, path), ==, 0);
    while (read(fd, &c, 1) == 1) {
        g_string_append_c(out, c);
    }
    waitpid(pid, &status, 0);
    close(fd);
    assert_contains(out->str, "1.000002  W4 CTRL = 0x1 { FD | SPEED = 10 }\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decode/text", test_text);
    g_test_add_func("/decode/lines", test_lines);
    g_test_add_func("/decode/parts", test_parts);
    g_test_add_func("/decode/config", test_config);
    g_test_add_func("/decode/snapshot", test_snapshot);
    g_test_add_func("/decode/memory", test_memory);
    g_test_add_func("/decode/memory-modes", test_memory_modes);
    g_test_add_func("/decode/memory-select", test_memory_select);
    g_test_add_func("/decode/memory-phase", test_memory_phase);
    g_test_add_func("/decode/memory-json", test_memory_json);
    g_test_add_func("/decode/memory-script", test_memory_script);
    g_test_add_func("/decode/changes", test_changes);
    g_test_add_func("/decode/others", test_others);
    g_test_add_func("/decode/nothing", test_nothing);
    g_test_add_func("/decode/missed", test_missed);
    g_test_add_func("/decode/choice", test_choice);
    g_test_add_func("/decode/remedies", test_remedies);
    g_test_add_func("/decode/other-format", test_other_format);
    g_test_add_func("/decode/colors", test_colors);
    g_test_add_func("/decode/json", test_json);
    g_test_add_func("/decode/fold", test_fold);
    g_test_add_func("/decode/selection", test_selection);
    g_test_add_func("/decode/usage", test_usage);
    g_test_add_func("/decode/half-field", test_half_field);
    g_test_add_func("/decode/two-devices", test_two_devices);
    g_test_add_func("/decode/renamed", test_renamed);
    g_test_add_func("/decode/follow", test_follow);
    g_test_add_func("/decode/replaced", test_replaced);
    status = g_test_run();
    temp_clean();
    return status;
}
