/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace lookup, and how it chooses databases
 */
#include <glib/gstdio.h>
#include <string.h>

#include "run-tool.h"

static const char database[] =
    "<?xml version=\"1.0\"?>\n"
    "<database xmlns=\"http://nouveau.freedesktop.org/\">\n"
    "<enum name=\"chipset\">\n"
    " <value value=\"0x1\" name=\"NV1\"/>\n"
    " <value value=\"0x50\" name=\"NV50\"/>\n"
    " <value value=\"0x140\" name=\"GV100\"/>\n"
    "</enum>\n"
    "<enum name=\"SPEED\">\n"
    " <value value=\"0\" name=\"SLOW\"><brief>as before</brief></value>\n"
    " <value value=\"2\" name=\"FAST\"/>\n"
    "</enum>\n"
    "<bitset name=\"FLAGS\">\n"
    " <bitfield low=\"0\" high=\"0\" name=\"UP\"><brief>link</brief></bitfield>\n"
    " <bitfield low=\"4\" high=\"7\" name=\"LANES\" type=\"uint\"/>\n"
    "</bitset>\n"
    "<domain name=\"REGS\" size=\"0x10000\" varset=\"chipset\">\n"
    " <reg32 offset=\"0x0\" name=\"CTRL\"><brief>device control</brief>\n"
    "  <bitfield low=\"0\" high=\"0\" name=\"FD\"><brief>full duplex</brief>"
    "</bitfield>\n"
    "  <bitfield low=\"8\" high=\"9\" name=\"SPEED\" type=\"SPEED\"/>\n"
    "  <bitfield low=\"16\" high=\"23\" name=\"COUNT\" type=\"uint\"/>\n"
    " </reg32>\n"
    " <reg32 offset=\"0x8\" name=\"STATUS\" access=\"r\" type=\"FLAGS\"/>\n"
    " <reg8 offset=\"0x10\" name=\"LEN\"/>\n"
    " <reg16 offset=\"0x12\" name=\"VERSION\"/>\n"
    " <reg32 offset=\"0x20\" name=\"OLD\" variants=\"NV1\"/>\n"
    " <reg32 offset=\"0x20\" name=\"NEW\" variants=\"NV50-\"/>\n"
    " <reg32 offset=\"0x30\" name=\"RX\" access=\"r\"/>\n"
    " <reg32 offset=\"0x30\" name=\"TX\" access=\"w\"/>\n"
    " <reg32 offset=\"0x40\" name=\"MAGIC\" type=\"SPEED\"/>\n"
    " <array name=\"Q\" offset=\"0x1000\" stride=\"0x40\" length=\"4\">\n"
    "  <reg32 offset=\"0x0\" name=\"HEAD\"/>\n"
    "  <reg32 offset=\"0x4\" name=\"TAIL\"/>\n"
    " </array>\n"
    "</domain>\n"
    "<domain name=\"SMALL\" size=\"0x10\">\n"
    " <reg32 offset=\"0x0\" name=\"CAP\"/>\n"
    " <reg32 offset=\"0x4\" name=\"CTRL2\"/>\n"
    "</domain>\n"
    "<domain name=\"MOVED\" size=\"0x10\">\n"
    " <reg32 offset=\"0x4\" name=\"DOORBELL\"/>\n"
    "</domain>\n"
    "</database>\n";

static const char manifest[] =
    "[database]\n"
    "title=A test\n"
    "file=test-lookup.xml\n"
    "[device]\n"
    "ids=1234:5678\n"
    "regions=bar0:REGS bar2+0x100:SMALL bar2+@CAP:MOVED\n";

#define LOOKUP(status, ...) \
    run_verb("lookup", status, (const char *const[]) { __VA_ARGS__, NULL })

#define DEVICE "--device=1234:5678"

/* The text has this line, if what is more than one blank is one. */
static void assert_line(const char *text, const char *line)
{
    g_autoptr(GRegex) blanks = g_regex_new("(?<=\\S)  +", 0, 0, NULL);
    g_autofree char *single = g_regex_replace_literal(blanks, text, -1, 0, " ",
                                                      0, NULL);
    g_autofree char *all = g_strdup_printf("\n%s", single);
    g_autofree char *want = g_strdup_printf("\n%s\n", line);

    assert_contains(all, want);
}

