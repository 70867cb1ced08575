/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, traces as entries: regions, phases, selections
 */
#include "libmmiotrace/trace.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#define PCIDEV "PCIDEV 0028 808610d3 17 feb80000 feba0000 c041 0 0 0 " \
               "feb40000 20000 20000 20 0 0 0 40000 vfio-pci\n"
#define DEVICE "MARK 1.000000 vfio-trace: device id=gpu host=0000:00:05.0 " \
               "type=vfio-pci-trace addresses=host\n"
#define COVERAGE(region, map, addr, len) \
    "MARK 1.000000 vfio-trace: coverage device=gpu " region " map=" map \
    " addr=" addr " len=" len " state=trapped\n"

/* A log of ours with three regions, a user's mark and a guest's */
static const char ours[] =
    "VERSION 20070824\n" PCIDEV DEVICE
    COVERAGE("bar=0", "1", "0xfeb80000", "0x20000")
    COVERAGE("bar=2", "2", "0xc040", "0x20")
    COVERAGE("config", "3", "0x0", "0x1000")
    "MAP 1.000001 1 0xfeb80000 0xe0000000 0x20000 0x0 0\n"
    "MAP 1.000001 2 0xc040 0x1000 0x20 0x0 0\n"
    "R 4 1.000002 1 0xfeb80008 0x80080783 0xffffffff81000000 0 cpu=1\n"
    "W 2 1.000003 2 0xc044 0xbeef 0x0 0 cpu=-\n"
    "MARK 1.000003 vfio-trace: failed W width=2 map=2 addr=0xc044\n"
    "MARK 1.500000 driver loaded\n"
    "MARK 1.500001 vfio-trace: config R width=4 map=3 offset=0x10 "
    "value=0xfeb80000 cpu=0\n"
    "UNKNOWN 1.500002 1 0xfeb80010 0f,b6,00 0x0 0 cpu=0\n"
    "MARK 2.000000 vfio-trace: guest-mark origin=isa port=p text=link is up\n"
    "R 8 2.000001 1 0xfeb80100 0x1122334455667788 0x0 0 cpu=0\n"
    "MARK 0.000000 Lost 3 events.\n"
    "MARK 3.000000 vfio-trace: end\n";

static char *path;

static MmtTrace *open_text(const char *text, gssize len)
{
    g_autoptr(GError) error = NULL;
    char *message = NULL;
    MmtTrace *trace;

    g_file_set_contents(path, text, len, &error);
    g_assert_no_error(error);
    trace = mmt_trace_open(path, &message);
    g_assert_cmpstr(message, ==, NULL);
    return trace;
}

/* All entries as words, for comparing */
static char *words_of(MmtTrace *trace)
{
    static const char kinds[] = "RWUM+-DLO";
    GString *words = g_string_new(NULL);
    const MmtEntry *entries;
    size_t n;

    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        size_t i;

        for (i = 0; i < n; i++) {
            const MmtEntry *e = &entries[i];

            g_string_append_printf(words, "%c", kinds[e->kind]);
            if (e->kind == MMT_ENTRY_MARK) {
                size_t len;
                const char *text = mmt_trace_text(trace, e, &len);

                g_string_append_printf(words, "'%.*s'", (int)MIN(len, 12),
                                       text);
            } else if (e->kind <= MMT_ENTRY_UNKNOWN) {
                const MmtRegion *r = mmt_trace_region(trace, e->region);

                g_string_append_printf(words, "%u:%s:%s+%" PRIx64 "=%" PRIx64,
                                       e->width, r->device, r->name, e->offset,
                                       e->value);
            }
            g_string_append_printf(words, "@%u ", e->phase);
        }
    }
    if (mmt_trace_error(trace)) {
        g_string_append(words, mmt_trace_error(trace));
    }
    return g_string_free(words, FALSE);
}

static void assert_words(const char *text, const char *expected)
{
    g_autoptr(MmtTrace) trace = open_text(text, -1);
    g_autofree char *words = words_of(trace);

    g_assert_cmpstr(words, ==, expected);
}

