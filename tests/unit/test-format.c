/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, records to text
 */
#include "libmmiotrace/format.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    MmtRecord rec;
    const char *text;
} Case;

/* Every kind of record, and its extreme values. */
static const Case cases[] = {
    { "read", { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
                .ns = 12345678901ull, .addr = 0xfebc0008,
                .value = 0x80080783 },
      "R 4 12.345678 1 0xfebc0008 0x80080783 0x0 0\n" },
    { "write", { .kind = MMT_KIND_WRITE, .width = 8, .map_id = 22, .ns = 1000,
                 .addr = 0x10, .value = 0, .pc = 0xffffffff81000000ull },
      "W 8 0.000001 22 0x10 0x0 0xffffffff81000000 0\n" },
    { "read-max", { .kind = MMT_KIND_READ, .width = 8, .map_id = INT32_MAX,
                    .ns = UINT64_MAX, .addr = UINT64_MAX,
                    .value = UINT64_MAX, .pc = UINT64_MAX },
      "R 8 18446744073.709551 2147483647 0xffffffffffffffff "
      "0xffffffffffffffff 0xffffffffffffffff 0\n" },
    { "read-zero", { .kind = MMT_KIND_READ, .width = 1, .map_id = 1 },
      "R 1 0.000000 1 0x0 0x0 0x0 0\n" },
    { "time-999", { .kind = MMT_KIND_READ, .width = 1, .map_id = 1,
                    .ns = 1999999999ull, .addr = 0xa },
      "R 1 1.999999 1 0xa 0x0 0x0 0\n" },
    { "unknown", { .kind = MMT_KIND_UNKNOWN, .map_id = 3, .ns = 5000000000ull,
                   .addr = 0xe0001000, .value = 0xff0fb600 },
      "UNKNOWN 5.000000 3 0xe0001000 0f,b6,00 0x0 0\n" },
    { "map", { .kind = MMT_KIND_MAP, .map_id = 2, .ns = 1, .addr = 0xf0000000,
               .value = 0xfebc0000, .arg = 0x20000 },
      "MAP 0.000000 2 0xf0000000 0xfebc0000 0x20000 0x0 0\n" },
    { "map-max", { .kind = MMT_KIND_MAP, .map_id = 2, .ns = 1,
                   .addr = UINT64_MAX, .value = UINT64_MAX,
                   .arg = UINT64_MAX },
      "MAP 0.000000 2 0xffffffffffffffff 0xffffffffffffffff "
      "0xffffffffffffffff 0x0 0\n" },
    { "unmap", { .kind = MMT_KIND_UNMAP, .map_id = 2, .ns = 2000000000ull },
      "UNMAP 2.000000 2 0x0 0\n" },
    { "lost", { .kind = MMT_KIND_LOST, .ns = 7000000000ull, .value = 42 },
      "MARK 0.000000 Lost 42 events.\n" },
    { "lost-none", { .kind = MMT_KIND_LOST, .value = 0 }, "" },
    { "none", { .kind = MMT_KIND_NONE },
      "MARK 0.000000 vfio-trace: damaged kind=0\n" },
    { "beyond", { .kind = 200 },
      "MARK 0.000000 vfio-trace: damaged kind=200\n" },
    { "failed", { .kind = MMT_KIND_READ, .width = 2, .map_id = 4,
                  .ns = 3000000ull, .addr = 0x1f0, .value = 0xffff,
                  .flags = MMT_FLAG_FAILED },
      "R 2 0.003000 4 0x1f0 0xffff 0x0 0\n"
      "MARK 0.003000 vfio-trace: failed R width=2 map=4 addr=0x1f0\n" },
    { "pending", { .kind = MMT_KIND_WRITE, .width = 8, .map_id = 4,
                   .ns = 3000000ull, .addr = 0xabcdef0123456789ull,
                   .value = 1, .flags = MMT_FLAG_PENDING },
      "W 8 0.003000 4 0xabcdef0123456789 0x1 0x0 0\n"
      "MARK 0.003000 vfio-trace: pending W width=8 map=4 "
      "addr=0xabcdef0123456789\n" },
    { "unverified", { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
                      .addr = 0xfebc0008, .value = UINT32_MAX,
                      .flags = MMT_FLAG_UNVERIFIED },
      "R 4 0.000000 1 0xfebc0008 0xffffffff 0x0 0\n"
      "MARK 0.000000 vfio-trace: unverified R width=4 map=1 "
      "addr=0xfebc0008\n" },
    /* states that only an extra field shows */
    { "hw-not-asked-for", { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
                            .hw = 5, .flags = MMT_FLAG_HW },
      "R 4 0.000000 1 0x0 0x0 0x0 0\n" },
    { "all-flags", { .kind = MMT_KIND_WRITE, .width = 8,
                      .map_id = INT32_MAX, .ns = UINT64_MAX,
                      .addr = UINT64_MAX, .value = UINT64_MAX,
                      .pc = UINT64_MAX,
                      .flags = MMT_FLAG_PENDING | MMT_FLAG_FAILED |
                               MMT_FLAG_UNSYNCED },
      "W 8 18446744073.709551 2147483647 0xffffffffffffffff "
      "0xffffffffffffffff 0xffffffffffffffff 0\n"
      "MARK 18446744073.709551 vfio-trace: failed W width=8 "
      "map=2147483647 addr=0xffffffffffffffff\n"
      "MARK 18446744073.709551 vfio-trace: pending W width=8 "
      "map=2147483647 addr=0xffffffffffffffff\n"
      "MARK 18446744073.709551 vfio-trace: unsynced W width=8 "
      "map=2147483647 addr=0xffffffffffffffff\n" },
};

