/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, text to events
 */
#include "libmmiotrace/parse.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 20000

/* All combinations of MmtExtra */
#define EXTRAS (MMT_EXTRA_HW << 1)

static guint32 seed;

/*
 * Parse a copy that ends where the line ends: ASan sees any look beyond.
 * The event's spans then point into freed memory; @text gets the text.
 */
static bool parse(const char *line, size_t len, MmtEvent *ev,
                  MmtParseError *err, char **text)
{
    g_autofree char *copy = g_memdup2(line, len);
    bool ok;

    ok = mmt_parse_line(copy ? copy : line, len, ev, err);
    if (ok && text) {
        *text = ev->text.p ? g_strndup(ev->text.p, ev->text.len) : NULL;
    }
    return ok;
}

static void assert_ok(bool ok, const char *line, const MmtParseError *err)
{
    if (!ok) {
        g_test_message("line: %s\ncolumn %zu: %s: %s", line, err->column,
                       err->field, err->message);
    }
    g_assert_true(ok);
}

/* A random number with a random number of bits. */
static uint64_t random_u64(GRand *rand)
{
    uint64_t v = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
    int bits = g_rand_int_range(rand, 0, 65);

    return bits ? v >> (64 - bits) : 0;
}

static MmtRecord random_record(GRand *rand, MmtKind kind)
{
    return (MmtRecord) {
        .kind = kind,
        .width = 1 << g_rand_int_range(rand, 0, 4),
        .map_id = 1 + g_rand_int_range(rand, 0, INT32_MAX),
        .ns = random_u64(rand),
        .addr = random_u64(rand),
        .value = random_u64(rand),
        .arg = random_u64(rand),
        .pc = random_u64(rand),
        .cr3 = random_u64(rand),
        .latency = random_u64(rand),
        .cpu = random_u64(rand),
    };
}

/* What the hardware's side of it was, or that nobody knows. */
static void randomize_hw(GRand *rand, MmtRecord *rec)
{
    static const uint16_t flags[] = { 0, MMT_FLAG_HW, MMT_FLAG_HW_NONE };

    rec->flags |= flags[g_rand_int_range(rand, 0, G_N_ELEMENTS(flags))];
}

static MmtRecord random_config(GRand *rand, MmtKind kind)
{
    MmtRecord rec = random_record(rand, kind);

    rec.width = 1 << g_rand_int_range(rand, 0, 3);
    rec.addr %= MMT_CONFIG_SIZE - rec.width + 1;
    if (rec.pc & 1) {
        rec.pc = 0;
    }
    return rec;
}

static void check_access(const MmtRecord *rec, const MmtEvent *ev)
{
    g_assert_cmpint(ev->type, ==, rec->kind == MMT_KIND_READ ?
                    MMT_EVENT_READ : MMT_EVENT_WRITE);
    g_assert_cmpuint(ev->width, ==, rec->width);
    g_assert_cmpuint(ev->map_id, ==, rec->map_id);
    g_assert_cmphex(ev->addr, ==, rec->addr);
    g_assert_cmphex(ev->value, ==, rec->value);
    g_assert_cmphex(ev->pc, ==, rec->pc);
}

static void check_unknown(const MmtRecord *rec, const MmtEvent *ev)
{
    g_assert_cmpint(ev->type, ==, MMT_EVENT_UNKNOWN);
    g_assert_cmpuint(ev->map_id, ==, rec->map_id);
    g_assert_cmphex(ev->addr, ==, rec->addr);
    g_assert_cmphex(ev->opcode[0] << 16 | ev->opcode[1] << 8 | ev->opcode[2],
                    ==, rec->value & 0xffffff);
    g_assert_cmphex(ev->pc, ==, rec->pc);
}

static void check_map(const MmtRecord *rec, const MmtEvent *ev)
{
    g_assert_cmpint(ev->type, ==, MMT_EVENT_MAP);
    g_assert_cmpuint(ev->map_id, ==, rec->map_id);
    g_assert_cmphex(ev->addr, ==, rec->addr);
    g_assert_cmphex(ev->virt, ==, rec->value);
    g_assert_cmphex(ev->len, ==, rec->arg);
    g_assert_cmphex(ev->pc, ==, rec->pc);
}

static void check_unmap(const MmtRecord *rec, const MmtEvent *ev)
{
    g_assert_cmpint(ev->type, ==, MMT_EVENT_UNMAP);
    g_assert_cmpuint(ev->map_id, ==, rec->map_id);
    g_assert_cmphex(ev->pc, ==, rec->pc);
}