static void test_ours(void)
{
    g_autoptr(MmtTrace) trace = open_text(ours, -1);
    const MmtEntry *entries;
    const MmtRegion *region;
    const char *text;
    size_t len;
    MmtTotals totals;
    g_autofree char *words = NULL;

    g_assert_cmpuint(mmt_trace_next(trace, &entries), ==, 1);
    g_assert_cmpint(entries[0].kind, ==, MMT_ENTRY_OTHER);
    text = mmt_trace_line(trace, entries, &len);
    g_assert_cmpmem(text, len, "VERSION 20070824", 16);
    words = words_of(trace);
    g_assert_cmpstr(words, ==,
                    "D@0 M'vfio-trace: '@0 M'vfio-trace: '@0 "
                    "M'vfio-trace: '@0 M'vfio-trace: '@0 +@0 +@0 "
                    "R4:gpu:bar0+8=80080783@0 W2:gpu:bar2+4=beef@0 "
                    "M'vfio-trace: '@0 M'driver loade'@1 "
                    "R4:gpu:config+10=feb80000@1 U0:gpu:bar0+10=0@1 "
                    "M'vfio-trace: '@2 R8:gpu:bar0+100=1122334455667788@2 "
                    "L@2 M'vfio-trace: '@2 ");
    g_assert_cmpstr(mmt_trace_format(trace), ==, "mmiotrace");
    g_assert_cmpuint(mmt_trace_phases(trace), ==, 3);
    g_assert_cmpstr(mmt_trace_phase(trace, 0), ==, "start");
    g_assert_cmpstr(mmt_trace_phase(trace, 1), ==, "driver loaded");
    g_assert_cmpstr(mmt_trace_phase(trace, 2), ==, "link is up");
    region = mmt_trace_region(trace, 0);
    g_assert_cmpint(region->number, ==, 0);
    g_assert_cmphex(region->base, ==, 0xfeb80000);
    g_assert_cmphex(region->size, ==, 0x20000);
    g_assert_cmphex(region->vendor, ==, 0x8086);
    g_assert_cmphex(region->device_id, ==, 0x10d3);
    g_assert_false(region->synthetic);
    mmt_trace_totals(trace, &totals);
    g_assert_cmpuint(totals.lines, ==, 18);
    g_assert_cmpuint(totals.accesses, ==, 5);
    g_assert_cmpuint(totals.skipped + totals.damaged, ==, 0);
    g_assert_cmpuint(totals.bytes, ==, sizeof(ours) - 1);
}

static void test_fields(void)
{
    g_autoptr(MmtTrace) trace = open_text(ours, -1);
    const MmtEntry *entries = NULL;
    const MmtEntry *e;

    mmt_trace_next(trace, &entries);
    g_assert_cmpuint(mmt_trace_next(trace, &entries), ==, 17);
    e = &entries[7];
    g_assert_cmpuint(e->line, ==, 9);
    g_assert_cmpuint(e->cpu, ==, 1);
    g_assert_cmpuint(e->ns, ==, 1000002000);
    g_assert_cmphex(e->pc, ==, 0xffffffff81000000);
    g_assert_cmphex(e->address, ==, 0xfeb80008);
    g_assert_cmpint(e->flags, ==, MMT_ENTRY_TIMED);
    g_assert_cmpuint(entries[8].cpu, ==, MMT_NO_CPU);
    g_assert_cmpint(entries[9].flags, ==, MMT_ENTRY_TIMED | MMT_ENTRY_TRACER);
    g_assert_cmpint(entries[10].flags, ==, MMT_ENTRY_TIMED);
    g_assert_cmpint(entries[13].flags, ==, MMT_ENTRY_TIMED | MMT_ENTRY_GUEST);
    g_assert_cmpuint(entries[15].value, ==, 3);
}

