/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, records to text and back to events
 */
#include "parse-random.h"

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
    if (ev->extras & MMT_EXTRA_SPACE) {
        g_assert_cmphex(ev->space, ==, rec->space);
    }
    if (ev->extras & MMT_EXTRA_TRAP) {
        g_assert_cmpuint(ev->trap, ==, rec->trap);
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
        MmtFormatter fmt = {
            .extra = with_one_space(g_rand_int_range(rand, 0, EXTRAS)),
        };
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
        MmtFormatter fmt = {
            .extra = with_one_space(g_rand_int_range(rand, 0, EXTRAS)),
        };
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

/* A marker of any bytes parses back to its sanitized text. */
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

/* envytools' demmio's parsing, applied to our lines. */
static void test_demmio(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        MmtFormatter fmt = { .extra = with_one_space(i % EXTRAS) };
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
int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    read_seed();
    g_test_add_func("/parse/round-trip/records", test_round_trip);
    g_test_add_func("/parse/round-trip/extra", test_round_trip_extra);
    g_test_add_func("/parse/round-trip/config", test_round_trip_config);
    g_test_add_func("/parse/round-trip/lost", test_round_trip_lost);
    g_test_add_func("/parse/round-trip/pcidev", test_round_trip_pcidev);
    g_test_add_func("/parse/round-trip/mark", test_round_trip_mark);
    g_test_add_func("/parse/flag-mark", test_flag_mark);
    g_test_add_func("/parse/demmio/accesses", test_demmio);
    g_test_add_func("/parse/demmio/pcidev", test_demmio_pcidev);
    return g_test_run();
}
