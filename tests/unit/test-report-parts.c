/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: limits of what vfio-trace report keeps of a log
 */
#include <glib.h>
#include <string.h>

#include "tools/report/access.h"
#include "tools/report/axis.h"
#include "tools/report/bins.h"
#include "tools/report/page.h"
#include "tools/report/rows.h"
#include "tools/report/segments.h"

/* --- axis ---------------------------------------------------------------- */

static uint64_t take(ReportAxis *axis, MmtEntryKind kind, unsigned flags,
                     uint64_t ns, uint64_t line)
{
    const MmtEntry entry = { .kind = kind, .flags = flags, .ns = ns,
                             .line = line };

    return report_axis_take(axis, &entry);
}

static void test_axis_time(void)
{
    ReportAxis axis = { 0 };

    g_assert_cmpuint(take(&axis, MMT_ENTRY_OTHER, 0, 0, 1), ==, 0);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_MARK, MMT_ENTRY_TIMED, 0, 2), ==,
                     0);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 500, 3), ==,
                     0);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 700, 4), ==,
                     200);
    /* back, and without a time */
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 600, 5), ==,
                     200);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 1, 6), ==,
                     200);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, 0, 0, 7), ==, 200);
    g_assert_true(axis.timed);
    g_assert_cmpuint(axis.clamped, ==, 2);
    g_assert_cmpuint(report_axis_at(&axis, true, 600, 5), ==, 100);
    g_assert_cmpuint(report_axis_at(&axis, true, 100, 5), ==, 0);
    g_assert_cmpuint(report_axis_at(&axis, false, 0, 5), ==, 0);
}

/* Two boots in a log, a night between them, and a time that is absurd */
static void test_axis_cuts(void)
{
    const uint64_t s = UINT64_C(1000000000);
    ReportAxis axis = { 0 };

    take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 100 * s, 1);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 108 * s, 2),
                     ==, 8 * s);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 9000 * s,
                          3), ==, 9 * s);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 9001 * s,
                          4), ==, 10 * s);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 5 * s, 5),
                     ==, 11 * s);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, UINT64_MAX,
                          6), ==, 12 * s);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_MARK, MMT_ENTRY_TIMED, 0, 7), ==,
                     12 * s);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 6 * s, 8),
                     ==, 13 * s);
    g_assert_cmpuint(axis.n_cuts, ==, 4);
    g_assert_cmpuint(axis.clamped, ==, 0);
    g_assert_cmpuint(axis.cuts[0].from, ==, 8 * s);
    g_assert_cmpuint(axis.cuts[0].to, ==, 9 * s);
    g_assert_cmpuint(axis.cuts[0].line, ==, 3);
    g_assert_cmpuint(axis.cuts[0].ns, ==, 9000 * s);
    g_assert_cmpuint(report_axis_at(&axis, true, 101 * s, 2), ==, s);
    g_assert_cmpuint(report_axis_at(&axis, true, 9000 * s, 2), ==, 8 * s);
    g_assert_cmpuint(report_axis_at(&axis, true, 9001 * s, 4), ==, 10 * s);
    g_assert_cmpuint(report_axis_at(&axis, true, 1 * s, 4), ==, 9 * s);
    g_assert_cmpuint(report_axis_at(&axis, true, 5 * s, 5), ==, 11 * s);
    g_assert_cmpuint(report_axis_at(&axis, true, 9 * s, 8), ==, 13 * s);
}

/* Only so many cuts: a clock that is two clocks does not make a page of cuts. */
static void test_axis_many_cuts(void)
{
    const uint64_t s = UINT64_C(1000000000);
    ReportAxis axis = { 0 };
    uint64_t last = 0;
    uint32_t i;

    for (i = 0; i < 4 * REPORT_CUTS; i++) {
        uint64_t t = take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED,
                          i % 2 ? 5 * s : UINT64_MAX - i, i + 1);

        g_assert_cmpuint(t, >=, last);
        last = t;
    }
    g_assert_cmpuint(axis.n_cuts, ==, REPORT_CUTS);
    g_assert_cmpuint(axis.clamped, >, REPORT_CUTS);
}

static void test_axis_lines(void)
{
    ReportAxis axis = { 0 };

    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, 0, 0, 5), ==, 4);
    g_assert_cmpuint(take(&axis, MMT_ENTRY_READ, MMT_ENTRY_TIMED, 9, 7), ==,
                     6);
    g_assert_false(axis.timed);
    g_assert_cmpuint(report_axis_at(&axis, true, 9, 7), ==, 6);
}

/* --- latency ------------------------------------------------------------- */