/* The kernel's logs: three mappings of a BAR, other devices, unknown places */
static void test_kernels(void)
{
    assert_words("VERSION 20070824\n"
                 "PCIDEV 0000 80860f00 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 x\n"
                 "PCIDEV c100 10de2206 7d fa000000 0 0 0 0 0 0 1000000 0 0 0 0"
                 " 0 0 \n"
                 "MAP 1.000001 1 0xfa000000 0xf1 0x1000 0x0 0\n"
                 "R 4 1.000002 1 0xfa000004 0x1 0x0 0\n"
                 "MAP 1.000003 3 0xfa000000 0xf2 0x1000000 0x0 0\n"
                 "R 4 1.000004 3 0xfa000004 0x1 0x0 0\n"
                 "R 4 1.000005 3 0xfb000000 0x1 0x0 0\n"
                 "R 1 1.000006 9 0xa0000 0x1 0x0 0\n",
                 "O@0 D@0 D@0 +@0 R4:c1:00.0:bar0+4=1@0 +@0 "
                 "R4:c1:00.0:bar0+4=1@0 R4::mem+fb000000=1@0 "
                 "R1::mem+a0000=1@0 ");
    assert_words("# tracer: mmiotrace\n#\n"
                 "# entries-in-buffer/entries-written: 1/4   #P:1\n"
                 "R 4 1.000002 1 0xfa000004 0x1 0x0 0\n",
                 "L@0 R4::mem+fa000004=1@0 ");
}

/* A device that is moved, and one that comes with another device's BAR */
static void test_moves(void)
{
    assert_words("VERSION 20070824\n" PCIDEV DEVICE
                 COVERAGE("bar=0", "1", "0xfeb80000", "0x20000")
                 "MAP 1.000001 1 0xfeb80000 0xe0000000 0x20000 0x0 0\n"
                 "W 4 1.000002 1 0xfeb80008 0x1 0x0 0\n"
                 "UNMAP 1.000003 1 0x0 0\n"
                 "MAP 1.000004 1 0xfec80000 0xe0000000 0x20000 0x0 0\n"
                 "W 4 1.000005 1 0xfec80008 0x1 0x0 0\n",
                 "O@0 D@0 M'vfio-trace: '@0 M'vfio-trace: '@0 +@0 "
                 "W4:gpu:bar0+8=1@0 -@0 +@0 W4:gpu:bar0+8=1@0 ");
}

/*
 * The place of an access does not depend on the one before it, which may be
 * outside its mapping, in a larger BAR around it, or no port.
 */
static void test_places(void)
{
    g_autoptr(MmtTrace) trace = NULL;
    g_autofree char *words = NULL;

    assert_words("VERSION 20070824\n"
                 COVERAGE("bar=0", "1", "0xfeb80000", "0x20000")
                 "MAP 1.000001 1 0xfeb80000 0xe0000000 0x20000 0x0 0\n"
                 "W 4 1.000002 1 0xff000000 0x1 0x0 0\n"
                 "W 4 1.000002 1 0xfeb80008 0x1 0x0 0\n"
                 "W 4 1.000002 1 0xfe000000 0x1 0x0 0\n"
                 "W 4 1.000002 1 0xfeb80008 0x1 0x0 0\n",
                 "O@0 M'vfio-trace: '@0 +@0 W4::mem+ff000000=1@0 "
                 "W4:gpu:bar0+8=1@0 W4::mem+fe000000=1@0 W4:gpu:bar0+8=1@0 ");
    assert_words("VERSION 20070824\n" PCIDEV
                 "W 4 1.000002 1 0xfd000000 0x1 0x0 0\n"
                 "W 4 1.000002 1 0xc044 0x1 0x0 0\n"
                 "W 4 1.000002 1 0xc080 0x1 0x0 0\n"
                 "W 4 1.000002 1 0x10000 0x1 0x0 0\n",
                 "O@0 D@0 W4::mem+fd000000=1@0 W4:00:05.0:bar2+4=1@0 "
                 "W4::mem+c080=1@0 W4::mem+10000=1@0 ");
    trace = open_text("VERSION 20070824\n" PCIDEV
                      "W 4 1.000002 1 0xfeb81000 0x1 0x0 0\n"
                      "W 4 1.000002 1 0xfeb80008 0x1 0x0 0\n"
                      "W 4 1.000002 1 0xfeb81000 0x1 0x0 0\n", -1);
    mmt_trace_set_bar(trace, 4, 0xfeb80000, 0x1000);
    words = words_of(trace);
    g_assert_cmpstr(words, ==, "O@0 D@0 W4:00:05.0:bar0+1000=1@0 "
                    "W4:00:05.0:bar4+8=1@0 W4:00:05.0:bar0+1000=1@0 ");
}