static void test_value(void)
{
    g_autoptr(ToolRun) run = LOOKUP(0, DEVICE, "bar0:0x0", "0x40500201");

    g_assert_cmpstr(run->err, ==, "");
    assert_line(run->out, "CTRL");
    assert_line(run->out, "  address bar0:0x0");
    assert_line(run->out, "  width 32 bits");
    assert_line(run->out, "  access read, write");
    assert_line(run->out, "  brief device control");
    assert_line(run->out, "  value 0x40500201 => { FD | SPEED = FAST | "
                          "COUNT = 80 | 0x40000000 }");
    assert_line(run->out, "0 FD 0x1 full duplex");
    assert_line(run->out, "9:8 SPEED 0x2 FAST");
    assert_line(run->out, "23:16 COUNT 0x50 80");
    assert_contains(run->out, "0x40000000  bits that no field has");
}

static void test_no_value(void)
{
    g_autoptr(ToolRun) run = LOOKUP(0, DEVICE, "ctrl");
    g_autoptr(ToolRun) typed = LOOKUP(0, DEVICE, "MAGIC");

    assert_line(run->out, "CTRL");
    assert_line(run->out, "0 FD flag full duplex");
    assert_line(run->out, "9:8 SPEED enum SPEED");
    assert_contains(run->out, "0x0    SLOW        as before");
    assert_line(run->out, "23:16 COUNT unsigned");
    assert_line(typed->out, "0x0 SLOW as before");
    assert_line(typed->out, "0x2 FAST");
}

/* An address can be written in several ways. */
static void test_addresses(void)
{
    static const char *const same[] = {
        "bar0:0x8", "bar0+8", "0:8", "BAR0:0x8", "0x8", "REGS:0x8", "regs+0x8",
        "bar0:0x9",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(ToolRun) run = LOOKUP(0, DEVICE, "--short", same[i], "0x31");

        g_assert_cmpstr(run->out, ==, "STATUS => { UP | LANES = 3 }\n");
    }
}

static void test_regions(void)
{
    g_autoptr(ToolRun) run = LOOKUP(0, DEVICE, "bar2:0x104");
    g_autoptr(ToolRun) moved = LOOKUP(0, DEVICE, "DOORBELL");
    g_autoptr(ToolRun) domain = LOOKUP(0, DEVICE, "MOVED:4");
    g_autoptr(ToolRun) before = LOOKUP(2, DEVICE, "bar2:0xfc");
    g_autoptr(ToolRun) behind = LOOKUP(2, DEVICE, "bar2:0x110");
    g_autoptr(ToolRun) none = LOOKUP(2, DEVICE, "bar3:0x0");

    g_autoptr(ToolRun) in = LOOKUP(0, DEVICE, "-s", "bar2:C*");
    g_autoptr(ToolRun) of = LOOKUP(0, DEVICE, "-s", "regs:status");
    g_autoptr(ToolRun) not_in = LOOKUP(1, DEVICE, "bar2:STATUS");

    g_assert_cmpstr(in->out, ==, "bar2:0x100 CAP\nbar2:0x104 CTRL2\n");
    g_assert_cmpstr(of->out, ==, "STATUS\n");
    assert_contains(not_in->err, "there is no register 'bar2:STATUS'");
    assert_line(run->out, "CTRL2");
    assert_line(run->out, "  address bar2:0x104");
    assert_line(moved->out,
                "  address MOVED:0x4 (in bar2, from the value of CAP on)");
    g_assert_cmpstr(domain->out, ==, moved->out);
    assert_contains(before->err, "no domain is known at 0xfc of bar2");
    assert_contains(behind->err, "MOVED (bar2)");
    assert_contains(none->err, "there is no region or domain 'bar3'; there "
                               "are: REGS (bar0), SMALL (bar2), MOVED (bar2)");
}

static void test_places(void)
{
    g_autofree char *db = temp_file("test-lookup.xml", database, -1);
    g_autofree char *option = g_strdup_printf("--db=%s", db);
    g_autoptr(ToolRun) main = LOOKUP(0, option, "-s", "bar5:0x8");
    g_autoptr(ToolRun) named = LOOKUP(0, "--db=test-lookup", "-s", "0x8");
    g_autoptr(ToolRun) small = LOOKUP(0, option, "--domain=small", "-s", "4");
    g_autoptr(ToolRun) placed = LOOKUP(0, option, "--domain=bar1+0x20=SMALL",
                                       "-s", "C*");
    g_autoptr(ToolRun) no_db = LOOKUP(2, "--db=nothing", "0");
    g_autoptr(ToolRun) no_domain = LOOKUP(2, option, "--domain=SMAL", "0");
    g_autoptr(ToolRun) neither = LOOKUP(2, "0");
    g_autoptr(ToolRun) unknown = LOOKUP(2, "--device=1234:1111", "0");
    g_autoptr(ToolRun) wrong = LOOKUP(2, "--device=1234", "0");

    g_assert_cmpstr(main->out, ==, "STATUS\n");
    g_assert_cmpstr(named->out, ==, "STATUS\n");
    g_assert_cmpstr(small->out, ==, "CTRL2\n");
    g_assert_cmpstr(placed->out, ==, "bar1:0x20 CAP\nbar1:0x24 CTRL2\n");
    assert_contains(no_db->err, "there is no database 'nothing'");
    assert_contains(no_domain->err,
                    "has no domain 'SMAL'; did you mean 'SMALL'? It has: REGS, "
                    "SMALL, MOVED\n");
    assert_contains(neither->err, "which database?");
    assert_contains(unknown->err, "there is no database for 1234:1111");
    assert_contains(wrong->err, "VENDOR:DEVICE expected");
}

