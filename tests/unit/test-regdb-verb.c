/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace regdb list, check and convert
 */
#include <glib.h>
#include <string.h>

#include "run-tool.h"

static const char database[] =
    "<?xml version=\"1.0\"?>\n"
    "<database xmlns=\"http://nouveau.freedesktop.org/\">\n"
    "<enum name=\"chipset\">\n"
    " <value value=\"0x1\" name=\"OLD\"/>\n"
    " <value value=\"0x50\" name=\"MIDDLE\"/>\n"
    " <value value=\"0x140\" name=\"NEW\"/>\n"
    " <value value=\"0x141\" name=\"NEW\"/>\n"
    "</enum>\n"
    "<enum name=\"SPEED\">\n"
    " <value value=\"0\" name=\"SLOW\"><brief>as &lt;before&gt;</brief></value>\n"
    " <value value=\"2\" name=\"FAST\" varset=\"chipset\" variants=\"NEW\"/>\n"
    " <value name=\"NOT_KNOWN\"/>\n"
    "</enum>\n"
    "<enum name=\"hex\"><value value=\"1\" name=\"ODD\"/></enum>\n"
    "<enum name=\"kind\"><value name=\"A\"/><value name=\"B\"/></enum>\n"
    "<bitset name=\"FLAGS\">\n"
    " <bitfield pos=\"0\" name=\"UP\"><brief>link</brief></bitfield>\n"
    " <bitfield low=\"4\" high=\"7\" name=\"LANES\" type=\"uint\"/>\n"
    "</bitset>\n"
    "<spectype name=\"SHIFTED\" type=\"SPEED\" shr=\"4\"/>\n"
    "<domain name=\"REGS\" size=\"0x10000\" varset=\"chipset\">\n"
    " <brief>the registers</brief>\n"
    " <reg32 offset=\"0x0\" name=\"CTRL\"><brief>device control</brief>\n"
    "  <bitfield pos=\"0\" name=\"FD\"><brief>full duplex</brief></bitfield>\n"
    "  <bitfield low=\"8\" high=\"9\" name=\"SPEED\" type=\"SPEED\"/>\n"
    "  <bitfield low=\"16\" high=\"23\" name=\"COUNT\" type=\"int\" shr=\"2\" add=\"-1\"/>\n"
    "  <bitfield low=\"24\" high=\"31\" name=\"PART\" type=\"ufixed\" radix=\"4\" variants=\"OLD\"/>\n"
    "  <bitfield low=\"10\" high=\"11\" name=\"OWN\"><value value=\"1\" name=\"ONE\"/></bitfield>\n"
    "  <bitfield low=\"12\" high=\"15\" name=\"MOVED\" type=\"SHIFTED\" shr=\"1\"/>\n"
    " </reg32>\n"
    " <reg32 offset=\"0x8\" name=\"STATUS\" access=\"r\" type=\"FLAGS\"/>\n"
    " <reg8 offset=\"0x10\" name=\"LEN\" length=\"2\" stride=\"2\"/>\n"
    " <reg16 offset=\"0x18\" name=\"VERSION\" access=\"w\"/>\n"
    " <reg32 offset=\"0x20\" name=\"FIRST\" variants=\"OLD\"/>\n"
    " <reg32 offset=\"0x20\" name=\"SECOND\" variants=\"MIDDLE-\"/>\n"
    " <array name=\"Q\" offset=\"0x1000\" stride=\"0x40\" length=\"4\">\n"
    "  <stripe offset=\"0x8\" varset=\"kind\" variants=\"B\">\n"
    "   <reg64 offset=\"0x0\" name=\"HEAD\" varset=\"chipset\" variants=\"NEW\"/>\n"
    "  </stripe>\n"
    "  <stripe name=\"S\" offset=\"0x10\" stride=\"4\" length=\"0\"><reg32 offset=\"0\" name=\"X\"/></stripe>\n"
    " </array>\n"
    " <array name=\"PLACES\" offsets=\"0x2000,0x2100\" stride=\"0x10\">\n"
    "  <reg32 offset=\"0x4\" name=\"Y\"/>\n"
    " </array>\n"
    "</domain>\n"
    "<domain name=\"WORDS\" width=\"32\">\n"
    " <reg32 offset=\"0x1\" name=\"A\"/>\n"
    "</domain>\n"
    "</database>\n";

