/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, the tracer's own marks
 */
#include <glib.h>
#include <string.h>

#include "libmmiotrace/entry-put.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/parts.h"

#define WORDS_MAX 12

typedef struct {
    MmtMark mark;
    MmtMarkWord words[WORDS_MAX];   /* zeroes are the end */
    const char *text;               /* behind "vfio-trace: " */
} Case;

#define T(key, value) { MMT_WORD_TEXT, key, .text = value }
#define N(key, value) { MMT_WORD_NUMBERS, key, .number = value, .count = 1 }
#define DEVICE T("device", "dut0")
#define BAR T("region", "bar=0")
#define MAP N("map", 1)
#define ADDR N("addr", 0xfeb80000)
#define LEN N("len", 0x20000)
#define ACCESS(direction) \
    { T("direction", direction), N("width", 4), N("map", 1), \
      N("addr", 0x10) }
#define CONFIG_ACCESS(direction) \
    { T("direction", direction), N("width", 2), N("map", 7), \
      N("offset", 0xfc) }
#define SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const uint64_t addrs[] = { 0xffffffff81000000, 0x20 };

/* Every mark, with all of its keys and without those that are optional. */
static const Case cases[] = {
    { MMT_MARK_LOG, { N("format", 1), T("qemu", "10.0.0"),
                      T("extra", "cpu+ns"), T("pc", "on") },
      "log format=1 qemu=10.0.0 extra=cpu+ns pc=on" },
    { MMT_MARK_LOG, { N("format", 1), T("qemu", "10.0.0") },
      "log format=1 qemu=10.0.0" },
    { MMT_MARK_CLOCK, { N("monotonic", 1000000002), N("realtime", 5),
                        N("kvmclock", UINT64_MAX), N("tsc", 0x1f),
                        N("cpu", 0) },
      "clock monotonic=1.000000002 realtime=0.000000005 "
      "kvmclock=18446744073.709551615 tsc=0x1f cpu=0" },
    { MMT_MARK_CLOCK, { N("monotonic", 0), N("realtime", 1) },
      "clock monotonic=0.000000000 realtime=0.000000001" },
    { MMT_MARK_DEVICE, { T("id", "dut0"), T("host", "0000:00:05.0"),
                         T("type", "vfio-pci-trace"),
                         T("addresses", "host") },
      "device id=dut0 host=0000:00:05.0 type=vfio-pci-trace addresses=host" },
    { MMT_MARK_COVERAGE, { DEVICE, BAR, MAP, ADDR, LEN,
                           T("state", "trapped"),
                           T("access", "r"), T("by", "x"), T("why", "y") },
      "coverage device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 "
      "state=trapped access=r by=x why=y" },
    { MMT_MARK_COVERAGE, { DEVICE, T("region", "upper-memory"),
                           N("addr", 0xc0000), N("len", 0x40000),
                           T("state", "direct"), T("why", "guest-ram") },
      "coverage device=dut0 upper-memory addr=0xc0000 len=0x40000 "
      "state=direct why=guest-ram" },
    { MMT_MARK_START, { DEVICE }, "start device=dut0" },
    { MMT_MARK_STOP, { DEVICE }, "stop device=dut0" },
    { MMT_MARK_WINDOW, { DEVICE, BAR, MAP, ADDR, LEN,
                           T("access", "rw"),
                         T("change", "added") },
      "window device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 access=rw "
      "change=added" },
    { MMT_MARK_HOT, { DEVICE, BAR, MAP, ADDR, LEN,
                           N("accesses", 501), N("in-us", 7),
                      N("limit", 500), T("state", "trapped"),
                      T("why", "no-mmap") },
      "hot device=dut0 bar=0 map=1 addr=0xfeb80000 len=0x20000 accesses=501 "
      "in-us=7 limit=500 state=trapped why=no-mmap" },
    { MMT_MARK_PC, { DEVICE, T("state", "none"), T("why", "accelerator") },
      "pc device=dut0 state=none why=accelerator" },
    { MMT_MARK_RESCUE, { DEVICE, T("state", "none"), T("why", "kernel") },
      "rescue device=dut0 state=none why=kernel" },
    { MMT_MARK_STEPPED, { N("map", 2), N("pc", 0x10), T("bytes", "0f0b") },
      "stepped map=2 pc=0x10 bytes=0f0b" },
    { MMT_MARK_STEP_FAILED, { N("map", 2), N("pc", 0) },
      "step-failed map=2 pc=0x0" },
    { MMT_MARK_STEP_LOST, { N("map", 2), N("pc", 1) },
      "step-lost map=2 pc=0x1" },
    { MMT_MARK_REFUSED, { N("map", 2), N("addr", 0xf0), N("pc", 0x10),
                          T("bytes", "none") },
      "refused map=2 addr=0xf0 pc=0x10 bytes=none" },
    { MMT_MARK_P2P, { DEVICE, BAR, MAP, T("state", "none"), N("errno", 22) },
      "p2p device=dut0 bar=0 map=1 state=none errno=22" },
    { MMT_MARK_P2P, { DEVICE, BAR, MAP, T("state", "mapped") },
      "p2p device=dut0 bar=0 map=1 state=mapped" },
    { MMT_MARK_HW, { DEVICE, T("state", "partial"), T("why", "qemu-10.0") },
      "hw device=dut0 state=partial why=qemu-10.0" },
    { MMT_MARK_CONFIG, { T("direction", "R"), N("width", 4), N("map", 7),
                         N("offset", 0), N("value", 0x10d38086),
                         N("pc", 0x10), T("extra", "cpu=0") },
      "config R width=4 map=7 offset=0x0 value=0x10d38086 pc=0x10 cpu=0" },
    { MMT_MARK_FAILED, ACCESS("R"), "failed R width=4 map=1 addr=0x10" },
    { MMT_MARK_PENDING, ACCESS("W"), "pending W width=4 map=1 addr=0x10" },
    { MMT_MARK_UNSYNCED, ACCESS("W"), "unsynced W width=4 map=1 addr=0x10" },
    { MMT_MARK_UNVERIFIED, ACCESS("R"),
      "unverified R width=4 map=1 addr=0x10" },
    { MMT_MARK_FAILED, CONFIG_ACCESS("R"),
      "failed R width=2 map=7 offset=0xfc" },
    { MMT_MARK_PENDING, CONFIG_ACCESS("W"),
      "pending W width=2 map=7 offset=0xfc" },
    { MMT_MARK_UNSYNCED, CONFIG_ACCESS("W"),
      "unsynced W width=2 map=7 offset=0xfc" },
    { MMT_MARK_UNVERIFIED, CONFIG_ACCESS("R"),
      "unverified R width=2 map=7 offset=0xfc" },
    { MMT_MARK_RESET, { DEVICE, T("kind", "flr") },
      "reset device=dut0 kind=flr" },
    { MMT_MARK_COMMAND, { DEVICE, T("memory", "on"), T("io", "off"),
                          T("master", "on") },
      "command device=dut0 memory=on io=off master=on" },
    { MMT_MARK_POWER, { DEVICE, T("state", "D3hot") },
      "power device=dut0 state=D3hot" },
    { MMT_MARK_MOVED, { DEVICE, BAR, MAP, N("from", 0xfeb80000),
                        N("to", 0xfec80000) },
      "moved device=dut0 bar=0 map=1 from=0xfeb80000 to=0xfec80000" },
    { MMT_MARK_ERROR, { DEVICE }, "error device=dut0" },
    { MMT_MARK_REQUEST, { DEVICE }, "request device=dut0" },
    { MMT_MARK_VM, { T("state", "paused"), T("reason", "io-error") },
      "vm state=paused reason=io-error" },
    { MMT_MARK_VM, { T("state", "running"), N("paused-ns", 12) },
      "vm state=running paused-ns=12" },
    { MMT_MARK_VM, { T("state", "running"), T("wakeup", "other") },
      "vm state=running wakeup=other" },
    { MMT_MARK_IRQ, { DEVICE, T("message", "msix"), N("vector", 3) },
      "irq device=dut0 msix vector=3" },
    { MMT_MARK_IRQ, { DEVICE, T("intx", "A"), N("level", 0) },
      "irq device=dut0 intx=A level=0" },
    { MMT_MARK_IRQS, { DEVICE, T("state", "none"), T("why", "kvm") },
      "irqs device=dut0 state=none why=kvm" },
    { MMT_MARK_DEPARTED, { DEVICE, N("after", 12),
                           T("text", "R 4 bar0+0x8 0x0") },
      "departed device=dut0 after=12 text=R 4 bar0+0x8 0x0" },
    { MMT_MARK_BACKTRACE, { N("map", 1), N("pc", 0x10),
                            { MMT_WORD_NUMBERS, "addrs", .numbers = addrs,
                              .count = 2 } },
      "backtrace map=1 pc=0x10 0xffffffff81000000 0x20" },
    { MMT_MARK_SNAPSHOT, { DEVICE, N("map", 1), N("addr", 0xf0080008),
                           N("at", 0x1000), N("len", 3), T("sha256", SHA),
                           T("state", "not-memory") },
      "snapshot device=dut0 map=1 addr=0xf0080008 at=0x1000 len=3 sha256=" SHA
      " state=not-memory" },
    { MMT_MARK_SNAPSHOT, { DEVICE, T("name", "S"), T("on", "marker"),
                           N("at", 0x1000), N("len", 3), T("sha256", SHA) },
      "snapshot device=dut0 name=S on=marker at=0x1000 len=3 sha256=" SHA },
    { MMT_MARK_SNAPSHOT_DATA, { N("at", 0x1000), T("data", "616263") },
      "snapshot-data at=0x1000 616263" },
    { MMT_MARK_RINGS, { DEVICE, T("name", "nvme.rings"), T("sha256", SHA) },
      "rings device=dut0 name=nvme.rings sha256=" SHA },
    { MMT_MARK_RING, { DEVICE, T("ring", "SQ[0]"), N("base", 0x1000),
                       N("count", 32), N("entry", 64),
                       T("layout", "NVME_SQE") },
      "ring device=dut0 ring=SQ[0] base=0x1000 count=32 entry=64 "
      "layout=NVME_SQE" },
    { MMT_MARK_RING, { DEVICE, T("ring", "CQ"), N("base", 0x1000),
                       N("count", 32), N("entry", 16), T("by", "device") },
      "ring device=dut0 ring=CQ base=0x1000 count=32 entry=16 by=device" },
    { MMT_MARK_RING, { DEVICE, T("ring", "SQ[1]"), T("state", "deleted") },
      "ring device=dut0 ring=SQ[1] state=deleted" },
    { MMT_MARK_ENTRY, { DEVICE, T("ring", "R"), N("index", 3), N("at", 0x1000),
                        N("len", 2), T("state", "not-memory"),
                        T("data", "00ff") },
      "entry device=dut0 ring=R index=3 at=0x1000 len=2 state=not-memory "
      "00ff" },
    { MMT_MARK_DATA, { DEVICE, T("ring", "R"), N("index", 3),
                       T("name", "prp[2].page"), N("at", 0x2000), N("len", 1),
                       N("of", 4096), T("state", "not-memory"),
                       T("data", "5a") },
      "data device=dut0 ring=R index=3 name=prp[2].page at=0x2000 len=1 "
      "of=4096 state=not-memory 5a" },
    { MMT_MARK_WATCH, { DEVICE, T("watch", "W"), T("on", "irq"),
                        N("at", 0x3000), N("len", 128), N("lines", 1),
                        N("sum", 0xabc), T("state", "changed"), N("left", 1) },
      "watch device=dut0 watch=W on=irq at=0x3000 len=128 lines=1 sum=0xabc "
      "state=changed left=1" },
    { MMT_MARK_WATCH_DATA, { N("at", 0x3040), T("data", "616263") },
      "watch-data at=0x3040 616263" },
    { MMT_MARK_MEMORY_CUT, { DEVICE, T("name", "R"), T("why", "second"),
                             N("left", 5) },
      "memory-cut device=dut0 name=R why=second left=5" },
    { MMT_MARK_TRAPS, { DEVICE, BAR, MAP, T("cpu", "-"), N("accesses", 7),
                        N("trap-ns", 2950), N("exit-ns", 0),
                        N("since-ns", UINT64_MAX) },
      "traps device=dut0 bar=0 map=1 cpu=- accesses=7 trap-ns=2950 exit-ns=0 "
      "since-ns=18446744073709551615" },
    { MMT_MARK_TRAPS, { DEVICE, BAR, MAP, N("accesses", 7), N("trap-ns", 2950),
                        N("exit-ns", 12810), N("since-ns", 1000000) },
      "traps device=dut0 bar=0 map=1 accesses=7 trap-ns=2950 exit-ns=12810 "
      "since-ns=1000000" },
    { MMT_MARK_TRAP_COST, { N("exit-ns", 0), T("from", "none"),
                            T("why", "tcg") },
      "trap-cost exit-ns=0 from=none why=tcg" },
    { MMT_MARK_TRAP_COST, { N("exit-ns", 1830), T("from", "kvm") },
      "trap-cost exit-ns=1830 from=kvm" },
    { MMT_MARK_SYMBOLS, { N("at", 0), T("names", "f+0x8/0x20 ?") },
      "symbols at=0 f+0x8/0x20 ?" },
    { MMT_MARK_GUEST_MARK, { T("origin", "isa"), T("port", "com"),
                             N("cut", 3), T("text", "a=b  c") },
      "guest-mark origin=isa port=com cut=3 text=a=b  c" },
    { MMT_MARK_GUEST_MARK, { T("origin", "virtio-serial"), T("port", "p"),
                             N("dropped", 7) },
      "guest-mark origin=virtio-serial port=p dropped=7" },
    { MMT_MARK_DETACHED, { T("id", "dut0") }, "detached id=dut0" },
    { MMT_MARK_CONVERTED, { T("from", "qemu"), T("times", "none") },
      "converted from=qemu times=none" },
    { MMT_MARK_PART, { T("prose", "2 begins") }, "part 2 begins" },
    { MMT_MARK_CUT, { N("bytes", 17) }, "cut bytes=17" },
    { MMT_MARK_READER, { T("prose", "changed: x") }, "reader changed: x" },
    { MMT_MARK_DAMAGED, { N("kind", 200) }, "damaged kind=200" },
    { MMT_MARK_RECOVERED, { N("records", 4), N("pending", 1), N("lost", 0) },
      "recovered records=4 pending=1 lost=0" },
    { MMT_MARK_END, { { MMT_WORD_NONE } }, "end" },
};