static void test_latency(void)
{
    static const struct {
        const char *line;
        uint32_t ns;
    } cases[] = {
        { "R 4 1.0 1 0x0 0x1 0x0 0", REPORT_NO_LATENCY },
        { "R 4 1.0 1 0x0 0x1 0x0 0 latency=0", 0 },
        { "R 4 1.0 1 0x0 0x1 0x0 0 cpu=1 latency=1830 cr3=0x1", 1830 },
        { "R 4 1.0 1 0x0 0x1 0x0 0 latency=?", REPORT_NO_LATENCY },
        { "R 4 1.0 1 0x0 0x1 0x0 0 latency=", REPORT_NO_LATENCY },
        { "R 4 1.0 1 0x0 0x1 0x0 0 latency=4294967295", UINT32_MAX - 1 },
        { "R 4 1.0 1 0x0 0x1 0x0 0 latency=99999999999999999999999",
          UINT32_MAX - 1 },
        { "", REPORT_NO_LATENCY },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *line = cases[i].line;

        g_assert_cmpuint(analysis_latency(line, strlen(line)), ==,
                         cases[i].ns);
    }
}

/* --- bins ---------------------------------------------------------------- */

static void test_bins_double(void)
{
    g_autoptr(ReportBins) bins = report_bins_new();
    unsigned doubled;

    g_assert_cmpuint(report_bins_place(bins, 0, true, &doubled), ==, 0);
    g_assert_cmpuint(report_bins_place(bins, 1024 * REPORT_BINS - 1, true,
                                       &doubled), ==, REPORT_BINS - 1);
    g_assert_cmpuint(doubled, ==, 0);
    g_assert_cmpuint(report_bins_place(bins, 1024 * REPORT_BINS, true,
                                       &doubled), ==, REPORT_BINS / 2);
    g_assert_cmpuint(doubled, ==, 1);
    g_assert_cmpuint(report_bins_used(bins), ==, REPORT_BINS / 2 + 1);
    g_assert_cmpuint(report_bins_place(bins, UINT64_MAX, true, &doubled), <,
                     REPORT_BINS);
    g_assert_cmpuint(report_bins_width(bins), ==, UINT64_C(1) << 50);
}

static void test_lanes(void)
{
    g_autoptr(ReportBins) bins = report_bins_new();
    unsigned doubled;
    uint32_t i;

    report_bins_place(bins, 0, true, &doubled);
    for (i = 0; i < 2000; i++) {
        const MmtEntry entry = { .kind = MMT_ENTRY_READ, .cpu = i };
        const ReportAccess access = {
            .entry = &entry,
            .region = i < REPORT_REGIONS ? i : REPORT_NO_REGION,
            .latency = REPORT_NO_LATENCY,
        };

        report_bins_access(bins, 0, &access);
    }
    g_assert_cmpuint(report_bins_lane(bins, 0), ==, 0);
    g_assert_cmpuint(report_bins_lane(bins, REPORT_LANES - 2), ==,
                     REPORT_LANES - 2);
    g_assert_cmpuint(report_bins_lane(bins, REPORT_LANES - 1), ==, UINT32_MAX);
    g_assert_cmpuint(report_bins_lane(bins, REPORT_NO_REGION), ==, UINT32_MAX);
}

/* --- rows ---------------------------------------------------------------- */

static void access_row(ReportRows *rows, uint32_t region, uint64_t offset)
{
    const MmtEntry entry = { .kind = MMT_ENTRY_WRITE, .offset = offset };
    const ReportAccess access = { .entry = &entry, .region = region,
                                  .latency = REPORT_NO_LATENCY };

    report_rows_take(rows, &access);
}

static void check_rows(ReportRows *rows, uint64_t accesses)
{
    uint64_t sum = 0;
    guint i;

    report_rows_sort(rows);
    g_assert_cmpuint(rows->rows->len, <=,
                     REPORT_ROW_REGISTERS + REPORT_ROW_PAGES +
                     REPORT_ROW_REGIONS + 1);
    for (i = 0; i < rows->rows->len; i++) {
        const Row *row = rows->rows->pdata[i];

        sum += row->counts[1];
        if (row->kind == ROW_REGISTER) {
            g_assert_cmpuint(report_rows_find(rows, row->region, row->offset),
                             ==, i);
        }
    }
    g_assert_cmpuint(sum, ==, accesses);
}

/* A table does not take the rows of registers elsewhere. */
static void test_rows_page(void)
{
    g_autoptr(ReportRows) rows = report_rows_new();
    uint32_t i;

    for (i = 0; i < 1024; i++) {
        access_row(rows, 0, 0x3000 + 4 * i);
    }
    access_row(rows, 0, 0x10);
    g_assert_cmpuint(rows->n[ROW_REGISTER], ==, REPORT_ROWS_OF_PAGE + 1);
    g_assert_cmpuint(rows->n[ROW_PAGE], ==, 1);
    check_rows(rows, 1025);
    g_assert_cmpuint(report_rows_find(rows, 0, 0x10), ==, 0);
    g_assert_cmpuint(report_rows_find(rows, 0, 0x3ffc), ==, UINT32_MAX);
}