static const char svd[] =
    "<device><name>CHIP</name><peripherals><peripheral><name>P</name>"
    "<baseAddress>0x1000</baseAddress><addressBlock><offset>0</offset>"
    "<size>0x100</size></addressBlock><registers><register><name>R[%s]</name>"
    "<addressOffset>4</addressOffset><dim>2</dim><dimIncrement>4"
    "</dimIncrement><fields><field><name>F</name><bitRange>[3:2]</bitRange>"
    "<enumeratedValues><enumeratedValue><name>ON</name><value>#1x</value>"
    "</enumeratedValue></enumeratedValues></field></fields></register>"
    "</registers></peripheral></peripherals></device>\n";

static const char header[] =
    "#define X_CTRL    0x00000 /* Control - RW */\n"
    "#define X_STATUS  0x00008 /* Status - RO */\n"
    "#define X_MODE    0x0000c\n"
    "#define X_CMD     0x00010\n"
    "#define X_RING(i) (0x00100 + (i) * 0x40)\n"
    "#define X_CTRL_EN BIT(0)\n"
    "#define X_MODE_L_MASK GENMASK(5, 4)\n"
    "#define X_MODE_L_LOW 1\n"
    "#define X_OTHER 5\n";

static const char ranges[] =
    "0:0x0 CTRL rw # control\n"
    "0:0x8 STATUS r\n"
    "2:0x100:0x40 AREA\n";

/* Names that XML or lists of variants can't have, and a type's with a space */
static const char json[] =
    "{\"enums\":{\"A B\":{\"entries\":[{\"name\":\"\xef\xbf\xbf<&\",\"value\":1}]}},"
    "\"register_types\":{\"T T\":{\"fields\":[{\"name\":\"X\",\"bits\":[0,3],"
    "\"enum_ref\":\"A B\",\"comment\":\"a\xef\xbf\xbe\"}]}},"
    "\"register_mappings\":["
    "{\"name\":\"R\",\"type_ref\":\"T T\",\"chips\":[\"a-b\"],"
    "\"map\":{\"at\":0,\"to\":\"mm\"}},"
    "{\"name\":\"S\",\"chips\":[\"c d\",\"e:\"],\"map\":{\"at\":4,\"to\":\"mm\"}}]}";

#define REGDB(status, ...) \
    run_verb("regdb", status, (const char *const[]) { __VA_ARGS__, NULL })

static void assert_text(const char *path, const char *text)
{
    g_autofree char *got = NULL;

    g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
    g_assert_cmpstr(got, ==, text);
}

/* The XML of a database makes the same XML again. */
static void test_round_trip(void)
{
    static const struct {
        const char *name;
        const char *text;
    } files[] = {
        { "a.xml", database }, { "a.svd", svd }, { "a.h", header },
        { "a.ranges", ranges }, { "a.json", json },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = temp_file(files[i].name, files[i].text, -1);
        g_autofree char *xml = g_strdup_printf("%s/rt-%zu.xml", temp_dir(), i);
        g_autoptr(ToolRun) first = REGDB(0, "convert", "--as=rnndb", "-o",
                                         xml, path);
        g_autoptr(ToolRun) second = REGDB(0, "convert", "--as=rnndb", xml);
        G_GNUC_UNUSED g_autoptr(ToolRun) check = REGDB(0, "check", xml);

        g_assert_cmpstr(first->err, ==, "");
        g_assert_cmpstr(second->err, ==, "");
        assert_text(xml, second->out);
        if (files[i].text == json) {
            assert_contains(second->out, "type=\"enum\"");
            assert_contains(second->out, "name=\"?&lt;&amp;\"");
            assert_contains(second->out, "variants=\"a_b\"");
            assert_contains(second->out, "variants=\"c_d-e_\"");
        }
    }
}

