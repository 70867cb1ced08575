/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: start the vfio-trace command (see run-tool.h)
 */
#include "run-tool.h"

#include <string.h>
#include <glib/gstdio.h>
#include <sys/wait.h>

static char *dir;

/* Registers have names only where a test is about them. */
static void __attribute__((constructor)) hide_databases(void)
{
    g_setenv("VFIO_TRACE_REGDB_PATH", "", FALSE);
}

/*
 * To look for what a command leaks takes longer than the command.  The tests'
 * own code, in which most functions of the tools run as well, is always looked
 * at.
 */
static void __attribute__((constructor)) let_commands_leak(void)
{
    const char *options = g_getenv("ASAN_OPTIONS");

    if (options && !g_getenv("VFIO_TRACE_FULL")) {
        g_autofree char *quick = g_strconcat(options, ":detect_leaks=0", NULL);

        g_setenv("ASAN_OPTIONS", quick, TRUE);
    }
}

const char *temp_dir(void)
{
    if (!dir) {
        g_autoptr(GError) error = NULL;

        g_autofree char *name = g_strdup_printf("vfio-trace-unit-%d-XXXXXX",
                                                getpid());

        dir = g_dir_make_tmp(name, &error);
        g_assert_no_error(error);
    }
    return dir;
}

ToolRun *run_verb(const char *verb, int status, const char *const *args)
{
    const char *argv[16] = { verb };
    ToolRun *run;
    int i;

    for (i = 0; args[i]; i++) {
        argv[i + 1] = args[i];
    }
    run = run_toolv(NULL, argv);
    if (run->status != status) {
        g_test_message("%s", run->out);
        g_test_message("%s", run->err);
    }
    g_assert_cmpint(run->status, ==, status);
    return run;
}

char *temp_file(const char *name, const char *text, gssize len)
{
    char *path = g_build_filename(temp_dir(), name, NULL);
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, text, len, &error);
    g_assert_no_error(error);
    return path;
}

void temp_clean(void)
{
    GDir *d;
    const char *name;

    if (!dir) {
        return;
    }
    d = g_dir_open(dir, 0, NULL);
    while (d && (name = g_dir_read_name(d))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);

        g_remove(path);
    }
    if (d) {
        g_dir_close(d);
    }
    g_rmdir(dir);
    g_clear_pointer(&dir, g_free);
}

static void set_child(gpointer input)
{
    if (!input) {
        return;
    }
    g_assert_nonnull(freopen(input, "r", stdin));
}

ToolRun *run_toolv(const char *input, const char *const *args)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_auto(GStrv) env = g_get_environ();
    g_autofree char *in = NULL;
    g_autoptr(GError) error = NULL;
    ToolRun *run = g_new0(ToolRun, 1);
    int status;

    g_ptr_array_add(argv, (gpointer)VFIO_TRACE_TOOL);
    while (*args) {
        g_ptr_array_add(argv, (gpointer)*args++);
    }
    g_ptr_array_add(argv, NULL);
    env = g_environ_setenv(env, "LC_ALL", "C", TRUE);
    if (input) {
        in = temp_file("stdin", input, -1);
    }
    g_spawn_sync(NULL, (char **)argv->pdata, env, G_SPAWN_DEFAULT, set_child,
                 in, &run->out, &run->err, &status, &error);
    g_assert_no_error(error);
    run->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return run;
}

ToolRun *run_tool(const char *input, const char *arg, ...)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    va_list ap;

    va_start(ap, arg);
    for (; arg; arg = va_arg(ap, const char *)) {
        g_ptr_array_add(args, (gpointer)arg);
    }
    va_end(ap);
    g_ptr_array_add(args, NULL);
    return run_toolv(input, (const char *const *)args->pdata);
}

void tool_run_free(ToolRun *run)
{
    if (run) {
        g_free(run->out);
        g_free(run->err);
        g_free(run);
    }
}
