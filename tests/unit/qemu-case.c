/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests: runs of vfio-trace against a fake QEMU, as a table (see qemu-case.h)
 */
#include "qemu-case.h"

#include <string.h>

#include "run-tool.h"

static void check_case(gconstpointer data)
{
    const QemuCase *c = data;
    FakeQemu *qemu = fake_qemu_start(c->replies);
    const char *args[QEMU_CASE_ARGS + 3] = {
        c->args[0], "--qmp", fake_qemu_path(qemu)
    };
    g_autoptr(GString) err = g_string_new(c->err);
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *asked = NULL;

    memcpy(args + 3, c->args + 1, sizeof(c->args) - sizeof(c->args[0]));
    g_string_replace(err, "%s", fake_qemu_path(qemu), 1);
    run = run_toolv(NULL, args);
    asked = fake_qemu_stop(qemu);
    g_assert_cmpstr(run->err, ==, err->str);
    g_assert_cmpstr(run->out, ==, c->out);
    g_assert_cmpstr(asked, ==, c->asked);
    g_assert_cmpint(run->status, ==, c->status);
}

void qemu_cases_add(const char *prefix, const QemuCase *cases, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        g_autofree char *path = g_strconcat(prefix, cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], check_case);
    }
}

void usage_cases_check(const UsageCase *cases, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const char *args[QEMU_CASE_ARGS + 1] = { NULL };
        g_autoptr(ToolRun) run = NULL;

        memcpy(args, cases[i].args, sizeof(cases[i].args));
        run = run_toolv(NULL, args);
        assert_contains(run->err, cases[i].err);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_cmpint(run->status, ==, 2);
    }
}