static const struct {
    MmtKind kind;
    void (*check)(const MmtRecord *, const MmtEvent *);
} kinds[] = {
    { MMT_KIND_READ, check_access },
    { MMT_KIND_WRITE, check_access },
    { MMT_KIND_UNKNOWN, check_unknown },
    { MMT_KIND_MAP, check_map },
    { MMT_KIND_UNMAP, check_unmap },
};

static void test_round_trip(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        size_t k = i % G_N_ELEMENTS(kinds);
        MmtFormatter fmt = { 0 };
        MmtSlot slot = { .rec = random_record(rand, kinds[k].kind) };
        char buf[MMT_FORMAT_MAX + 1];
        size_t n = mmt_format(&fmt, &slot, buf);
        MmtParseError err;
        MmtEvent ev;

        buf[n] = '\0';
        assert_ok(parse(buf, n, &ev, &err, NULL), buf, &err);
        kinds[k].check(&slot.rec, &ev);
        g_assert_cmpuint(ev.ns, ==, slot.rec.ns / 1000 * 1000);
        g_assert_cmpuint(ev.pid, ==, 0);
        g_assert_null(ev.extra.p);
        g_assert_cmpuint(ev.extras, ==, 0);
    }
}

static void check_extras(const MmtRecord *rec, const MmtEvent *ev)
{
    if (ev->extras & MMT_EXTRA_CPU) {
        g_assert_cmpuint(ev->cpu, ==, rec->cpu == MMT_CPU_NONE ? UINT32_MAX
                                                               : rec->cpu);
    }
    if (ev->extras & MMT_EXTRA_NS) {
        g_assert_cmpuint(ev->exact_ns, ==, rec->ns);
    }
    if (ev->extras & MMT_EXTRA_LATENCY) {
        g_assert_cmpuint(ev->latency, ==, rec->latency);
    }
    if (ev->extras & MMT_EXTRA_CR3) {
        g_assert_cmphex(ev->cr3, ==, rec->cr3);
    }
    if (ev->extras & MMT_EXTRA_HW) {
        bool known = rec->flags & MMT_FLAG_HW;

        g_assert_cmpint(ev->hw_state, ==, known ? MMT_HW_KNOWN :
                        rec->flags & MMT_FLAG_HW_NONE ? MMT_HW_NONE :
                        MMT_HW_UNKNOWN);
        g_assert_cmphex(ev->hw, ==, known ? rec->hw : 0);
    }
}

static void test_round_trip_extra(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        size_t k = i % G_N_ELEMENTS(kinds);
        MmtFormatter fmt = { .extra = g_rand_int_range(rand, 0, EXTRAS) };
        MmtSlot slot = { .rec = random_record(rand, kinds[k].kind) };
        bool access = kinds[k].kind <= MMT_KIND_UNKNOWN;
        char buf[MMT_FORMAT_MAX + 1];
        MmtParseError err;
        MmtEvent ev;
        size_t n;

        if (kinds[k].kind < MMT_KIND_UNKNOWN) {
            randomize_hw(rand, &slot.rec);
        }
        n = mmt_format(&fmt, &slot, buf);
        buf[n] = '\0';
        assert_ok(parse(buf, n, &ev, &err, NULL), buf, &err);
        kinds[k].check(&slot.rec, &ev);
        g_assert_cmpuint(ev.extras, ==, access ? fmt.extra : 0);
        check_extras(&slot.rec, &ev);
    }
}

static void test_round_trip_config(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        bool read = i & 1;
        MmtFormatter fmt = { .extra = g_rand_int_range(rand, 0, EXTRAS) };
        MmtSlot slot = { .rec = random_config(rand, read ?
                                              MMT_KIND_CONFIG_READ :
                                              MMT_KIND_CONFIG_WRITE) };
        char buf[MMT_FORMAT_MAX + 1];
        MmtParseError err;
        MmtEvent ev;
        size_t n;

        randomize_hw(rand, &slot.rec);
        n = mmt_format(&fmt, &slot, buf);
        buf[n] = '\0';
        assert_ok(parse(buf, n, &ev, &err, NULL), buf, &err);
        g_assert_cmpint(ev.type, ==, read ? MMT_EVENT_CONFIG_READ :
                        MMT_EVENT_CONFIG_WRITE);
        g_assert_true(mmt_event_is_config(&ev));
        g_assert_true(mmt_event_has_time(&ev));
        g_assert_false(mmt_event_is_access(&ev));
        g_assert_cmpuint(ev.ns, ==, slot.rec.ns / 1000 * 1000);
        g_assert_cmpuint(ev.width, ==, slot.rec.width);
        g_assert_cmpuint(ev.map_id, ==, slot.rec.map_id);
        g_assert_cmphex(ev.addr, ==, slot.rec.addr);
        g_assert_cmphex(ev.value, ==, slot.rec.value);
        g_assert_cmphex(ev.pc, ==, slot.rec.pc);
        g_assert_cmpuint(ev.extras, ==, fmt.extra);
        check_extras(&slot.rec, &ev);
    }
}

