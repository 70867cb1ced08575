/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, text to events
 */
#include "parse-random.h"

static void test_version(void)
{
    MmtParseError err;
    MmtEvent ev;

    assert_ok(parse(MMT_VERSION_LINE, strlen(MMT_VERSION_LINE), &ev, &err,
                    NULL), MMT_VERSION_LINE, &err);
    g_assert_cmpint(ev.type, ==, MMT_EVENT_VERSION);
    g_assert_cmpuint(ev.value, ==, MMT_VERSION);
}

typedef struct {
    const char *line;
    MmtEventType type;
    uint64_t ns;
    uint64_t value;
    const char *text;
    const char *extra;
} Accepted;

/* Lines that consumers accept, the kernel writes, and our extensions use. */
static const Accepted accepted[] = {
    { "R 4 1.000002 1 0x10 0xff 0x0 0", MMT_EVENT_READ, 1000002000, 0xff,
      NULL, NULL },
    { "R 4 1.000002 1 0x10 0xff 0x0 0\r\n", MMT_EVENT_READ, 1000002000, 0xff,
      NULL, NULL },
    { "R 4 1.000002 1 0x10 0xff 0x0 0\r", MMT_EVENT_READ, 1000002000, 0xff,
      NULL, NULL },
    { "W 1 1.000000002 1 0x10 0xFF 0x0 77\n", MMT_EVENT_WRITE, 1000000002,
      0xff, NULL, NULL },
    { "R 4 1.000002 1 0x10 0xff 0x0 0 cpu=1 ns=1.000002003", MMT_EVENT_READ,
      1000002000, 0xff, NULL, "cpu=1 ns=1.000002003" },
    { "R 4 1.000002 1 0x10 0xff 0x0 0 cpu=-\r\n", MMT_EVENT_READ, 1000002000,
      0xff, NULL, "cpu=-" },
    /* unknown extra fields */
    { "R 4 1.000002 1 0x10 0xff 0x0 0 cr4=x cpus=y ns cpu=1 z",
      MMT_EVENT_READ, 1000002000, 0xff, NULL, "cr4=x cpus=y ns cpu=1 z" },
    { "R 4 1.000002 1 0x10 0xff 0x0 0 hw=0xff later=1 latency=? cr3=0x0",
      MMT_EVENT_READ, 1000002000, 0xff, NULL,
      "hw=0xff later=1 latency=? cr3=0x0" },
    { "R 4 1.000002 1 0x10 0xff 0x0 0 hw=- trap=2950", MMT_EVENT_READ,
      1000002000, 0xff, NULL, "hw=- trap=2950" },
    { "W 4 1.000002 1 0x10 0xff 0x0 0 trap=?", MMT_EVENT_WRITE,
      1000002000, 0xff, NULL, "trap=?" },
    { "MARK 1.000000 vfio-trace: config R width=4 map=7 offset=0x10 "
      "value=0xff", MMT_EVENT_CONFIG_READ, 1000000000, 0xff, NULL, NULL },
    { "MARK 1.000000 vfio-trace: config W width=1 map=7 offset=0xfff "
      "value=0xff pc=0x10 cpu=1 new=word\r\n", MMT_EVENT_CONFIG_WRITE,
      1000000000, 0xff,
      "vfio-trace: config W width=1 map=7 offset=0xfff value=0xff pc=0x10 "
      "cpu=1 new=word", "cpu=1 new=word" },
    { "MARK 1.000000 vfio-trace: config R width=4 map=7 offset=0x0 "
      "value=0x0 hw=?", MMT_EVENT_CONFIG_READ, 1000000000, 0, NULL, "hw=?" },
    /* not as the tracer writes it: a marker like any other */
    { "MARK 1.000000 vfio-trace: config X width=4 map=7 offset=0x10 "
      "value=0xff", MMT_EVENT_MARK, 1000000000, 0, NULL, NULL },
    { "MARK 1.000000 vfio-trace: config R width=8 map=7 offset=0x10 "
      "value=0xff cpu=1", MMT_EVENT_MARK, 1000000000, 0, NULL, NULL },
    { "MARK 1.000000 vfio-trace: config", MMT_EVENT_MARK, 1000000000, 0,
      "vfio-trace: config", NULL },
    { "MARK 1.000000 config R width=4 map=7 offset=0x10 value=0xff",
      MMT_EVENT_MARK, 1000000000, 0, NULL, NULL },
    /* wider than the width: sign-extended by the kernel */
    { "R 1 1.000002 1 0x10 0xffffff80 0x0 0", MMT_EVENT_READ, 1000002000,
      0xffffff80, NULL, NULL },
    { "R 8 18446744073.709551615 2147483647 0xffffffffffffffff "
      "0xffffffffffffffff 0xffffffffffffffff 2147483647", MMT_EVENT_READ,
      UINT64_MAX, UINT64_MAX, NULL, NULL },
    { "UNMAP 1.000000 -1 0x0 0", MMT_EVENT_UNMAP, 1000000000, 0, NULL, NULL },
    { "MARK 1.000000 hello world", MMT_EVENT_MARK, 1000000000, 0,
      "hello world", NULL },
    { "MARK 1.000000 ", MMT_EVENT_MARK, 1000000000, 0, "", NULL },
    { "MARK 1.000000  two blanks ", MMT_EVENT_MARK, 1000000000, 0,
      " two blanks ", NULL },
    { "MARK 1.000000 tab\there", MMT_EVENT_MARK, 1000000000, 0, "tab\there",
      NULL },
    { "MARK 0.000000 Lost 7 events.", MMT_EVENT_LOST, 0, 7, "Lost 7 events.",
      NULL },
    /* not the kernel's text, or not its time: a marker like any other */
    { "MARK 1.000000 Lost 7 events.", MMT_EVENT_MARK, 1000000000, 0,
      "Lost 7 events.", NULL },
    { "MARK 0.000000 Lost  events.", MMT_EVENT_MARK, 0, 0, "Lost  events.",
      NULL },
    { "MARK 0.000000 Lost events.", MMT_EVENT_MARK, 0, 0, "Lost events.",
      NULL },
    { "MARK 0.000000 Lost 7x events.", MMT_EVENT_MARK, 0, 0,
      "Lost 7x events.", NULL },
    { "MARK 0.000000 Lost 99999999999999999999 events.", MMT_EVENT_MARK, 0, 0,
      "Lost 99999999999999999999 events.", NULL },
    { "CPU:0 [LOST 12 EVENTS]", MMT_EVENT_LOST_CPU, 0, 12, NULL, NULL },
    { "CPU:3 [LOST EVENTS]", MMT_EVENT_LOST_CPU, 0, MMT_LOST_UNKNOWN, NULL,
      NULL },
    { "# tracer: mmiotrace", MMT_EVENT_COMMENT, 0, 0, " tracer: mmiotrace",
      NULL },
    { "#", MMT_EVENT_COMMENT, 0, 0, "", NULL },
    { "PCIDEV 0010 80860f31 61 b0000000 0 a0000008 0 e081 0 c0002 400000 0 "
      "10000000 0 8 0 20000 i915", MMT_EVENT_PCIDEV, 0, 0, "i915", NULL },
    { "PCIDEV 0010 80860f31 61 0 0 0 0 0 0 0 0 0 0 0 0 0 0 HDA Intel",
      MMT_EVENT_PCIDEV, 0, 0, "HDA Intel", NULL },
    { "PCIDEV 0010 80860f31 61 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ",
      MMT_EVENT_PCIDEV, 0, 0, "", NULL },
    { "PCIDEV 0010 80860f31 61 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
      MMT_EVENT_PCIDEV, 0, 0, "", NULL },
    { "LSPCI 01:00.0 VGA compatible controller: A GPU", MMT_EVENT_LSPCI, 0, 0,
      "01:00.0 VGA compatible controller: A GPU", NULL },
    { "LSPCI \tMemory at fa000000 (32-bit)", MMT_EVENT_LSPCI, 0, 0,
      "\tMemory at fa000000 (32-bit)", NULL },
    { "LSPCI ", MMT_EVENT_LSPCI, 0, 0, "", NULL },
    { "LSPCI", MMT_EVENT_LSPCI, 0, 0, "", NULL },
};