/* Config space, for which the format has no lines of its own. */
static const Case config_cases[] = {
    { "read", { .kind = MMT_KIND_CONFIG_READ, .width = 4, .map_id = 7,
                .ns = 12345678901ull, .addr = 0x10, .value = 0xfebc0000 },
      "MARK 12.345678 vfio-trace: config R width=4 map=7 offset=0x10 "
      "value=0xfebc0000\n" },
    { "write-pc", { .kind = MMT_KIND_CONFIG_WRITE, .width = 2, .map_id = 7,
                    .ns = 1000, .addr = 4, .value = 0x107,
                    .pc = 0xffffffff81000000ull },
      "MARK 0.000001 vfio-trace: config W width=2 map=7 offset=0x4 "
      "value=0x107 pc=0xffffffff81000000\n" },
    { "cut-off", { .kind = MMT_KIND_CONFIG_READ, .width = 3, .map_id = 1,
                   .addr = 0xfd, .value = 0x123456, .ns = 1000 },
      "MARK 0.000001 vfio-trace: config R width=3 map=1 offset=0xfd "
      "value=0x123456\n" },
    { "last-byte", { .kind = MMT_KIND_CONFIG_READ, .width = 1,
                     .map_id = INT32_MAX, .addr = 0xfff },
      "MARK 0.000000 vfio-trace: config R width=1 map=2147483647 "
      "offset=0xfff value=0x0\n" },
    { "flags", { .kind = MMT_KIND_CONFIG_READ, .width = 4, .map_id = 7,
                 .ns = 3000000, .addr = 0xffc, .value = UINT32_MAX,
                 .flags = MMT_FLAG_FAILED | MMT_FLAG_PENDING |
                          MMT_FLAG_UNSYNCED | MMT_FLAG_UNVERIFIED },
      "MARK 0.003000 vfio-trace: config R width=4 map=7 offset=0xffc "
      "value=0xffffffff\n"
      "MARK 0.003000 vfio-trace: failed R width=4 map=7 offset=0xffc\n"
      "MARK 0.003000 vfio-trace: pending R width=4 map=7 offset=0xffc\n"
      "MARK 0.003000 vfio-trace: unsynced R width=4 map=7 offset=0xffc\n"
      "MARK 0.003000 vfio-trace: unverified R width=4 map=7 "
      "offset=0xffc\n" },
    { "flag-write", { .kind = MMT_KIND_CONFIG_WRITE, .width = 4, .map_id = 7,
                      .flags = MMT_FLAG_UNSYNCED },
      "MARK 0.000000 vfio-trace: config W width=4 map=7 offset=0x0 "
      "value=0x0\n"
      "MARK 0.000000 vfio-trace: unsynced W width=4 map=7 offset=0x0\n" },
};

static void test_record(gconstpointer data)
{
    const Case *c = data;
    MmtFormatter fmt = { 0 };
    MmtSlot slot = { .rec = c->rec };
    /* On the heap with the exact size: ASan detects any write beyond. */
    g_autofree char *buf = g_malloc(MMT_FORMAT_MAX);
    size_t n = mmt_format(&fmt, &slot, buf);

    g_assert_cmpmem(buf, n, c->text, strlen(c->text));
}