static void test_put(void)
{
    bool seen[MMT_MARKS] = { false };
    char buf[MMT_MARK_MAX + 1];
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(MMT_MARK_PREFIX, cases[i].text,
                                            NULL);
        size_t len = mmt_mark_put(cases[i].mark, cases[i].words, buf);

        g_assert_cmpstr(buf, ==, text);
        g_assert_cmpuint(len, ==, strlen(text));
        seen[cases[i].mark] = true;
    }
    for (i = 0; i < MMT_MARKS; i++) {
        g_test_message("%s", mmt_mark_forms[i].name);
        g_assert_true(seen[i]);
    }
}

/* Every key of every mark stands in one of the cases. */
static void test_put_keys(void)
{
    MmtMark mark;
    size_t i;
    int j;

    for (mark = 0; mark < MMT_MARKS; mark++) {
        const MmtMarkKey *key;

        for (key = mmt_mark_forms[mark].key; key->key; key++) {
            bool seen = false;

            for (i = 0; i < G_N_ELEMENTS(cases); i++) {
                for (j = 0; cases[i].mark == mark && j < WORDS_MAX; j++) {
                    seen |= !g_strcmp0(cases[i].words[j].key, key->key);
                }
            }
            g_test_message("%s: %s", mmt_mark_forms[mark].name, key->key);
            g_assert_true(seen);
        }
    }
}