static void test_accepted(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(accepted); i++) {
        const Accepted *c = &accepted[i];
        g_autofree char *copy = g_memdup2(c->line, strlen(c->line));
        MmtParseError err;
        MmtEvent ev;

        assert_ok(mmt_parse_line(copy, strlen(c->line), &ev, &err), c->line,
                  &err);
        g_assert_cmpint(ev.type, ==, c->type);
        g_assert_cmpuint(ev.ns, ==, c->ns);
        g_assert_cmphex(ev.value, ==, c->value);
        if (c->text) {
            g_assert_cmpmem(ev.text.p, ev.text.len, c->text,
                            strlen(c->text));
        }
        if (c->extra) {
            g_assert_cmpmem(ev.extra.p, ev.extra.len, c->extra,
                            strlen(c->extra));
        } else {
            g_assert_cmpuint(ev.extra.len, ==, 0);
        }
    }
}

/* A driver's name may be longer than the struct's field. */
static void test_driver_long(void)
{
    g_autofree char *name = g_strnfill(500, 'n');
    g_autofree char *line =
        g_strconcat("PCIDEV 0010 80860f31 61 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ",
                    name, NULL);
    g_autofree char *text = NULL;
    MmtParseError err;
    MmtEvent ev;

    assert_ok(parse(line, strlen(line), &ev, &err, &text), line, &err);
    g_assert_cmpstr(text, ==, name);
    g_assert_cmpuint(strlen(ev.pci.driver), ==, sizeof(ev.pci.driver) - 1);
}

