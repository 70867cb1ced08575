/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run --dry-run (see dry-run.h)
 */
#include "dry-run.h"

static const char *const none[] = { NULL };
static const char *const *first = none;

void dry_run_first(const char *const *args)
{
    first = args;
}

static void add(GPtrArray *argv, const char *const *args)
{
    while (*args) {
        g_ptr_array_add(argv, (gpointer)*args++);
    }
}

ToolRun *dry_run(const char *const *args)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    add(argv, ARGS("run", "--dry-run", "--qemu=/bin/true"));
    add(argv, first);
    add(argv, args);
    g_ptr_array_add(argv, NULL);
    return run_toolv(NULL, (const char *const *)argv->pdata);
}

void assert_refused(const char *const *args, const char *why)
{
    g_autoptr(ToolRun) run = dry_run(args);

    assert_contains(run->err, why);
    g_assert_cmpint(run->status, ==, 2);
    g_assert_cmpstr(run->out, ==, "");
}

char *command(const char *const *args)
{
    g_autoptr(ToolRun) run = dry_run(args);

    if (run->status) {
        g_test_message("%s", run->err);
    }
    g_assert_cmpint(run->status, ==, 0);
    return g_strdup(run->out);
}
