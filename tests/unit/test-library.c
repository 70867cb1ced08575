/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests of what mmiotrace.h promises to programs of others */
#include <glib.h>
#include <glib/gstdio.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "libmmiotrace/mmiotrace.h"

#define HEAD "VERSION 20070824\n" \
    "PCIDEV 0028 80861533 b fe000000 0 0 0 0 0 0 10000 0 0 0 0 0 0 igb\n" \
    "MAP 1.000000 1 0xfe000000 0xfe000000 0x10000 0x0 0\n"

static const char text[] = HEAD
    "R 4 1.000001 1 0xfe000008 0x80080783 0x0 0\n"
    "W 2 1.000002 1 0xfe000010 0x12 0x0 0\n"
    "MARK 1.000003 power on\n"
    "R 4 1.00000 1 0xfe0000zz 0x1 0x0 0\n"
    "R 1 1.000005 1 0xfe000020 0xff 0x0 0\n"
    "UNMAP 1.000006 1 0x0 0\n"
    "W 8 1.000007 1 0xfe000028 0x1122334455667788 0x0 0\n";

typedef struct Fixture {
    char *path;
} Fixture;

static void set_up(Fixture *f)
{
    int fd = g_file_open_tmp("library-XXXXXX", &f->path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(f->path, text, -1, NULL));
}

static void tear_down(Fixture *f)
{
    g_unlink(f->path);
    g_free(f->path);
}

static MmtTrace *open_trace(const char *path)
{
    char *message = NULL;
    MmtTrace *trace = mmt_trace_open(path, &message);

    g_assert_cmpstr(message, ==, NULL);
    g_assert_nonnull(trace);
    return trace;
}

/* All entries; NULL for @trace is the file */
static GArray *entries_of(Fixture *f, MmtTrace *trace, unsigned last_kind)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(MmtEntry));
    MmtTrace *own = trace ? NULL : open_trace(f->path);
    const MmtEntry *entries;
    size_t n, i;

    while ((n = mmt_trace_next(trace ? trace : own, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            if (entries[i].kind <= last_kind) {
                g_array_append_val(all, entries[i]);
            }
        }
    }
    mmt_trace_free(own);
    return all;
}

static void same_columns(Fixture *f, size_t max, unsigned flags)
{
    unsigned last = flags ? MMT_ENTRY_UNKNOWN : MMT_ENTRY_DAMAGED;
    g_autoptr(GArray) all = entries_of(f, NULL, last);
    MmtTrace *trace = open_trace(f->path);
    uint8_t kinds[16], widths[16];
    uint16_t flag[16];
    uint32_t regions[16], cpus[16], phases[16];
    uint64_t wide[6][16];
    MmtColumn columns[] = {
        { MMT_COLUMN_KIND, 1, kinds }, { MMT_COLUMN_WIDTH, 1, widths },
        { MMT_COLUMN_FLAGS, 2, flag }, { MMT_COLUMN_REGION, 4, regions },
        { MMT_COLUMN_CPU, 4, cpus }, { MMT_COLUMN_PHASE, 4, phases },
        { MMT_COLUMN_NS, 8, wide[0] }, { MMT_COLUMN_OFFSET, 8, wide[1] },
        { MMT_COLUMN_VALUE, 8, wide[2] }, { MMT_COLUMN_ADDRESS, 8, wide[3] },
        { MMT_COLUMN_PC, 8, wide[4] }, { MMT_COLUMN_LINE, 8, wide[5] },
    };
    size_t n, i, seen = 0;

    while ((n = mmt_trace_columns(trace, columns, G_N_ELEMENTS(columns), max,
                                  flags)) > 0) {
        g_assert_cmpuint(n, <=, max);
        g_assert_true(n == max || seen + n == all->len);
        for (i = 0; i < n; i++) {
            const MmtEntry got = {
                kinds[i], widths[i], flag[i], regions[i], cpus[i], phases[i],
                wide[0][i], wide[1][i], wide[2][i], wide[3][i], wide[4][i],
                wide[5][i],
            };

            g_assert_cmpuint(seen, <, all->len);
            g_assert_cmpmem(&got, sizeof(got),
                            &g_array_index(all, MmtEntry, seen), sizeof(got));
            seen++;
        }
    }
    g_assert_cmpuint(seen, ==, all->len);
    g_assert_cmpstr(mmt_trace_error(trace), ==, NULL);
    mmt_trace_free(trace);
}

static void test_columns(Fixture *f)
{
    size_t max;

    for (max = 1; max <= 16; max++) {
        same_columns(f, max, MMT_COLUMNS_ALL);
        same_columns(f, max, MMT_COLUMNS_ACCESSES);
    }
}