typedef struct {
    const char *line;
    gssize len;
    const char *field;
    size_t column;
    const char *message;
} Refused;

static const Refused refused[] = {
    { "", -1, "keyword", 1, "the line is empty" },
    { "\n", -1, "keyword", 1, "the line is empty" },
    { "\r\n", -1, "keyword", 1, "the line is empty" },
    { "r 4 1.000000 1 0x0 0x0 0x0 0", -1, "keyword", 1,
      "a line can not begin with 'r'" },
    { " R 4 1.000000 1 0x0 0x0 0x0 0", -1, "keyword", 1,
      "a line can not begin with ''" },
    { "R4 1.000000 1 0x0 0x0 0x0 0", -1, "keyword", 1,
      "a line can not begin with 'R4'" },
    { "rw what?", -1, "keyword", 1, "a line can not begin with 'rw'" },
    { "\x01\xff\x7f", -1, "keyword", 1, "a line can not begin with '??" "?'" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1, "keyword", 1,
      "a line can not begin with 'aaaaaaaaaaaaaaaaaaaaaaaa...'" },
    { "R", -1, "width", 2, "width is missing: the line ends" },
    { "R ", -1, "width", 3, "width is missing: the line ends" },
    { "R  4 1.000000 1 0x0 0x0 0x0 0", -1, "width", 3,
      "two blanks before the width; one expected" },
    { "R\t4 1.000000 1 0x0 0x0 0x0 0", -1, "keyword", 1,
      "a line can not begin with 'R?4'" },
    { "R 3 1.000000 1 0x0 0x0 0x0 0", -1, "width", 3,
      "width is 3; 1, 2, 4 or 8 expected" },
    { "R 0 1.000000 1 0x0 0x0 0x0 0", -1, "width", 3,
      "width is 0; 1, 2, 4 or 8 expected" },
    { "R -4 1.000000 1 0x0 0x0 0x0 0", -1, "width", 3,
      "width is '-4'; a decimal number expected" },
    { "R 4x 1.000000 1 0x0 0x0 0x0 0", -1, "width", 4,
      "width is '4x'; a decimal number expected" },
    { "R 99999999999 1.000000 1 0x0 0x0 0x0 0", -1, "width", 3,
      "width 99999999999 is too large; at most 4294967295 fits" },
    { "R 4 1 1 0x0 0x0 0x0 0", -1, "time", 6,
      "time is '1'; seconds, a point and 6 or 9 digits expected" },
    { "R 4 1.00000 1 0x0 0x0 0x0 0", -1, "time", 7,
      "time has 5 digits after the point; 6 or 9 expected" },
    { "R 4 1.0000000 1 0x0 0x0 0x0 0", -1, "time", 7,
      "time has 7 digits after the point; 6 or 9 expected" },
    { "R 4 1. 1 0x0 0x0 0x0 0", -1, "time", 7,
      "time is '1.'; seconds, a point and 6 or 9 digits expected" },
    { "R 4 .000000 1 0x0 0x0 0x0 0", -1, "time", 5,
      "time is '.000000'; a decimal number expected" },
    { "R 4 -1.000000 1 0x0 0x0 0x0 0", -1, "time", 5,
      "time is '-1.000000'; a decimal number expected" },
    { "R 4 1e3.000000 1 0x0 0x0 0x0 0", -1, "time", 6,
      "time is '1e3.000000'; seconds, a point and 6 or 9 digits expected" },
    { "R 4 18446744074.000000 1 0x0 0x0 0x0 0", -1, "time", 5,
      "time 18446744074.000000 is too large; at most 18446744073 fits" },
    { "R 4 18446744073.709552 1 0x0 0x0 0x0 0", -1, "time", 5,
      "time 18446744073.709552 is too large" },
    { "R 4 18446744073.709551616 1 0x0 0x0 0x0 0", -1, "time", 5,
      "time 18446744073.709551616 is too large" },
    { "R 4 1.000000 0 0x0 0x0 0x0 0", -1, "map id", 14,
      "map id is 0; 1 or more expected" },
    { "R 4 1.000000 -1 0x0 0x0 0x0 0", -1, "map id", 14,
      "map id is '-1'; a decimal number expected" },
    /* demmio would ignore that line silently */
    { "R 4 1.000000 0x1 0x0 0x0 0x0 0", -1, "map id", 15,
      "map id is '0x1'; a decimal number expected" },
    { "R 4 1.000000 2147483648 0x0 0x0 0x0 0", -1, "map id", 14,
      "map id 2147483648 is too large; at most 2147483647 fits" },
    { "R 4 1.000000 1 10 0x0 0x0 0", -1, "physical address", 16,
      "physical address is '10'; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x 0x0 0x0 0", -1, "physical address", 16,
      "physical address is '0x'; a hexadecimal number expected" },
    { "R 4 1.000000 1 0x0g 0x0 0x0 0", -1, "physical address", 19,
      "physical address is '0x0g'; a hexadecimal number expected" },
    { "R 4 1.000000 1 0x10000000000000000 0x0 0x0 0", -1,
      "physical address", 16,
      "physical address 0x10000000000000000 is too large; at most "
      "18446744073709551615 fits" },
    { "R 4 1.000000 1 0x0 0x10000000000000000 0x0 0", -1, "value", 20,
      "value 0x10000000000000000 is too large; at most "
      "18446744073709551615 fits" },
    { "R 4 1.000000 1 0x0 0x0", -1, "PC", 23,
      "PC is missing: the line ends" },
    { "R 4 1.000000 1 0x0 0x0 0x0", -1, "PID", 27,
      "PID is missing: the line ends" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 ", -1, "extra", 29,
      "a blank at the end of the line" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0  x", -1, "extra", 30,
      "two blanks before the extra fields; one expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cpu=", -1, "cpu", 34,
      "cpu is ''; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cpu= ns=1.000000000", -1, "cpu", 34,
      "cpu is ''; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cpu=-1", -1, "cpu", 34,
      "cpu is '-1'; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cpu=4294967295", -1, "cpu", 34,
      "cpu 4294967295 is too large; at most 4294967294 fits" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 x cpu=1 cpu=1", -1, "extra", 38,
      "cpu= appears twice" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 ns=1.000000", -1, "ns", 35,
      "ns has 6 digits after the point; 9 expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 ns=1000000000", -1, "ns", 43,
      "ns is '1000000000'; seconds, a point and 9 digits expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 ns=18446744073.709551616", -1, "ns", 33,
      "ns 18446744073.709551616 is too large" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 latency=4294967296", -1, "latency", 38,
      "latency 4294967296 is too large; at most 4294967295 fits" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 latency=-", -1, "latency", 38,
      "latency is '-'; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 latency=??", -1, "latency", 38,
      "latency is '??" "'; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 latency=0x1", -1, "latency", 39,
      "latency is '0x1'; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 trap=18446744073709551616", -1, "trap",
      35, "trap 18446744073709551616 is too large; at most "
      "18446744073709551615 fits" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 trap=-", -1, "trap", 35,
      "trap is '-'; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 trap=1 trap=1", -1, "extra", 37,
      "trap= appears twice" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cr3=", -1, "cr3", 34,
      "cr3 is ''; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cr3=-", -1, "cr3", 34,
      "cr3 is '-'; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cr3=0x1 cr3=0x1", -1, "extra", 38,
      "cr3= appears twice" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cr3=0x1 asce=0x1", -1, "extra", 38,
      "asce= after another address space" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 ttbr0=12", -1, "ttbr0", 36,
      "ttbr0 is '12'; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 hw=", -1, "hw", 33,
      "hw is ''; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 hw=10", -1, "hw", 33,
      "hw is '10'; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 hw=?x", -1, "hw", 33,
      "hw is '?x'; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 hw=0x10000000000000000", -1, "hw", 33,
      "hw 0x10000000000000000 is too large; at most 18446744073709551615 "
      "fits" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0x", -1, "PID", 29,
      "PID is '0x'; a decimal number expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 a\0b", 32, "extra", 31,
      "a zero byte inside the line" },
    { "R 4 1.0000\0" "00 1 0x0 0x0 0x0 0", 29, "time", 11,
      "time is '1.0000?00'; seconds, a point and 6 or 9 digits expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0\nW 4", 32, "PID", 29,
      "PID is '0?W'; a decimal number expected" },
    { "MARK 1.000000", -1, "text", 14, "text is missing: the line ends" },
    { "MARK", -1, "time", 5, "time is missing: the line ends" },
    { "MARK 1.000000 a\rb", -1, "text", 16,
      "a carriage return inside the line" },
    { "MARK 1.000000 a\nb", -1, "text", 16, "a newline inside the line" },
    { "MARK 1.000000 a\0b", 17, "text", 16, "a zero byte inside the line" },
    { "MAP 1.000000 1 0x0 0x0 0x0 0x0", -1, "PID", 31,
      "PID is missing: the line ends" },
    { "UNMAP 1.000000 -2 0x0 0", -1, "map id", 16,
      "map id is '-2'; a decimal number expected" },
    { "UNMAP 1.000000 -10 0x0 0", -1, "map id", 16,
      "map id is '-10'; a decimal number expected" },
    { "UNKNOWN 1.000000 1 0x0 0f,b6 0x0 0", -1, "opcode", 24,
      "opcode is '0f,b6'; three bytes like 0f,b6,00 expected" },
    { "UNKNOWN 1.000000 1 0x0 0f,b6,0 0x0 0", -1, "opcode", 24,
      "opcode is '0f,b6,0'; three bytes like 0f,b6,00 expected" },
    { "UNKNOWN 1.000000 1 0x0 0f,b6,000 0x0 0", -1, "opcode", 24,
      "opcode is '0f,b6,000'; three bytes like 0f,b6,00 expected" },
    { "VERSION 20070823", -1, "version", 9,
      "version is 20070823; 20070824 expected" },
    { "VERSION 20070824 x", -1, "end of line", 17,
      "'x' follows where the line should end" },
    { "PCIDEV 010 80860f31 61 0", -1, "bus and devfn", 8,
      "bus and devfn is '010'; 4 hexadecimal digits expected" },
    { "PCIDEV 0010 8086f31 61 0", -1, "vendor and device", 13,
      "vendor and device is '8086f31'; 8 hexadecimal digits expected" },
    { "PCIDEV 0010 80860f31 100000000 0", -1, "IRQ", 22,
      "IRQ 100000000 is too large; at most 4294967295 fits" },
    { "PCIDEV 0010 80860f31 61 0xb0000000 0 0 0 0 0 0 0 0 0 0 0 0 0 x", -1,
      "resource start", 26,
      "resource start is '0xb0000000'; a hexadecimal number expected" },
    { "PCIDEV 0010 80860f31 61 0 0 0 0 0 0 0 0 0 0 0 0 0", -1,
      "resource size", 50, "resource size is missing: the line ends" },
    { "CPU:0 LOST", -1, "count", 6, "' [LOST' expected after the CPU" },
    { "CPU:0 [LOST 12 EVENTS] x", -1, "count", 16,
      "'EVENTS]' and the end of the line expected" },
};

