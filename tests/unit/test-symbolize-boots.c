/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace symbolize with the files that 'vfio-trace run' has
 * stored beside the log, one for each boot of the guest
 */
#include <glib.h>
#include <string.h>

#include "run-tool.h"
#include "tools/common/boot-symbols.h"

#define R(t, pc) "R 4 " t ".000000 1 0x10 0xff " pc " 0"
#define BOOT(t, n) "MARK " t ".000000 vfio-trace run: boot " n " of the guest\n"

#define KALLSYMS(base, name) \
    "ffffffff" base "000000 T _text\n" \
    "ffffffff" base "001000 t " name "\n" \
    "ffffffff" base "002000 t end\n"

/* The same function in two boots, and one access of firmware */
#define LOG \
    R("1", "0xffffffff81001004") "\n" \
    BOOT("2", "2") \
    R("3", "0xfff00") "\n" \
    BOOT("4", "3") \
    R("5", "0xffffffff93001004") "\n" \
    R("6", "0xffffffff81001004") "\n"

#define NAMED(line) line " sym=reg_read+0x4/0x1000\n"

static void test_paths(void)
{
    static const struct {
        const char *log;
        unsigned boot;
        const char *path;
    } cases[] = {
        { "gpu.mmt", 1, "gpu.mmt.kallsyms" },
        { "gpu.mmt", 2, "gpu.mmt.2.kallsyms" },
        { "/a/gpu.mmt.zst", 17, "/a/gpu.mmt.17.kallsyms" },
        { "log", 1, "log.kallsyms" },
    };
    static const char *const others[] = {
        "gpu.mmt", "gpu.mmt.kallsyms.new", "gpu.mmt..kallsyms",
        "gpu.mmt.1.kallsyms", "gpu.mmt.02.kallsyms", "gpu.mmt.2x.kallsyms",
        "gpu.mmt.10000.kallsyms", "gpu.mmt.99999999999999.kallsyms",
        "xgpu.mmt.kallsyms", "gpu.mmt2.kallsyms", ".kallsyms", "",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = boot_symbols_path(cases[i].log, cases[i].boot);

        g_assert_cmpstr(path, ==, cases[i].path);
        g_assert_true(boot_symbols_is_path(cases[i].log, path));
    }
    for (i = 0; i < G_N_ELEMENTS(others); i++) {
        g_test_message("%s", others[i]);
        g_assert_false(boot_symbols_is_path("gpu.mmt", others[i]));
    }
}

static void test_marks(void)
{
    static const char *const others[] = {
        "", "boot 2", "vfio-trace run: boot  of the guest",
        "vfio-trace run: boot 0 of the guest",
        "vfio-trace run: boot 10000 of the guest",
        "vfio-trace run: boot 2 of the guest!",
        "vfio-trace run: boot -2 of the guest",
        "x vfio-trace run: boot 2 of the guest",
    };
    size_t i;

    for (i = 2; i <= BOOT_SYMBOLS_MAX; i += 1111) {
        g_autofree char *text = boot_symbols_mark(i);

        g_assert_cmpuint(boot_symbols_from_mark(text, strlen(text)), ==, i);
    }
    for (i = 0; i < G_N_ELEMENTS(others); i++) {
        g_test_message("%s", others[i]);
        g_assert_cmpuint(boot_symbols_from_mark(others[i], strlen(others[i])),
                         ==, 0);
    }
}

/* Each boot has the names of its own file; a boot without one has none. */
static void test_boots(void)
{
    g_autofree char *log = temp_file("boots.mmt", LOG, -1);
    g_autofree char *first = temp_file("boots.mmt.kallsyms",
                                       KALLSYMS("81", "reg_read"), -1);
    g_autofree char *third = temp_file("boots.mmt.3.kallsyms",
                                       KALLSYMS("93", "reg_read"), -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "symbolize", log, NULL);
    g_autofree char *said = g_strdup_printf(
        "vfio-trace symbolize: names are from %s\n"
        "vfio-trace symbolize: names of boot 3 are from %s\n", first, third);

    g_assert_cmpstr(run->err, ==, said);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==,
                    NAMED(R("1", "0xffffffff81001004"))
                    BOOT("2", "2")
                    R("3", "0xfff00") "\n"
                    BOOT("4", "3")
                    NAMED(R("5", "0xffffffff93001004"))
                    R("6", "0xffffffff81001004") "\n");
}

