/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace diff --state, --subtract and --against-all
 */
#include <glib.h>
#include <string.h>

#include "run-tool.h"
#include "tools/diff/hashes.h"
#include "tools/diff/state.h"

#define HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0028 808610d3 b feb80000 feba0000 c001 febc0000 0 0 feb40000 " \
    "20000 20000 20 4000 0 0 40000 e1000e\n" \
    "MAP 1.000000 1 0xfeb80000 0xffffc90000100000 0x20000 0x0 0\n"

/*
 * "R4 8 1" is a read of 4 bytes at offset 8 with the value 1, both in hex;
 * "#probe" is a mark.
 */
static char *log_of(const char *const *accesses)
{
    GString *text = g_string_new(HEAD);
    unsigned i;

    for (i = 0; accesses[i]; i++) {
        g_auto(GStrv) words = g_strsplit(accesses[i], " ", 3);

        if (accesses[i][0] == '#') {
            g_string_append_printf(text, "MARK 2.%06u %s\n", i,
                                   accesses[i] + 1);
            continue;
        }
        g_string_append_printf(text, "%c %c 2.%06u 1 0x%" G_GINT64_MODIFIER
                               "x 0x%s 0x0 0\n", words[0][0], words[0][1], i,
                               0xfeb80000 +
                               g_ascii_strtoull(words[1], NULL, 16), words[2]);
    }
    return g_string_free(text, FALSE);
}

static char *file_of(const char *name, const char *const *accesses)
{
    g_autofree char *text = log_of(accesses);

    return temp_file(name, text, -1);
}

#define LOG(name, ...) \
    file_of(name, (const char *const[]) { __VA_ARGS__, NULL })

