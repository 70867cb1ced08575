/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what the reading verbs share (tools/analysis)
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run-tool.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/json-line.h"
#include "tools/analysis/options.h"
#include "tools/analysis/progress.h"
#include "tools/analysis/register.h"
#include "tools/analysis/table.h"

static MmtTrace *read_all(const char *text)
{
    g_autofree char *path = temp_file("trace", text, -1);
    char *message = NULL;
    MmtTrace *trace = mmt_trace_open(path, &message);
    const MmtEntry *entries;

    g_assert_nonnull(trace);
    while (mmt_trace_next(trace, &entries)) {
        ;
    }
    g_assert_null(mmt_trace_error(trace));
    return trace;
}

static char *register_text(const MmtTrace *trace, uint32_t region)
{
    AnalysisNames names = analysis_names(trace, NULL);
    GString *text = g_string_new(NULL);

    analysis_put_register(&names, region, 0x1f0, text);
    return g_string_free(text, FALSE);
}

#define QEMU_READ(device, region) \
    "vfio_region_read  (" device ":region" region "+0x100, 4) = 0x0\n"

static void test_register(void)
{
    g_autoptr(MmtTrace) one = read_all(QEMU_READ("0000:01:00.0", "0")
                                       QEMU_READ("0000:01:00.0", "2"));
    g_autoptr(MmtTrace) two = read_all(QEMU_READ("0000:01:00.0", "0")
                                       QEMU_READ("0000:02:00.0", "0"));
    g_autofree char *bar0 = register_text(one, 0);
    g_autofree char *bar2 = register_text(one, 1);
    g_autofree char *first = register_text(two, 0);
    g_autofree char *second = register_text(two, 1);

    g_assert_cmpstr(bar0, ==, "bar0+0x1f0");
    g_assert_cmpstr(bar2, ==, "bar2+0x1f0");
    g_assert_cmpstr(first, ==, "0000:01:00.0:bar0+0x1f0");
    g_assert_cmpstr(second, ==, "0000:02:00.0:bar0+0x1f0");
}

static void test_register_json(void)
{
    g_autoptr(MmtTrace) trace = read_all(QEMU_READ("0000:01:00.0", "0"));
    AnalysisNames names = analysis_names(trace, NULL);
    g_autoptr(GString) json = g_string_new("old");

    json_line_begin(json, "access");
    analysis_json_register(&names, 0, 0x20, json);
    g_assert_cmpstr(json->str, ==,
                    "{\"type\": \"access\", \"device\": \"0000:01:00.0\", "
                    "\"region\": \"bar0\", \"offset\": \"0x20\"");
    json_line_begin(json, "access");
    analysis_json_region(&names, MMT_NO_REGION, json);
    g_assert_cmpstr(json->str, ==, "{\"type\": \"access\"");
}

static void test_json_text(void)
{
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        { "a \"b\" \\c", "a \\\"b\\\" \\\\c" },
        { "tab\tesc\033", "tab\\u0009esc\\u001b" },
        { "\xc3\xa4\xe2\x80\xa8", "\xc3\xa4\\u2028" },
        { "\xff!", "\xef\xbf\xbd!" },
        /* a character of Unicode's tags, a format character beyond U+FFFF */
        { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
        { "", "" },
    };
    g_autoptr(GString) json = g_string_new(NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *want = g_strdup_printf("{\"type\": \"%s\"",
                                                cases[i].want);

        json_line_begin(json, cases[i].text);
        g_assert_cmpstr(json->str, ==, want);
    }
    json_line_begin(json, "x");
    json_line_number(json, "n", UINT64_MAX);
    json_line_real(json, "r", 0.5);
    json_line_bool(json, "b", false);
    json_line_hex(json, "h", 0);
    g_assert_cmpstr(json->str, ==,
                    "{\"type\": \"x\", \"n\": 18446744073709551615, "
                    "\"r\": 0.5, \"b\": false, \"h\": \"0x0\"");
}

static void test_progress(void)
{
    static const MmtTotals half = { .bytes = 500000000, .accesses = 12 };
    g_autofree char *known = analysis_progress_text("stat", &half, 1000000000,
                                                    2);
    g_autofree char *unknown = analysis_progress_text("stat", &half, 0, 2);
    g_autofree char *more = analysis_progress_text("stat", &half, 100, 2);
    g_autofree char *plain = temp_file("plain", "R 4", -1);
    g_autofree char *zst = temp_file("zst", "\x28\xb5\x2f\xfd 123", -1);
    g_autofree char *gz = temp_file("gz", "\x1f\x8b 123", -1);
    g_autofree char *empty = temp_file("empty", "", -1);

    g_assert_cmpstr(known, ==, "vfio-trace stat: 0.50 of 1.00 GB, 50 %, "
                    "12 accesses, 250 MB/s");
    g_assert_cmpstr(unknown, ==,
                    "vfio-trace stat: 0.50 GB, 12 accesses, 250 MB/s");
    g_assert_cmpstr(more, ==, unknown);
    g_assert_cmpuint(analysis_progress_size(plain), ==, 3);
    g_assert_cmpuint(analysis_progress_size(zst), ==, 0);
    g_assert_cmpuint(analysis_progress_size(gz), ==, 0);
    g_assert_cmpuint(analysis_progress_size(empty), ==, 0);
    g_assert_cmpuint(analysis_progress_size("-"), ==, 0);
    g_assert_cmpuint(analysis_progress_size("/dev/zero"), ==, 0);
    g_assert_cmpuint(analysis_progress_size("/nonexistent"), ==, 0);
}