static void test_user_bars(void)
{
    g_autoptr(MmtTrace) trace =
        open_text("R 4 1.000002 1 0xfa000004 0x1 0x0 0\n"
                  "R 4 1.000002 1 0xf9fffffc 0x1 0x0 0\n"
                  "R 4 1.000002 1 0xfb000000 0x1 0x0 0\n", -1);
    g_autofree char *words = NULL;

    mmt_trace_set_bar(trace, 1, 0xfa000000, 0x1000000);
    mmt_trace_set_pci(trace, 0x10de, 0x1b80);
    words = words_of(trace);
    g_assert_cmpstr(words, ==, "R4::bar1+4=1@0 R4::mem+f9fffffc=1@0 "
                    "R4::mem+fb000000=1@0 ");
    g_assert_cmphex(mmt_trace_region(trace, 0)->vendor, ==, 0x10de);
}

static void test_not_understood(void)
{
    g_autoptr(MmtTrace) empty = open_text("", 0);
    g_autoptr(MmtTrace) prose = open_text("hello\n# world\n\n", -1);
    g_autofree char *words = words_of(empty);
    g_autofree char *more = words_of(prose);

    g_assert_true(g_str_has_suffix(words, " is empty: a trace expected"));
    g_assert_nonnull(strstr(more, ": not a line of 3 is understood; expected "
                            "is one of: mmiotrace (R 4 1.000001 1 "));
    g_assert_nonnull(strstr(more, "vfio_region_read  ("));
    g_assert_null(mmt_trace_format(prose));
}

/* Damaged lines, other programs' lines, long lines, a last line without end */
static void test_among_others(void)
{
    g_autoptr(GString) text = g_string_new(
        "warning: something\nR 4 1.000002 1 0xfa000004 0x1 0x0 0\r\n"
        "R 4 1.000003 1 fa000004 0x1 0x0 0\n\n");
    g_autoptr(MmtTrace) trace = NULL;
    g_autofree char *words = NULL;
    MmtTotals totals;

    g_string_append_c(text, 'R');
    g_string_set_size(text, text->len + 100000);
    memset(text->str + text->len - 100000, ' ', 100000);
    g_string_append(text, "\nW 1 1.000003 1 0xfa000005 0x1 0x0 0");
    trace = open_text(text->str, text->len);
    words = words_of(trace);
    g_assert_cmpstr(words, ==, "R4::mem+fa000004=1@0 W1::mem+fa000005=1@0 ");
    mmt_trace_totals(trace, &totals);
    g_assert_cmpuint(totals.lines, ==, 6);
    g_assert_cmpuint(totals.skipped, ==, 2);
    g_assert_cmpuint(totals.damaged, ==, 2);
    g_assert_cmpuint(totals.bytes, ==, text->len);
    g_assert_true(mmt_trace_unterminated(trace));
}

typedef struct SelectCase {
    const char *name;
    const char *options[8];     /* option, argument; NULL ends them */
    const char *words;          /* the accesses and users' marks */
} SelectCase;

#define R8_0   "R4:gpu:bar0+8=80080783@0 "
#define W4_0   "W2:gpu:bar2+4=beef@0 "
#define LOADED "M'driver loade'@1 "
#define CFG_1  "R4:gpu:config+10=feb80000@1 "
#define UNK_1  "U0:gpu:bar0+10=0@1 "
#define R100_2 "R8:gpu:bar0+100=1122334455667788@2 "