static void test_refused(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        const Refused *c = &refused[i];
        size_t len = c->len < 0 ? strlen(c->line) : (size_t)c->len;
        MmtParseError err;
        MmtEvent ev;

        g_test_message("line %zu: %s", i, c->line);
        g_assert_false(parse(c->line, len, &ev, &err, NULL));
        g_assert_cmpstr(err.message, ==, c->message);
        g_assert_cmpstr(err.field, ==, c->field);
        g_assert_cmpuint(err.column, ==, c->column);
    }
}

/*
 * A truncated line is refused or, where the cut goes through the last number or
 * a text, parsed as a shorter one; nothing beyond the cut is read.
 */
static void test_truncated(void)
{
    size_t i;
    size_t len;

    for (i = 0; i < G_N_ELEMENTS(accepted); i++) {
        for (len = 0; len <= strlen(accepted[i].line); len++) {
            MmtParseError err;
            MmtEvent ev;

            if (!parse(accepted[i].line, len, &ev, &err, NULL)) {
                g_assert_nonnull(err.field);
                g_assert_cmpuint(err.column, >=, 1);
                g_assert_cmpuint(err.column, <=, len + 1);
                g_assert_cmpstr(err.message, !=, "");
                g_assert_true(g_str_is_ascii(err.message));
            }
        }
    }
}