/* One of the lines has these words, with one blank between two in @want. */
static void assert_row(const char *out, const char *want)
{
    g_autoptr(GRegex) blanks = g_regex_new("  +", 0, 0, NULL);
    g_autoptr(GRegex) ends = g_regex_new("^ | $", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *single = g_regex_replace_literal(blanks, out, -1, 0, " ",
                                                      0, NULL);
    g_autofree char *rows = g_regex_replace_literal(ends, single, -1, 0, "", 0,
                                                    NULL);
    g_autofree char *row = g_strdup_printf("\n%s\n", want);

    assert_contains(rows, row);
}

static void assert_lacks(const char *out, const char *part)
{
    if (strstr(out, part)) {
        g_test_message("'%s' in:\n%s", part, out);
        g_test_fail();
    }
}

#define DIFF(status, ...) \
    run_verb("diff", status, (const char *const[]) { __VA_ARGS__, NULL })

static void test_state(void)
{
    g_autofree char *a = LOG("state-a", "W4 100 1", "W4 100 2", "R4 100 77",
                             "W4 104 5", "R4 108 9", "W4 10c 1", "R4 110 3",
                             "R4 114 1");
    g_autofree char *b = LOG("state-b", "W4 100 3", "W4 104 5", "R4 108 a",
                             "R4 110 3", "R4 10c 1", "W4 118 6");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--state", a, b);
    g_autoptr(ToolRun) full = DIFF(1, "--no-db", "--state", "--full", a, b);

    /* written last, though read later with another value */
    assert_row(run->out, "bar0+0x100 W 0x2 5 W 0x3 4");
    assert_row(run->out, "bar0+0x108 R 0x9 8 R 0xa 6");
    /* written in one log only */
    assert_row(run->out, "bar0+0x118 - - W 0x6 9");
    /* the same, whether it was written or read */
    assert_lacks(run->out, "bar0+0x104");
    assert_lacks(run->out, "bar0+0x10c");
    assert_lacks(run->out, "bar0+0x110");
    assert_lacks(run->out, "bar0+0x114");
    assert_contains(run->out, "\n# 3 registers differ: 2 written, 1 only read; "
                    "3 equal, 1 read in one log only (--full shows them)\n");
    assert_row(full->out, "bar0+0x114 R 0x1 11 - -");
}

/* Nothing is printed if nothing differs. */
static void test_state_equal(void)
{
    g_autofree char *a = LOG("equal-a", "W4 100 11223344", "W1 103 55",
                             "R8 108 1122334455667788");
    g_autofree char *b = LOG("equal-b", "W2 102 5522", "W2 100 3344",
                             "R4 10c 11223344", "R4 108 55667788");
    g_autoptr(ToolRun) run = DIFF(0, "--no-db", "--state", a, b);

    g_assert_cmpstr(run->out, ==, "");
}

static void test_state_bytes(void)
{
    g_autofree char *a = LOG("bytes-a", "W4 100 11223344", "R4 104 12345678",
                             "W1 105 ff");
    g_autofree char *b = LOG("bytes-b", "W1 101 34", "R4 104 12345678");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--state", a, b);
    g_autoptr(ToolRun) json = DIFF(1, "--no-db", "--state", "--json", a, b);

    assert_row(run->out, "bar0+0x100 W 0x11223344 4 W 0x????34?? 4");
    assert_row(run->out, "bar0+0x104 W/R 0x1234ff78 6 R 0x12345678 5");
    assert_contains(json->out,
                    "\"offset\": \"0x100\", \"width\": 4, "
                    "\"a\": {\"value\": \"0x11223344\", \"from\": \"write\", "
                    "\"line\": 4}, "
                    "\"b\": {\"value\": \"0x3400\", \"known\": \"0xff00\", "
                    "\"from\": \"write\", \"line\": 4}}\n");
    assert_contains(json->out, "\"from\": \"both\"");
    assert_contains(json->out, "{\"type\": \"summary\", \"equal\": 0, "
                    "\"written\": 2, \"read\": 0, \"unseen\": 0}\n");
}

static void test_state_at(void)
{
    g_autofree char *a = LOG("at-a", "W4 100 1", "#probe", "W4 100 2",
                             "#up", "W4 100 3");
    g_autofree char *b = LOG("at-b", "W4 100 7", "#other", "W4 100 9",
                             "#probe", "W4 104 1", "W4 100 2", "#up",
                             "W4 100 4", "W4 104 2");
    g_autoptr(ToolRun) end = DIFF(1, "--no-db", "--state", a, b);
    g_autoptr(ToolRun) probe = DIFF(1, "--no-db", "--state", "--at", "pro*", a,
                                    b);
    g_autoptr(ToolRun) start = DIFF(1, "--no-db", "--state", "--at", "0", a,
                                    b);
    g_autoptr(ToolRun) none = DIFF(2, "--no-db", "--state", "--at", "other", a,
                                   b);
    g_autoptr(ToolRun) lone = DIFF(2, "--at", "probe", a, b);

    assert_row(end->out, "bar0+0x100 W 0x3 8 W 0x4 11");
    assert_row(end->out, "bar0+0x104 - - W 0x2 12");
    assert_contains(probe->out, ", at the end of phase 'probe'\n");
    assert_row(probe->out, "bar0+0x104 - - W 0x1 8");
    assert_lacks(probe->out, "bar0+0x100");
    assert_row(start->out, "bar0+0x100 W 0x1 4 W 0x7 4");
    assert_lacks(start->out, "bar0+0x104");
    assert_contains(none->err, "at-a");
    assert_contains(none->err,
                    "has no such phase; it has: 'start', 'probe', 'up'\n");
    assert_contains(lone->err, "--at needs --state");
}

static void test_state_ranges(void)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) full = NULL;
    unsigned i;

    for (i = 0; i < 20; i++) {
        g_ptr_array_add(lines, g_strdup_printf("W4 %x %x", 0x1000 + 16 * i,
                                               i));
    }
    g_ptr_array_add(lines, NULL);
    a = file_of("ranges-a", (const char *const *)lines->pdata);
    b = LOG("ranges-b", "W4 100 0");
    run = DIFF(1, "--no-db", "--state", a, b);
    full = DIFF(1, "--no-db", "--state", "--full", a, b);
    assert_row(run->out, "bar0+0x1000 to +0x1130 W 0x0, ... 4 - - "
               "20 registers of 4 bytes, step 0x10");
    assert_lacks(run->out, "bar0+0x1010");
    assert_row(full->out, "bar0+0x1010 W 0x1 5 - -");
}