static const SelectCase select_cases[] = {
    { "device-id", { "device", "gpu" },
      R8_0 W4_0 LOADED CFG_1 UNK_1 R100_2 },
    { "device-host", { "device", "0000:00:05.0" },
      R8_0 W4_0 LOADED CFG_1 UNK_1 R100_2 },
    { "device-short", { "device", "00:05.0" },
      R8_0 W4_0 LOADED CFG_1 UNK_1 R100_2 },
    { "device-ids", { "device", "8086:10d3" },
      R8_0 W4_0 LOADED CFG_1 UNK_1 R100_2 },
    { "device-other", { "device", "8086:10d4" }, LOADED },
    { "range", { "range", "0" }, R8_0 LOADED UNK_1 R100_2 },
    { "range-bar", { "range", "bar2" }, W4_0 LOADED },
    { "range-part", { "range", "0:0x100:8" }, LOADED R100_2 },
    { "range-touch", { "range", "0:0x107:1" }, LOADED R100_2 },
    { "range-miss", { "range", "0:0x108:1" }, LOADED },
    { "range-reads", { "range", "2:0:32:r" }, LOADED },
    { "range-two", { "range", "2", "range", "config" }, W4_0 LOADED CFG_1 },
    { "range-joined", { "range", "2+config" }, W4_0 LOADED CFG_1 },
    { "reg", { "reg", "bar0+0x1*" }, LOADED UNK_1 R100_2 },
    { "op-read", { "op", "r" }, R8_0 LOADED CFG_1 UNK_1 R100_2 },
    { "op-write", { "op", "w" }, W4_0 LOADED UNK_1 },
    { "width", { "width", "8" }, LOADED R100_2 },
    { "value", { "value", "0xbeef" }, W4_0 LOADED },
    { "value-mask", { "value", "0x3/0xf" }, R8_0 LOADED },
    { "cpu", { "cpu", "0" }, LOADED CFG_1 UNK_1 R100_2 },
    { "cpu-span", { "cpu", "1-4" }, R8_0 LOADED },
    { "pc", { "pc", "0xffffffff80000000-0xffffffffffffffff" }, R8_0 LOADED },
    { "from-time", { "from", "1.500001" }, CFG_1 UNK_1 R100_2 },
    { "to-time", { "to", "1.000002" }, R8_0 },
    { "from-line", { "from", "#10" }, W4_0 LOADED CFG_1 UNK_1 R100_2 },
    { "to-line", { "to", "#9" }, R8_0 },
    { "from-mark", { "from", "/^driver/" }, LOADED CFG_1 UNK_1 R100_2 },
    { "to-mark", { "to", "/link/" }, R8_0 W4_0 LOADED CFG_1 UNK_1 },
    { "between", { "from", "/driver/", "to", "/link is up/" },
      LOADED CFG_1 UNK_1 },
    { "phase-number", { "phase", "1" }, LOADED CFG_1 UNK_1 },
    { "phase-name", { "phase", "driver*" }, LOADED CFG_1 UNK_1 },
    { "phase-guest", { "phase", "link is up" }, R100_2 },
    { "several", { "range", "0", "op", "r", "phase", "0-1" },
      R8_0 LOADED UNK_1 },
    { "phase-at", { "phase-at", "2:4=0xee/0xff", "phase", "0" }, R8_0 W4_0 },
    { "phase-at-value", { "phase-at", "2:4=0xef/0xff", "phase", "1" },
      "W2:gpu:bar2+4=beef@1 " },
};

/* Without the lines that stay whatever is selected */
static char *selected_words(MmtTrace *trace)
{
    g_autofree char *words = words_of(trace);
    g_auto(GStrv) parts = g_strsplit(words, " ", 0);
    GString *out = g_string_new(NULL);
    unsigned i;

    for (i = 0; parts[i]; i++) {
        if (strchr("RWU", parts[i][0]) && strchr(parts[i], '+')) {
            g_string_append_printf(out, "%s ", parts[i]);
        } else if (g_str_has_prefix(parts[i], "M'driver")) {
            g_string_append_printf(out, "%s %s ", parts[i], parts[i + 1]);
        }
    }
    return g_string_free(out, FALSE);
}

static void test_select(gconstpointer data)
{
    const SelectCase *c = data;
    g_autoptr(MmtTrace) trace = open_text(ours, -1);
    g_autoptr(MmtSelection) selection = mmt_selection_new();
    g_autofree char *words = NULL;
    MmtTrace *selected;
    unsigned i;

    for (i = 0; c->options[i]; i += 2) {
        char *message = NULL;

        g_assert_true(mmt_selection_add(selection, c->options[i],
                                        c->options[i + 1], &message));
        g_assert_cmpstr(message, ==, NULL);
    }
    mmt_trace_select(trace, selection);
    words = selected_words(trace);
    g_assert_cmpstr(words, ==, c->words);
    selected = g_steal_pointer(&trace);
    mmt_trace_free(selected);
}