/* Skip one entry, get a column of two, and the others as entries */
static void test_mixed(Fixture *f)
{
    g_autoptr(GArray) all = entries_of(f, NULL, MMT_ENTRY_DAMAGED);
    g_autoptr(GArray) rest = NULL;
    MmtTrace *trace = open_trace(f->path);
    uint64_t lines[2];
    MmtColumn column = { MMT_COLUMN_LINE, 8, lines };

    g_assert_cmpuint(mmt_trace_columns(trace, NULL, 0, 1, 0), ==, 1);
    g_assert_cmpuint(mmt_trace_columns(trace, &column, 1, 2, 0), ==, 2);
    g_assert_cmpuint(lines[1], ==, g_array_index(all, MmtEntry, 2).line);
    rest = entries_of(f, trace, MMT_ENTRY_DAMAGED);
    g_assert_cmpuint(rest->len, ==, all->len - 3);
    g_assert_cmpmem(rest->data, rest->len * sizeof(MmtEntry),
                    &g_array_index(all, MmtEntry, 3),
                    rest->len * sizeof(MmtEntry));
    mmt_trace_free(trace);
}

static void test_wrong_columns(Fixture *f)
{
    static const MmtColumn wrong[] = {
        { MMT_COLUMN_NS, 4, NULL }, { MMT_COLUMN_KIND, 0, NULL },
        { MMT_COLUMN_LINE + 1, 8, NULL }, { UINT32_MAX, 8, NULL },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        MmtTrace *trace = open_trace(f->path);

        g_assert_cmpuint(mmt_trace_columns(trace, &wrong[i], 1, 1, 0), ==, 0);
        g_assert_nonnull(mmt_trace_error(trace));
        mmt_trace_free(trace);
    }
}

/* An error ends the trace, also if the last batch has lines left. */
static void test_error_ends(Fixture *f)
{
    static const MmtColumn wrong = { MMT_COLUMN_NS, 4, NULL };
    MmtTrace *trace = open_trace(f->path);
    const MmtEntry *entries;

    g_assert_cmpuint(mmt_trace_columns(trace, NULL, 0, 2, 0), ==, 2);
    g_assert_cmpuint(mmt_trace_columns(trace, &wrong, 1, 1, 0), ==, 0);
    g_assert_nonnull(mmt_trace_error(trace));
    g_assert_cmpuint(mmt_trace_next(trace, &entries), ==, 0);
    g_assert_cmpuint(mmt_trace_columns(trace, NULL, 0, 1, 0), ==, 0);
    mmt_trace_free(trace);
}

static void test_wrong_bar(Fixture *f)
{
    MmtTrace *trace = open_trace(f->path);

    mmt_trace_set_bar(trace, -1, 0x1000, 0x1000);
    mmt_trace_set_bar(trace, MMT_REGION_ROM + 1, 0x1000, 0x1000);
    mmt_trace_set_bar(trace, INT32_MAX, 0x1000, 0x1000);
    mmt_trace_free(trace);
}

static void test_damaged(Fixture *f)
{
    MmtTrace *trace = open_trace(f->path);
    const MmtEntry *entries;
    MmtTotals totals;
    unsigned found = 0;
    size_t n, i, len;

    mmt_trace_keep_damaged(trace, true);
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            if (entries[i].kind == MMT_ENTRY_DAMAGED) {
                const char *line = mmt_trace_line(trace, &entries[i], &len);
                g_autofree char *copy = g_strndup(line, len);

                g_assert_cmpstr(copy, ==,
                                "R 4 1.00000 1 0xfe0000zz 0x1 0x0 0");
                g_assert_cmpuint(entries[i].line, ==, 7);
                g_assert_cmpuint(entries[i].region, ==, MMT_NO_REGION);
                found++;
            }
        }
    }
    g_assert_cmpuint(found, ==, 1);
    mmt_trace_totals(trace, &totals);
    g_assert_cmpuint(totals.lines, ==, 10);
    g_assert_cmpuint(totals.accesses, ==, 4);
    g_assert_cmpuint(totals.damaged, ==, 1);
    g_assert_cmpuint(totals.first_damaged, ==, 7);
    g_assert_cmpuint(totals.incomplete, ==, 0);
    g_assert_cmpuint(totals.bytes, ==, sizeof(text) - 1);
    mmt_trace_free(trace);
}