/* The value of one access of two registers */
static void test_wide(void)
{
    g_autoptr(ToolRun) run = LOOKUP(0, DEVICE, "bar0:0x10", "0x01200040");

    assert_line(run->out, "LEN");
    assert_line(run->out, "  value 0x40 => 0x40");
    assert_line(run->out, "VERSION");
    assert_line(run->out, "  value 0x120 => 0x120");
}

/* One register to read, another one to write */
static void test_directions(void)
{
    g_autoptr(ToolRun) run = LOOKUP(0, DEVICE, "bar0:0x30");
    g_autoptr(ToolRun) one = LOOKUP(0, DEVICE, "-s", "bar0:0x30");

    assert_line(run->out, "RX");
    assert_line(run->out, "TX");
    g_assert_cmpstr(one->out, ==, "RX\n");
}

static void test_arrays(void)
{
    g_autoptr(ToolRun) at = LOOKUP(0, DEVICE, "-s", "bar0:0x1084");
    g_autoptr(ToolRun) inside = LOOKUP(0, DEVICE, "bar0:0x1088");
    g_autoptr(ToolRun) all = LOOKUP(0, DEVICE, "Q.TAIL");
    g_autoptr(ToolRun) one = LOOKUP(0, DEVICE, "Q[3].TAIL");
    g_autoptr(ToolRun) list = LOOKUP(0, DEVICE, "Q.*");
    g_autoptr(ToolRun) none = LOOKUP(1, DEVICE, "Q[4].TAIL");

    g_assert_cmpstr(at->out, ==, "Q[0x2].TAIL\n");
    assert_line(inside->out, "Q[0x2]+0x8");
    assert_line(all->out, "Q[*].TAIL");
    assert_line(all->out, "  address bar0:0x1004");
    assert_line(all->out, "  repeated 4 x 0x40");
    assert_line(one->out, "Q[0x3].TAIL");
    assert_line(one->out, "  address bar0:0x10c4");
    assert_line(list->out, "Q[*].HEAD bar0:0x1000 32 4 x 0x40 read, write");
    assert_line(list->out, "Q[*].TAIL bar0:0x1004 32 4 x 0x40 read, write");
    assert_contains(none->err, "there is no register 'Q[4].TAIL'");
}

static void test_patterns(void)
{
    g_autoptr(ToolRun) list = LOOKUP(0, DEVICE, "c*");
    g_autoptr(ToolRun) other = LOOKUP(0, "--db=test-lookup", "-s", "CAP");
    g_autoptr(ToolRun) value = LOOKUP(0, DEVICE, "-s", "ST?TUS", "0x1");
    g_autoptr(ToolRun) near = LOOKUP(1, DEVICE, "STATSU");
    g_autoptr(ToolRun) part = LOOKUP(1, DEVICE, "TAIL");
    g_autoptr(ToolRun) none = LOOKUP(1, DEVICE, "XYZZYXYZZY");

    assert_line(list->out, "register address bits repeated access brief");
    assert_line(list->out, "CTRL bar0:0x0 32 read, write device control");
    assert_line(list->out, "CAP bar2:0x100 32 read, write");
    /* of another domain, if the main one has none */
    g_assert_cmpstr(other->out, ==, "CAP\n");
    g_assert_cmpstr(value->out, ==, "STATUS => { UP | LANES = 0 }\n");
    assert_contains(near->err, "did you mean 'STATUS'?");
    assert_contains(part->err, "names that contain it: Q[*].TAIL");
    assert_contains(none->err, "patterns with '*' list names");
}

