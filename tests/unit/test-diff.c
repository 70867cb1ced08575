/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: differences of two logs
 */
#include <glib.h>

#include "diff-text.h"
#include "run-tool.h"
#include "sanitized.h"

/**
 * struct Case: two logs and their differences
 * @name: name of the test
 * @a: the first log, for diff_log_text()
 * @b: the second one
 * @expected: of diff_text(), with the values of writes compared
 * @all: with all values, or NULL if that is the same
 * @none: with none
 */
typedef struct Case {
    const char *name;
    const char *a;
    const char *b;
    const char *expected;
    const char *all;
    const char *none;
} Case;

static const Case cases[] = {
    { "same", "W0=1 R4=2 W8=3", "W0=1 R4=2 W8=3", "=3", NULL, NULL },
    { "read-value", "W0=1 R4=2 W8=3", "W0=1 R4=9 W8=3", "=3", "=1 v1 =1",
      NULL },
    { "value", "W0=1 W4=2 W8=3", "W0=1 W4=7 W8=3", "=1 v1 =1", NULL, "=3" },
    { "values", "W0=1 W4=2 W8=3 Wc=4", "W0=1 W4=7 W8=7 Wc=4", "=1 v2 =1",
      NULL, "=4" },
    { "only-a", "W0=1 W4=2 W8=3", "W0=1 W8=3", "=1 -1 =1", NULL, NULL },
    { "only-b", "W0=1 W8=3", "W0=1 W4=2 W8=3", "=1 +1 =1", NULL, NULL },
    { "at-start", "W4=2 W8=3", "W0=1 W4=2 W8=3", "+1 =2", NULL, NULL },
    { "at-end", "W4=2 W8=3 Wc=5", "W4=2 W8=3", "=2 -1", NULL, NULL },
    { "other-place", "W0=1 W4=2 W8=3", "W0=1 Wc=2 W8=3", "=1 -1 +1 =1", NULL,
      NULL },
    { "other-operation", "W0=1 W4=2 W8=3", "W0=1 R4=2 W8=3", "=1 -1 +1 =1",
      NULL, NULL },
    { "doubled-write", "W0=1 W4=2 W8=3", "W0=1 W4=2 W4=2 W8=3", "=1 +1 =2",
      NULL, NULL },
    { "swapped", "W0=1 W4=2 W8=3 Wc=4", "W0=1 W8=3 W4=2 Wc=4", "=1 o2/2 =1",
      NULL, NULL },
    { "swapped-values", "W0=1 W4=2 W4=3 Wc=4", "W0=1 W4=3 W4=2 Wc=4",
      "=1 o2/2 =1", NULL, "=4" },
    { "swapped-far", "W0=1 W4=2 W8=3 Wc=4 W10=5 W14=6 W18=7",
      "W0=1 W14=6 W8=3 Wc=4 W10=5 W4=2 W18=7", "=1 o5/5 =1", NULL, NULL },
    { "moved", "W0=1 W4=2 W8=3 Wc=4 W10=5", "W0=1 W8=3 Wc=4 W4=2 W10=5",
      "=1 o3/3 =1", NULL, NULL },
    { "rounds-and-swapped", "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3 W10=4",
      "W0=1 W4=2 R8=0 W4=2 R8=1 W10=4 Wc=3", "=1 r2/0 =4 o2/2", NULL, NULL },
    { "not-only-order", "W0=1 W4=2 W8=3 Wc=4", "W0=1 W8=3 W4=9 Wc=4",
      "=1 -1 =1 +1 =1", NULL, "=1 o2/2 =1" },
    /* Polls: reads of a register in a row */
    { "poll-rounds", "W0=1 R4=0*5 R4=1 W8=3", "W0=1 R4=0*50 R4=1 W8=3", "=3",
      NULL, NULL },
    { "poll-none", "W0=1 R4=1 W8=3", "W0=1 R4=0*50 R4=1 W8=3", "=3", NULL,
      NULL },
    { "poll-end", "W0=1 R4=0*5 R4=1 W8=3", "W0=1 R4=0*5 R4=3 W8=3",
      "=1 e1 =1", NULL, "=3" },
    { "poll-timeout", "W0=1 R4=0*5 R4=1 W8=3", "W0=1 R4=0*9 W8=3",
      "=1 e1 =1", NULL, "=3" },
    { "poll-end-at-once", "W0=1 R4=2 W8=3", "W0=1 R4=0*9 R4=1 W8=3",
      "=1 e1 =1", NULL, "=3" },
    { "constant", "W0=1 R4=5*4 W8=3", "W0=1 R4=6*4 W8=3", "=3", "=1 v1 =1",
      NULL },
    { "counter", "W0=1 R4=1 R4=2 R4=3 R4=4 W8=3",
      "W0=1 R4=6 R4=7 R4=8 R4=9 W8=3", "=3", "=1 v1 =1", NULL },
    { "poll-more", "W0=1 R4=0*5 R4=1 W8=3", "W0=1 R4=0*500 R4=1 W8=3",
      "=1 t1 =1", NULL, NULL },
    { "poll-longer", "W0=1 R4=0*5 R4=1 W8=3",
      "W0=1 R4=0*2 +5 R4=0*3 R4=1 W8=3", "=1 t1 =1", NULL, NULL },
    { "poll-not-much-longer", "W0=1 R4=0*3 +1 R4=0*5 R4=1 W8=3",
      "W0=1 R4=0*2 +5 R4=0*3 R4=1 W8=3", "=3", NULL, NULL },
    /* Polls that consist of several accesses */
    { "rounds", "W0=1 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3", "=1 r0/4 =5",
      NULL, NULL },
    { "rounds-fewer", "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "W0=1 W4=2 R8=1 Wc=3", "=1 r4/0 =3", NULL, NULL },
    { "rounds-none", "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3", "W0=1 Wc=3",
      "=1 -6 =1", NULL, NULL },
    { "rounds-of-writes", "W0=1 W4=2 W8=0 W4=2 W8=0 Wc=3",
      "W0=1 W4=2 W8=0 W4=2 W8=0 W4=2 W8=0 Wc=3", "=1 +2 =5", NULL, NULL },
    { "rounds-other-value", "W0=1 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "W0=1 W4=1 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3", "=1 +2 =5",
      "=1 v1 r0/2 =4", NULL },
    /* A difference within a poll */
    { "round-other-value",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=5 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "=7 v1 =6", NULL, "=14" },
    { "round-with-more",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W10=9 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "=7 +1 =7", NULL, NULL },
    { "rounds-of-reads", "W0=1 R4=2 R8=0 R4=2 R8=1 Wc=3",
      "W0=1 R4=2 R8=1 Wc=3", "=1 r2/0 =3", NULL, NULL },
    { "rounds-at-end", "W0=1 W4=2 R8=0 W4=2 R8=1",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0", "=1 r0/2 =4",
      "=4 r0/2 v1", NULL },
    { "rounds-end",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "W0=1 W4=2 R8=0 W4=2 R8=0 W4=2 R8=0 W4=2 R8=4 Wc=3", "=8 e1 =1",
      "=8 v1 =1", "=10" },
    { "index-data", "W0=1 W4=0 R8=5 W4=1 R8=6 W4=2 R8=7 Wc=3",
      "W0=1 W4=0 R8=5 W4=1 R8=6 Wc=3", "=5 -2 =1", NULL,
      "=1 -2 =5" },
    { "two-polls",
      "W0=1 W4=2 R8=0 W4=2 R8=1 R10=5 W4=2 R8=0 W4=2 R8=0 W4=2 R8=1 Wc=3",
      "W0=1 W4=2 R8=1 R10=5 W4=2 R8=1 Wc=3", "=1 r2/0 =3 r4/0 =3", NULL,
      NULL },
    /* Where a difference begins */
    { "after-poll", "W0=1 W4=2 R8=0 W0=1 W4=3 R8=0",
      "W0=1 W4=2 R8=0 W0=1 W4=5 R8=0 W0=1 W4=3 R8=0", "=3 +3 =3", NULL,
      "+3 =6" },
    /* A write doubled at the end: a block of pairs moves behind it */
    { "moves-to-end", "W0=1 W4=1 W8=1", "W0=1 W4=1 W8=1 W8=1",
      "=2 +1 =1", NULL, NULL },
    /* Phases */
    { "phases", "W0=1 M:x W4=1 W4=2 M:y W8=1",
      "W0=1 M:x W4=1 W4=2 M:y W8=1", "=4", NULL, NULL },
    { "phase-of-one", "W0=1 M:x W4=1 M:y W8=1", "W0=1 M:y W8=1",
      "=1 -1 =1", NULL, NULL },
    { "mark-of-one", "W0=1 M:x W4=1", "W0=1 W4=1", "=2", NULL, NULL },
    { "phase-holds", "M:x W0=1 W4=1 M:y W0=1 W4=1 W8=1",
      "M:x M:y W0=1 W4=1 W8=1", "-2 =3", NULL, NULL },
    { "marks-in-another-order", "M:p M:r M:x W0=1 W4=1 W8=1",
      "M:x W0=1 M:p M:r W4=1 W8=1", "=3", NULL, NULL },
    { "phase-once-more", "M:x W0=1 M:x W4=1",
      "M:x W0=1 M:x W4=1 M:x W8=1", "=2 +1", NULL, NULL },
    /* UNKNOWN is the same as any access there */
    { "unknown", "W0=1 U4 W8=3", "W0=1 W4=7 W8=3", "=3", NULL, NULL },
    { "unknown-read", "W0=1 R4=2 W8=3 R4=2", "W0=1 U4 W8=3 R4=9", "=4",
      "=3 v1", NULL },
    { "unknown-elsewhere", "W0=1 U4 W8=3 R4=5 Wc=1",
      "W0=1 U4 W8=3 W4=5 Wc=1", "=3 -1 +1 =1", NULL, NULL },
    /* Config space, if only one log has it */
    { "config", "c0=8086 R0=1 c4=7 R0=1 W4=1", "R0=1*2 W4=1", "=2", NULL,
      NULL },
    { "config-both", "c0=8086 W0=1 c4=7", "c0=8086 W0=1 c8=7", "=2 -1 +1",
      NULL, NULL },
    { "nothing", "", "", "", NULL, NULL },
    { "nothing-in-b", "W0=1", "", "-1", NULL, NULL },
    { "nothing-in-common", "W0=1 W4=1", "W8=1 Wc=1", "-2 +2", NULL, NULL },
};

static void check(const Case *c, DiffValues values, const char *expected,
                  uint64_t base_b)
{
    g_autofree char *a = diff_log_text(c->a, 0xf0000000);
    g_autofree char *b = diff_log_text(c->b, base_b);
    DiffOptions options = { .values = values, .quiet = true };
    ToolStatus status;
    g_autofree char *text = diff_text(a, b, &options, 0, &status);

    g_test_message("%s", text);
    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpint(status, ==, TOOL_OK);
}

static void test_case(gconstpointer opaque)
{
    const Case *c = opaque;

    check(c, DIFF_VALUES_WRITES, c->expected, 0xf0000000);
    check(c, DIFF_VALUES_WRITES, c->expected, 0xe0000000);
    check(c, DIFF_VALUES_ALL, c->all ? c->all : c->expected, 0xf0000000);
    check(c, DIFF_VALUES_NONE, c->none ? c->none : c->expected, 0xf0000000);
}

#define HEAD "VERSION 20070824\n"
#define PCI_A "PCIDEV 0028 808610d3 1b f0000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
#define PCI_B "PCIDEV 0030 808610d3 1b e0000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
#define PCI_C "PCIDEV 0038 10de1d81 1b d0000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
#define W_A "W 4 1.000000 1 0xf0000000 0x1 0x0 0\n"
#define W_B "W 4 1.000000 2 0xe0000000 0x2 0x0 0\n"
#define W_C "W 4 1.000000 3 0xd0000000 0x3 0x0 0\n"
#define QEMU_A "vfio_region_write  (0000:00:05.0:region0+0x0, 0x1, 4)\n"
#define QEMU_B "vfio_region_write  (0000:00:06.0:region0+0x0, 0x2, 4)\n"

/* Which device is which; @expected is NULL if the logs can't be compared. */
static void test_devices(void)
{
    static const struct {
        const char *a;
        const char *b;
        const char *pairs[3];
        const char *expected;
    } rows[] = {
        { HEAD PCI_A PCI_B W_A W_B, HEAD PCI_A PCI_B W_A W_B, { NULL }, "=2" },
        /* the only one of its kind */
        { HEAD PCI_A W_A, HEAD PCI_B W_B, { NULL }, "v1" },
        { HEAD PCI_A PCI_C W_A W_C, HEAD PCI_B PCI_C W_B W_C, { NULL },
          "v1 =1" },
        /* what only one log has is left out */
        { HEAD PCI_A PCI_C W_A W_C, HEAD PCI_A W_A, { NULL }, "=1" },
        { HEAD PCI_A W_A, HEAD PCI_A PCI_C W_C W_A, { NULL }, "=1" },
        /* other devices */
        { HEAD PCI_A W_A, HEAD PCI_C W_C, { NULL }, NULL },
        { HEAD PCI_A W_A, HEAD PCI_C W_C, { "8086:10d3=10de:1d81" }, "v1" },
        { HEAD PCI_A W_A, HEAD PCI_C W_C, { "8086:10d3=8086:10d3" }, NULL },
        { HEAD PCI_A W_A, HEAD PCI_C W_C, { "8086:10d3" }, NULL },
        { HEAD PCI_A PCI_B W_A W_B, HEAD PCI_A PCI_B W_A W_B,
          { "00:05.0=00:06.0", "00:06.0=00:05.0" }, "+1 v1 -1" },
        /* formats */
        { HEAD PCI_A W_A, QEMU_A, { NULL }, "=1" },
        { HEAD PCI_A W_A, QEMU_B, { NULL }, "v1" },
        { QEMU_A QEMU_B, HEAD PCI_A PCI_B W_A W_B, { NULL }, "=2" },
        /* without devices */
        { HEAD W_A W_B, HEAD W_A W_B, { NULL }, "=2" },
        { HEAD W_A, HEAD PCI_A W_A, { NULL }, NULL },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        DiffOptions options = {
            .pairs = rows[i].pairs[0] ? (char **)rows[i].pairs : NULL,
            .quiet = true,
        };
        ToolStatus status;
        g_autofree char *text = diff_text(rows[i].a, rows[i].b, &options, 0,
                                          &status);

        g_test_message("%u: %s", i, text);
        g_assert_cmpstr(text, ==, rows[i].expected ? rows[i].expected : "");
        g_assert_cmpint(status, ==,
                        rows[i].expected ? TOOL_OK : TOOL_TROUBLE);
    }
}

/* Windows of any size end with the same differences, if few tokens differ. */
static void test_window(void)
{
    static const uint32_t windows[] = { 40, 64, 100, 333, 1000, 5000 };
    g_autoptr(GString) words_a = g_string_new(NULL);
    g_autoptr(GString) words_b = g_string_new(NULL);
    DiffOptions options = { .quiet = true };
    ToolStatus status;
    unsigned i;

    for (i = 0; i < 2000; i++) {
        g_autofree char *word = g_strdup_printf("W%x=%x ", i % 50 * 4, i * 7);

        g_string_append(words_a, i % 500 == 123 ? "W200=1 " : word);
        g_string_append(words_b, i % 500 == 321 ? "" : word);
    }
    for (i = 0; i < G_N_ELEMENTS(windows); i++) {
        g_autofree char *a = diff_log_text(words_a->str, 0xf0000000);
        g_autofree char *b = diff_log_text(words_b->str, 0xe0000000);
        g_autofree char *text = diff_text(a, b, &options, windows[i], &status);
        unsigned differences = 0;
        const char *p;

        for (p = text; *p; p++) {
            differences += *p == '-' || *p == '+' || *p == 'v' || *p == 'o';
        }
        g_test_message("%u: %s", windows[i], text);
        g_assert_cmpuint(differences, ==, 12);
    }
}

/* Any text that is compared has all its tokens in hunks, with any window. */
static void test_random(void)
{
    DiffOptions options = { .quiet = true };
    unsigned round;

    for (round = 0; round < ROUNDS(300); round++) {
        GString *words[2];
        g_autofree char *text = NULL;
        g_autofree char *a = NULL;
        g_autofree char *b = NULL;
        ToolStatus status;
        unsigned places = g_test_rand_int_range(1, 6);
        unsigned side;

        options.values = g_test_rand_int_range(0, 3);
        for (side = 0; side < 2; side++) {
            unsigned n = g_test_rand_int_range(0, 60);

            words[side] = g_string_new(NULL);
            while (n--) {
                g_string_append_printf(words[side], "%c%x=%x ",
                    "WWWWRRRRUMc"[g_test_rand_int_range(0, 11)],
                    4 * g_test_rand_int_range(0, places),
                    g_test_rand_int_range(0, 3));
            }
        }
        a = diff_log_text(words[0]->str, 0xf0000000);
        b = diff_log_text(words[1]->str, 0xe0000000);
        g_string_free(words[0], TRUE);
        g_string_free(words[1], TRUE);
        text = diff_text(a, b, &options, g_test_rand_int_range(0, 40), &status);
        g_assert_cmpint(status, ==, TOOL_OK);
    }
}

int main(int argc, char **argv)
{
    unsigned i;
    int status;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/diff/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/diff/devices", test_devices);
    g_test_add_func("/diff/window", test_window);
    g_test_add_func("/diff/random", test_random);
    status = g_test_run();
    temp_clean();
    return status;
}
