/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace convert --to ctf: the directory, and what goes wrong
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctf-read.h"
#include "export-log.h"
#include "run-tool.h"
#include "timeline-log.h"

static void assert_mode(const char *path, const char *name, mode_t mode)
{
    g_autofree char *file = g_build_filename(path, name, NULL);
    struct stat st;

    g_assert_cmpint(g_stat(file, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, mode);
}

/* Two files, with the rights of new ones; and never over another output */
static void test_output(void)
{
    mode_t mask = umask(022);
    g_autofree char *log = temp_file("log.mmt", TIMELINE_LOG, -1);
    g_autofree char *path = ctf_convert_file(log, NULL);
    g_autoptr(ToolRun) again = run_tool(NULL, "convert", "--force", "-o", path,
                                        log, NULL);
    g_autoptr(ToolRun) pipe = run_tool(NULL, "convert", "--to", "ctf", "-o",
                                       "-", log, NULL);
    g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
    unsigned n = 0;

    umask(mask);
    while (g_dir_read_name(files)) {
        n++;
    }
    g_assert_cmpuint(n, ==, 2);
    assert_mode(path, "metadata", 0644);
    assert_mode(path, "events", 0644);
    assert_mode(path, ".", 0755);
    g_assert_cmpint(again->status, ==, 2);
    assert_contains(again->err, "exists already");
    g_assert_cmpint(pipe->status, ==, 2);
    assert_contains(pipe->err, "can not be written to standard output");
}

static void assert_nothing_left(const char *prefix)
{
    g_autofree char *files = export_files(prefix);

    g_assert_cmpstr(files, ==, "");
}

/* As on a full disk */
static void test_no_room(void)
{
    static const char *const limits[] = { "1", "8", "64", "1024" };
    g_autoptr(GString) text = export_log(100000);
    g_autofree char *log = temp_file("large.mmt", text->str, text->len);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *out = ctf_path("room");
        const char *argv[] = {
            "/bin/sh", "-c",
            "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "sh",
            limits[i], VFIO_TRACE_TOOL, "convert", log, "-o", out, NULL
        };
        g_autofree char *err = NULL;
        int status;

        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT,
                                   NULL, NULL, NULL, &err, &status, NULL));
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, 2);
        assert_contains(err, ": can not write: File too large");
        assert_nothing_left("room-");
    }
}

/* ^C: the tool has read something, and waits for more. */
static void test_interrupt(void)
{
    g_autofree char *out = ctf_path("int");
    const char *argv[] = { VFIO_TRACE_TOOL, "convert", "-o", out, "-", NULL };
    g_autoptr(GString) text = export_log(40000);
    GPid pid;
    int status;
    int in;
    int i;

    signal(SIGPIPE, SIG_IGN);
    g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                           NULL, &pid, &in, NULL, NULL, NULL));
    g_assert_cmpint(write(in, text->str, text->len), ==, text->len);
    g_assert_cmpint(kill(pid, SIGINT), ==, 0);
    for (i = 0; i < 1000 && write(in, text->str, text->len) > 0; i++) {
        ;
    }
    close(in);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    assert_nothing_left("int-");
}

/* A tool whose module is not there, or does not fit */
static void test_no_module(void)
{
    static const struct {
        const char *contents;
        const char *message;
    } rows[] = {
        { NULL, "can not use babeltrace2: there is no vfio-trace-ctf.so in " },
        { "x", "is babeltrace2 installed? (Debian: libbabeltrace2-0)\n" },
    };
    g_autofree char *dir = g_build_filename(temp_dir(), "bin", NULL);
    g_autofree char *tool = g_build_filename(dir, "vfio-trace", NULL);
    g_autofree char *module = g_build_filename(dir, "vfio-trace-ctf.so", NULL);
    g_autofree char *log = temp_file("log.mmt", TIMELINE_LOG, -1);
    g_autofree char *out = ctf_path("none");
    const char *argv[] = { tool, "convert", "-o", out, log, NULL };
    const char *copy[] = { "cp", VFIO_TRACE_TOOL, tool, NULL };
    size_t i;

    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    g_assert_true(g_spawn_sync(NULL, (char **)copy, NULL, G_SPAWN_SEARCH_PATH,
                               NULL, NULL, NULL, NULL, NULL, NULL));
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *err = NULL;
        int status;

        if (rows[i].contents) {
            g_assert_true(g_file_set_contents(module, rows[i].contents, -1,
                                              NULL));
        }
        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT,
                                   NULL, NULL, NULL, &err, &status, NULL));
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, 2);
        assert_contains(err, rows[i].message);
        assert_nothing_left("none-");
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/ctf-files/output", test_output);
    g_test_add_func("/export/ctf-files/no-room", test_no_room);
    g_test_add_func("/export/ctf-files/interrupt", test_interrupt);
    g_test_add_func("/export/ctf-files/no-module", test_no_module);
    status = g_test_run();
    temp_clean();
    return status;
}
