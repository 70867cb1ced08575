/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert: its files, parts and errors
 */
#include <glib/gstdio.h>
#include <string.h>

#include "export-log.h"
#include "run-tool.h"
#include "tools/export/parts.h"

static char *path_of(const char *name)
{
    return g_build_filename(temp_dir(), name, NULL);
}

/* A text as it stands, decompressed */
static char *read_text(const char *path)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", path, NULL);

    g_assert_cmpint(run->status, ==, 0);
    return g_steal_pointer(&run->out);
}

static char *as(const char *log, const char *format)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", "--as", format, log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    return g_steal_pointer(&run->out);
}

static char *small_log(void)
{
    g_autoptr(GString) text = export_log(10);

    return temp_file("small.mmt", text->str, text->len);
}

/* What the ending says, and what --to says, is what cat --as prints. */
static void test_formats(void)
{
    static const struct {
        const char *format;
        const char *name;
    } rows[] = {
        { "csv", "out.csv" }, { "csv", "out.csv.zst" },
        { "csv", "out.csv.gz" }, { "csv", "out.csv.xz" },
        { "jsonl", "out.jsonl" }, { "jsonl", "out.jsonl.zst" },
        { "mmiotrace", "out.mmt" }, { "mmiotrace", "out.mmt.zst" },
    };
    g_autofree char *log = small_log();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *out = path_of(rows[i].name);
        g_autofree char *odd = path_of("odd");
        g_autofree char *want = as(log, rows[i].format);
        g_autoptr(ToolRun) run = run_tool(NULL, "convert", log, "-o", out,
                                          NULL);
        g_autoptr(ToolRun) named = run_tool(NULL, "convert", "--to",
                                            rows[i].format, log, "-o", odd,
                                            NULL);
        g_autofree char *got = read_text(out);
        g_autofree char *odd_got = read_text(odd);

        g_assert_cmpint(run->status, ==, 0);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_cmpstr(run->err, ==, "");
        g_assert_cmpstr(got, ==, want);
        g_assert_cmpint(named->status, ==, 0);
        g_assert_cmpstr(odd_got, ==, want);
        g_remove(out);
        g_remove(odd);
    }
}

/* A compressed file has what its name says. */
static void test_packed(void)
{
    g_autofree char *log = small_log();
    g_autofree char *out = path_of("packed.csv.zst");
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", log, "-o", out, NULL);
    g_autofree char *bytes = NULL;
    gsize len;

    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_file_get_contents(out, &bytes, &len, NULL));
    g_assert_cmpuint(len, >, 8);
    g_assert_cmpint(memcmp(bytes, "\x28\xb5\x2f\xfd", 4), ==, 0);
    g_remove(out);
}

static void test_stdout(void)
{
    g_autofree char *log = small_log();
    g_autofree char *want = as(log, "csv");
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "-t", "csv", "-o", "-",
                                      log, NULL);
    g_autoptr(ToolRun) names = run_tool(NULL, "convert", "-t", "csv", "-N",
                                        "-o", "-", log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, want);
    g_assert_true(g_str_has_prefix(names->out, "line,time,"));
    assert_contains(names->out, ",text,name\n");
}

/* Several logs are one table with one head. */
static void test_several(void)
{
    g_autofree char *log = small_log();
    g_autofree char *out = path_of("several.csv");
    g_autofree char *one = as(log, "csv");
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", log, log, "-o", out,
                                      NULL);
    g_autofree char *got = read_text(out);
    g_autofree char *want = g_strconcat(one, strchr(one, '\n') + 1, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(got, ==, want);
    g_remove(out);
}

static void test_selection(void)
{
    g_autofree char *log = small_log();
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--to", "csv", "--op",
                                      "w", "--selection-to", "1.000005", "-o",
                                      "-", log, NULL);
    g_autoptr(ToolRun) cat = run_tool(NULL, "cat", "--as", "csv", "--op", "w",
                                      "--to", "1.000005", log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, cat->out);
}