/* A function is one line of the summary, wherever KASLR has put it. */
static void test_summary(void)
{
    g_autofree char *log = temp_file("sum.mmt", LOG, -1);
    G_GNUC_UNUSED g_autofree char *first =
        temp_file("sum.mmt.kallsyms", KALLSYMS("81", "reg_read"), -1);
    G_GNUC_UNUSED g_autofree char *third =
        temp_file("sum.mmt.3.kallsyms", KALLSYMS("93", "reg_read"), -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "symbolize", "--summary", log,
                                      NULL);

    assert_contains(run->out,
                    "         2          0        0        0            8  reg_read\n");
    g_assert_cmpint(run->status, ==, 0);
}

/* A part of the log that lacks the markers */
static void test_selection(void)
{
    g_autofree char *log = temp_file("part.mmt", LOG, -1);
    G_GNUC_UNUSED g_autofree char *third =
        temp_file("part.mmt.3.kallsyms", KALLSYMS("93", "reg_read"), -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "symbolize", "--from", "4.5",
                                      "--to", "5.5", log, NULL);

    g_test_message("%s", run->err);
    assert_contains(run->out, NAMED(R("5", "0xffffffff93001004")));
    g_assert_cmpint(run->status, ==, 0);
}

static void test_missing(void)
{
    g_autofree char *log = temp_file("miss.mmt", LOG, -1);
    G_GNUC_UNUSED g_autofree char *third =
        temp_file("miss.mmt.3.kallsyms", KALLSYMS("93", "reg_read"), -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "symbolize", log, NULL);

    assert_contains(run->err, "boot 1 of the guest has no symbols: there is no "
                    );
    assert_contains(run->err, "miss.mmt.kallsyms\n");
    g_assert_null(strstr(run->err, "boot 2"));
    g_assert_cmpint(run->status, ==, 0);
}

/* What a hostile guest has sent costs the names of that boot, not the rest. */
static void test_damaged(void)
{
    g_autofree char *log = temp_file("bad.mmt", LOG, -1);
    G_GNUC_UNUSED g_autofree char *first =
        temp_file("bad.mmt.kallsyms", KALLSYMS("81", "reg_read"), -1);
    G_GNUC_UNUSED g_autofree char *third =
        temp_file("bad.mmt.3.kallsyms", "\1\2\n", -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "symbolize", log, NULL);

    assert_contains(run->out, NAMED(R("1", "0xffffffff81001004")));
    assert_contains(run->err, "bad.mmt.3.kallsyms");
    g_assert_cmpint(run->status, ==, 1);
}

/* The user's own file wins; it is for all boots. */
static void test_own(void)
{
    g_autofree char *log = temp_file("own.mmt", LOG, -1);
    G_GNUC_UNUSED g_autofree char *stored =
        temp_file("own.mmt.kallsyms", KALLSYMS("81", "reg_read"), -1);
    g_autofree char *own = temp_file("mine", KALLSYMS("93", "mine"), -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "symbolize", "-k", own, log, NULL);

    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, R("1", "0xffffffff81001004") "\n");
    assert_contains(run->out, R("5", "0xffffffff93001004")
                    " sym=mine+0x4/0x1000\n");
}

static void test_none(void)
{
    g_autofree char *log = temp_file("none.mmt", LOG, -1);
    g_autoptr(ToolRun) run = run_tool(NULL, "symbolize", log, NULL);

    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "the guest has sent no symbols");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/symbolize-boots/paths", test_paths);
    g_test_add_func("/symbolize-boots/marks", test_marks);
    g_test_add_func("/symbolize-boots/boots", test_boots);
    g_test_add_func("/symbolize-boots/summary", test_summary);
    g_test_add_func("/symbolize-boots/selection", test_selection);
    g_test_add_func("/symbolize-boots/missing", test_missing);
    g_test_add_func("/symbolize-boots/damaged", test_damaged);
    g_test_add_func("/symbolize-boots/own", test_own);
    g_test_add_func("/symbolize-boots/none", test_none);
    status = g_test_run();
    temp_clean();
    return status;
}
