/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace decode of GPUs of NVIDIA's
 *
 * What is expected of --as demmio was made by envytools' demmio from the same
 * log and database.
 */
#include "run-tool.h"

static const char db[] =
    "<database>\n"
    "<enum name=\"chipset\" bare=\"yes\">\n"
    "  <value name=\"NV4\"/>\n"
    "  <value name=\"NV40\" value=\"0x40\"/>\n"
    "  <value name=\"G80\" value=\"0x50\"/>\n"
    "  <value name=\"G84\" value=\"0x84\"/>\n"
    "  <value name=\"GF100\" value=\"0xc0\"/>\n"
    "  <value name=\"GV100\" value=\"0x140\"/>\n"
    "</enum>\n"
    "<domain name=\"NV_MMIO\" bare=\"yes\" prefix=\"chipset\" size=\"0x1000000\">\n"
    "  <reg32 name=\"ID\" offset=\"0\">\n"
    "    <bitfield name=\"OLD\" low=\"0\" high=\"7\" variants=\"NV4:NV40\"/>\n"
    "    <bitfield name=\"STEPPING\" low=\"0\" high=\"7\" variants=\"NV40-\"/>\n"
    "    <bitfield name=\"CHIP\" low=\"20\" high=\"28\" variants=\"NV40-\"/>\n"
    "  </reg32>\n"
    "  <reg32 name=\"WINDOW\" offset=\"0x1700\"/>\n"
    "  <array name=\"PTIMER\" offset=\"0x9000\" stride=\"0x1000\" length=\"1\">\n"
    "    <reg32 name=\"TIME\" offset=\"0x400\"/>\n"
    "  </array>\n"
    "  <array name=\"PGPIO\" offset=\"0xe000\" stride=\"0x1000\" length=\"1\">\n"
    "    <reg32 name=\"I2C\" offset=\"0x138\" stride=\"0x18\" length=\"4\">\n"
    "      <bitfield name=\"SCL\" pos=\"0\"/><bitfield name=\"SDA\" pos=\"1\"/>\n"
    "    </reg32>\n"
    "  </array>\n"
    "  <reg8 name=\"PROM\" offset=\"0x300000\" length=\"0x100000\"/>\n"
    "  <reg8 name=\"CRX\" offset=\"0x6013d4\"/>\n"
    "  <reg8 name=\"CRDATA\" offset=\"0x6013d5\"/>\n"
    "</domain>\n"
    "<domain name=\"NV_CR\" size=\"0x100\" bare=\"yes\" prefix=\"chipset\">\n"
    "  <reg8 name=\"HDE\" offset=\"0x1\"/>\n"
    "  <reg8 name=\"OWNER\" offset=\"0x44\">\n"
    "    <bitfield name=\"HEAD\" pos=\"0\"/>\n"
    "  </reg8>\n"
    "</domain>\n"
    "</database>\n";

