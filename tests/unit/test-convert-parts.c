/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert --rows: an output in parts
 */
#include <glib.h>
#include <string.h>

#include "export-log.h"
#include "run-tool.h"
#include "tools/export/parts.h"

/* The text of parts, each of which must begin with @head */
static char *join_parts(const char *path, const char *head)
{
    GString *text = g_string_new(head);
    unsigned last = export_parts_last(path);
    unsigned i;

    for (i = 1; i <= last; i++) {
        g_autofree char *name = export_part_name(path, i);
        g_autofree char *part = export_read(name);

        g_assert_true(g_str_has_prefix(part, head));
        g_string_append(text, part + strlen(head));
    }
    return g_string_free(text, FALSE);
}

static unsigned count_lines(const char *text)
{
    unsigned n = 0;

    while ((text = strchr(text, '\n'))) {
        text++;
        n++;
    }
    return n;
}

static void check_parts(const char *log, const char *name, const char *format,
                        unsigned rows)
{
    g_autofree char *out = export_path(name);
    g_autofree char *number = g_strdup_printf("%u", rows);
    g_autofree char *want = export_as(log, format);
    g_autofree char *head = strcmp(format, "csv") ? g_strdup("") :
        g_strndup(want, strchr(want, '\n') + 1 - want);
    unsigned n = count_lines(want) - count_lines(head);
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--rows", number, log,
                                      "-o", out, NULL);
    g_autofree char *got = NULL;
    g_autofree char *first = export_part_name(out, 1);
    g_autofree char *first_text = NULL;

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(export_parts_last(out), ==, (n + rows - 1) / rows);
    got = join_parts(out, head);
    g_assert_cmpstr(got, ==, want);
    first_text = export_read(first);
    g_assert_cmpuint(count_lines(first_text), ==,
                     MIN(n, rows) + count_lines(head));
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    g_assert_true(export_parts_remove(out, 1, EXPORT_PARTS_MAX, NULL));
}

/* With and without a rest; 3000 rows are several buffers of the converter. */
static void test_parts(void)
{
    g_autofree char *small = export_small();
    g_autoptr(GString) text = export_log(3000);
    g_autofree char *large = temp_file("large.mmt", text->str, text->len);
    g_autofree char *out = NULL;
    g_autofree char *names = NULL;
    g_autoptr(ToolRun) run = NULL;

    check_parts(small, "p.csv", "csv", 1);
    check_parts(small, "p.csv", "csv", 4);
    check_parts(small, "p.csv", "csv", 13);
    check_parts(small, "p.csv", "csv", 1000);
    check_parts(small, "p.jsonl", "jsonl", 5);
    check_parts(large, "p.csv.zst", "csv", 1000);
    check_parts(large, "p.jsonl.gz", "jsonl", 999);
    out = export_path("q.csv.zst");
    run = run_tool(NULL, "convert", "-n", "5", small, "-o", out, NULL);
    names = export_files("q.");
    g_assert_cmpstr(names, ==,
                    "q.0001.csv.zst q.0002.csv.zst q.0003.csv.zst ");
}

/* Without a row there is one part, with the head. */
static void test_parts_empty(void)
{
    g_autofree char *log = export_small();
    g_autofree char *out = export_path("empty.csv");
    g_autofree char *part = export_part_name(out, 1);
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--rows", "3", "--from",
                                      "9", log, "-o", out, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(export_parts_last(out), ==, 1);
    text = export_read(part);
    g_assert_true(g_str_has_prefix(text, "line,time,"));
}