/* What was written is what the table lets a reader expect. */
static void test_read(void)
{
    char buf[MMT_MARK_MAX + 1];
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const MmtMarkKey *key = mmt_mark_forms[cases[i].mark].key;
        MmtSpan text = { buf, 0 };
        MmtSpan name;

        text.len = mmt_mark_put(cases[i].mark, cases[i].words, buf);
        name = mmt_mark_name(text);
        g_assert_cmpuint(mmt_mark_find(name.p, name.len), ==, cases[i].mark);
        for (; key->key; key++) {
            MmtSpan value = mmt_mark_value(text, key->key);

            if (value.p) {
                g_test_message("%s: %s", buf, key->key);
                g_assert_true(mmt_mark_value_sound(key, value));
            }
        }
    }
}

static void test_line(void)
{
    char buf[MMT_LINE_MAX];
    size_t len = mmt_mark_put_line(MMT_MARK_CUT,
                                   MMT_WORDS(MMT_NO_WORD, MMT_NO_WORD,
                                             MMT_NUMBER("bytes", 1)),
                                   12000345999ull, buf);

    g_assert_cmpstr(buf, ==, "MARK 12.000345 vfio-trace: cut bytes=1\n");
    g_assert_cmpuint(len, ==, strlen(buf));
}

/* --- what does not fit a line --------------------------------------------- */