/* NV50: I2C with an interruption, CRTC registers, PRAMIN, RAMIN */
static const char g80_log[] =
    "VERSION 20070824\n"
    "PCIDEV 0100 10de0191 10 d7000000 e000000c f0000000 0 0 0 0 1000000 10000000 1000000 0 0 0 0 nouveau\n"
    "R 4 1.000001 1 0xd7009400 0x5 0x0 0\n"
    "R 4 1.000002 1 0xd7000000 0x50200a2 0x0 0\n"
    "R 4 1.000003 1 0xd7300000 0x4433aa55 0x0 0\n"
    "W 4 1.000153 1 0xd7000020 0x1 0x0 0\n"
    "MARK 1.000200 hello\n"
    "W 4 1.000154 1 0xd700e138 0x7 0x0 0\n"
    "W 4 1.000155 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000156 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000157 1 0xd700e138 0x6 0x0 0\n"
    "W 4 1.000158 1 0xd700e138 0x7 0x0 0\n"
    "W 4 1.000159 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000160 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000161 1 0xd700e138 0x6 0x0 0\n"
    "W 4 1.000162 1 0xd700e138 0x7 0x0 0\n"
    "W 4 1.000163 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000164 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000165 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000166 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000167 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000168 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000169 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000170 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000171 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000172 1 0xd700e138 0x5 0x0 0\n"
    "R 4 1.000372 1 0xd7009400 0x9 0x0 0\n"
    "W 4 1.000373 1 0xd700e138 0x6 0x0 0\n"
    "W 4 1.000374 1 0xd700e138 0x7 0x0 0\n"
    "R 4 1.000375 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000376 1 0xd700e138 0x4 0x0 0\n"
    "R 4 1.000377 1 0xd7000020 0x1 0x0 0\n"
    "W 4 1.000378 1 0xd700e138 0x4 0x0 0\n"
    "W 4 1.000379 1 0xd700e138 0x5 0x0 0\n"
    "W 4 1.000380 1 0xd700e138 0x7 0x0 0\n"
    "W 1 1.000381 1 0xd76013d4 0x44 0x0 0\n"
    "R 1 1.000382 1 0xd76013d5 0x1 0x0 0\n"
    "W 4 1.000383 1 0xd7001704 0x100 0x0 0\n"
    "W 4 1.000384 1 0xd700170c 0x200 0x0 0\n"
    "W 4 1.000385 1 0xd7001700 0x10 0x0 0\n"
    "W 4 1.000386 1 0xd7702008 0x0 0x0 0\n"
    "W 4 1.000387 1 0xd770200c 0x0 0x0 0\n"
    "W 4 1.000388 1 0xd7701400 0x110003 0x0 0\n"
    "W 4 1.000389 1 0xd7001700 0x11 0x0 0\n"
    "W 4 1.000390 1 0xd7700008 0x345001 0x0 0\n"
    "W 4 1.000391 1 0xd770000c 0x0 0x0 0\n"
    "W 4 1.000392 1 0xf0001010 0xabcd 0x0 0\n"
    "R 4 1.000393 1 0xf0002010 0xffff 0x0 0\n"
    "R 4 1.000394 1 0xe0001000 0x77 0x0 0\n";

static const char g80_demmio[] =
    "VERSION 20070824\n"
    "PCIDEV 0100 10de0191 10 d7000000 e000000c f0000000 0 0 0 0 1000000 10000000 1000000 0 0 0 0 nouveau\n"
    "[0] 1.000001 MMIO32 R 0x009400 0x00000005 PTIMER.TIME => 0x5\n"
    "[0] 1.000002 MMIO32 R 0x000000 0x050200a2 ID => { STEPPING = 0xa2 | CHIP = 0x50 | 0x20000 }\n"
    "[0] 1.000003 MMIO32 R 0x300000 0x4433aa55 PROM[0] => 0x55\n"
    "                                          PROM[0x1] => 0xaa\n"
    "                                          PROM[0x2] => 0x33\n"
    "                                          PROM[0x3] => 0x44\n"
    "SLEEP 0.150000ms\n"
    "[0] 1.000153 MMIO32 W 0x000020 0x00000001 0x20 <= 0x1\n"
    "MARK 1.000200 hello\n"
    "[0] I2C      0x00e138            PGPIO.I2C[0] START >a0+\x20\n"
    "[0] 1.000377 MMIO32 R 0x000020 0x00000001 0x20 => 0x1\n"
    "[0] I2C      0x00e138            PGPIO.I2C[0] STOP\n"
    "[0] 1.000381 MMIO8 W 0x6013d4 0x00000044 CRX <= 0x44\n"
    "[0] 1.000382 HEAD0 R     0x44       0x01 OWNER => { HEAD }\n"
    "[0] 1.000383 MMIO32 W 0x001704 0x00000100 0x1704 <= 0x100\n"
    "[0] 1.000384 MMIO32 W 0x00170c 0x00000200 0x170c <= 0x200\n"
    "[0] 1.000385 MMIO32 W 0x001700 0x00000010 WINDOW <= 0x10\n"
    "[0] 1.000386, MEM32 102008 <= 0\n"
    "[0] 1.000387, MEM32 10200c <= 0\n"
    "[0] 1.000388, MEM32 101400 <= 110003\n"
    "[0] 1.000389 MMIO32 W 0x001700 0x00000011 WINDOW <= 0x11\n"
    "[0] 1.000390, MEM32 110008 <= 345001\n"
    "[0] 1.000391, MEM32 11000c <= 0\n"
    "[0] 1.000392 RAMIN32 1010 345010 <= abcd\n"
    "[0] 1.000393 RAMIN32 2010 10 => ffff\n"
    "[0] 1.000394, FB32 1000 => 77\n";