#define EXTRA_ALL (MMT_EXTRA_CPU | MMT_EXTRA_NS | MMT_EXTRA_LATENCY | \
                   MMT_EXTRA_CR3 | MMT_EXTRA_HW)
#define EXTRA_TRAPS (MMT_EXTRA_CPU | MMT_EXTRA_HW | MMT_EXTRA_TRAP)

/* The extra fields, which only accesses have, after the kernel's. */
static const struct {
    const char *name;
    uint32_t extra;
    MmtRecord rec;
    const char *text;
} extra_cases[] = {
    { "cpu", MMT_EXTRA_CPU, { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
                              .ns = 12345678901ull, .cpu = 3 },
      "R 4 12.345678 1 0x0 0x0 0x0 0 cpu=3\n" },
    { "cpu-none", MMT_EXTRA_CPU, { .kind = MMT_KIND_WRITE, .width = 4,
                                   .map_id = 1, .cpu = MMT_CPU_NONE },
      "W 4 0.000000 1 0x0 0x0 0x0 0 cpu=-\n" },
    { "ns", MMT_EXTRA_NS, { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
                            .ns = 12345678901ull, .cpu = 3 },
      "R 4 12.345678 1 0x0 0x0 0x0 0 ns=12.345678901\n" },
    { "ns-zeros", MMT_EXTRA_NS, { .kind = MMT_KIND_READ, .width = 4,
                                  .map_id = 1, .ns = 1 },
      "R 4 0.000000 1 0x0 0x0 0x0 0 ns=0.000000001\n" },
    { "both", MMT_EXTRA_CPU | MMT_EXTRA_NS,
      { .kind = MMT_KIND_WRITE, .width = 8, .map_id = 1, .ns = UINT64_MAX,
        .cpu = MMT_CPU_NONE - 1, .pc = 0x10 },
      "W 8 18446744073.709551 1 0x0 0x0 0x10 0 cpu=65534 "
      "ns=18446744073.709551615\n" },
    { "latency", MMT_EXTRA_LATENCY,
      { .kind = MMT_KIND_READ, .width = 4, .map_id = 1, .latency = 1830 },
      "R 4 0.000000 1 0x0 0x0 0x0 0 latency=1830\n" },
    { "latency-max", MMT_EXTRA_LATENCY,
      { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
        .latency = UINT32_MAX },
      "R 4 0.000000 1 0x0 0x0 0x0 0 latency=4294967295\n" },
    { "latency-unknown", MMT_EXTRA_LATENCY,
      { .kind = MMT_KIND_WRITE, .width = 4, .map_id = 1,
        .flags = MMT_FLAG_PENDING },
      "W 4 0.000000 1 0x0 0x0 0x0 0 latency=?\n"
      "MARK 0.000000 vfio-trace: pending W width=4 map=1 addr=0x0\n" },
    { "cr3", MMT_EXTRA_CR3, { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
                              .space = 0x10a000003 },
      "R 4 0.000000 1 0x0 0x0 0x0 0 cr3=0x10a000003\n" },
    { "ttbr0", MMT_EXTRA_TTBR0, { .kind = MMT_KIND_READ, .width = 4,
                                  .map_id = 1, .space = 0x2a000041234000 },
      "R 4 0.000000 1 0x0 0x0 0x0 0 ttbr0=0x2a000041234000\n" },
    { "pidr", MMT_EXTRA_PIDR, { .kind = MMT_KIND_READ, .width = 4,
                                .map_id = 1, .space = 0x25 },
      "R 4 0.000000 1 0x0 0x0 0x0 0 pidr=0x25\n" },
    { "asce", MMT_EXTRA_ASCE, { .kind = MMT_KIND_WRITE, .width = 8,
                                .map_id = 1, .space = 0x1f8007 },
      "W 8 0.000000 1 0x0 0x0 0x0 0 asce=0x1f8007\n" },
    { "hw", MMT_EXTRA_HW, { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
                            .value = 1, .hw = 0xfee00000,
                            .flags = MMT_FLAG_HW },
      "R 4 0.000000 1 0x0 0x1 0x0 0 hw=0xfee00000\n" },
    { "hw-none", MMT_EXTRA_HW, { .kind = MMT_KIND_READ, .width = 4,
                                 .map_id = 1, .flags = MMT_FLAG_HW_NONE },
      "R 4 0.000000 1 0x0 0x0 0x0 0 hw=-\n" },
    { "hw-unknown", MMT_EXTRA_HW, { .kind = MMT_KIND_READ, .width = 4,
                                    .map_id = 1, .hw = 5 },
      "R 4 0.000000 1 0x0 0x0 0x0 0 hw=?\n" },
    { "trap", MMT_EXTRA_TRAP,
      { .kind = MMT_KIND_READ, .width = 4, .map_id = 1, .trap = 2950 },
      "R 4 0.000000 1 0x0 0x0 0x0 0 trap=2950\n" },
    { "trap-max", MMT_EXTRA_TRAP,
      { .kind = MMT_KIND_READ, .width = 4, .map_id = 1, .trap = UINT64_MAX },
      "R 4 0.000000 1 0x0 0x0 0x0 0 trap=18446744073709551615\n" },
    { "trap-unknown", MMT_EXTRA_TRAP,
      { .kind = MMT_KIND_WRITE, .width = 4, .map_id = 1 },
      "W 4 0.000000 1 0x0 0x0 0x0 0 trap=?\n" },
    { "trap-last", EXTRA_TRAPS,
      { .kind = MMT_KIND_CONFIG_READ, .width = 4, .map_id = 7, .cpu = 1,
        .trap = 12 },
      "MARK 0.000000 vfio-trace: config R width=4 map=7 offset=0x0 "
      "value=0x0 cpu=1 hw=? trap=12\n" },
    { "all", EXTRA_ALL,
      { .kind = MMT_KIND_WRITE, .width = 8, .map_id = INT32_MAX,
        .ns = UINT64_MAX, .addr = UINT64_MAX, .value = UINT64_MAX,
        .pc = UINT64_MAX, .cpu = MMT_CPU_NONE - 1, .latency = UINT32_MAX,
        .space = UINT64_MAX, .hw = UINT64_MAX,
        .flags = MMT_FLAG_HW | MMT_FLAG_FAILED },
      "W 8 18446744073.709551 2147483647 0xffffffffffffffff "
      "0xffffffffffffffff 0xffffffffffffffff 0 cpu=65534 "
      "ns=18446744073.709551615 latency=4294967295 cr3=0xffffffffffffffff "
      "hw=0xffffffffffffffff\n"
      "MARK 18446744073.709551 vfio-trace: failed W width=8 map=2147483647 "
      "addr=0xffffffffffffffff\n" },
    { "config", EXTRA_ALL,
      { .kind = MMT_KIND_CONFIG_WRITE, .width = 4, .map_id = 7, .ns = 1001,
        .addr = 0x10, .value = UINT32_MAX, .pc = 0x20, .cpu = 1,
        .latency = 12, .space = 0x1000, .flags = MMT_FLAG_HW_NONE },
      "MARK 0.000001 vfio-trace: config W width=4 map=7 offset=0x10 "
      "value=0xffffffff pc=0x20 cpu=1 ns=0.000001001 latency=12 cr3=0x1000 "
      "hw=-\n" },
    { "unknown", MMT_EXTRA_CPU | MMT_EXTRA_NS,
      { .kind = MMT_KIND_UNKNOWN, .map_id = 1, .ns = 2000 },
      "UNKNOWN 0.000002 1 0x0 00,00,00 0x0 0 cpu=0 ns=0.000002000\n" },
    { "failed", MMT_EXTRA_CPU, { .kind = MMT_KIND_READ, .width = 4,
                                 .map_id = 1, .flags = MMT_FLAG_FAILED },
      "R 4 0.000000 1 0x0 0x0 0x0 0 cpu=0\n"
      "MARK 0.000000 vfio-trace: failed R width=4 map=1 addr=0x0\n" },
    { "map", EXTRA_ALL,
      { .kind = MMT_KIND_MAP, .map_id = 2, .arg = 1 },
      "MAP 0.000000 2 0x0 0x0 0x1 0x0 0\n" },
    { "unmap", EXTRA_ALL,
      { .kind = MMT_KIND_UNMAP, .map_id = 2 },
      "UNMAP 0.000000 2 0x0 0\n" },
    { "lost", EXTRA_ALL,
      { .kind = MMT_KIND_LOST, .value = 1 },
      "MARK 0.000000 Lost 1 events.\n" },
};