static void test_incomplete(Fixture *f)
{
    MmtTrace *trace;
    const MmtEntry *entries;
    MmtTotals totals;

    g_assert_true(g_file_set_contents(f->path, text, sizeof(text) - 3, NULL));
    trace = open_trace(f->path);
    mmt_trace_totals(trace, &totals);
    g_assert_cmpuint(totals.incomplete, ==, 0);
    while (mmt_trace_next(trace, &entries)) {
        ;
    }
    mmt_trace_totals(trace, &totals);
    g_assert_cmpuint(totals.incomplete, ==, 1);
    mmt_trace_free(trace);
}

static void test_fd(Fixture *f)
{
    g_autoptr(GArray) all = entries_of(f, NULL, MMT_ENTRY_DAMAGED);
    g_autoptr(GArray) got = NULL;
    int fd = open(f->path, O_RDONLY | O_CLOEXEC);
    MmtTrace *trace = mmt_trace_open_fd(fd, "\x1b[31mred");

    got = entries_of(f, trace, MMT_ENTRY_DAMAGED);
    g_assert_cmpmem(got->data, got->len * sizeof(MmtEntry),
                    all->data, all->len * sizeof(MmtEntry));
    mmt_trace_free(trace);
    /* it is still open, and at its end */
    trace = mmt_trace_open_fd(fd, "\x1b[31mred");
    g_array_unref(g_steal_pointer(&got));
    got = entries_of(f, trace, MMT_ENTRY_DAMAGED);
    g_assert_cmpuint(got->len, ==, 0);
    g_assert_nonnull(mmt_trace_error(trace));
    g_assert_true(g_str_has_prefix(mmt_trace_error(trace), "?[31mred is "));
    mmt_trace_free(trace);
    g_assert_cmpint(close(fd), ==, 0);
}

/* Freed before the trace, used by two, and no longer changed */
static void test_selection(Fixture *f)
{
    MmtSelection *selection = mmt_selection_new();
    MmtTrace *traces[2];
    char *message = NULL;
    int i;

    g_assert_true(mmt_selection_add(selection, "op", "w", NULL));
    for (i = 0; i < 2; i++) {
        traces[i] = open_trace(f->path);
        mmt_trace_select(traces[i], selection);
    }
    g_assert_false(mmt_selection_add(selection, "op", "r", &message));
    g_assert_nonnull(message);
    mmt_free(message);
    mmt_selection_free(selection);
    for (i = 0; i < 2; i++) {
        g_autoptr(GArray) got = entries_of(f, traces[i], MMT_ENTRY_UNKNOWN);

        g_assert_cmpuint(got->len, ==, 2);
        mmt_trace_free(traces[i]);
    }
}

static void test_no_selection(Fixture *f)
{
    MmtSelection *selection = mmt_selection_new();
    MmtTrace *trace = open_trace(f->path);
    g_autoptr(GArray) got = NULL;

    g_assert_true(mmt_selection_add(selection, "op", "w", NULL));
    mmt_trace_select(trace, selection);
    mmt_selection_free(selection);
    mmt_trace_select(trace, NULL);
    got = entries_of(f, trace, MMT_ENTRY_UNKNOWN);
    g_assert_cmpuint(got->len, ==, 4);
    mmt_trace_free(trace);
}

/* An option that is refused changes nothing */
static void test_refused_options(Fixture *f)
{
    static const char *const refused[][2] = {
        { "from", "/(/" }, { "to", "/(/" }, { "from", "x" }, { "to", "#" },
        { "range", "5:0:4+nonsense:" }, { "op", "x" }, { "width", "9" },
        { "phase-at", "0" }, { "value", "" }, { "cpu", "-1" },
        { "no-such-option", "1" },
    };
    MmtSelection *selection = mmt_selection_new();
    MmtTrace *trace = open_trace(f->path);
    g_autoptr(GArray) got = NULL;
    size_t i;

    g_assert_true(mmt_selection_add(selection, "from", "/power/", NULL));
    for (i = 0; i < G_N_ELEMENTS(refused); i++) {
        char *message = NULL;

        g_assert_false(mmt_selection_add(selection, refused[i][0],
                                         refused[i][1], &message));
        g_assert_nonnull(message);
        mmt_free(message);
        g_assert_false(mmt_selection_add(selection, refused[i][0],
                                         refused[i][1], NULL));
    }
    mmt_trace_select(trace, selection);
    mmt_selection_free(selection);
    got = entries_of(f, trace, MMT_ENTRY_UNKNOWN);
    g_assert_cmpuint(got->len, ==, 2);
    mmt_trace_free(trace);
}