/* The text of parts, each of which must begin with @head */
static char *join_parts(const char *path, const char *head)
{
    GString *text = g_string_new(head);
    unsigned last = export_parts_last(path);
    unsigned i;

    for (i = 1; i <= last; i++) {
        g_autofree char *name = export_part_name(path, i);
        g_autofree char *part = read_text(name);

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
    g_autofree char *out = path_of(name);
    g_autofree char *number = g_strdup_printf("%u", rows);
    g_autofree char *want = as(log, format);
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
    first_text = read_text(first);
    g_assert_cmpuint(count_lines(first_text), ==,
                     MIN(n, rows) + count_lines(head));
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    g_assert_true(export_parts_remove(out, 1, EXPORT_PARTS_MAX, NULL));
}

/* With and without a rest; 3000 rows are several buffers of the converter. */
static void test_parts(void)
{
    g_autofree char *small = small_log();
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
    out = path_of("q.csv.zst");
    run = run_tool(NULL, "convert", "-n", "5", small, "-o", out, NULL);
    names = export_files("q.");
    g_assert_cmpstr(names, ==,
                    "q.0001.csv.zst q.0002.csv.zst q.0003.csv.zst ");
}

/* Without a row there is one part, with the head. */
static void test_parts_empty(void)
{
    g_autofree char *log = small_log();
    g_autofree char *out = path_of("empty.csv");
    g_autofree char *part = export_part_name(out, 1);
    g_autofree char *text = NULL;
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--rows", "3", "--from",
                                      "9", log, "-o", out, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(export_parts_last(out), ==, 1);
    text = read_text(part);
    g_assert_true(g_str_has_prefix(text, "line,time,"));
}

static void test_parts_replaced(void)
{
    g_autofree char *log = small_log();
    g_autofree char *out = path_of("again.csv");
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
    before = read_text(first);
    refused = run_tool(NULL, "convert", "-n", "100", log, "-o", out, NULL);
    g_assert_cmpint(refused->status, ==, 2);
    assert_contains(refused->err,
                    "exists already; use --force to replace all parts");
    after = read_text(first);
    g_assert_cmpstr(after, ==, before);
    forced = run_tool(NULL, "convert", "-f", "-n", "100", log, "-o", out, NULL);
    g_assert_cmpint(forced->status, ==, 0);
    files = export_files("again.");
    g_assert_cmpstr(files, ==, "again.0001.csv again.0077.csv.old ");
}

/* More parts than there are numbers: none is left. */
static void test_parts_limit(void)
{
    g_autoptr(GString) text = export_log(EXPORT_PARTS_MAX + 1);
    g_autofree char *log = temp_file("many.mmt", text->str, text->len);
    g_autofree char *out = path_of("limit.csv");
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

/* A file is complete or not there; what was there stays. */
static void test_force(void)
{
    static const char *const names[] = { "f.csv", "f.csv.zst", "f.sqlite" };
    g_autofree char *log = small_log();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *out = temp_file(names[i], "mine", -1);
        g_autofree char *kept = NULL;
        g_autofree char *made = NULL;
        g_autofree char *files = NULL;
        g_autoptr(ToolRun) refused = run_tool(NULL, "convert", log, "-o", out,
                                              NULL);
        g_autoptr(ToolRun) forced = NULL;

        g_assert_cmpint(refused->status, ==, 2);
        assert_contains(refused->err, "exists already; use --force");
        g_assert_true(g_file_get_contents(out, &kept, NULL, NULL));
        g_assert_cmpstr(kept, ==, "mine");
        forced = run_tool(NULL, "convert", "-f", log, "-o", out, NULL);
        g_assert_cmpint(forced->status, ==, 0);
        g_assert_true(g_file_get_contents(out, &made, NULL, NULL));
        g_assert_cmpstr(made, !=, "mine");
        files = export_files(names[i]);
        g_assert_cmpuint(strlen(files), ==, strlen(names[i]) + 1);
        g_remove(out);
    }
}

/* What is no trace makes no file; a damaged trace does, with status 1. */
static void test_bad_logs(void)
{
    static const char *const names[] = { "bad.csv", "bad.jsonl.zst", "bad.mmt",
                                         "bad.sqlite" };
    g_autofree char *foreign = temp_file("foreign", "a\nb\n", -1);
    g_autofree char *damaged = temp_file("damaged", EXPORT_HEAD
        "R 4 1.000001 1 0xfeb80008 0x1 0x0 0\n"
        "R 4 1.00000x 1 0xfeb80008 0x1 0x0 0\n", -1);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *out = path_of(names[i]);
        g_autoptr(ToolRun) none = run_tool(NULL, "convert", foreign, "-o", out,
                                           NULL);
        g_autoptr(ToolRun) gone = run_tool(NULL, "convert", "/nowhere/x.mmt",
                                           "-o", out, NULL);
        g_autofree char *files = export_files("bad.");
        g_autoptr(ToolRun) run = NULL;

        g_assert_cmpint(none->status, ==, 2);
        g_assert_cmpint(gone->status, ==, 2);
        g_assert_cmpstr(files, ==, "");
        run = run_tool(NULL, "convert", damaged, "-o", out, NULL);
        g_assert_cmpint(run->status, ==, 1);
        assert_contains(run->err, "damaged lines: 1");
        g_assert_true(g_file_test(out, G_FILE_TEST_IS_REGULAR));
        g_remove(out);
    }
}