static void test_round_trip_lost(void)
{
    static const uint64_t counts[] = { 1, 42, UINT64_MAX - 1 };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        MmtFormatter fmt = { 0 };
        MmtSlot slot = { .rec = { .kind = MMT_KIND_LOST,
                                  .value = counts[i] } };
        char buf[MMT_FORMAT_MAX + 1];
        size_t n = mmt_format(&fmt, &slot, buf);
        MmtParseError err;
        MmtEvent ev;

        buf[n] = '\0';
        assert_ok(parse(buf, n, &ev, &err, NULL), buf, &err);
        g_assert_cmpint(ev.type, ==, MMT_EVENT_LOST);
        g_assert_cmpuint(ev.value, ==, counts[i]);
    }
}

static void test_round_trip_pcidev(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;
    int k;

    for (i = 0; i < ROUNDS / 10; i++) {
        MmtPciDev dev = {
            .bus = g_rand_int(rand), .devfn = g_rand_int(rand),
            .vendor = g_rand_int(rand), .device = g_rand_int(rand),
            .irq = random_u64(rand),
        };
        char buf[MMT_LINE_MAX];
        MmtParseError err;
        MmtEvent ev;
        size_t n;

        for (k = 0; k < MMT_PCI_RESOURCES; k++) {
            dev.start[k] = random_u64(rand);
            dev.size[k] = random_u64(rand);
        }
        memset(dev.driver, 'd', i % sizeof(dev.driver));
        n = mmt_format_pcidev(&dev, buf);
        assert_ok(parse(buf, n, &ev, &err, NULL), buf, &err);
        g_assert_cmpint(ev.type, ==, MMT_EVENT_PCIDEV);
        g_assert_cmpuint(ev.pci.bus, ==, dev.bus);
        g_assert_cmpuint(ev.pci.devfn, ==, dev.devfn);
        g_assert_cmpuint(ev.pci.vendor, ==, dev.vendor);
        g_assert_cmpuint(ev.pci.device, ==, dev.device);
        g_assert_cmpuint(ev.pci.irq, ==, dev.irq);
        g_assert_cmpmem(ev.pci.start, sizeof(dev.start), dev.start,
                        sizeof(dev.start));
        g_assert_cmpmem(ev.pci.size, sizeof(dev.size), dev.size,
                        sizeof(dev.size));
        g_assert_cmpstr(ev.pci.driver, ==, dev.driver);
    }
}

/* Whatever bytes a marker is made of, it comes back as it was sanitised. */
static void test_round_trip_mark(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;

    for (i = 0; i < ROUNDS / 10; i++) {
        char raw[1200];
        char clean[MMT_MARK_MAX + 1];
        size_t len = g_rand_int_range(rand, 0, sizeof(raw));
        size_t k;
        g_autofree char *line = NULL;
        g_autofree char *text = NULL;
        MmtParseError err;
        MmtEvent ev;

        for (k = 0; k < len; k++) {
            raw[k] = g_rand_int(rand) & (i & 1 ? 0x7f : 0xff);
        }
        mmt_mark_sanitize(raw, len, clean);
        line = g_strdup_printf("MARK 12.345678 %s\n", clean);
        assert_ok(parse(line, strlen(line), &ev, &err, &text), line, &err);
        g_assert_cmpint(ev.type, ==, MMT_EVENT_MARK);
        g_assert_cmpstr(text, ==, clean);
    }
}

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