static void test_rnndb(void)
{
    g_autofree char *path = temp_file("rnndb.xml", database, -1);
    g_autoptr(ToolRun) all = REGDB(0, "convert", "--as=rnndb", path);
    g_autoptr(ToolRun) part = REGDB(0, "convert", "--as=rnndb",
                                    "--domain=regs", "--variant=MIDDLE", path);

    assert_contains(all->out,
                    "<value value=\"0x0\" name=\"SLOW\">\n      <brief>as &lt;before&gt;</brief>\n");
    assert_contains(all->out, "<value name=\"NOT_KNOWN\"/>");
    assert_contains(all->out,
                    "<bitfield low=\"16\" high=\"23\" name=\"COUNT\" type=\"int\" shr=\"2\" add=\"0xffffffffffffffff\"/>");
    assert_contains(all->out,
                    "<bitfield low=\"24\" high=\"31\" name=\"PART\" type=\"ufixed\" radix=\"4\" varset=\"chipset\" variants=\"OLD\"/>");
    assert_contains(all->out,
                    "<bitfield low=\"12\" high=\"15\" name=\"MOVED\" type=\"SPECTYPE_1\" shr=\"1\"/>");
    assert_contains(all->out,
                    "<reg32 name=\"SECOND\" offset=\"0x20\" type=\"hex\" varset=\"chipset\" variants=\"MIDDLE-\"/>");
    assert_contains(all->out,
                    "<stripe name=\"S\" offset=\"0x10\" length=\"0\" stride=\"0x4\">");
    assert_contains(all->out,
                    "<array name=\"PLACES\" offsets=\"0x2000,0x2100\" stride=\"0x10\">");
    assert_contains(all->out,
                    "<domain name=\"WORDS\" bare=\"yes\" width=\"32\">");
    assert_contains(part->out,
                    "name=\"SECOND\" offset=\"0x20\" type=\"hex\"/>");
    assert_contains(part->out, "varset=\"kind\" variants=\"B\"");
    g_assert_null(strstr(part->out, "FIRST"));
    g_assert_null(strstr(part->out, "PART"));
    g_assert_null(strstr(part->out, "WORDS"));
}

static void test_ranges(void)
{
    g_autofree char *path = temp_file("ranges.xml", database, -1);
    g_autofree char *list = temp_file("ranges.txt", ranges, -1);
    g_autoptr(ToolRun) run = REGDB(1, "convert", "--as=ranges", "--domain",
                                   "REGS", "--variant", "OLD", path);
    g_autoptr(ToolRun) same = REGDB(0, "convert", "--as=ranges", list);

    assert_contains(run->out, "regs:0x0:0x4 CTRL # device control\n"
                    "regs:0x8:0x4 STATUS r\n"
                    "regs:0x10:0x1 LEN[0]\n"
                    "regs:0x12:0x1 LEN[0x1]\n"
                    "regs:0x18:0x2 VERSION w\n"
                    "regs:0x20:0x4 FIRST\n");
    assert_contains(run->out, "regs:0x1050:0x4 Q[0x1].S[0].X\n");
    assert_contains(run->err, "can't be written as ranges");
    g_assert_cmpstr(same->out, ==, "bar0:0x0:0x4 CTRL # control\n"
                    "bar0:0x8:0x4 STATUS r\n"
                    "bar2:0x100:0x40 AREA\n");
}