static void test_variants(void)
{
    static const struct {
        const char *variant;
        const char *out;
    } cases[] = {
        { "--variant=NV1", "OLD\n" },
        { "--variant=nv50", "NEW\n" },
        { "--variant=GV100", "NEW\n" },
        { "--variant=0x140", "NEW\n" },
        { "--variant=chipset=NV1", "OLD\n" },
        { "--variant=chipset=0x1", "OLD\n" },
    };
    g_autoptr(ToolRun) any = LOOKUP(0, DEVICE, "bar0:0x20");
    g_autoptr(ToolRun) none = LOOKUP(2, DEVICE, "--variant=NV7", "0");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = LOOKUP(0, DEVICE, cases[i].variant, "-s",
                                        "0x20");

        g_assert_cmpstr(run->out, ==, cases[i].out);
    }
    assert_line(any->out, "OLD");
    assert_contains(any->out, "depends on chipset, which is not known");
    assert_contains(none->err, "there is no variant 'NV7'");
    assert_contains(none->err, "NV50");
}

static void test_types(void)
{
    g_autoptr(ToolRun) name = LOOKUP(0, DEVICE, "-e", "SPEED", "2");
    g_autoptr(ToolRun) number = LOOKUP(0, DEVICE, "-e", "speed", "0x7");
    g_autoptr(ToolRun) all = LOOKUP(0, DEVICE, "--enum=SPEED");
    g_autoptr(ToolRun) bits = LOOKUP(0, DEVICE, "-s", "-b", "FLAGS", "0x21");
    g_autoptr(ToolRun) fields = LOOKUP(0, DEVICE, "--bitset=FLAGS");
    g_autoptr(ToolRun) none = LOOKUP(1, DEVICE, "-b", "FLAG");
    g_autoptr(ToolRun) both = LOOKUP(2, DEVICE, "-b", "FLAGS", "-e", "SPEED");

    g_assert_cmpstr(name->out, ==, "FAST\n");
    g_assert_cmpstr(number->out, ==, "0x7\n");
    assert_line(all->out, "0x0 SLOW as before");
    g_assert_cmpstr(bits->out, ==, "{ UP | LANES = 2 }\n");
    assert_line(fields->out, "7:4 LANES unsigned");
    assert_contains(none->err, "has no bitset 'FLAG'; did you mean 'FLAGS'?");
    assert_contains(both->err, "exclude each other");
}

static void test_json(void)
{
    g_autoptr(ToolRun) value = LOOKUP(0, DEVICE, "-j", "0", "0x40000200");
    g_autoptr(ToolRun) list = LOOKUP(0, DEVICE, "-j", "Q.*D");
    g_autoptr(ToolRun) moved = LOOKUP(0, DEVICE, "-j", "DOORBELL");
    g_autoptr(ToolRun) type = LOOKUP(0, DEVICE, "-j", "-e", "SPEED", "2");

    g_assert_cmpstr(value->out, ==,
        "{\"type\": \"register\", \"name\": \"CTRL\", \"domain\": \"REGS\", "
        "\"domain-offset\": \"0x0\", \"region\": \"bar0\", \"offset\": \"0x0\", "
        "\"bits\": 32, \"access\": \"rw\", \"brief\": \"device control\", "
        "\"value\": \"0x40000200\", \"meaning\": \"{ SPEED = FAST | COUNT = 0 | "
        "0x40000000 }\", \"fields\": ["
        "{\"name\": \"FD\", \"low\": 0, \"high\": 0, \"brief\": \"full duplex\", "
        "\"value\": \"0x0\", \"meaning\": \"FALSE\"}, "
        "{\"name\": \"SPEED\", \"low\": 8, \"high\": 9, \"value\": \"0x2\", "
        "\"meaning\": \"FAST\"}, "
        "{\"name\": \"COUNT\", \"low\": 16, \"high\": 23, \"value\": \"0x0\", "
        "\"meaning\": \"0\"}, {\"value\": \"0x40000000\"}]}\n");
    assert_contains(list->out, "\"repeated\": [{\"length\": 4, \"stride\": "
                               "\"0x40\"}]");
    assert_contains(moved->out, "\"region\": \"bar2\", \"at\": \"CAP\"");
    g_assert_cmpstr(type->out, ==,
        "{\"type\": \"enum\", \"name\": \"SPEED\", \"value\": \"0x2\", "
        "\"meaning\": \"FAST\"}\n");
}