static void test_extra(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(extra_cases); i++) {
        MmtFormatter fmt = { .extra = extra_cases[i].extra };
        MmtSlot slot = { .rec = extra_cases[i].rec };
        g_autofree char *buf = g_malloc(MMT_FORMAT_MAX);
        size_t n = mmt_format(&fmt, &slot, buf);

        g_test_message("%s", extra_cases[i].name);
        g_assert_cmpmem(buf, n, extra_cases[i].text,
                        strlen(extra_cases[i].text));
    }
}

static void test_extra_names(void)
{
    static const struct {
        const char *names;
        bool ok;
        uint32_t extra;
        const char *back;
    } cases[] = {
        { "", true, 0, "" },
        { "cpu", true, MMT_EXTRA_CPU, "cpu" },
        { "ns", true, MMT_EXTRA_NS, "ns" },
        { "ns+cpu", true, MMT_EXTRA_CPU | MMT_EXTRA_NS, "cpu+ns" },
        { "cpu+cpu", true, MMT_EXTRA_CPU, "cpu" },
        { "latency", true, MMT_EXTRA_LATENCY, "latency" },
        { "hw+cr3+latency+ns+cpu", true, EXTRA_ALL,
          "cpu+ns+latency+cr3+hw" },
        { "trap+hw+cpu", true, EXTRA_TRAPS, "cpu+hw+trap" },
        { "+", false, 0, NULL }, { "cpu+", false, 0, NULL },
        { "+cpu", false, 0, NULL }, { "cpu++ns", false, 0, NULL },
        { "cp", false, 0, NULL }, { "cpus", false, 0, NULL },
        { "CPU", false, 0, NULL }, { "cpu,ns", false, 0, NULL },
        { "cpu ", false, 0, NULL },
    };
    char buf[MMT_EXTRA_NAMES_MAX];
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t len = strlen(cases[i].names);
        g_autofree char *names = g_memdup2(cases[i].names, len);
        uint32_t extra;
        bool ok = mmt_extra_from_names(names, len, &extra);

        g_test_message("'%s'", cases[i].names);
        g_assert_cmpint(ok, ==, cases[i].ok);
        if (ok) {
            g_assert_cmpuint(extra, ==, cases[i].extra);
            g_assert_cmpstr(mmt_extra_to_names(extra, buf), ==,
                            cases[i].back);
        }
    }
    g_assert_cmpuint(strlen(mmt_extra_to_names(UINT32_MAX, buf)), <,
                     sizeof(buf));
}