/* Names that a list of ranges can't have */
static void test_ranges_of_odd_names(void)
{
    g_autofree char *name = g_strnfill(200, 'x');
    g_autofree char *text = g_strdup_printf(
        "<database><domain name='D'><reg32 name='# A' offset='0'/>"
        "<stripe name='%s'><reg32 name='%s' offset='4'/></stripe>"
        "</domain></database>", name, name);
    g_autofree char *path = temp_file("odd.xml", text, -1);
    g_autoptr(ToolRun) run = REGDB(1, "convert", "--as=ranges", path);

    g_assert_cmpstr(run->out, ==, "d:0x0:0x4 __A\n");
    assert_contains(run->err, "1 registers, fields or repetitions can't");
}

/* What vfio-trace profile prints loads as it is. */
static void test_profile(void)
{
    g_autoptr(GString) log = g_string_new("VERSION 20070824\n"
        "MAP 1.000000 1 0xfeb80000 0xffff8000 0x20000 0x0 0\n");
    g_autoptr(ToolRun) profile = NULL;
    g_autoptr(ToolRun) check = NULL;
    g_autofree char *path = NULL;
    g_autofree char *list = NULL;
    int i;

    for (i = 0; i < 200; i++) {
        g_string_append_printf(log, "R 4 1.%06d 1 0xfeb80008 0x80080783 0x0 0\n"
                               "W 4 1.%06d 1 0xfeb8%04x 0x%x 0x0 0\n",
                               2 * i + 1, 2 * i + 2, 0x1000 + 4 * i, i);
    }
    path = temp_file("profile.mmt", log->str, -1);
    profile = run_tool(NULL, "profile", "--as=ranges", "--no-db", path, NULL);
    g_assert_cmpint(profile->status, ==, 0);
    list = temp_file("profile.ranges", profile->out, -1);
    check = REGDB(0, "check", list);
    assert_contains(check->out, ": ranges: domains 1, registers ");
}

static void test_check(void)
{
    g_autofree char *good = temp_file("good.h", header, -1);
    g_autofree char *bad = temp_file("bad.ranges",
                                     "0:0 GOOD\n0:4 \033[31mBAD x\n", -1);
    g_autoptr(ToolRun) one = REGDB(0, "check", good);
    g_autoptr(ToolRun) two = REGDB(1, "check", good, bad);
    g_autoptr(ToolRun) json = REGDB(1, "check", "--json", bad);
    g_autoptr(ToolRun) wrong = REGDB(1, "check", "--format=svd", good);
    g_autoptr(ToolRun) missing = REGDB(2, "check", "/nonexistent/a.xml");

    /* each file once */
    g_assert_cmpuint(g_strrstr(one->out, "good.h: header:") -
                     strstr(one->out, "good.h: header:"), ==, 0);
    assert_contains(one->out,
                    "good.h: header: domains 1, registers 5, fields 2, enums 1, values 1, bitsets 0, varsets 0, faults 0\n");
    assert_contains(one->out,
                    "good.h: of 9 defines, 5 are registers, 2 fields, 1 values, 0 say where those are; 1 are left out\n");
    assert_contains(two->out,
                    "bad.ranges:2: behind the name, r, w, rw or a comment with # expected\n");
    assert_contains(two->out,
                    "registers 1, fields 0, enums 0, values 0, bitsets 0, varsets 0, faults 1\n");
    assert_contains(json->out,
                    "\"usable\": true, \"format\": \"ranges\", \"domains\": 1, \"registers\": 1");
    assert_contains(json->out, "\"faults\": 1, \"messages\": [{\"text\": ");
    assert_contains(wrong->out, "good.h: can't be used\n");
    assert_contains(missing->err,
                    "/nonexistent/a.xml: No such file or directory");
}