/* Registers whose accesses overlap, and the last byte of the address space */
static void test_state_overlaps(void)
{
    g_autoptr(DiffPlaces) places = diff_places_new();
    g_autoptr(DiffState) state = diff_state_new(places);
    g_autoptr(GArray) registers = NULL;
    const DiffRegister *reg;
    uint64_t line = 1;
    unsigned i;

    for (i = 0; i < 5; i++) {
        DiffPlace place;

        memset(&place, 0, sizeof(place));
        place.offset = 4 * i;
        place.op = MMT_ENTRY_WRITE;
        place.width = 8;
        diff_state_take(state, 0, diff_places_add(places, &place),
                        0x0101010101010101 * (i + 1), line++);
        place.offset = UINT64_MAX - 1;
        place.width = 4;
        diff_state_take(state, 1, diff_places_add(places, &place), 0xabcd1234,
                        line++);
    }
    registers = diff_state_registers(state);
    g_assert_cmpuint(registers->len, ==, 4);
    reg = (const DiffRegister *)registers->data;
    g_assert_cmphex(reg[0].side[0].value, ==, 0x0202020201010101);
    g_assert_cmphex(reg[1].side[0].value, ==, 0x0404040403030303);
    g_assert_cmpuint(reg[1].offset, ==, 8);
    g_assert_cmphex(reg[2].side[0].value, ==, 0x0505050505050505);
    g_assert_cmphex(reg[3].offset, ==, UINT64_MAX - 1);
    g_assert_cmpuint(reg[3].width, ==, 2);
    g_assert_cmphex(reg[3].side[1].value, ==, 0x1234);
    g_assert_cmpuint(diff_state_kind(&reg[3]), ==, DIFF_STATE_WRITTEN);
}

static void test_hashes(void)
{
    g_autoptr(DiffHashes) hashes = diff_hashes_new(5000);
    DiffHasher hasher;
    unsigned i;

    diff_hasher_init(&hasher);
    g_assert_true(diff_hashes_add(hashes, 0));
    for (i = 0; i < 4999; i++) {
        g_assert_true(diff_hashes_add(hashes, diff_hash(&hasher, 1, i)));
        g_assert_false(diff_hashes_add(hashes, diff_hash(&hasher, 1, i)));
    }
    g_assert_false(diff_hashes_full(hashes));
    g_assert_false(diff_hashes_add(hashes, diff_hash(&hasher, 1, 1u << 30)));
    g_assert_true(diff_hashes_full(hashes));
    for (i = 0; i < 4999; i++) {
        g_assert_true(diff_hashes_has(hashes, diff_hash(&hasher, 1, i)));
        g_assert_false(diff_hashes_has(hashes,
                                       diff_hash(&hasher, 7, 1u << 31 | i)));
    }
}

/* What is idle: a status is polled, and a tail is written. */
#define IDLE "R4 8 1", "W4 100 5", "R4 10 0", "W4 3818 1", "R4 8 1", \
             "W4 100 6", "R4 10 0", "W4 3818 2", "R4 8 1"

static void test_subtract(void)
{
    g_autofree char *a = LOG("sub-a", IDLE, "W4 200 1", "W4 204 1");
    g_autofree char *b = LOG("sub-b", IDLE,
                             /* known accesses in another order, ... */
                             "W4 204 1", "W4 200 1",
                             /* ... a new value, a new register */
                             "W4 200 2", "W4 300 7", "R4 300 0", IDLE);
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--subtract", a, b);
    g_autoptr(ToolRun) other = DIFF(1, "--no-db", "--subtract", b, a);
    g_autoptr(ToolRun) same = DIFF(0, "--no-db", "--subtract", b, b);
    g_autoptr(ToolRun) json = DIFF(1, "--no-db", "--subtract", "--json", a, b);

    assert_row(run->out, "W4 bar0+0x300 1 16 16 0x7");
    assert_row(run->out, "R4 bar0+0x300 1 17 17 0x0");
    assert_row(run->out, "W4 bar0+0x200 1 15 15 0x2");
    assert_contains(run->out, "@@ B 13-17 @@\n");
    assert_row(run->out, "+ 13 W4 bar0+0x204 = 0x1");
    assert_lacks(run->out, "bar0+0x3818");
    assert_contains(run->out, "\n# not in A: 2 accesses to registers, "
                    "1 register with other values, 1 sequence (5 accesses)\n");
    /* the other way round, two writes in a row at the end */
    assert_contains(other->out, "@@ B 13-14 @@\n");
    assert_contains(other->out, "\n# not in A: 0 accesses to registers, "
                    "0 registers with other values, 1 sequence (2 accesses)\n");
    g_assert_cmpstr(same->out, ==, "");
    assert_contains(json->out, "{\"type\": \"new-access\", \"op\": \"write\", "
                    "\"width\": 4, ");
    assert_contains(json->out,
                    "{\"type\": \"new-values\", \"op\": \"write\", ");
    assert_contains(json->out, "{\"type\": \"sequence\", \"first_line\": 13, "
                    "\"last_line\": 17, \"phase\": \"start\", ");
    assert_contains(json->out, "{\"type\": \"summary\", \"new_accesses\": 2, "
                    "\"new_values\": 1, \"sequences\": 1, \"accesses\": 5}\n");
}