static void test_select_marks(void)
{
    g_autoptr(MmtSelection) selection = mmt_selection_new();
    g_autoptr(MmtTrace) trace = open_text(ours, -1);
    g_autofree char *words = NULL;

    /* the mark "failed" goes with its access */
    g_assert_true(mmt_selection_add(selection, "range", "0", NULL));
    mmt_trace_select(trace, selection);
    words = words_of(trace);
    g_assert_cmpstr(words, ==,
                    "O@0 D@0 M'vfio-trace: '@0 M'vfio-trace: '@0 "
                    "M'vfio-trace: '@0 M'vfio-trace: '@0 +@0 +@0 "
                    "R4:gpu:bar0+8=80080783@0 M'driver loade'@1 "
                    "U0:gpu:bar0+10=0@1 M'vfio-trace: '@2 "
                    "R8:gpu:bar0+100=1122334455667788@2 L@2 "
                    "M'vfio-trace: '@2 ");
    g_clear_pointer(&trace, mmt_trace_free);
}

static void test_select_bad(void)
{
    static const char *const bad[][2] = {
        { "device", "" }, { "range", "" }, { "range", "9" },
        { "range", "0:0:0" }, { "range", "0:1" }, { "range", "x:1" }, { "range", "all" },
        { "reg", "" }, { "op", "x" }, { "width", "0" }, { "width", "9" },
        { "value", "x" }, { "value", "1/" }, { "value", "-1" },
        { "value", "0x10000000000000000" }, { "cpu", "" }, { "cpu", "3-1" },
        { "pc", "0x" }, { "from", "" }, { "from", "#x" }, { "from", "/(/" },
        { "to", "1.x" }, { "to", "1.0000000001" }, { "to", "-1" },
        { "phase", "" }, { "phase-at", "0" }, { "phase-at", "0:4=x" },
        { "phase-at", "0:4:4" },
    };
    g_autoptr(MmtSelection) selection = mmt_selection_new();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *start = g_strdup_printf("--%s '%s': ", bad[i][0],
                                                 bad[i][1]);
        char *message = NULL;

        g_assert_false(mmt_selection_add(selection, bad[i][0], bad[i][1],
                                         &message));
        g_assert_true(g_str_has_prefix(message, start));
        g_assert_true(g_str_has_suffix(message, "expected"));
        mmt_free(message);
    }
    g_assert_false(mmt_selection_add(selection, "x", "y", NULL));
}

/* Any number of devices, regions, map ids and phases fits into the tables. */
static void test_hostile(void)
{
    g_autoptr(GString) text = g_string_new("VERSION 20070824\n");
    g_autoptr(MmtTrace) trace = NULL;
    const MmtEntry *entries;
    unsigned i;

    for (i = 0; i < 70000; i++) {
        g_string_append_printf(text,
                               "MARK 1.000000 phase %u\n"
                               "PCIDEV %04x 8086%04x 0 %x000 0 0 0 0 0 0 1000 "
                               "0 0 0 0 0 0 x\n"
                               "MARK 1.000000 vfio-trace: coverage device=d%u "
                               "bar=%u map=%u addr=0x0 len=0x1 state=trapped\n"
                               "R 4 1.000000 %u 0x%x000 0x0 0x0 0\n",
                               i, i & 0xffff, i & 0xffff, i, i, i % 6, i + 1,
                               i + 1, i);
    }
    trace = open_text(text->str, text->len);
    while (mmt_trace_next(trace, &entries)) {
        /* to the end */
    }
    g_assert_cmpstr(mmt_trace_error(trace), ==, NULL);
    g_assert_cmpuint(mmt_trace_regions(trace), <=, MMT_REGIONS_MAX);
    g_assert_cmpuint(mmt_trace_phases(trace), ==, 65536);
}

/* What is too much is of no device and region that has a name */
static void test_many(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(MmtTrace) trace = NULL;
    const MmtEntry *entries;
    const MmtRegion *region;
    unsigned i;

    for (i = 0; i < 20000; i++) {
        g_string_append_printf(text, "vfio_region_read  (d%u:region%u+0x0, 4)"
                               " = 0x0\n", i % 2000, 100 + i);
    }
    trace = open_text(text->str, text->len);
    while (mmt_trace_next(trace, &entries)) {
        /* to the end */
    }
    region = mmt_trace_region(trace, 1022);
    g_assert_cmpstr(region->device, ==, "d1022");
    for (i = 1023; i < 2000; i++) {
        region = mmt_trace_region(trace, i);
        g_assert_cmpstr(region->device, ==, "other");
    }
    g_assert_cmpuint(mmt_trace_regions(trace), ==, MMT_REGIONS_MAX);
    region = mmt_trace_region(trace, MMT_REGIONS_MAX - 1);
    g_assert_cmpstr(region->name, ==, "other");
}