static void test_lines(void)
{
    g_autoptr(ToolRun) run = run_tool("# comment\n\nbar0:0x8 0x31\nNONE\nCTRL\n"
                                      "bar0:0x8000 1\nbar7:0\n",
                                      "lookup", DEVICE, "--short", "-", NULL);
    g_autofree char *line = g_strnfill(5000, 'A');
    g_autoptr(ToolRun) wide = run_tool(line, "lookup", DEVICE, "-", NULL);

    g_assert_cmpint(run->status, ==, 2);
    g_assert_cmpstr(run->out, ==, "STATUS => { UP | LANES = 3 }\n-\nCTRL\n"
                                  "0x8000\n-\n");
    g_assert_cmpint(wide->status, ==, 2);
    assert_contains(wide->err, "a line is longer than");
}

static void test_usage(void)
{
    g_autoptr(ToolRun) nothing = LOOKUP(2, DEVICE);
    g_autoptr(ToolRun) more = LOOKUP(2, DEVICE, "CTRL", "1", "2");
    g_autoptr(ToolRun) value = LOOKUP(2, DEVICE, "CTRL", "abc");
    g_autoptr(ToolRun) offset = LOOKUP(1, DEVICE, "bar0:xyz");
    g_autoptr(ToolRun) region = LOOKUP(2, DEVICE, "bar3:CTRL");
    g_autoptr(ToolRun) hex = LOOKUP(1, DEVICE, "1c00");
    g_autoptr(ToolRun) empty = LOOKUP(1, DEVICE, "bar0:0x8000");

    assert_contains(nothing->err, "REGION:OFFSET or a NAME is needed");
    assert_contains(more->err, "'2' is too much");
    assert_contains(value->err, "'abc' is no value");
    assert_contains(offset->err, "there is no register 'bar0:xyz'");
    assert_contains(region->err, "REGION:OFFSET or REGION:NAME expected");
    assert_contains(hex->err,
                    "an offset is a decimal number or begins with 0x");
    assert_contains(empty->err, "there is no register at bar0:0x8000 of domain "
                                "REGS");
}

/* The database of all devices has config space, and there may be a better. */
static void test_config_only(void)
{
    g_autofree char *xml = temp_file("config.xml",
        "<database><domain name=\"PCI\" size=\"0x100\">"
        "<reg16 name=\"VENDOR\" offset=\"0\"/></domain></database>", -1);
    g_autofree char *all = temp_file("config.regdb",
        "[database]\nfile=config.xml\n[device]\nids=*:*\n"
        "regions=config:PCI\n", -1);
    g_autofree char *other = temp_file("other.regdb",
        "[database]\ntitle=GPU\nfile=none.xml\nsource=https://example.org\n"
        "[device]\nids=10de:*\nregions=bar0:MMIO\n", -1);
    g_autoptr(ToolRun) none = LOOKUP(0, "--device=1111:2222", "-s", "0");
    g_autoptr(ToolRun) better = LOOKUP(0, "--device=10de:1d81", "-s", "0");
    g_autoptr(ToolRun) config = LOOKUP(0, "--device=10de:1d81", "config:0");

    g_assert_cmpstr(none->out, ==, "VENDOR\n");
    assert_contains(none->err,
                    "only config space is known of 1111:2222: there is no database for it");
    assert_contains(better->err,
                    "only config space is known of 10de:1d81: the database 'GPU' is not installed; it is at https://example.org");
    g_assert_cmpstr(config->err, ==, "");
    g_remove(xml);
    g_remove(all);
    g_remove(other);
}

int main(int argc, char **argv)
{
    g_autofree char *db = NULL;
    g_autofree char *regdb = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    db = temp_file("test-lookup.xml", database, -1);
    regdb = temp_file("test-lookup.regdb", manifest, -1);
    g_setenv("VFIO_TRACE_REGDB_PATH", temp_dir(), TRUE);
    g_test_add_func("/lookup/config-only", test_config_only);
    g_test_add_func("/lookup/value", test_value);
    g_test_add_func("/lookup/no-value", test_no_value);
    g_test_add_func("/lookup/addresses", test_addresses);
    g_test_add_func("/lookup/regions", test_regions);
    g_test_add_func("/lookup/places", test_places);
    g_test_add_func("/lookup/wide", test_wide);
    g_test_add_func("/lookup/directions", test_directions);
    g_test_add_func("/lookup/arrays", test_arrays);
    g_test_add_func("/lookup/patterns", test_patterns);
    g_test_add_func("/lookup/variants", test_variants);
    g_test_add_func("/lookup/types", test_types);
    g_test_add_func("/lookup/json", test_json);
    g_test_add_func("/lookup/lines", test_lines);
    g_test_add_func("/lookup/usage", test_usage);
    status = g_test_run();
    temp_clean();
    return status;
}