/* Standard output of @print */
static char *output_of(void (*print)(void))
{
    g_autofree char *path = temp_file("output", "", -1);
    int saved;
    char *text = NULL;

    fflush(stdout);
    saved = dup(STDOUT_FILENO);
    g_assert_cmpint(saved, >=, 0);
    g_assert_nonnull(freopen(path, "w", stdout));
    print();
    fflush(stdout);
    g_assert_cmpint(dup2(saved, STDOUT_FILENO), >=, 0);
    close(saved);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void print_small(void)
{
    Table *table = table_new();

    table_column(table, "name", false);
    table_column(table, "n", true);
    table_column(table, "end", false);
    g_string_append(table_cell(table), "a\033b");
    g_string_append(table_cell(table), "12345");
    g_string_append(table_cell(table), "x");
    g_string_append(table_cell(table), "l\xc3\xa4nger");
    g_string_append(table_cell(table), "1");
    g_string_append(table_cell(table), "");
    table_free(table);
    table_free(table_new());
}

/* Many rows: those that come late may be wider. */
static void print_large(void)
{
    Table *table = table_new();
    int i;

    table_column(table, "i", true);
    table_column(table, "square", true);
    for (i = 0; i < 1500; i++) {
        g_string_append_printf(table_cell(table), "%d", i);
        g_string_append_printf(table_cell(table), "%d", i * i * 10);
    }
    table_free(table);
}

static void test_table(void)
{
    g_autofree char *small = output_of(print_small);
    g_autofree char *large = output_of(print_large);
    g_auto(GStrv) lines = g_strsplit(large, "\n", -1);

    g_assert_cmpstr(small, ==,
                    "name        n  end\n"
                    "a?b     12345  x\n"
                    "l\xc3\xa4nger      1\n");
    g_assert_cmpuint(g_strv_length(lines), ==, 1502);
    g_assert_cmpstr(lines[0], ==, "  i   square");
    g_assert_cmpstr(lines[1], ==, "  0        0");
    g_assert_cmpstr(lines[1000], ==, "999  9980010");
    g_assert_cmpstr(lines[1001], ==, "1000  10000000");
    g_assert_cmpstr(lines[1500], ==, "1499  22470010");
}

/* Options, as a verb parses them */
static bool parse(GError **error, const char *option, const char *argument)
{
    GOptionContext *context = g_option_context_new(NULL);
    g_auto(GStrv) argv = g_new0(char *, 4);
    bool ok;

    argv[0] = g_strdup("verb");
    argv[1] = g_strdup(option);
    argv[2] = g_strdup(argument);
    g_option_context_add_group(context, analysis_option_group());
    ok = g_option_context_parse_strv(context, &argv, error);
    g_option_context_free(context);
    return ok;
}

static uint64_t count_selected(const char *path)
{
    g_autoptr(MmtTrace) trace = mmt_trace_open(path, NULL);
    MmtSelection *selection = analysis_options_apply(trace);
    const MmtEntry *entries;
    uint64_t all = 0;
    size_t n;

    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        all += n;
    }
    g_clear_pointer(&trace, mmt_trace_free);
    mmt_selection_free(selection);
    return all;
}

static void test_options(void)
{
    g_autofree char *path = temp_file("options",
                                      QEMU_READ("0000:01:00.0", "0")
                                      QEMU_READ("0000:01:00.0", "2")
                                      QEMU_READ("0000:01:00.0", "4"), -1);
    g_autoptr(GError) error = NULL;

    analysis_options_reset();
    g_assert_false(analysis_options_given());
    g_assert_cmpuint(count_selected(path), ==, 3);
    g_assert_true(parse(NULL, "--range", "bar0"));
    g_assert_true(analysis_options_given());
    g_assert_cmpuint(count_selected(path), ==, 1);
    /* a second one selects more; each trace gets a selection of its own */
    g_assert_true(parse(NULL, "--selection-range", "bar2"));
    g_assert_cmpuint(count_selected(path), ==, 2);
    g_assert_cmpuint(count_selected(path), ==, 2);
    g_assert_false(parse(&error, "--width", "9"));
    g_assert_cmpstr(error->message, ==, "--width '9': 1, 2, 4 or 8 expected");
    g_assert_cmpuint(count_selected(path), ==, 2);
    analysis_options_reset();
    g_assert_cmpuint(count_selected(path), ==, 3);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/register", test_register);
    g_test_add_func("/analysis/register-json", test_register_json);
    g_test_add_func("/analysis/json-text", test_json_text);
    g_test_add_func("/analysis/progress", test_progress);
    g_test_add_func("/analysis/table", test_table);
    g_test_add_func("/analysis/options", test_options);
    status = g_test_run();
    temp_clean();
    return status;
}