static void test_parts_replaced(void)
{
    g_autofree char *log = export_small();
    g_autofree char *out = export_path("again.csv");
    g_autofree char *other = temp_file("again.0077.csv.old", "x", 1);
    g_autofree char *first = export_part_name(out, 1);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *files = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "-n", "2", log, "-o",
                                      out, NULL);
    g_autoptr(ToolRun) refused = NULL;
    g_autoptr(ToolRun) forced = NULL;

    g_assert_cmpint(run->status, ==, 0);
    before = export_read(first);
    refused = run_tool(NULL, "convert", "-n", "100", log, "-o", out, NULL);
    g_assert_cmpint(refused->status, ==, 2);
    assert_contains(refused->err,
                    "exists already; use --force to replace all parts");
    after = export_read(first);
    g_assert_cmpstr(after, ==, before);
    forced = run_tool(NULL, "convert", "-f", "-n", "100", log, "-o", out, NULL);
    g_assert_cmpint(forced->status, ==, 0);
    files = export_files("again.");
    g_assert_cmpstr(files, ==, "again.0001.csv again.0077.csv.old ");
}

/* A name with two slashes names the same parts. */
static void test_parts_slashes(void)
{
    g_autofree char *log = export_small();
    g_autofree char *out = g_strconcat(temp_dir(), "//slashes.csv", NULL);
    g_autofree char *files = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "-n", "2", log, "-o",
                                      out, NULL);
    g_autoptr(ToolRun) forced = run_tool(NULL, "convert", "-f", "-n", "100",
                                         log, "-o", out, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpint(forced->status, ==, 0);
    files = export_files("slashes.");
    g_assert_cmpstr(files, ==, "slashes.0001.csv ");
}

/* Parts of an earlier conversion stay, all or none. */
static void test_parts_failed(void)
{
    g_autofree char *log = export_small();
    g_autofree char *out = export_path("keep.csv");
    const char *head = "line,time,op,device,region,offset,width,"
                       "value,address,cpu,pc,phase,text\n";
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "-n", "2", log, "-o",
                                      out, NULL);
    g_autofree char *files = export_files("keep.");
    g_autofree char *text = join_parts(out, head);
    g_autoptr(ToolRun) failed = run_tool(NULL, "convert", "-f", "-n", "4", log,
                                         "/nowhere/x.mmt", "-o", out, NULL);
    g_autofree char *after = export_files("keep.");
    g_autofree char *text_after = join_parts(out, head);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpint(failed->status, ==, 2);
    g_assert_cmpstr(after, ==, files);
    g_assert_cmpstr(text_after, ==, text);
}

/* More parts than there are numbers: none is left. */
static void test_parts_limit(void)
{
    g_autoptr(GString) text = export_log(EXPORT_PARTS_MAX + 1);
    g_autofree char *log = temp_file("many.mmt", text->str, text->len);
    g_autofree char *out = export_path("limit.csv");
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "-n", "1", log, "-o",
                                      out, NULL);
    g_autofree char *files = export_files("limit");

    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "give --rows a larger number");
    g_assert_cmpstr(files, ==, "");
}

static void test_part_names(void)
{
    static const struct {
        const char *path;
        const char *part;
    } rows[] = {
        { "gpu.csv", "gpu.0012.csv" },
        { "gpu.csv.zst", "gpu.0012.csv.zst" },
        { "gpu.zst", "gpu.0012.zst" },
        { "gpu", "gpu.0012" },
        { "a.b/gpu", "a.b/gpu.0012" },
        { "a.b/gpu.1.csv", "a.b/gpu.1.0012.csv" },
        { ".csv", ".csv.0012" },
        { "/x/.gpu.csv.gz", "/x/.gpu.0012.csv.gz" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *part = export_part_name(rows[i].path, 12);

        g_assert_cmpstr(part, ==, rows[i].part);
    }
    g_assert_cmpuint(export_parts_last("/nowhere/x.csv"), ==, 0);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/convert-parts/whole", test_parts);
    g_test_add_func("/convert-parts/empty", test_parts_empty);
    g_test_add_func("/convert-parts/replaced", test_parts_replaced);
    g_test_add_func("/convert-parts/slashes", test_parts_slashes);
    g_test_add_func("/convert-parts/failed", test_parts_failed);
    g_test_add_func("/convert-parts/limit", test_parts_limit);
    g_test_add_func("/convert-parts/names", test_part_names);
    status = g_test_run();
    temp_clean();
    return status;
}