/* Every number of hexadecimal digits, against printf. */
static void test_hex(void)
{
    MmtFormatter fmt = { 0 };
    int bit;

    for (bit = 0; bit < 64; bit++) {
        MmtSlot slot = { .rec = { .kind = MMT_KIND_READ, .width = 8,
                                  .map_id = 1, .addr = 1ull << bit,
                                  .value = (1ull << bit) - 1 } };
        char buf[MMT_FORMAT_MAX];
        g_autofree char *expected =
            g_strdup_printf("R 8 0.000000 1 0x%" G_GINT64_MODIFIER "x 0x%"
                            G_GINT64_MODIFIER "x 0x0 0\n", slot.rec.addr,
                            slot.rec.value);
        size_t n = mmt_format(&fmt, &slot, buf);

        g_assert_cmpmem(buf, n, expected, strlen(expected));
    }
}

/* A time that goes backwards is printed as the latest one so far. */
static void test_clock(void)
{
    static const struct {
        uint64_t ns;
        const char *time;
    } steps[] = {
        { 1000000, "0.001000" }, { 5000000, "0.005000" },
        { 4999999, "0.005000" }, { 0, "0.005000" }, { 5001000, "0.005001" },
    };
    MmtFormatter fmt = { 0 };
    MmtFormatter exact = { .extra = MMT_EXTRA_NS };
    MmtSlot late = { .rec = { .kind = MMT_KIND_READ, .width = 1, .map_id = 1,
                              .ns = 5000007 } };
    char line[MMT_FORMAT_MAX];
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(steps); i++) {
        MmtSlot slot = { .rec = { .kind = MMT_KIND_UNMAP, .map_id = 1,
                                  .ns = steps[i].ns } };
        g_autofree char *expected = g_strdup_printf("UNMAP %s 1 0x0 0\n",
                                                    steps[i].time);
        char buf[MMT_FORMAT_MAX];
        size_t n = mmt_format(&fmt, &slot, buf);

        g_assert_cmpmem(buf, n, expected, strlen(expected));
    }
    /* To the nanosecond as well. */
    for (i = 0; i < 2; i++) {
        size_t n = mmt_format(&exact, &late, line);
        const char *expected = "R 1 0.005000 1 0x0 0x0 0x0 0 ns=0.005000007\n";

        g_assert_cmpmem(line, n, expected, strlen(expected));
        late.rec.ns--;
    }
}