/* A new value alone is in the table, and not a second time as a sequence. */
static void test_subtract_value(void)
{
    g_autofree char *a = LOG("value-a", IDLE, IDLE);
    g_autofree char *b = LOG("value-b", IDLE, "W4 3818 3", IDLE, "W4 3818 4",
                             IDLE);
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--subtract", a, b);
    g_autoptr(ToolRun) full = DIFF(1, "--no-db", "--subtract", "--full", a, b);
    g_autoptr(ToolRun) ignored = DIFF(0, "--no-db", "--subtract", "--ignore",
                                      "bar0+0x3818", a, b);

    assert_row(run->out, "W4 bar0+0x3818 2 13 23 0x3, 0x4");
    assert_lacks(run->out, "@@");
    assert_contains(full->out, "@@ B 13-13 @@\n");
    assert_contains(full->out, "@@ B 23-23 @@\n");
    g_assert_cmpstr(ignored->out, ==, "");
}

/* Fewer accesses than are searched */
static void test_subtract_short(void)
{
    g_autofree char *a = LOG("short-a", IDLE);
    g_autofree char *b = LOG("short-b", "W4 100 5", "W4 200 1");
    g_autofree char *none = temp_file("short-none", HEAD, -1);
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--subtract", a, b);
    g_autoptr(ToolRun) empty = DIFF(0, "--no-db", "--subtract", a, none);
    g_autoptr(ToolRun) all = DIFF(1, "--no-db", "--subtract", none, a);

    assert_row(run->out, "W4 bar0+0x200 1 5 5 0x1");
    assert_lacks(run->out, "0x100");
    g_assert_cmpstr(empty->out, ==, "");
    assert_row(all->out, "W4 bar0+0x100 2 5 9 0x5, 0x6");
    assert_contains(all->out, "@@ B 4-12 @@\n");
}

/* A log that does not fit into the window */
static void test_subtract_windows(void)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) long_run = NULL;
    unsigned i;

    for (i = 0; i < 5000; i++) {
        g_ptr_array_add(lines, g_strdup_printf("W4 %x %x", 4 * (i % 7), i % 5));
    }
    g_ptr_array_add(lines, NULL);
    a = file_of("windows-a", (const char *const *)lines->pdata);
    for (i = 0; i < 2; i++) {
        g_free(lines->pdata[2500 + i]);
        lines->pdata[2500 + i] = g_strdup_printf("W4 %x 77", 0x100 + 4 * i);
    }
    b = file_of("windows-b", (const char *const *)lines->pdata);
    run = DIFF(1, "--no-db", "--subtract", "--window", "1000", a, b);
    assert_contains(run->out, "@@ B 2504-2505 @@\n");
    assert_contains(run->out, "\n# not in A: 2 accesses to registers, "
                    "0 registers with other values, 1 sequence (2 accesses)\n");
    /* all of it is new: it is cut where a window ends */
    g_clear_pointer(&a, g_free);
    a = LOG("windows-c", IDLE);
    long_run = DIFF(1, "--no-db", "--subtract", "--window", "1000", a, b);
    assert_contains(long_run->out, " sequences (5000 accesses)\n");
}