/* GF100: page tables of another form */
static const char gf100_log[] =
    "VERSION 20070824\n"
    "PCIDEV 0100 10de0191 10 d7000000 e000000c f0000000 0 0 0 0 1000000 10000000 1000000 0 0 0 0 nouveau\n"
    "R 4 1.000001 1 0xd7009400 0x5 0x0 0\n"
    "R 4 1.000002 1 0xd7000000 0xc0000a3 0x0 0\n"
    "W 4 1.000003 1 0xd7001714 0x100 0x0 0\n"
    "W 4 1.000004 1 0xd7001700 0x10 0x0 0\n"
    "W 4 1.000005 1 0xd7700200 0x200000 0x0 0\n"
    "W 4 1.000006 1 0xd7001700 0x20 0x0 0\n"
    "W 4 1.000007 1 0xd7700004 0x3001 0x0 0\n"
    "W 4 1.000008 1 0xd7001700 0x30 0x0 0\n"
    "W 4 1.000009 1 0xd7700000 0x45671 0x0 0\n"
    "W 4 1.000010 1 0xf0000124 0x1234 0x0 0\n"
    "R 8 1.000011 1 0xf0001000 0x1122334455667788 0x0 0\n"
    "W 4 1.000012 1 0xd7001700 0x2000010 0x0 0\n"
    "R 4 1.000013 1 0xd7700000 0x3 0x0 0\n";

static const char gf100_demmio[] =
    "VERSION 20070824\n"
    "PCIDEV 0100 10de0191 10 d7000000 e000000c f0000000 0 0 0 0 1000000 10000000 1000000 0 0 0 0 nouveau\n"
    "[0] 1.000001 MMIO32 R 0x009400 0x00000005 PTIMER.TIME => 0x5\n"
    "[0] 1.000002 MMIO32 R 0x000000 0x0c0000a3 ID => { STEPPING = 0xa3 | CHIP = 0xc0 }\n"
    "[0] 1.000003 MMIO32 W 0x001714 0x00000100 0x1714 <= 0x100\n"
    "[0] 1.000004 MMIO32 W 0x001700 0x00000010 WINDOW <= 0x10\n"
    "[0] 1.000005, MEM32 100200 <= 200000\n"
    "[0] 1.000006 MMIO32 W 0x001700 0x00000020 WINDOW <= 0x20\n"
    "[0] 1.000007, MEM32 200004 <= 3001\n"
    "[0] 1.000008 MMIO32 W 0x001700 0x00000030 WINDOW <= 0x30\n"
    "[0] 1.000009, MEM32 300000 <= 45671\n"
    "[0] 1.000010 RAMIN32 124 4567124 <= 1234\n"
    "[0] 1.000011 RAMIN64 1000 0 => 1122334455667788\n"
    "[0] 1.000012 MMIO32 W 0x001700 0x02000010 WINDOW <= 0x2000010\n"
    "[0] 1.000013, MEM32 20000100000 => 3\n";

static char *decode(const char *log, const char *option)
{
    static char *path;
    g_autoptr(ToolRun) run = NULL;

    path = path ?: temp_file("nv_mmio.xml", db, -1);
    run = run_tool(log, "decode", "--db", path, "-", option, NULL);
    g_assert_cmpint(run->status, ==, 0);
    return g_steal_pointer(&run->out);
}

static void test_demmio(void)
{
    g_autofree char *g80 = decode(g80_log, "--as=demmio");
    g_autofree char *gf100 = decode(gf100_log, "--as=demmio");

    g_assert_cmpstr(g80, ==, g80_demmio);
    g_assert_cmpstr(gf100, ==, gf100_demmio);
}

/* Windows show the memory; what is not known stays an offset. */
static void test_g80(void)
{
    g_autofree char *text = decode(g80_log, NULL);

    assert_contains(text, "chipset G80 (0x50200a2 in bar0+0x0, line 4)\n");
    assert_contains(text, "  R4 PROM[0] = 0x55; PROM[0x1] = 0xaa; ");
    assert_contains(text, "  W4 VRAM+0x101400 = 0x110003\n");
    assert_contains(text, "  W4 VRAM+0x345010 = 0xabcd\n");
    assert_contains(text, "  R4 bar2+0x2010 = 0xffff\n");
    assert_contains(text, "  R4 bar1+0x1000 = 0x77\n");
}

static void test_gf100(void)
{
    g_autofree char *text = decode(gf100_log, NULL);
    g_autofree char *json = decode(gf100_log, "--json");

    assert_contains(text, "  W4 VRAM+0x4567124 = 0x1234\n");
    assert_contains(text, "  R8 bar2+0x1000 = 0x1122334455667788\n");
    assert_contains(text, "  R4 SYSRAM+0x100000 = 0x3\n");
    assert_contains(json, "\"memory\": \"VRAM\", \"address\": \"0x4567124\"}\n");
}