/* What consumers take, the kernel writes and our extensions will. */
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
    /* words that are not ours to judge */
    { "R 4 1.000002 1 0x10 0xff 0x0 0 cr4=x cpus=y ns cpu=1 z",
      MMT_EVENT_READ, 1000002000, 0xff, NULL, "cr4=x cpus=y ns cpu=1 z" },
    { "R 4 1.000002 1 0x10 0xff 0x0 0 hw=0xff later=1 latency=? cr3=0x0",
      MMT_EVENT_READ, 1000002000, 0xff, NULL,
      "hw=0xff later=1 latency=? cr3=0x0" },
    { "MARK 1.000000 vfio-trace: config R width=4 map=7 offset=0x10 "
      "value=0xff", MMT_EVENT_CONFIG_READ, 1000000000, 0xff, NULL, NULL },
    { "MARK 1.000000 vfio-trace: config W width=1 map=7 offset=0xfff "
      "value=0xff pc=0x10 cpu=1 new=word\r\n", MMT_EVENT_CONFIG_WRITE,
      1000000000, 0xff,
      "vfio-trace: config W width=1 map=7 offset=0xfff value=0xff pc=0x10 "
      "cpu=1 new=word", "cpu=1 new=word" },
    { "MARK 1.000000 vfio-trace: config R width=4 map=7 offset=0x0 "
      "value=0x0 hw=?", MMT_EVENT_CONFIG_READ, 1000000000, 0, NULL, "hw=?" },
    /* not what the tracer writes: a marker like any other */
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
    /* not the kernel's words, or not its time: a marker like any other */
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

/* A driver's name may be longer than what the struct keeps. */
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
    /* demmio would take that line for none, without a word */
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
      "cpu= is there twice" },
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
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cr3=", -1, "cr3", 34,
      "cr3 is ''; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cr3=-", -1, "cr3", 34,
      "cr3 is '-'; a number beginning with 0x expected" },
    { "R 4 1.000000 1 0x0 0x0 0x0 0 cr3=0x1 cr3=0x1", -1, "extra", 38,
      "cr3= is there twice" },
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
 * A line cut anywhere is refused or, where the cut goes through the last
 * number or a text, is a shorter one; nothing beyond the cut is looked at.
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

/* Bytes changed at random: any answer will do, if it is one. */
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

/* Why a mark is no access to config space, for who wants to know. */
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
      "extra", 76, "hw= is there twice" },
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

/* What envytools' demmio does with a line, and what it makes of ours. */
static void test_demmio(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        MmtFormatter fmt = { .extra = i % EXTRAS };
        MmtSlot slot = { .rec = random_record(rand, i & 1 ? MMT_KIND_READ :
                                              MMT_KIND_WRITE) };
        char buf[MMT_FORMAT_MAX + 1];
        char seconds[64];
        unsigned width = 0;
        unsigned value = 0;
        unsigned addr = 0;
        double time = 0;

        slot.rec.addr &= UINT32_MAX;
        slot.rec.value &= UINT32_MAX;
        slot.rec.ns &= (1ull << 52) - 1;
        buf[mmt_format(&fmt, &slot, buf)] = '\0';
        g_assert_cmpuint(strlen(buf), <, 1024);
        g_assert_cmpint(sscanf(buf, "%*s %u %lf %*d %x %x", &width, &time,
                               &addr, &value), ==, 4);
        g_assert_cmpuint(width, ==, slot.rec.width);
        g_assert_cmphex(addr, ==, slot.rec.addr);
        g_assert_cmphex(value, ==, slot.rec.value);
        snprintf(seconds, sizeof(seconds), "%" PRIu64 ".%06" PRIu64,
                 slot.rec.ns / 1000000000, slot.rec.ns / 1000 % 1000000);
        g_assert_cmpfloat(time, ==, g_ascii_strtod(seconds, NULL));
    }
}

static void test_demmio_pcidev(void)
{
    MmtPciDev dev = { .bus = 1, .vendor = 0x10de, .device = 0x2204, .irq = 16,
                      .start = { 0xf6000000, 0xe000000c, 0, 0xf000000c },
                      .size = { 0x1000000, 0x10000000, 0, 0x2000000 },
                      .driver = "vfio-pci" };
    char buf[MMT_LINE_MAX];
    uint64_t bar[4] = { 0 };
    uint64_t size[4] = { 0 };
    unsigned vendor = 0;

    mmt_format_pcidev(&dev, buf);
    g_assert_cmpint(sscanf(buf, "%*s %*s %4x%*s %*s %" SCNx64 " %" SCNx64
                           " %" SCNx64 " %" SCNx64 " %*s %*s %*s %" SCNx64
                           " %" SCNx64, &vendor, &bar[0], &bar[1], &bar[2],
                           &bar[3], &size[0], &size[1]), ==, 7);
    g_assert_cmphex(vendor, ==, 0x10de);
    g_assert_cmphex(bar[0], ==, 0xf6000000);
    g_assert_cmphex(bar[1], ==, 0xe000000c);
    g_assert_cmphex(bar[3], ==, 0xf000000c);
    g_assert_cmphex(size[1], ==, 0x10000000);
}