#define BOOT(dma, extra, x, y) \
    "R4 8 1", "W4 0 4000000", "R4 8 1", "W4 3800 " dma, "W4 3804 0", \
    "R4 " extra " 0", "W4 3808 1000", "W4 100 1", x, y, "R4 8 2", \
    "W4 d0 1f6dc", "R4 c0 0"

static void test_against(void)
{
    g_autofree char *a1 = LOG("against-1", BOOT("6a10f000", "8", "W4 28 1",
                                                "W4 2c 2"));
    g_autofree char *a2 = LOG("against-2",
                              BOOT("7391c000", "5b54", "W4 28 1",
                                   "W4 2c 2"));
    g_autofree char *a3 = LOG("against-3", BOOT("10e51000", "8", "W4 2c 2",
                                                "W4 28 1"));
    g_autofree char *b = LOG("against-b",
                             BOOT("4555a000", "5b54", "W4 2c 2",
                                  "W4 28 1"), "W4 d0 5");
    g_autofree char *c = LOG("against-c",
                             BOOT("4555a000", "8", "W4 28 1", "W4 2c 2"));
    g_autoptr(ToolRun) plain = DIFF(1, "--no-db", a1, b);
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--against-all", a1, a2, a3,
                                  "--", b);
    g_autoptr(ToolRun) same = DIFF(0, "--no-db", "--against-all", a1, a2, c);
    g_autoptr(ToolRun) json = DIFF(1, "--no-db", "--against-all", "--json", a1,
                                   a2, a3, "--", b);

    assert_contains(plain->out, "bar0+0x3800");
    assert_contains(plain->out, "bar0+0x5b54");
    assert_contains(plain->out, "bar0+0x2c");
    assert_contains(run->out, "bar0+0xd0 = 0x5");
    assert_contains(run->out, "\n# 1 difference: 1 sequence only in B");
    assert_contains(run->out, "\n# 4 differences are noise, which varies "
                    "between the other logs, too: 1 value, 2 sequences "
                    "(2 accesses), 1 order\n");
    assert_lacks(run->out, "bar0+0x3800");
    assert_lacks(run->out, "bar0+0x5b54");
    assert_contains(same->out, "# 1 difference is noise, which varies between "
                    "the other logs, too: 1 value\n");
    assert_contains(json->out, "{\"type\": \"noise\", \"values\": 1, ");
}

/* A few bits that vary are noise, but not the others of the register. */
static void test_against_bits(void)
{
    g_autofree char *a1 = LOG("bits-1", BOOT("100", "8", "R4 8 1", "R4 c 1"));
    g_autofree char *a2 = LOG("bits-2", BOOT("102", "8", "R4 8 1", "R4 c 1"));
    g_autofree char *b = LOG("bits-b", BOOT("140", "8", "R4 8 1", "R4 c 1"));
    g_autofree char *c = LOG("bits-c", BOOT("102", "8", "R4 8 1", "R4 c 1"));
    g_autoptr(ToolRun) other = DIFF(1, "--no-db", "--against-all", a1, a2, b);
    g_autoptr(ToolRun) noise = DIFF(0, "--no-db", "--against-all", a1, a2, c);

    assert_contains(other->out, "bar0+0x3800 = 0x100 -> 0x140");
    assert_contains(noise->out, ": 1 value\n");
}

/* Two writes whose order varies, with something else beside one of them */
static void test_against_moved(void)
{
    g_autofree char *a1 = LOG("moved-1", BOOT("1", "8", "W4 28 1", "W4 2c 2"));
    g_autofree char *a2 = LOG("moved-2", BOOT("1", "8", "W4 2c 2", "W4 28 1"));
    g_autofree char *b = LOG("moved-b", BOOT("1", "8", "R4 5b54 0",
                                             "W4 2c 2"), "W4 28 1");
    g_autofree char *c = LOG("moved-c", BOOT("1", "8", "W4 2c 2", "W4 28 1"),
                             "R4 5b54 0");
    g_autoptr(ToolRun) far = DIFF(1, "--no-db", "--against-all", a1, a2, b);
    g_autoptr(ToolRun) new = DIFF(1, "--no-db", "--against-all", a1, a2, c);

    /* behind other registers, with which its order does not vary */
    assert_contains(far->out, "bar0+0x28 = 0x1\n");
    assert_contains(far->out, "bar0+0x5b54");
    assert_contains(new->out, "\n# 1 difference: 1 sequence only in B");
    assert_contains(new->out, ": 1 order\n");
}