static char *guest_mark(const char *text)
{
    char *buf = g_malloc(MMT_MARK_MAX + 1);

    mmt_mark_put(MMT_MARK_GUEST_MARK,
                 MMT_WORDS(MMT_TEXT("origin", "isa"), MMT_TEXT("port", "p"),
                           MMT_TEXT("text", text)), buf);
    return buf;
}

static void test_unprintable(void)
{
    g_autofree char *buf = guest_mark("a\nMARK 1.0 b\x1b\xff");

    g_assert_cmpstr(buf, ==, MMT_MARK_PREFIX
                    "guest-mark origin=isa port=p text=a?MARK 1.0 b??");
}

/* It is cut where mmt_mark_sanitize() cuts the whole. */
static void test_long(void)
{
    static const char *const character[] = { "x", "\xc3\xa4",
                                             "\xf0\x9f\x98\x80" };
    char whole[MMT_MARK_MAX + 1];
    size_t i;
    int pad;

    for (i = 0; i < G_N_ELEMENTS(character); i++) {
        for (pad = 0; pad < 5; pad++) {
            g_autoptr(GString) text = g_string_new(NULL);
            g_autofree char *buf = NULL;
            g_autofree char *all = NULL;

            while (text->len < MMT_MARK_MAX) {
                g_string_append(text, text->len < (gsize)pad ? "-"
                                                             : character[i]);
            }
            buf = guest_mark(text->str);
            all = g_strconcat(MMT_MARK_PREFIX "guest-mark origin=isa port=p "
                              "text=", text->str, NULL);
            mmt_mark_sanitize(all, strlen(all), whole);
            g_assert_cmpstr(buf, ==, whole);
        }
    }
}

