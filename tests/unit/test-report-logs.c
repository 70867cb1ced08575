/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace report of long logs that are made at random
 *
 * Each single access that a page has is compared with the one that was made.
 */
#include <glib.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "report-check.h"
#include "report-page.h"
#include "run-tool.h"
#include "sanitized.h"

/**
 * struct Made: a log that is made
 * @text: the log
 * @accesses: PageAccess, what a page should have of it
 */
typedef struct Made {
    GString *text;
    GArray *accesses;
} Made;

static void add_access(Made *made, uint64_t us, unsigned line, GRand *rand)
{
    static const unsigned widths[] = { 1, 2, 4, 8 };
    unsigned region = g_rand_int_range(rand, 0, 2);
    bool bulk = g_rand_int_range(rand, 0, 4) == 0;
    PageAccess access = {
        .t = (us - 1000000) * 1000,
        .line = line,
        .region = region,
        .op = g_rand_int_range(rand, 0, 2),
        .width = widths[g_rand_int_range(rand, 0, 4)],
        .cpu = g_rand_int_range(rand, 0, 4),
        .offset = bulk ? g_rand_int_range(rand, 0, 0x800) * 8
                       : g_rand_int_range(rand, 0, 20) * 8,
        .latency = UINT32_MAX,
    };

    access.value = g_rand_int(rand) & (access.width == 1 ? 0xff : 0xffff);
    g_array_append_val(made->accesses, access);
    g_string_append_printf(made->text, "%c %u %" PRIu64 ".%06" PRIu64 " %u "
                           "0x%" PRIx64 " 0x%" PRIx64 " 0x0 0 cpu=%u\n",
                           access.op ? 'W' : 'R', access.width, us / 1000000,
                           us % 1000000, region + 1,
                           (region ? REPORT_BAR1 : REPORT_BAR0) + access.offset,
                           access.value, access.cpu);
}

/* @step: microseconds from one access to the next, at most */
static Made make_log(unsigned n, unsigned step, guint32 seed)
{
    Made made = { .text = g_string_new(REPORT_HEAD),
                  .accesses = g_array_new(FALSE, FALSE, sizeof(PageAccess)) };
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    uint64_t us = 1000000;
    unsigned line = 6;
    unsigned i;

    for (i = 0; i < n; i++) {
        us += g_rand_int_range(rand, 0, step);
        if (i % (n / 7 + 1) == n / 7) {
            g_string_append_printf(made.text, "MARK %" PRIu64 ".%06" PRIu64
                                   " phase %u\n", us / 1000000, us % 1000000,
                                   i);
            line++;
        }
        add_access(&made, us, line++, rand);
    }
    return made;
}

static void made_clear(Made *made)
{
    g_string_free(made->text, TRUE);
    g_array_unref(made->accesses);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Made, made_clear)

static void check_same(const GArray *got, const GArray *want)
{
    guint i;

    for (i = 0; i < got->len; i++) {
        const PageAccess *a = &g_array_index(got, PageAccess, i);
        const PageAccess *b = &g_array_index(want, PageAccess, i);

        if (a->t != b->t || a->line != b->line || a->region != b->region ||
            a->op != b->op || a->width != b->width || a->cpu != b->cpu ||
            a->offset != b->offset || a->value != b->value ||
            a->latency != b->latency || a->pc != b->pc) {
            g_test_message("access %u differs", i);
            g_test_fail();
            return;
        }
    }
}

static void test_random(void)
{
    static const unsigned steps[] = { 2, 50, 5000, 20000000 };
    unsigned n = ROUNDS(100000);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_auto(Made) made = make_log(n, steps[i], i);
        g_autoptr(Page) page = report_page("random.mmt", made.text->str, NULL,
                                           NULL);
        JsonObject *log = page_log(page, 0);
        JsonObject *bins = json_object_get_object_member(log, "bins");
        g_autoptr(GArray) accesses = NULL;

        report_check_counts(log, "random.mmt");
        report_check_sums(page, log);
        g_assert_cmpint(page_int(bins, "n"), <=, 16384);
        g_assert_cmpint(page_int(bins, "n") * page_int(bins, "width"), >,
                        page_int(log, "end"));
        accesses = page_accesses(page, log, NULL);
        g_assert_cmpuint(accesses->len, ==, n);
        check_same(accesses, made.accesses);
    }
}

/* Whether bins are where they should be: those of single accesses */
static void test_bins(void)
{
    g_auto(Made) made = make_log(20000, 300, 7);
    g_autoptr(Page) page = report_page("bins.mmt", made.text->str, NULL, NULL);
    JsonObject *log = page_log(page, 0);
    JsonObject *bins = json_object_get_object_member(log, "bins");
    JsonArray *lanes = json_object_get_array_member(log, "lanes");
    uint64_t width = page_int(bins, "width");
    guint k;

    for (k = 0; k < 2; k++) {
        JsonObject *lane = json_array_get_object_element(lanes, k);
        unsigned region = page_int(lane, "region");
        size_t n;
        g_autofree double *reads = page_numbers(page, lane, "reads", &n);
        g_autofree double *writes = page_numbers(page, lane, "writes", NULL);
        g_autofree double *max = page_numbers(page, lane, "max", NULL);
        guint i;

        for (i = 0; i < made.accesses->len; i++) {
            const PageAccess *a = &g_array_index(made.accesses, PageAccess,
                                                 i);
            size_t bin = a->t / width;

            if (a->region == region) {
                g_assert_cmpuint(bin, <, n);
                g_assert_cmpfloat(a->offset, <=, max[bin]);
                (a->op ? writes : reads)[bin]--;
            }
        }
        for (i = 0; i < n; i++) {
            g_assert_cmpfloat(reads[i], ==, 0);
            g_assert_cmpfloat(writes[i], ==, 0);
        }
    }
}

/* A page does not get longer than it may; what is left out are accesses. */
static void test_size(void)
{
    g_auto(Made) made = make_log(300000, 50, 3);
    g_autoptr(Page) page = report_page("size.mmt", made.text->str, "--max-size",
                                  "4M");
    g_autofree char *path = g_build_filename(temp_dir(), "size.mmt.html",
                                             NULL);
    JsonObject *log = page_log(page, 0);
    g_autoptr(GArray) accesses = page_accesses(page, log, NULL);
    struct stat st;

    report_check_counts(log, "size.mmt");
    report_check_sums(page, log);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_size, <=, 4 << 20);
    g_assert_cmpuint(accesses->len, >, 0);
    g_assert_cmpuint(accesses->len, <, 300000);
    check_same(accesses, made.accesses);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report-logs/random", test_random);
    g_test_add_func("/report-logs/bins", test_bins);
    g_test_add_func("/report-logs/size", test_size);
    status = g_test_run();
    temp_clean();
    return status;
}