/* Randomly changed bytes: any valid result will do. */
static void test_mutated(void)
{
    static const char palette[] = "0123456789abcdefxRW .,-:[]#\r\n\0\xff";
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;

    for (i = 0; i < ROUNDS * 5; i++) {
        const char *line = accepted[i % G_N_ELEMENTS(accepted)].line;
        size_t len = strlen(line);
        g_autofree char *copy = g_memdup2(line, len);
        int changes = g_rand_int_range(rand, 1, 5);
        MmtFlagMark mark;
        MmtParseError err;
        MmtEvent ev;

        while (changes--) {
            copy[g_rand_int_range(rand, 0, len)] =
                palette[g_rand_int_range(rand, 0, sizeof(palette))];
        }
        if (mmt_parse_line(copy, len, &ev, &err)) {
            g_assert_cmpint(ev.type, <, MMT_EVENT__MAX);
            g_assert_nonnull(mmt_event_type_name(ev.type));
            if (ev.text.p) {
                g_assert_true(ev.text.p >= copy &&
                              ev.text.p + ev.text.len <= copy + len);
            }
            mmt_parse_flag_mark(&ev, &mark);
        } else {
            g_assert_cmpuint(err.column, >=, 1);
            g_assert_cmpuint(err.column, <=, len + 1);
        }
    }
}