/* Nothing stands behind a gap. */
static void test_long_first(void)
{
    g_autofree char *id = g_strnfill(2000, 'i');
    g_autofree char *want = g_strconcat(MMT_MARK_PREFIX "power device=", id,
                                        NULL);
    char buf[MMT_MARK_MAX + 1];

    want[MMT_MARK_MAX] = '\0';
    g_assert_cmpuint(mmt_mark_put(MMT_MARK_POWER,
                                  MMT_WORDS(MMT_TEXT("device", id),
                                            MMT_TEXT("state", "D0")), buf),
                     ==, MMT_MARK_MAX);
    g_assert_cmpstr(buf, ==, want);
}

/* --- what the caller has got wrong ---------------------------------------- */

static const struct {
    const char *name;
    Case c;
} wrong[] = {
    { "unknown", { MMT_MARK_POWER, { DEVICE, T("state", "D0"),
                                     T("why", "x") }, NULL } },
    { "missing", { MMT_MARK_POWER, { DEVICE }, NULL } },
    { "missing-lenient", { MMT_MARK_RESET, { DEVICE }, NULL } },
    { "order", { MMT_MARK_POWER, { T("state", "D0"), DEVICE }, NULL } },
    { "twice", { MMT_MARK_START, { DEVICE, DEVICE }, NULL } },
    { "text-for-number", { MMT_MARK_CUT, { T("bytes", "1") }, NULL } },
    { "number-for-text", { MMT_MARK_DETACHED, { N("id", 1) }, NULL } },
    { "several", { MMT_MARK_CUT, { { MMT_WORD_NUMBERS, "bytes",
                                     .numbers = addrs, .count = 2 } },
                   NULL } },
};

