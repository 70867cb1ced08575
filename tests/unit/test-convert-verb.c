/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert: its files and errors
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "export-log.h"
#include "run-tool.h"
#include "tools/export/directory.h"

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
        { "jsonl", "out.ndjson" },
        { "mmiotrace", "out.mmt" }, { "mmiotrace", "out.mmt.zst" },
    };
    g_autofree char *log = export_small();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *out = export_path(rows[i].name);
        g_autofree char *odd = export_path("odd");
        g_autofree char *want = export_as(log, rows[i].format);
        g_autoptr(ToolRun) run = run_tool(NULL, "convert", log, "-o", out,
                                          NULL);
        g_autoptr(ToolRun) named = run_tool(NULL, "convert", "--to",
                                            rows[i].format, log, "-o", odd,
                                            NULL);
        g_autofree char *got = export_read(out);
        g_autofree char *odd_got = export_read(odd);

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
    g_autofree char *log = export_small();
    g_autofree char *out = export_path("packed.csv.zst");
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
    g_autofree char *log = export_small();
    g_autofree char *want = export_as(log, "csv");
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
    g_autofree char *log = export_small();
    g_autofree char *out = export_path("several.csv");
    g_autofree char *one = export_as(log, "csv");
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", log, log, "-o", out,
                                      NULL);
    g_autofree char *got = export_read(out);
    g_autofree char *want = g_strconcat(one, strchr(one, '\n') + 1, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(got, ==, want);
    g_remove(out);
}

static void test_selection(void)
{
    g_autofree char *log = export_small();
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--to", "csv", "--op",
                                      "w", "--selection-to", "1.000005", "-o",
                                      "-", log, NULL);
    g_autoptr(ToolRun) cat = run_tool(NULL, "cat", "--as", "csv", "--op", "w",
                                      "--to", "1.000005", log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, cat->out);
}

/* Other endings that people use for a database */
static void test_endings(void)
{
    static const char *const names[] = { "e.sqlite", "e.sqlite3", "e.db" };
    g_autofree char *log = export_small();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *out = export_path(names[i]);
        g_autofree char *bytes = NULL;
        g_autoptr(ToolRun) run = run_tool(NULL, "convert", log, "-o", out,
                                          NULL);

        g_assert_cmpint(run->status, ==, 0);
        g_assert_true(g_file_get_contents(out, &bytes, NULL, NULL));
        g_assert_cmpstr(bytes, ==, "SQLite format 3");
        g_remove(out);
    }
}

/* --help has the formats, and what --to of other verbs is here. */
static void test_help(void)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--help", NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "csv, jsonl, mmiotrace, ");
    assert_contains(run->out, "sqlite");
    assert_contains(run->out, "--selection-to");
}

/* A file is complete or not there; what was there stays. */
static void test_force(void)
{
    static const char *const names[] = { "f.csv", "f.csv.zst", "f.sqlite" };
    g_autofree char *log = export_small();
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
        g_autofree char *out = export_path(names[i]);
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
        g_autofree char *out = export_path(names[i]);
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

/* On standard output, the message comes once. */
static void test_no_room_stdout(void)
{
    static const char *const formats[] = { "csv", "perfetto", "vcd" };
    g_autofree char *log = export_small();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++) {
        const char *argv[] = {
            "/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh", VFIO_TRACE_TOOL,
            "convert", log, "-o", "-", "--to", formats[i], NULL
        };
        g_autofree char *err = NULL;
        int status;

        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT,
                                   NULL, NULL, NULL, &err, &status, NULL));
        g_assert_cmpint(WEXITSTATUS(status), ==, 2);
        g_assert_cmpstr(err, ==, "vfio-trace convert: can not write the output:"
                        " No space left on device\n");
    }
}

static void put_file(const ExportDirectory *dir)
{
    g_autofree char *file = g_build_filename(export_directory_temp(dir), "a",
                                             NULL);

    g_assert_true(g_file_set_contents(file, "x", 1, NULL));
}

/* A directory is there when it is complete, and is never replaced. */
static void test_directory(void)
{
    g_autofree char *path = export_path("dir");
    g_autofree char *slash = g_strconcat(path, "/", NULL);
    g_autofree char *file = g_build_filename(path, "a", NULL);
    g_autofree char *none = NULL;
    g_autofree char *one = NULL;
    g_autoptr(GError) error = NULL;
    ExportDirectory *dir = export_directory_new(slash, &error);
    ExportDirectory *late;

    g_assert_no_error(error);
    put_file(dir);
    export_directory_free(dir);
    none = export_files("dir");
    g_assert_cmpstr(none, ==, "");
    dir = export_directory_new(slash, NULL);
    late = export_directory_new(path, NULL);
    put_file(dir);
    put_file(late);
    g_assert_true(export_directory_commit(dir, &error));
    g_assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
    g_assert_false(export_directory_commit(late, &error));
    assert_contains(error->message, "exists already");
    g_clear_error(&error);
    export_directory_free(dir);
    export_directory_free(late);
    g_assert_null(export_directory_new(path, &error));
    assert_contains(error->message, "directories are not replaced");
    one = export_files("dir");
    g_assert_cmpstr(one, ==, "dir ");
    g_remove(file);
    g_rmdir(path);
}