static void test_list(void)
{
    G_GNUC_UNUSED g_autofree char *entry =
        temp_file("card.regdb",
        "[database]\ntitle=A card\nfile=card.xml\n"
        "[device]\nids=1234:5678\nregions=bar0:REGS bar1+0x100:WORDS\n", -1);
    G_GNUC_UNUSED g_autofree char *other =
        temp_file("other.regdb",
        "[database]\ntitle=Another\nfile=other.xml\nsource=https://example.org\n"
        "[device]\nids=1234:9999\nregions=bar0:X\n", -1);
    G_GNUC_UNUSED g_autofree char *file = temp_file("card.xml", database, -1);
    g_autoptr(ToolRun) all = REGDB(0, "list");
    g_autoptr(ToolRun) one = REGDB(0, "list", "1234:5678");
    g_autoptr(ToolRun) class = REGDB(0, "list", "1234:5678:020000");
    g_autoptr(ToolRun) json = REGDB(0, "list", "--json", "1234:5678");
    g_autoptr(ToolRun) none = REGDB(1, "list", "4321:5678");
    g_autoptr(ToolRun) bad = REGDB(2, "list", "nothing");

    assert_contains(all->out, "A card\n    devices  1234:5678\n"
                    "    regions  bar0:REGS bar1+0x100:WORDS\n    file     ");
    assert_contains(all->out, "    file     not installed: other.xml\n"
                    "    source   https://example.org\n");
    assert_contains(one->out, "A card\n");
    g_assert_null(strstr(one->out, "Another"));
    g_assert_cmpstr(class->out, ==, one->out);
    assert_contains(json->out,
                    "\"title\": \"A card\", \"devices\": \"1234:5678\", \"installed\": true, \"file\": ");
    assert_contains(json->out,
                    "{\"region\": \"bar1\", \"offset\": \"0x100\", \"domain\": \"WORDS\"}");
    g_assert_cmpstr(none->err, ==,
                    "vfio-trace regdb list: there is no database for 4321:5678\n");
    assert_contains(bad->err, "VENDOR:DEVICE or VENDOR:DEVICE:CLASS expected");
}

static void test_usage(void)
{
    static const struct {
        const char *args[6];
        const char *err;
    } words[] = {
        { { NULL }, "the verb is missing" },
        { { "prove" }, "'prove' is not list, check or convert" },
        { { "check" }, "the file is missing" },
        { { "check", "--format=x", "a" }, "unknown format 'x': there are " },
        { { "convert", "a" }, "--as is missing" },
        { { "convert", "--as=x", "a" }, "--as 'x' is not rnndb or ranges" },
        { { "convert", "--as=rnndb" }, "the file is missing" },
        { { "convert", "--as=rnndb", "a", "b" }, "only one file" },
        { { "convert", "--as=rnndb", "/nonexistent" }, "/nonexistent" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(ToolRun) run = run_verb("regdb", 2, words[i].args);

        assert_contains(run->err, words[i].err);
    }
}

static void test_output(void)
{
    g_autofree char *path = temp_file("out.ranges", ranges, -1);
    g_autoptr(ToolRun) exists = REGDB(2, "convert", "--as=rnndb", "-o", path,
                                      path);
    g_autoptr(ToolRun) variant = REGDB(2, "convert", "--as=rnndb",
                                       "--variant=NV50", path);
    g_autoptr(ToolRun) domain = REGDB(2, "convert", "--as=rnndb",
                                      "--domain=NONE", path);

    assert_contains(exists->err, "exists already");
    assert_contains(variant->err, "NV50");
    assert_contains(domain->err, "NONE");
    assert_text(path, ranges);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_setenv("VFIO_TRACE_REGDB_PATH", temp_dir(), TRUE);
    g_test_add_func("/regdb-verb/round-trip", test_round_trip);
    g_test_add_func("/regdb-verb/rnndb", test_rnndb);
    g_test_add_func("/regdb-verb/ranges", test_ranges);
    g_test_add_func("/regdb-verb/ranges-of-odd-names", test_ranges_of_odd_names);
    g_test_add_func("/regdb-verb/profile", test_profile);
    g_test_add_func("/regdb-verb/check", test_check);
    g_test_add_func("/regdb-verb/list", test_list);
    g_test_add_func("/regdb-verb/usage", test_usage);
    g_test_add_func("/regdb-verb/output", test_output);
    status = g_test_run();
    temp_clean();
    return status;
}