/* Values of an ignored register do not make its writes new sequences. */
static void test_subtract_ignored(void)
{
    g_autofree char *a = LOG("ignored-a", IDLE, IDLE);
    g_autofree char *b = LOG("ignored-b", IDLE, "W4 3818 10", "R4 8 1",
                             "W4 100 5", "R4 10 0", "W4 3818 11", "R4 8 1",
                             "W4 300 1");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--subtract", "--ignore",
                                  "bar0+0x3818", a, b);

    assert_row(run->out, "W4 bar0+0x300 1 19 19 0x1");
    assert_lacks(run->out, "bar0+0x3818");
}

/* The name of a phase may be a whole command line: a head is one line. */
static void test_subtract_phase(void)
{
    g_autofree char *a = LOG("phase-a", "W4 100 1", "W4 104 2", "W4 108 3",
                             "W4 10c 4");
    g_autofree char *b = LOG("phase-b", "W4 100 1", "W4 104 2", "W4 108 3",
                             "W4 10c 4",
                             "#a-name-of-a-phase-that-is-longer-than-others",
                             "W4 10c 4", "W4 108 3", "W4 104 2", "W4 100 1");
    g_autoptr(ToolRun) run = DIFF(1, "--no-db", "--subtract", a, b);

    assert_contains(run->out,
                    ", phase a-name-of-a-phase-that-is-longer-than... @@\n");
}

static void test_usage(void)
{
    static const struct {
        const char *args[5];
        const char *error;
    } cases[] = {
        { { "--against-all", "x", "y" },
          "--against-all needs at least two logs that tell what varies" },
        { { "--against-all", "-", "y", "z" },
          "'-' is read several times: the first log must be a file" },
        { { "--against-all", "-", "y", "-" },
          "only one of the logs can be standard input" },
        { { "--state", "--subtract", "x", "y" },
          "--state, --subtract and --against-all exclude each other" },
        { { "--state", "--summary", "x", "y" },
          "--state and --subtract have no --summary" },
        { { "--state", "--ignore=dma", "x", "y" },
          "--state has no --ignore, --values, --lines and --context" },
        { { "--state", "--lines=2", "x", "y" },
          "--state has no --ignore, --values, --lines and --context" },
        { { "--subtract", "--values=all", "x", "y" },
          "--subtract has no --values and --context" },
        { { "--subtract", "--context=1", "x", "y" },
          "--subtract has no --values and --context" },
        { { "--state", "x" }, "two logs are needed" },
        { { "--subtract", "/nonexistent/x", "y" }, "/nonexistent/x" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = run_verb("diff", 2, cases[i].args);

        assert_contains(run->err, cases[i].error);
        g_assert_cmpstr(run->out, ==, "");
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/diff-modes/state", test_state);
    g_test_add_func("/diff-modes/state/equal", test_state_equal);
    g_test_add_func("/diff-modes/state/bytes", test_state_bytes);
    g_test_add_func("/diff-modes/state/at", test_state_at);
    g_test_add_func("/diff-modes/state/ranges", test_state_ranges);
    g_test_add_func("/diff-modes/state/overlaps", test_state_overlaps);
    g_test_add_func("/diff-modes/hashes", test_hashes);
    g_test_add_func("/diff-modes/subtract", test_subtract);
    g_test_add_func("/diff-modes/subtract/value", test_subtract_value);
    g_test_add_func("/diff-modes/subtract/short", test_subtract_short);
    g_test_add_func("/diff-modes/subtract/windows", test_subtract_windows);
    g_test_add_func("/diff-modes/against", test_against);
    g_test_add_func("/diff-modes/against/bits", test_against_bits);
    g_test_add_func("/diff-modes/against/moved", test_against_moved);
    g_test_add_func("/diff-modes/subtract/ignored", test_subtract_ignored);
    g_test_add_func("/diff-modes/subtract/phase", test_subtract_phase);
    g_test_add_func("/diff-modes/usage", test_usage);
    status = g_test_run();
    temp_clean();
    return status;
}