/* Feed a text to the formatter as it is stored in the ring. */
static size_t format_text(MmtFormatter *fmt, MmtKind kind, const char *text,
                          size_t len, char *buf)
{
    MmtSlot slot = { .rec = { .kind = kind, .ns = 9000000 } };
    size_t n = mmt_format(fmt, &slot, buf);
    size_t at = 0;

    g_assert_cmpuint(n, ==, 0);
    do {
        size_t part = MIN(len - at, MMT_TEXT_BYTES);

        g_assert_cmpuint(n, ==, 0);
        memset(&slot, 0, sizeof(slot));
        slot.text.kind = MMT_KIND_TEXT;
        slot.text.len = part;
        slot.text.more = at + part < len;
        memcpy(slot.text.text, text + at, part);
        n = mmt_format(fmt, &slot, buf);
        at += part;
    } while (at < len);
    return n;
}

/* Texts of every possible length, around multiples of a slot's size. */
static void test_text(void)
{
    MmtFormatter fmt = { 0 };
    char text[MMT_MARK_MAX];
    size_t len;
    size_t i;

    for (i = 0; i < sizeof(text); i++) {
        text[i] = 'a' + i % 26;
    }
    for (len = 0; len <= sizeof(text); len++) {
        g_autofree char *mark = g_strdup_printf("MARK 0.009000 %.*s\n",
                                                (int)len, text);
        g_autofree char *line = g_strdup_printf("%.*s\n", (int)len, text);
        const char *damaged = "MARK 0.009000 vfio-trace: damaged kind=7\n";
        char buf[MMT_FORMAT_MAX];
        size_t n = format_text(&fmt, MMT_KIND_MARK, text, len, buf);

        g_assert_cmpmem(buf, n, mark, strlen(mark));
        g_assert_cmpuint(n, <, MMT_LINE_MAX);
        n = format_text(&fmt, MMT_KIND_LINE, text, len, buf);
        g_assert_cmpmem(buf, n, damaged, strlen(damaged));
        memcpy(text, "PCIDEV ", MIN(len, 7));
        n = format_text(&fmt, MMT_KIND_LINE, text, len, buf);
        memcpy(line, text, len);
        if (len > 7) {
            g_assert_cmpmem(buf, n, line, strlen(line));
        } else {
            g_assert_cmpmem(buf, n, damaged, strlen(damaged));
        }
        memcpy(text, "abcdefg", 7);
    }
}

/* Invalid records give a "damaged" mark, and are not printed. */
static void test_damaged(void)
{
    static const MmtRecord damaged[] = {
        { .kind = MMT_KIND_READ, .width = 3, .map_id = 1 },
        { .kind = MMT_KIND_WRITE, .width = 0, .map_id = 1 },
        { .kind = MMT_KIND_WRITE, .width = 16, .map_id = 1 },
        { .kind = MMT_KIND_READ, .width = 4, .map_id = 0 },
        { .kind = MMT_KIND_MAP, .map_id = 0x80000000 },
        { .kind = MMT_KIND_NONE, .map_id = 1 },
        { .kind = MMT_KIND__MAX, .map_id = 1 },
        { .kind = MMT_KIND_CONFIG_READ, .width = 8, .map_id = 1 },
        { .kind = MMT_KIND_CONFIG_WRITE, .width = 0, .map_id = 1 },
        { .kind = MMT_KIND_CONFIG_WRITE, .width = 4, .map_id = 0 },
        { .kind = MMT_KIND_CONFIG_READ, .width = 1, .map_id = 1,
          .addr = 0x1000 },
        { .kind = MMT_KIND_CONFIG_READ, .width = 4, .map_id = 1,
          .addr = 0xffd },
        { .kind = MMT_KIND_CONFIG_READ, .width = 4, .map_id = 1,
          .addr = UINT64_MAX },
        { .kind = MMT_KIND_READ, .width = 4, .map_id = 1,
          .flags = MMT_FLAG_HW | MMT_FLAG_HW_NONE },
        { .kind = MMT_KIND_READ, .width = 4, .map_id = 1, .flags = 1 << 6 },
        { .kind = MMT_KIND_WRITE, .width = 4, .map_id = 1,
          .flags = MMT_FLAG_UNVERIFIED },
        { .kind = MMT_KIND_CONFIG_WRITE, .width = 4, .map_id = 1,
          .flags = MMT_FLAG_UNVERIFIED },
        { .kind = MMT_KIND_MAP, .map_id = 1, .flags = MMT_FLAG_FAILED },
        { .kind = MMT_KIND_UNMAP, .map_id = 1, .flags = MMT_FLAG_PENDING },
        { .kind = MMT_KIND_LOST, .value = 1, .flags = MMT_FLAG_HW },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(damaged); i++) {
        MmtFormatter fmt = { .last_ns = 5000 };
        MmtSlot slot = { .rec = damaged[i] };
        char buf[MMT_FORMAT_MAX];
        g_autofree char *line = g_strdup_printf(
            "MARK 0.000005 vfio-trace: damaged kind=%u\n", damaged[i].kind);
        size_t n = mmt_format(&fmt, &slot, buf);

        g_assert_cmpmem(buf, n, line, strlen(line));
    }
}