/* A log that is long enough for the thread that reads ahead */
static char *long_log(size_t *len)
{
    GString *text = g_string_sized_new(8 << 20);
    unsigned i;

    g_string_append(text, ours);
    for (i = 0; text->len < (7u << 20); i++) {
        g_string_append_printf(text, "%c 4 %u.%06u 1 0xfeb8%04x 0x%x 0x0 0\n",
                               i & 1 ? 'R' : 'W', 4 + i / 1000000,
                               i % 1000000, i * 4 & 0xffff, i);
        if (i % 1000 == 0) {
            g_string_append_printf(text, "MARK %u.%06u m%u\n\nfoo\n",
                                   4 + i / 1000000, i % 1000000, i);
        }
    }
    *len = text->len;
    return g_string_free(text, FALSE);
}

static char *digest_of(MmtTrace *trace)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const MmtEntry *entries;
    const char *text;
    size_t len;
    size_t n;
    size_t i;

    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            g_checksum_update(sum, (const guchar *)&entries[i],
                              sizeof(entries[i]));
            text = mmt_trace_line(trace, &entries[i], &len);
            g_checksum_update(sum, (const guchar *)text, len);
            text = mmt_trace_text(trace, &entries[i], &len);
            g_checksum_update(sum, (const guchar *)text, len);
        }
    }
    g_assert_cmpstr(mmt_trace_error(trace), ==, NULL);
    return g_strdup(g_checksum_get_string(sum));
}

/* The thread that reads ahead changes nothing. */
static void test_ahead(void)
{
    size_t len;
    g_autofree char *text = long_log(&len);
    g_autoptr(MmtTrace) trace = open_text(text, len);
    g_autoptr(MmtTrace) alone = NULL;
    g_autofree char *digest = digest_of(trace);
    g_autofree char *expected = NULL;

    alone = mmt_trace_open(path, NULL);
    mmt_trace_follow(alone, true);      /* in which case there is no thread */
    expected = digest_of(alone);
    g_assert_cmpstr(digest, ==, expected);
}

/* A trace may be closed before its end, and a selection may end it. */
static void test_ahead_left(void)
{
    size_t len;
    g_autofree char *text = long_log(&len);
    unsigned round;

    for (round = 0; round < 20; round++) {
        MmtTrace *trace = open_text(text, len);
        const MmtEntry *entries;
        uint64_t n = 0;

        while (n < 100000 + round * 1000) {
            n += mmt_trace_next(trace, &entries);
        }
        mmt_trace_free(trace);
    }
}

int main(int argc, char **argv)
{
    int fd;
    int status;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("vfio-trace-unit-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_test_add_func("/trace/ours", test_ours);
    g_test_add_func("/trace/fields", test_fields);
    g_test_add_func("/trace/kernels", test_kernels);
    g_test_add_func("/trace/moves", test_moves);
    g_test_add_func("/trace/places", test_places);
    g_test_add_func("/trace/user-bars", test_user_bars);
    g_test_add_func("/trace/not-understood", test_not_understood);
    g_test_add_func("/trace/among-others", test_among_others);
    for (i = 0; i < G_N_ELEMENTS(select_cases); i++) {
        g_autofree char *name = g_strconcat("/trace/select/",
                                            select_cases[i].name, NULL);

        g_test_add_data_func(name, &select_cases[i], test_select);
    }
    g_test_add_func("/trace/select-marks", test_select_marks);
    g_test_add_func("/trace/select-bad", test_select_bad);
    g_test_add_func("/trace/hostile", test_hostile);
    g_test_add_func("/trace/many", test_many);
    g_test_add_func("/trace/ahead", test_ahead);
    g_test_add_func("/trace/ahead-left", test_ahead_left);
    status = g_test_run();
    g_unlink(path);
    g_free(path);
    return status;
}