/* As on a full disk; nothing is left. */
static void test_no_room(void)
{
    static const char *const names[] = { "room.csv", "room.csv.zst",
                                         "room.sqlite" };
    g_autoptr(GString) text = export_log(20000);
    g_autofree char *log = temp_file("room-log", text->str, text->len);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *out = path_of(names[i]);
        const char *argv[] = {
            "/bin/sh", "-c", "trap '' XFSZ; ulimit -f 32; exec \"$@\"", "sh",
            VFIO_TRACE_TOOL, "convert", log, "-o", out, NULL
        };
        g_autofree char *err = NULL;
        g_autofree char *files = NULL;
        int status;

        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT,
                                   NULL, NULL, NULL, &err, &status, NULL));
        g_assert_false(g_spawn_check_wait_status(status, NULL));
        assert_contains(err, names[i]);
        assert_contains(err, "can not write: ");
        files = export_files("room.");
        g_assert_cmpstr(files, ==, "");
    }
}

static void test_usage(void)
{
    static const struct {
        const char *args[8];
        const char *message;
    } rows[] = {
        { { NULL }, "a LOG is needed" },
        { { "LOG", NULL }, "-o FILE is needed" },
        { { "LOG", "-o", "x.xyz", NULL },
          "x.xyz: the name does not say what to write: give --to csv, jsonl, "
          "mmiotrace, " },
        { { "LOG", "-o", "-", NULL }, "the name does not say what to write" },
        { { "LOG", "-o", "x", "-t", "xml", NULL },
          "--to must be csv, jsonl, " },
        { { "LOG", "-o", "x.csv", "-n", "0", NULL },
          "--rows needs a number of rows from 1 up" },
        { { "LOG", "-o", "x.mmt", "-n", "5", NULL },
          "--rows needs --to csv or --to jsonl" },
        { { "LOG", "-o", "x.sqlite", "-n", "5", NULL },
          "--rows needs --to csv or --to jsonl" },
        { { "LOG", "-o", "-", "-t", "csv", "-n", "5", NULL },
          "--rows needs -o FILE" },
        { { "LOG", "-o", "x.mmt", "-N", NULL },
          "--names needs --to csv or --to jsonl" },
        { { "LOG", "LOG", "-o", "x.mmt", NULL },
          "--to mmiotrace takes one LOG" },
        { { "LOG", "LOG", "-o", "x.sqlite", NULL },
          "--to sqlite takes one LOG" },
        { { "LOG", "-o", "-", "-t", "sqlite", NULL },
          "--to sqlite can not be written to standard output: give -o FILE" },
        { { "LOG", "-o", "x.sqlite.zst", NULL },
          "give -o FILE without '.zst', and compress it afterwards" },
        { { "LOG", "-o", "/nowhere/x.csv", NULL },
          "/nowhere/x.csv: can not create: No such file or directory" },
        { { "LOG", "-o", "/nowhere/x.sqlite", NULL },
          "/nowhere/x.sqlite: can not create: No such file or directory" },
    };
    g_autofree char *log = small_log();
    size_t i;
    unsigned k;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *args[8] = { NULL };
        g_autoptr(ToolRun) run = NULL;

        for (k = 0; rows[i].args[k]; k++) {
            args[k] = strcmp(rows[i].args[k], "LOG") ? rows[i].args[k] : log;
        }
        run = run_verb("convert", 2, args);
        assert_contains(run->err, rows[i].message);
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/convert-verb/formats", test_formats);
    g_test_add_func("/convert-verb/packed", test_packed);
    g_test_add_func("/convert-verb/stdout", test_stdout);
    g_test_add_func("/convert-verb/several", test_several);
    g_test_add_func("/convert-verb/selection", test_selection);
    g_test_add_func("/convert-verb/parts", test_parts);
    g_test_add_func("/convert-verb/parts/empty", test_parts_empty);
    g_test_add_func("/convert-verb/parts/replaced", test_parts_replaced);
    g_test_add_func("/convert-verb/parts/limit", test_parts_limit);
    g_test_add_func("/convert-verb/parts/names", test_part_names);
    g_test_add_func("/convert-verb/force", test_force);
    g_test_add_func("/convert-verb/bad-logs", test_bad_logs);
    g_test_add_func("/convert-verb/no-room", test_no_room);
    g_test_add_func("/convert-verb/usage", test_usage);
    status = g_test_run();
    temp_clean();
    return status;
}