/* A ring left behind may hold anything. */
static void test_text_hostile(void)
{
    MmtFormatter fmt = { 0 };
    MmtSlot head = { .rec = { .kind = MMT_KIND_MARK } };
    MmtSlot text = { .text = { .kind = MMT_KIND_TEXT, .len = 255,
                               .more = 1 } };
    char buf[MMT_FORMAT_MAX];
    size_t n;
    int i;

    /* A text without a head */
    text.text.more = 0;
    g_assert_cmpuint(mmt_format(&fmt, &text, buf), ==, 0);

    /* An endless text, in slots with excessive lengths */
    text.text.more = 1;
    memset(text.text.text, 'x', sizeof(text.text.text));
    mmt_format(&fmt, &head, buf);
    for (i = 0; i < 1000; i++) {
        g_assert_cmpuint(mmt_format(&fmt, &text, buf), ==, 0);
    }
    text.text.more = 0;
    n = mmt_format(&fmt, &text, buf);
    g_assert_cmpuint(n, >, MMT_MARK_MAX);
    g_assert_cmpuint(n, <=, MMT_FORMAT_MAX);
    g_assert_cmpint(buf[n - 1], ==, '\n');

    /* A head without a text is forgotten when the next record comes. */
    mmt_format(&fmt, &head, buf);
    n = format_text(&fmt, MMT_KIND_MARK, "b", 1, buf);
    g_assert_cmpmem(buf, n, "MARK 0.009000 b\n", 16);
}

static void test_pcidev(void)
{
    static const MmtPciDev small = {
        .bus = 0, .devfn = 0x10, .vendor = 0x8086, .device = 0x0f31,
        .irq = 0x61, .start = { 0xb0000000, 0, 0xa0000008, 0, 0xe081, 0,
                                0xc0002 },
        .size = { 0x400000, 0, 0x10000000, 0, 8, 0, 0x20000 },
        .driver = "i915",
    };
    MmtPciDev big = { .bus = 0xff, .devfn = 0xff, .vendor = 0xffff,
                      .device = 0xffff, .irq = UINT32_MAX };
    char buf[MMT_LINE_MAX];
    size_t n = mmt_format_pcidev(&small, buf);

    /* A real line of a real machine */
    g_assert_cmpstr(buf, ==, "PCIDEV 0010 80860f31 61 b0000000 0 a0000008 0 "
                    "e081 0 c0002 400000 0 10000000 0 8 0 20000 i915");
    g_assert_cmpuint(n, ==, strlen(buf));

    memset(big.start, 0xff, sizeof(big.start));
    memset(big.size, 0xff, sizeof(big.size));
    memset(big.driver, 'd', sizeof(big.driver) - 1);
    n = mmt_format_pcidev(&big, buf);
    g_assert_cmpuint(n, ==, strlen(buf));
    g_assert_true(g_str_has_prefix(buf, "PCIDEV ffff ffffffff ffffffff "
                                   "ffffffffffffffff "));
    g_assert_true(g_str_has_suffix(buf, big.driver));
    g_assert_cmpuint(n, <, MMT_LINE_MAX - 1);
}

typedef struct {
    const char *name;
    const char *text;
    gssize len;
    const char *clean;
} Sanitize;