/* The database does not know these page tables: nothing is guessed. */
static void test_gv100(void)
{
    g_auto(GStrv) parts = g_strsplit(gf100_log, "0xc0000a3", 2);
    g_autofree char *log = g_strjoinv("0x140000a1", parts);
    g_autofree char *text = decode(log, NULL);

    assert_contains(text, "chipset GV100");
    assert_contains(text, "  W4 VRAM+0x300000 = 0x45671\n");
    assert_contains(text, "  W4 bar2+0x124 = 0x1234\n");
}

/* The user's word counts, also for what demmio does by the chip. */
static void test_variant(void)
{
    g_auto(GStrv) parts = g_strsplit(gf100_log, "0xc0000a3", 2);
    g_autofree char *log = g_strjoinv("0x0", parts);
    g_autofree char *text = decode(log, "--variant=GF100");

    assert_contains(text, "  W4 VRAM+0x4567124 = 0x1234\n");
}

/* Equal GPUs in two PCI domains have a window each. */
static void test_two(void)
{
    static const char log[] = "VERSION 20070824\n"
        "PCIDEV 0100 10de0191 10 d7000000 e000000c f0000000 0 0 0 0 1000000 10000000 1000000 0 0 0 0 nouveau\n"
        "PCIDEV 0100 10de0191 10 c7000000 b000000c a0000000 0 0 0 0 1000000 10000000 1000000 0 0 0 0 nouveau\n"
        "R 4 1.000001 1 0xd7000000 0x50200a2 0x0 0\n"
        "R 4 1.000001 2 0xc7000000 0x50200a2 0x0 0\n"
        "W 4 1.000002 1 0xd7001700 0x10 0x0 0\n"
        "W 4 1.000002 2 0xc7001700 0x20 0x0 0\n"
        "W 4 1.000003 1 0xd7700000 0x1 0x0 0\n"
        "W 4 1.000003 2 0xc7700000 0x2 0x0 0\n";
    g_autofree char *text = decode(log, NULL);
    g_autofree char *demmio = decode(log, "--as=demmio");
    g_autofree char *json = decode(log, "--json");

    assert_contains(json, "\"device\": \"01:00.0#2\"");
    assert_contains(text, "  W4 01:00.0:VRAM+0x100000 = 0x1\n");
    assert_contains(text, "  W4 01:00.0#2:VRAM+0x200000 = 0x2\n");
    g_test_message("%s", demmio);
    assert_contains(demmio, "[0] ");
    assert_contains(demmio, "[1] ");
}

/* demmio rounds a double to microseconds, and writes gaps of more than 100 us. */
static void test_times(void)
{
    g_autofree char *text = decode(
        "PCIDEV 0100 10de0191 10 d7000000 e000000c f0000000 0 0 0 0 1000000 10000000 1000000 0 0 0 0 nouveau\n"
        "R 4 1.000001500 1 0xd7000020 0x1 0x0 0\n"
        "R 4 1.000101500 1 0xd7000020 0x1 0x0 0\n"
        "R 4 1.000201501 1 0xd7000020 0x1 0x0 0\n"
        "R 4 3.000000000 1 0x1000 0x1 0x0 0\n", "--as=demmio");

    g_assert_cmpstr(strchr(text, '\n') + 1, ==,
        "[0] 1.000001 MMIO32 R 0x000020 0x00000001 0x20 => 0x1\n"
        "[0] 1.000101 MMIO32 R 0x000020 0x00000001 0x20 => 0x1\n"
        "SLEEP 0.100001ms\n"
        "[0] 1.000202 MMIO32 R 0x000020 0x00000001 0x20 => 0x1\n"
        "SLEEP 1999.798499ms\n");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decode-nvidia/demmio", test_demmio);
    g_test_add_func("/decode-nvidia/g80", test_g80);
    g_test_add_func("/decode-nvidia/gf100", test_gf100);
    g_test_add_func("/decode-nvidia/gv100", test_gv100);
    g_test_add_func("/decode-nvidia/two", test_two);
    g_test_add_func("/decode-nvidia/variant", test_variant);
    g_test_add_func("/decode-nvidia/times", test_times);
    status = g_test_run();
    temp_clean();
    return status;
}