/* Messages for marks that are not accesses to config space. */
static const Refused refused_config[] = {
    { "", -1, "keyword", 15, "not an access to config space" },
    { "vfio-trace: coverage", -1, "keyword", 15,
      "not an access to config space" },
    { "vfio-trace: config ", -1, "direction", 34, "'R' or 'W' expected" },
    { "vfio-trace: config RW width=4", -1, "direction", 34,
      "'R' or 'W' expected" },
    { "vfio-trace: config R ", -1, "width", 36, "'width=' expected" },
    { "vfio-trace: config R width=", -1, "width", 42,
      "width is ''; a decimal number expected" },
    { "vfio-trace: config R width=0 map=1 offset=0x0 value=0x0", -1, "width",
      42, "config space is accessed up to 4 bytes at a time" },
    { "vfio-trace: config R width=8 map=1 offset=0x0 value=0x0", -1, "width",
      42, "config space is accessed up to 4 bytes at a time" },
    { "vfio-trace: config R width=4  map=1", -1, "map id", 43,
      "' map=' expected" },
    { "vfio-trace: config R width=4 map=0 offset=0x0 value=0x0", -1,
      "map id", 48, "map id is 0; 1 or more expected" },
    { "vfio-trace: config R width=4 map=1 addr=0x0 value=0x0", -1,
      "physical address", 49, "' offset=' expected" },
    { "vfio-trace: config R width=4 map=1 offset=16 value=0x0", -1, "offset",
      57, "offset is '16'; a number beginning with 0x expected" },
    { "vfio-trace: config R width=4 map=1 offset=0xffd value=0x0", -1,
      "offset", 57, "config space has 4096 bytes" },
    { "vfio-trace: config R width=4 map=1 offset=0x0", -1, "value", 60,
      "' value=' expected" },
    { "vfio-trace: config R width=4 map=1 offset=0x0 value=0x0x", -1,
      "value", 70, "value is '0x0x'; a hexadecimal number expected" },
    { "vfio-trace: config R width=4 map=1 offset=0x0 value=0x0 pc=1", -1,
      "PC", 74, "PC is '1'; a number beginning with 0x expected" },
    { "vfio-trace: config R width=4 map=1 offset=0x0 value=0x0 ", -1,
      "extra", 70, "a blank at the end of the line" },
    { "vfio-trace: config R width=4 map=1 offset=0x0 value=0x0 cpu=x", -1,
      "cpu", 75, "cpu is 'x'; a decimal number expected" },
    { "vfio-trace: config R width=4 map=1 offset=0x0 value=0x0 hw=- hw=-", -1,
      "extra", 76, "hw= appears twice" },
};