static void test_wrong(gconstpointer data)
{
    const Case *c = data;
    char buf[MMT_MARK_MAX + 1];

    if (g_test_subprocess()) {
        mmt_mark_put(c->mark, c->words, buf);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*assertion failed*");
}

/* --- the table ------------------------------------------------------------ */

static void check_key(const MmtMarkKey *key)
{
    const MmtMarkKey *other;

    for (other = key + 1; other->key; other++) {
        g_assert_cmpstr(key->key, !=, other->key);
    }
    g_assert_null(strpbrk(key->key, " ="));
    g_assert_true(!(key->flags & MMT_KEY_REPEATED) || !key[1].key);
    g_assert_true(key->kind != MMT_VALUE_TEXT || !key[1].key);
    g_assert_true(key->kind != MMT_VALUE_PROSE || !key[1].key);
    g_assert_true(key->kind != MMT_VALUE_REGION ||
                  (key->flags & MMT_KEY_BARE));
}

static void test_table(void)
{
    MmtMark mark;

    for (mark = 0; mark < MMT_MARKS; mark++) {
        const MmtMarkForm *form = &mmt_mark_forms[mark];
        const MmtMarkKey *key;

        g_test_message("%s", form->name);
        g_assert_cmpuint(mmt_mark_find(form->name, strlen(form->name)), ==,
                         mark);
        g_assert_null(strpbrk(form->name, " ="));
        for (key = form->key; key->key; key++) {
            check_key(key);
        }
        g_assert_cmpint(key - form->key, <, MMT_MARK_KEYS);
    }
    g_assert_cmpuint(mmt_mark_find("en", 2), ==, MMT_MARKS);
    g_assert_cmpuint(mmt_mark_find("ends", 4), ==, MMT_MARKS);
    g_assert_cmpuint(mmt_mark_find("", 0), ==, MMT_MARKS);
}

static void test_values(void)
{
    static const struct {
        MmtMarkKind kind;
        const char *choice;
        const char *value;
        bool sound;
    } values[] = {
        { MMT_VALUE_WORD, NULL, "x", true },
        { MMT_VALUE_WORD, NULL, "", false },
        { MMT_VALUE_WORD, "on|off", "off", true },
        { MMT_VALUE_WORD, "on|off", "o", false },
        { MMT_VALUE_WORD, "on|off", "on|off", false },
        { MMT_VALUE_DEC, NULL, "18446744073709551615", true },
        { MMT_VALUE_DEC, NULL, "18446744073709551616", false },
        { MMT_VALUE_DEC, NULL, "0x1", false },
        { MMT_VALUE_DEC, NULL, "", false },
        { MMT_VALUE_HEX, NULL, "0xffffffffffffffff", true },
        { MMT_VALUE_HEX, NULL, "0x10000000000000000", false },
        { MMT_VALUE_HEX, NULL, "12", false },
        { MMT_VALUE_HEX, NULL, "0x", false },
        { MMT_VALUE_SECONDS, NULL, "1.5", true },
        { MMT_VALUE_SECONDS, NULL, "1.", false },
        { MMT_VALUE_SECONDS, NULL, "1", false },
        { MMT_VALUE_SHA256, NULL, SHA, true },
        { MMT_VALUE_SHA256, NULL, "61", false },
        { MMT_VALUE_BYTES, NULL, "0f0b", true },
        { MMT_VALUE_BYTES, NULL, "none", true },
        { MMT_VALUE_BYTES, NULL, "0f0", false },
        { MMT_VALUE_BYTES, NULL, "0F", false },
        { MMT_VALUE_BYTES, NULL, "", false },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(values); i++) {
        MmtMarkKey key = { "key", values[i].kind, 0, values[i].choice };
        MmtSpan value = { values[i].value, strlen(values[i].value) };

        g_test_message("%s", values[i].value);
        g_assert_true(mmt_mark_value_sound(&key, value) == values[i].sound);
    }
}

static void test_name(void)
{
    static const struct {
        const char *text;
        const char *name;   /* NULL: it is not one of ours */
    } names[] = {
        { MMT_MARK_PREFIX "end", "end" },
        { MMT_MARK_PREFIX "power device=x", "power" },
        { MMT_MARK_PREFIX, "" },
        { "vfio-trace:end", NULL },
        { "link is up", NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        MmtSpan name = mmt_mark_name((MmtSpan) { names[i].text,
                                                 strlen(names[i].text) });

        g_assert_true(!name.p == !names[i].name);
        g_assert_true(!name.p || mmt_words_are(name, names[i].name));
    }
}

/* --- marks that others make without mmt_mark_put() ------------------------ */

/* An access to config space is formatted as fast as any other. */
static void test_config(void)
{
    MmtFormatter fmt = { .extra = MMT_EXTRA_CPU };
    const MmtSlot slot = {
        .rec = {
            .kind = MMT_KIND_CONFIG_WRITE, .width = 2, .map_id = 3,
            .addr = 0x10, .value = 0xabcd, .pc = 0x20, .ns = 5000,
        },
    };
    char want[MMT_LINE_MAX];
    char buf[MMT_FORMAT_MAX];
    size_t len;

    mmt_mark_put_line(MMT_MARK_CONFIG,
                      MMT_WORDS(MMT_TEXT("direction", "W"),
                                MMT_NUMBER("width", 2), MMT_NUMBER("map", 3),
                                MMT_NUMBER("offset", 0x10),
                                MMT_NUMBER("value", 0xabcd),
                                MMT_NUMBER("pc", 0x20),
                                MMT_TEXT("extra", "cpu=0")), 5000, want);
    len = mmt_format(&fmt, &slot, buf);
    buf[len] = '\0';
    g_assert_cmpstr(buf, ==, want);
}

/* Words of the mark of an entry: each with each */
static void test_entry(void)
{
    static const char *const names[] = {
        "d", "a b\x1b", "SQ[511]", "0123456789012345678901234567890123456789",
    };
    static const char *const states[] = { NULL, "not-memory" };
    static const uint64_t numbers[] = { 0, 9, 10, 0x1234567890, UINT64_MAX };
    g_autofree char *many = g_strnfill(300, 'x');
    uint8_t data[MMT_MARK_BYTES];
    unsigned i;

    for (i = 0; i < sizeof(data); i++) {
        data[i] = i * 7 + 3;
    }
    for (i = 0; i < 3 * 4 * 5 * 2 * 5 * 41; i++) {
        MmtEntryMark entry = {
            .device = i % 3 == 2 ? many : names[i % 3],
            .ring = names[i / 3 % 4],
            .index = numbers[i / 12 % 5],
            .at = numbers[(i / 12 + 1) % 5],
            .len = numbers[(i / 12 + 2) % 5],
            .state = states[i / 60 % 2],
            .data = data,
            .bytes = i / 120 % 5 * 77 + i / 600 % 41,
        };
        g_autofree char *hex = g_malloc(entry.bytes * 2 + 1);
        char want[MMT_MARK_MAX + 1];
        char buf[MMT_MARK_MAX + 1];
        unsigned k;

        for (k = 0; k < entry.bytes; k++) {
            g_snprintf(hex + k * 2, 3, "%02x", data[k]);
        }
        mmt_mark_put(MMT_MARK_ENTRY,
                     MMT_WORDS(MMT_TEXT("device", entry.device),
                               MMT_TEXT("ring", entry.ring),
                               MMT_NUMBER("index", entry.index),
                               MMT_NUMBER("at", entry.at),
                               MMT_NUMBER("len", entry.len),
                               entry.state ? MMT_TEXT("state", entry.state)
                                           : MMT_NO_WORD,
                               k ? MMT_TEXT("data", hex) : MMT_NO_WORD), want);
        g_assert_cmpuint(mmt_entry_put(&entry, buf), ==, strlen(want));
        g_assert_cmpstr(buf, ==, want);
    }
}

static void test_part(void)
{
    static const MmtPartMark marks[] = {
        MMT_PART_CONTINUES, MMT_PART_BEGINS, MMT_PART_HEADER_ENDS,
    };
    const char *choice = mmt_mark_forms[MMT_MARK_PART].key[0].choice;
    g_auto(GStrv) forms = g_strsplit(choice, "|", -1);
    size_t i;

    g_assert_cmpuint(g_strv_length(forms), ==, G_N_ELEMENTS(marks));
    for (i = 0; i < G_N_ELEMENTS(marks); i++) {
        g_autofree char *text = mmt_part_mark_text(marks[i], 1);
        g_autofree char *form = g_strconcat(MMT_MARK_PREFIX "part ", forms[i],
                                            NULL);

        g_strdelimit(text, "1", 'N');
        g_strdelimit(text, "2", 'M');
        g_assert_cmpstr(text, ==, form);
    }
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/marks/table", test_table);
    g_test_add_func("/marks/put", test_put);
    g_test_add_func("/marks/put/keys", test_put_keys);
    g_test_add_func("/marks/put/line", test_line);
    g_test_add_func("/marks/put/unprintable", test_unprintable);
    g_test_add_func("/marks/put/long", test_long);
    g_test_add_func("/marks/put/long-first", test_long_first);
    g_test_add_func("/marks/read", test_read);
    g_test_add_func("/marks/values", test_values);
    g_test_add_func("/marks/name", test_name);
    g_test_add_func("/marks/config", test_config);
    g_test_add_func("/marks/entry", test_entry);
    g_test_add_func("/marks/part", test_part);
    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = g_strdup_printf("/marks/wrong/%s",
                                                wrong[i].name);

        g_test_add_data_func(path, &wrong[i].c, test_wrong);
    }
    return g_test_run();
}