/* Start converting a log that comes from a FIFO; return its writing end */
static int start_reading(const char *fifo, const char *out, const char *option,
                         GPid *pid)
{
    const char *argv[] = { VFIO_TRACE_TOOL, "convert", fifo, "-o", out, option,
                           NULL };
    g_autoptr(GError) error = NULL;
    int fd;

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD |
                  G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, pid, &error);
    g_assert_no_error(error);
    fd = open(fifo, O_WRONLY | O_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    return fd;
}

/* ^C ends it: no file is left, nor a part that was complete. */
static void test_interrupt(gconstpointer data)
{
    const char *const *words = data;
    g_autofree char *fifo = export_path("fifo");
    g_autofree char *out = export_path(words[0]);
    g_autoptr(GString) text = export_log(40000);
    g_autofree char *files = NULL;
    GPid pid;
    int fd = start_reading(fifo, out, words[1], &pid);
    int status;
    int i;

    /* A write that does not fit in the pipe returns once it is being read. */
    signal(SIGPIPE, SIG_IGN);
    g_assert_cmpint(write(fd, text->str, text->len), ==, text->len);
    g_assert_cmpint(kill(pid, SIGINT), ==, 0);
    /* It waits in read() until more comes, or the end. */
    for (i = 0; i < 1000 && write(fd, text->str, text->len) > 0; i++) {
        ;
    }
    close(fd);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    g_assert_cmpint(i, <, 1000);
    files = export_files("int.");
    g_assert_cmpstr(files, ==, "");
    g_remove(fifo);
}

/* A file that another program makes meanwhile is not replaced, nor removed. */
static void test_meanwhile(gconstpointer data)
{
    const char *const *words = data;
    g_autofree char *fifo = export_path("fifo");
    g_autofree char *out = export_path(words[0]);
    g_autoptr(GString) text = export_log(10);
    g_autofree char *other = NULL;
    g_autofree char *kept = NULL;
    g_autofree char *files = NULL;
    GPid pid;
    int fd = start_reading(fifo, out, words[1], &pid);
    int status;

    other = temp_file(words[2], "mine", -1);
    g_assert_cmpint(write(fd, text->str, text->len), ==, text->len);
    close(fd);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    g_assert_true(g_file_get_contents(other, &kept, NULL, NULL));
    g_assert_cmpstr(kept, ==, "mine");
    files = export_files("mean.");
    g_assert_cmpuint(strlen(files), ==, strlen(words[2]) + 1);
    g_remove(other);
    g_remove(fifo);
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
        { { "LOG", "-o", "x", "-t", "xml", NULL }, ", not 'xml'" },
        { { "LOG", "-o", "x.csv", "--to", "12.5s", NULL },
          "--to is the format here: give --selection-to '12.5s'" },
        { { "LOG", "-o", "x.csv", "--to", "#12", NULL },
          "give --selection-to '#12'" },
        { { "LOG", "-o", "x.csv", "--to", "/on/", NULL },
          "give --selection-to '/on/'" },
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
        { { "LOG", "-f", "-o", "LOG", "-t", "mmiotrace", NULL },
          "the output is the trace itself: " },
        { { "LOG", "-o", "/nowhere/x.csv", NULL },
          "/nowhere/x.csv: can not create: No such file or directory" },
        { { "LOG", "-o", "/nowhere/x.sqlite", NULL },
          "/nowhere/x.sqlite: can not create: No such file or directory" },
    };
    g_autofree char *log = export_small();
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
    static const char *const interrupted[][2] = {
        { "int.csv" }, { "int.csv.zst", "--rows=1000" }, { "int.sqlite" },
    };
    static const char *const meanwhile[][3] = {
        { "mean.csv", NULL, "mean.csv" },
        { "mean.csv", "--rows=5", "mean.0001.csv" },
        { "mean.csv", "--rows=5", "mean.0002.csv" },
        { "mean.sqlite", NULL, "mean.sqlite" },
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/convert-verb/formats", test_formats);
    g_test_add_func("/convert-verb/packed", test_packed);
    g_test_add_func("/convert-verb/stdout", test_stdout);
    g_test_add_func("/convert-verb/several", test_several);
    g_test_add_func("/convert-verb/selection", test_selection);
    g_test_add_func("/convert-verb/endings", test_endings);
    g_test_add_func("/convert-verb/help", test_help);
    g_test_add_func("/convert-verb/force", test_force);
    g_test_add_func("/convert-verb/bad-logs", test_bad_logs);
    g_test_add_func("/convert-verb/no-room", test_no_room);
    g_test_add_func("/convert-verb/no-room-stdout", test_no_room_stdout);
    g_test_add_data_func("/convert-verb/interrupt/file", interrupted[0],
                         test_interrupt);
    g_test_add_data_func("/convert-verb/interrupt/parts", interrupted[1],
                         test_interrupt);
    g_test_add_data_func("/convert-verb/interrupt/sqlite", interrupted[2],
                         test_interrupt);
    g_test_add_data_func("/convert-verb/meanwhile/file", meanwhile[0],
                         test_meanwhile);
    g_test_add_data_func("/convert-verb/meanwhile/first-part", meanwhile[1],
                         test_meanwhile);
    g_test_add_data_func("/convert-verb/meanwhile/next-part", meanwhile[2],
                         test_meanwhile);
    g_test_add_data_func("/convert-verb/meanwhile/sqlite", meanwhile[3],
                         test_meanwhile);
    g_test_add_func("/convert-verb/directory", test_directory);
    g_test_add_func("/convert-verb/usage", test_usage);
    status = g_test_run();
    temp_clean();
    return status;
}