static void test_refused_config(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(refused_config); i++) {
        const Refused *c = &refused_config[i];
        g_autofree char *line = g_strconcat("MARK 1.000000 ", c->line, NULL);
        g_autofree char *copy = g_memdup2(line, strlen(line));
        MmtParseError err;
        MmtEvent ev;

        g_test_message("mark %zu: %s", i, c->line);
        assert_ok(mmt_parse_line(copy, strlen(line), &ev, &err), line, &err);
        g_assert_cmpint(ev.type, ==, MMT_EVENT_MARK);
        g_assert_cmpuint(ev.width, ==, 0);
        g_assert_cmpuint(ev.extras, ==, 0);
        g_assert_false(mmt_parse_config(&ev, &err));
        g_assert_cmpstr(err.message, ==, c->message);
        g_assert_cmpstr(err.field, ==, c->field);
        g_assert_cmpuint(err.column, ==, c->column);
    }
}

static void test_mark_value(void)
{
    static const struct {
        const char *text;
        const char *key;
        const char *value;
    } cases[] = {
        { "vfio-trace: log format=1 extra=cpu+ns", "extra", "cpu+ns" },
        { "vfio-trace: log format=1 extra=cpu", "format", "1" },
        { "a=1 a=2", "a", "1" },
        { "a=1=2", "a", "1=2" },
        { "a= b=2", "a", NULL },
        { "a=", "a", NULL },
        { "ba=1", "a", NULL },
        { "a", "a", NULL },
        { "", "a", NULL },
        { "a = 1", "a", NULL },
        { " a=1 ", "a", "1" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t len = strlen(cases[i].text);
        g_autofree char *copy = g_memdup2(cases[i].text, len);
        MmtSpan value = mmt_mark_value((MmtSpan) { copy, len },
                                       cases[i].key);

        g_test_message("'%s' in '%s'", cases[i].key, cases[i].text);
        if (cases[i].value) {
            g_assert_cmpmem(value.p, value.len, cases[i].value,
                            strlen(cases[i].value));
        } else {
            g_assert_null(value.p);
            g_assert_cmpuint(value.len, ==, 0);
        }
    }
}

static void test_long(void)
{
    enum { LONG = 1 << 20 };
    g_autofree char *line = g_malloc(LONG);
    MmtParseError err;
    MmtEvent ev;

    memset(line, '1', LONG);
    memcpy(line, "R 4 1.000000 1 0x", 17);
    g_assert_false(mmt_parse_line(line, LONG, &ev, &err));
    g_assert_cmpstr(err.field, ==, "physical address");
    memset(line, ' ', LONG);
    g_assert_false(mmt_parse_line(line, LONG, &ev, &err));
    memset(line, '0', LONG);
    memcpy(line, "MARK 1.000000 ", 14);
    g_assert_true(mmt_parse_line(line, LONG, &ev, &err));
    g_assert_cmpuint(ev.text.len, ==, LONG - 14);
}

static void test_columns(void)
{
    static const char line[] =
        "PCIDEV 0010 80860f31 61 b0000000 0 0 0 0 0 c0002 400000 0 0 0 0 0 2 x";
    static const char access[] = "R 4 1.000000 12 0x10 0xff 0x0 0 cpu=1";
    static const char config[] = "MARK 1.000000 vfio-trace: config R width=4 "
        "map=12 offset=0x10 value=0xff pc=0x1 cpu=1";
    MmtParseError err;
    MmtEvent ev;

    g_assert_true(mmt_parse_line(access, strlen(access), &ev, &err));
    g_assert_cmpuint(ev.column[MMT_FIELD_KEYWORD], ==, 1);
    g_assert_cmpuint(ev.column[MMT_FIELD_WIDTH], ==, 3);
    g_assert_cmpuint(ev.column[MMT_FIELD_TIME], ==, 5);
    g_assert_cmpuint(ev.column[MMT_FIELD_MAP_ID], ==, 14);
    g_assert_cmpuint(ev.column[MMT_FIELD_ADDR], ==, 17);
    g_assert_cmpuint(ev.column[MMT_FIELD_VALUE], ==, 22);
    g_assert_cmpuint(ev.column[MMT_FIELD_PC], ==, 27);
    g_assert_cmpuint(ev.column[MMT_FIELD_PID], ==, 31);
    g_assert_cmpuint(ev.column[MMT_FIELD_EXTRA], ==, 33);
    g_assert_cmpuint(ev.column[MMT_FIELD_VIRT], ==, 0);
    g_assert_cmpuint(ev.extras, ==, MMT_EXTRA_CPU);
    g_assert_cmpuint(ev.cpu, ==, 1);

    g_assert_true(mmt_parse_line(config, strlen(config), &ev, &err));
    g_assert_cmpuint(ev.column[MMT_FIELD_TIME], ==, 6);
    g_assert_cmpuint(ev.column[MMT_FIELD_TEXT], ==, 15);
    g_assert_cmpuint(ev.column[MMT_FIELD_WIDTH], ==, 42);
    g_assert_cmpuint(ev.column[MMT_FIELD_MAP_ID], ==, 48);
    g_assert_cmpuint(ev.column[MMT_FIELD_ADDR], ==, 58);
    g_assert_cmpuint(ev.column[MMT_FIELD_VALUE], ==, 69);
    g_assert_cmpuint(ev.column[MMT_FIELD_PC], ==, 77);
    g_assert_cmpuint(ev.column[MMT_FIELD_EXTRA], ==, 81);

    g_assert_true(mmt_parse_line(line, strlen(line), &ev, &err));
    g_assert_cmpuint(ev.resource_column[0], ==, 25);
    g_assert_cmpuint(ev.resource_column[1], ==, 34);
    g_assert_cmpuint(ev.resource_column[6], ==, 44);
    g_assert_cmpuint(ev.resource_column[7], ==, 50);
    g_assert_cmpuint(ev.column[MMT_FIELD_DRIVER], ==, strlen(line));
}

static void test_resources(void)
{
    MmtPciDev dev = { .start = { 0xf0000008, 0xe081, 0xe00cull | 1, 0, 0, 0,
                                 0xc0003 } };

    g_assert_false(mmt_resource_is_port(&dev, 0));
    g_assert_cmphex(mmt_resource_base(&dev, 0), ==, 0xf0000000);
    g_assert_true(mmt_resource_is_port(&dev, 1));
    g_assert_cmphex(mmt_resource_base(&dev, 1), ==, 0xe080);
    g_assert_cmphex(mmt_resource_base(&dev, 2), ==, 0xe00c);
    /* The ROM's low bits are "enabled" and "shadowed". */
    g_assert_false(mmt_resource_is_port(&dev, 6));
    g_assert_cmphex(mmt_resource_base(&dev, 6), ==, 0xc0000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    read_seed();
    g_test_add_func("/parse/version", test_version);
    g_test_add_func("/parse/accepted", test_accepted);
    g_test_add_func("/parse/driver-long", test_driver_long);
    g_test_add_func("/parse/refused", test_refused);
    g_test_add_func("/parse/refused-config", test_refused_config);
    g_test_add_func("/parse/mark-value", test_mark_value);
    g_test_add_func("/parse/truncated", test_truncated);
    g_test_add_func("/parse/mutated", test_mutated);
    g_test_add_func("/parse/long", test_long);
    g_test_add_func("/parse/columns", test_columns);
    g_test_add_func("/parse/resources", test_resources);
    return g_test_run();
}