static const Sanitize sanitize_cases[] = {
    { "plain", "hello, world", -1, "hello, world" },
    { "empty", "", -1, "" },
    { "newline", "a\nW 4 1.0 1 0x0 0x0 0x0 0", -1,
      "a?W 4 1.0 1 0x0 0x0 0x0 0" },
    { "controls", "\t\r\v\f\a\033[31m\177", -1, "??????[31m?" },
    { "nul", "a\0b", 3, "a?b" },
    { "c1", "\xc2\x85x\xc2\x9b", -1, "?x?" },
    { "separators", "a\xe2\x80\xa8" "b\xe2\x80\xa9" "c", -1, "a?b?c" },
    { "direction", "a\xe2\x80\xaa" "b\xe2\x80\xae" "c\xe2\x81\xa6" "d\xe2\x81\xa9"
      "e\xe2\x80\x8f" "f\xd8\x9c" "g", -1, "a?b?c?d?e?f?g" },
    { "utf8", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7", -1,
      "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7" },
    { "not-utf8", "\xff\xfe\xc3(", -1, "??" "?(" },
    { "cut-off", "a\xe2\x82", -1, "a??" },
    { "overlong", "\xc0\xaf", -1, "??" },
    { "surrogate", "\xed\xa0\x80", -1, "???" },
    { "too-high", "\xf4\x90\x80\x80", -1, "????" },
};

static void test_sanitize(gconstpointer data)
{
    const Sanitize *c = data;
    size_t len = c->len < 0 ? strlen(c->text) : (size_t)c->len;
    /* On the heap with the exact size: ASan detects any write beyond. */
    g_autofree char *text = g_memdup2(c->text, len);
    g_autofree char *buf = g_malloc(MMT_MARK_MAX + 1);
    size_t n = mmt_mark_sanitize(text, len, buf);

    g_assert_cmpstr(buf, ==, c->clean);
    g_assert_cmpuint(n, ==, strlen(c->clean));
}

static void test_sanitize_long(void)
{
    enum { HUGE = 100 * 1024 };
    g_autofree char *text = g_malloc(HUGE);
    g_autofree char *buf = g_malloc(MMT_MARK_MAX + 1);
    unsigned lead;

    memset(text, 'x', HUGE);
    g_assert_cmpuint(mmt_mark_sanitize(text, HUGE, buf), ==, MMT_MARK_MAX);
    g_assert_cmpuint(strlen(buf), ==, MMT_MARK_MAX);
    g_assert_cmpuint(mmt_mark_sanitize(text, MMT_MARK_MAX, buf), ==,
                     MMT_MARK_MAX);
    g_assert_cmpuint(mmt_mark_sanitize(text, MMT_MARK_MAX + 1, buf), ==,
                     MMT_MARK_MAX);

    /* A three-byte character across the limit, at each position */
    for (lead = 0; lead < 3; lead++) {
        size_t n = lead;
        size_t out;

        memset(text, 'x', lead);
        for (; n + 3 <= HUGE; n += 3) {
            memcpy(text + n, "\xe2\x82\xac", 3);
        }
        out = mmt_mark_sanitize(text, n, buf);
        g_assert_cmpuint(out, ==, lead + (MMT_MARK_MAX - lead) / 3 * 3);
        g_assert_cmpuint(out, ==, strlen(buf));
        g_assert_true(g_utf8_validate(buf, -1, NULL));
    }

    memset(text, '\n', HUGE);
    g_assert_cmpuint(mmt_mark_sanitize(text, HUGE, buf), ==, MMT_MARK_MAX);
    g_assert_null(strchr(buf, '\n'));
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/format/record/", cases[i].name,
                                            NULL);

        g_test_add_data_func(path, &cases[i], test_record);
    }
    for (i = 0; i < G_N_ELEMENTS(config_cases); i++) {
        g_autofree char *path = g_strconcat("/format/config/",
                                            config_cases[i].name, NULL);

        g_test_add_data_func(path, &config_cases[i], test_record);
    }
    for (i = 0; i < G_N_ELEMENTS(sanitize_cases); i++) {
        g_autofree char *path = g_strconcat("/format/sanitize/",
                                            sanitize_cases[i].name, NULL);

        g_test_add_data_func(path, &sanitize_cases[i], test_sanitize);
    }
    g_test_add_func("/format/sanitize/long", test_sanitize_long);
    g_test_add_func("/format/extra", test_extra);
    g_test_add_func("/format/extra-names", test_extra_names);
    g_test_add_func("/format/hex", test_hex);
    g_test_add_func("/format/clock", test_clock);
    g_test_add_func("/format/text", test_text);
    g_test_add_func("/format/text-hostile", test_text_hostile);
    g_test_add_func("/format/damaged", test_damaged);
    g_test_add_func("/format/pcidev", test_pcidev);
    return g_test_run();
}