/* The trace has several blocks, and none of its entries is selected */
static void test_limit(Fixture *f)
{
    g_autoptr(GString) all = g_string_new(text);
    MmtSelection *selection = mmt_selection_new();
    const MmtEntry *entries;
    unsigned calls = 0;
    MmtTotals totals;
    MmtTrace *trace;
    int i;

    for (i = 0; i < 50000; i++) {
        g_string_append(all, "R 4 2.000000 1 0xfe000008 0x0 0x0 0\n");
    }
    g_assert_true(g_file_set_contents(f->path, all->str, all->len, NULL));
    trace = open_trace(f->path);
    g_assert_true(mmt_selection_add(selection, "range", "5", NULL));
    mmt_trace_select(trace, selection);
    mmt_selection_free(selection);
    mmt_trace_limit(trace, 1);
    while (!mmt_trace_ended(trace)) {
        mmt_trace_next(trace, &entries);
        calls++;
    }
    g_assert_cmpuint(calls, >, 3);
    g_assert_cmpstr(mmt_trace_error(trace), ==, NULL);
    mmt_trace_totals(trace, &totals);
    g_assert_cmpuint(totals.accesses, ==, 50004);
    mmt_trace_free(trace);
}

/* A file that grows ends only if it is not followed */
static void test_follow(Fixture *f)
{
    MmtTrace *trace = open_trace(f->path);
    const MmtEntry *entries;
    FILE *file;

    mmt_trace_follow(trace, true);
    while (mmt_trace_next(trace, &entries)) {
        ;
    }
    g_assert_false(mmt_trace_ended(trace));
    file = fopen(f->path, "a");
    fputs("R 4 3.000000 1 0xfe000008 0x2a 0x0 0\n", file);
    fclose(file);
    g_assert_cmpuint(mmt_trace_next(trace, &entries), ==, 1);
    g_assert_cmpuint(entries[0].value, ==, 42);
    mmt_trace_free(trace);
    trace = open_trace(f->path);
    while (mmt_trace_next(trace, &entries)) {
        ;
    }
    g_assert_true(mmt_trace_ended(trace));
    file = fopen(f->path, "a");
    fputs("R 4 4.000000 1 0xfe000008 0x2a 0x0 0\n", file);
    fclose(file);
    g_assert_cmpuint(mmt_trace_next(trace, &entries), ==, 0);
    mmt_trace_free(trace);
}

static void test_bounds(Fixture *f)
{
    MmtTrace *trace = open_trace(f->path);
    const MmtEntry *entries;
    MmtEntry copy;
    size_t len = 1;

    g_assert_null(mmt_trace_region(trace, 0));
    g_assert_null(mmt_trace_region(trace, MMT_NO_REGION));
    g_assert_cmpuint(mmt_trace_phases(trace), ==, 1);
    g_assert_cmpstr(mmt_trace_phase(trace, 0), ==, "start");
    g_assert_null(mmt_trace_phase(trace, 1));
    g_assert_cmpstr(mmt_trace_format(trace), ==, NULL);
    g_assert_cmpuint(mmt_trace_next(trace, &entries), >, 0);
    copy = entries[0];
    g_assert_cmpstr(mmt_trace_text(trace, &copy, &len), ==, "");
    g_assert_cmpuint(len, ==, 0);
    g_assert_cmpstr(mmt_trace_line(trace, &copy, &len), ==, "");
    g_assert_cmpuint(len, ==, 0);
    g_assert_cmpstr(mmt_trace_format(trace), ==, "mmiotrace");
    mmt_trace_free(trace);
    mmt_trace_free(NULL);
    mmt_selection_free(NULL);
    mmt_free(NULL);
    g_assert_null(mmt_trace_open("/no such file", NULL));
    g_assert_cmpuint(mmt_version()[0], !=, 0);
}

typedef struct Test {
    const char *name;
    void (*function)(Fixture *f);
} Test;

static void run(gconstpointer data)
{
    const Test *test = data;
    Fixture f;

    set_up(&f);
    test->function(&f);
    tear_down(&f);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        { "columns", test_columns },
        { "mixed", test_mixed },
        { "wrong-columns", test_wrong_columns },
        { "error-ends", test_error_ends },
        { "wrong-bar", test_wrong_bar },
        { "damaged", test_damaged },
        { "incomplete", test_incomplete },
        { "fd", test_fd },
        { "selection", test_selection },
        { "no-selection", test_no_selection },
        { "refused-options", test_refused_options },
        { "limit", test_limit },
        { "follow", test_follow },
        { "bounds", test_bounds },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/library/", tests[i].name, NULL);

        g_test_add_data_func(path, &tests[i], run);
    }
    return g_test_run();
}