static void test_flag_mark(void)
{
    static const char *const others[] = {
        "vfio-trace: failed", "vfio-trace: failed R", "failed R width=4",
        "vfio-trace: failed X width=4 map=1 addr=0x0",
        "vfio-trace: failed R width=9 map=1 addr=0x0",
        "vfio-trace: failed R width=4 map=1 addr=0x0 ",
        "vfio-trace: failed R width=4 map=1 addr=0x0x",
        "vfio-trace: failed R width=4 map=x addr=0x0",
        "vfio-trace: failed R width=4 map=1 offset=0xaddr=0x0",
        "vfio-trace: failed R width=4 map=1 at=0x0",
        "vfio-trace: failed RW width=4 map=1 addr=0x0",
        "vfio-trace: verified R width=4 map=1 addr=0x0",
        "vfio-trace: pendingR width=4 map=1 addr=0x0", "",
    };
    static const struct {
        MmtFlags flag;
        MmtKind kind;
        MmtEventType type;
    } marked[] = {
        { MMT_FLAG_FAILED, MMT_KIND_READ, MMT_EVENT_READ },
        { MMT_FLAG_FAILED, MMT_KIND_CONFIG_WRITE, MMT_EVENT_CONFIG_WRITE },
        { MMT_FLAG_PENDING, MMT_KIND_WRITE, MMT_EVENT_WRITE },
        { MMT_FLAG_PENDING, MMT_KIND_CONFIG_READ, MMT_EVENT_CONFIG_READ },
        { MMT_FLAG_UNSYNCED, MMT_KIND_WRITE, MMT_EVENT_WRITE },
        { MMT_FLAG_UNSYNCED, MMT_KIND_CONFIG_WRITE, MMT_EVENT_CONFIG_WRITE },
        { MMT_FLAG_UNVERIFIED, MMT_KIND_READ, MMT_EVENT_READ },
        { MMT_FLAG_UNVERIFIED, MMT_KIND_CONFIG_READ, MMT_EVENT_CONFIG_READ },
    };
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    MmtParseError err;
    MmtFlagMark mark;
    MmtEvent ev;
    size_t k;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        MmtFormatter fmt = { 0 };
        MmtSlot slot;
        char buf[MMT_FORMAT_MAX + 1];
        char *line;
        size_t n;

        k = i % G_N_ELEMENTS(marked);
        slot.rec = marked[k].kind >= MMT_KIND_CONFIG_READ ?
                   random_config(rand, marked[k].kind) :
                   random_record(rand, marked[k].kind);
        slot.rec.flags = marked[k].flag;
        n = mmt_format(&fmt, &slot, buf);
        line = memchr(buf, '\n', n);
        g_assert_nonnull(line++);
        g_assert_true(mmt_parse_line(line, buf + n - line, &ev, &err));
        g_assert_true(mmt_parse_flag_mark(&ev, &mark));
        g_assert_cmpint(mark.flag, ==, slot.rec.flags);
        g_assert_cmpint(mark.type, ==, marked[k].type);
        g_assert_cmpuint(mark.width, ==, slot.rec.width);
        g_assert_cmpuint(mark.map_id, ==, slot.rec.map_id);
        g_assert_cmphex(mark.addr, ==, slot.rec.addr);
    }
    for (k = 0; k < G_N_ELEMENTS(others); k++) {
        g_autofree char *line = g_strconcat("MARK 1.000000 ", others[k], NULL);

        g_assert_true(mmt_parse_line(line, strlen(line), &ev, &err));
        g_assert_false(mmt_parse_flag_mark(&ev, &mark));
    }
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
    const char *given = g_getenv("TEST_SEED");

    g_test_init(&argc, &argv, NULL);
    seed = given ? g_ascii_strtoull(given, NULL, 0) : 20070824;
    g_test_message("seed %u (TEST_SEED)", seed);
    g_test_add_func("/parse/round-trip/records", test_round_trip);
    g_test_add_func("/parse/round-trip/extra", test_round_trip_extra);
    g_test_add_func("/parse/round-trip/config", test_round_trip_config);
    g_test_add_func("/parse/round-trip/lost", test_round_trip_lost);
    g_test_add_func("/parse/round-trip/pcidev", test_round_trip_pcidev);
    g_test_add_func("/parse/round-trip/mark", test_round_trip_mark);
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
    g_test_add_func("/parse/flag-mark", test_flag_mark);
    g_test_add_func("/parse/resources", test_resources);
    g_test_add_func("/parse/demmio/accesses", test_demmio);
    g_test_add_func("/parse/demmio/pcidev", test_demmio_pcidev);
    return g_test_run();
}