static void test_rows_many(void)
{
    g_autoptr(ReportRows) rows = report_rows_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    uint32_t i;

    for (i = 0; i < 200000; i++) {
        uint32_t region = g_rand_int_range(rand, 0, 100);

        access_row(rows, region == 99 ? REPORT_NO_REGION : region,
                   (uint64_t)g_rand_int(rand) << g_rand_int_range(rand, 0,
                                                                  32));
    }
    g_assert_cmpuint(rows->n[ROW_REGISTER], ==, REPORT_ROW_REGISTERS);
    g_assert_cmpuint(rows->n[ROW_PAGE], ==, REPORT_ROW_PAGES);
    g_assert_cmpuint(rows->n[ROW_REGION], ==, REPORT_ROW_REGIONS);
    g_assert_cmpuint(rows->n[ROW_OTHERS], ==, 1);
    check_rows(rows, 200000);
}

/* --- segments ------------------------------------------------------------ */

static void test_segments(void)
{
    g_autoptr(ReportSegments) segments = report_segments_new();
    g_autoptr(GString) json = g_string_new("{");
    FILE *out = fopen("/dev/null", "w");
    g_autoptr(ReportBlocks) blocks = report_blocks_new(out, UINT64_MAX);
    uint32_t i;

    report_blocks_log(blocks, UINT64_MAX);
    for (i = 0; i < REPORT_SEGMENTS * 4 + 1; i++) {
        const MmtEntry entry = { .kind = MMT_ENTRY_READ, .line = i + 1 };
        const ReportAccess access = { .entry = &entry, .t = i };

        report_segments_take(segments, &access, i % 20);
    }
    report_segments_put(segments, blocks, json);
    g_assert_nonnull(strstr(json->str, "\"n\":16385,\"size\":8,"));
    g_assert_nonnull(strstr(json->str, "14,15]"));
    fclose(out);
}

/* --- blocks -------------------------------------------------------------- */

static void test_room(void)
{
    g_autoptr(GString) json = g_string_new("{");
    FILE *out = fopen("/dev/null", "w");
    g_autoptr(ReportBlocks) blocks = report_blocks_new(out, 0);
    const uint32_t numbers[] = { 1, 2, 3 };

    report_blocks_log(blocks, 300);
    g_assert_true(report_block_put(blocks, json, "a", REPORT_U32, numbers, 3));
    g_assert_true(report_block_put(blocks, json, "b", REPORT_U32, NULL, 0));
    g_assert_false(report_block_put(blocks, json, "c", REPORT_U32, numbers,
                                    3));
    g_assert_cmpstr(json->str, ==,
                    "{\"a\":{\"id\":\"log0-0\",\"type\":\"u32\",\"n\":3},"
                    "\"b\":{\"id\":\"log0-1\",\"type\":\"u32\",\"n\":0},"
                    "\"c\":null");
    g_assert_cmpuint(report_blocks_left_out(blocks), ==, 1);
    g_assert_cmpuint(report_blocks_written(blocks), <=, 300);
    fclose(out);
}

/* --- the page ------------------------------------------------------------ */

static void test_page(void)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        { "<p>\n" REPORT_PAGE_LINE "<b>\n", true },
        { "<p>\n<b>\n", false },
        { "<p>" REPORT_PAGE_LINE "<b>\n", false },
        { "<p>\n" REPORT_PAGE_LINE REPORT_PAGE_LINE, false },
        { "<p>\n" REPORT_PAGE_LINE "<b>\n" REPORT_PAGE_LINE, false },
    };
    g_auto(ReportPage) real = { 0 };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ReportPage) page = { 0 };

        page.bytes = g_bytes_new_static(cases[i].text, strlen(cases[i].text));
        g_assert_cmpint(report_page_split(&page), ==, cases[i].good);
    }
    report_page_open(&real);
    g_assert_cmpuint(real.tail, <, g_bytes_get_size(real.bytes));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report-parts/axis/time", test_axis_time);
    g_test_add_func("/report-parts/axis/cuts", test_axis_cuts);
    g_test_add_func("/report-parts/axis/many-cuts", test_axis_many_cuts);
    g_test_add_func("/report-parts/axis/lines", test_axis_lines);
    g_test_add_func("/report-parts/latency", test_latency);
    g_test_add_func("/report-parts/bins/double", test_bins_double);
    g_test_add_func("/report-parts/bins/lanes", test_lanes);
    g_test_add_func("/report-parts/rows/page", test_rows_page);
    g_test_add_func("/report-parts/rows/many", test_rows_many);
    g_test_add_func("/report-parts/segments", test_segments);
    g_test_add_func("/report-parts/blocks/room", test_room);
    g_test_add_func("/report-parts/page", test_page);
    return g_test_run();
}
