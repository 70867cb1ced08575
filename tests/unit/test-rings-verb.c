/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace rings list and check
 */
#include <glib.h>
#include <string.h>

#include "run-tool.h"

#define MAN TEST_MAN_DIR "/vfio-trace-rings.5"

static const char ring[] =
    "rings 1\n"
    "title \"A \xe2\x80\xae ring\"\n"
    "for class 0x010802\n"
    "for 8086:10d3\n"
    "area CAPS capability 9 bar u8[4] offset u32[8]\n"
    "register S bar0:0x10:4 rw\n"
    "register D[0..7] bar1:(S * 2):4 w stride 8\n"
    "register B[1..3] CAPS:0x20:2 r bank S\n"
    "ring Q[0] {\n"
    " base S\n count 8\n entry 16\n layout Q_ENTRY\n"
    " on write D[0] when value\n on irq\n tail value\n key u8[0]\n"
    " create Q[u8[1]] base u64[0] count 8\n"
    " delete Q[u8[1]]\n"
    " list l when u8[0] {\n  at u64[0]\n  entry 8\n  count 4\n"
    "  data d at u64[0] len 16\n }\n"
    "}\n"
    "ring Q[1..7] {\n entry 16\n on write D\n on read B[2..3]\n tail value\n}\n"
    "ring A {\n base S\n count 8\n entry 4\n on marker \"go\"\n all\n"
    " answers Q[0] key u8[0]\n reset write S\n}\n"
    "watch W {\n at S\n len 64\n on write S instance_less\n}\n";

static void put(const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
}

static char *make_dir(void)
{
    g_autofree char *good = g_strdup(ring);
    char *dir = g_dir_make_tmp("vfio-trace-test-XXXXXX", NULL);

    g_assert_nonnull(dir);
    *strstr(good, " instance_less") = '\n';
    memmove(strstr(good, "instance_less"), "# comment    ", 13);
    put(dir, "good.rings", good);
    put(dir, "wrong.rings", ring);
    g_setenv("VFIO_TRACE_RINGS", dir, TRUE);
    return dir;
}

static void remove_dir(char *dir)
{
    const char *argv[] = { "rm", "-rf", dir, NULL };

    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                 NULL, NULL, NULL, NULL);
    g_free(dir);
}

/* --- list ---------------------------------------------------------------- */

static void test_list(void)
{
    char *dir = make_dir();
    g_autoptr(ToolRun) run = run_tool(NULL, "rings", "list", NULL);
    g_autofree char *expected = g_strdup_printf(
        "good\n"
        "    title    A ? ring\n"
        "    devices  class 010802, 8086:10d3\n"
        "    irq      needs interrupts in the log: irq=on\n"
        "    file     %s/good.rings\n"
        "\n"
        "wrong\n"
        "    error    wrong.rings:45:13: 'instance_less'; one 'when', one 'instance' or the end of the line expected\n"
        "    file     %s/wrong.rings\n", dir, dir);

    g_assert_cmpstr(run->out, ==, expected);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 1);
    remove_dir(dir);
}

static void test_list_device(void)
{
    static const struct {
        const char *device;
        int status;
    } rows[] = {
        { "8086:10d3", 0 }, { "8086:10D3:020000", 0 }, { "1:1:010802", 0 },
        { "8086:10d4", 1 }, { "1:1:010803", 1 }, { "8086", 2 },
        { "8086:10d3:", 2 }, { "8086:10d3:1:1", 2 }, { "10000:1", 2 },
        { "x:y", 2 }, { "", 2 },
    };
    char *dir = make_dir();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, "rings", "list",
                                          rows[i].device, NULL);

        g_test_message("%s", rows[i].device);
        g_assert_cmpint(run->status, ==, rows[i].status);
        g_assert_true(g_str_has_prefix(run->out, "good\n") ==
                      !rows[i].status);
        g_assert_null(strstr(run->out, "wrong"));
        if (rows[i].status == 1) {
            assert_contains(run->err, "there is no rings file for ");
        }
    }
    remove_dir(dir);
}

static void test_list_json(void)
{
    char *dir = make_dir();
    g_autoptr(ToolRun) run = run_tool(NULL, "rings", "list", "-j", NULL);

    assert_contains(run->out, "{\"type\": \"rings\", \"name\": \"good\", \"file\": \"");
    assert_contains(run->out, "\"usable\": true, \"title\": \"A \\u202e ring\"");
    assert_contains(run->out, "\"irq\": true, \"devices\": ["
                    "{\"device\": \"class 010802\"}, "
                    "{\"device\": \"8086:10d3\"}]}\n");
    assert_contains(run->out, "\"usable\": false, \"error\": \"wrong.rings:45:");
    g_assert_cmpint(run->status, ==, 1);
    remove_dir(dir);
}

static void test_list_none(void)
{
    g_autoptr(ToolRun) run = NULL;

    g_setenv("VFIO_TRACE_RINGS", "/nonexistent", TRUE);
    run = run_tool(NULL, "rings", "list", NULL);
    g_assert_cmpint(run->status, ==, 1);
    g_assert_cmpstr(run->out, ==, "");
    g_assert_cmpstr(run->err, ==,
                    "vfio-trace rings list: no rings file is installed\n");
}

/* --- check --------------------------------------------------------------- */

static void test_check(void)
{
    char *dir = make_dir();
    g_autofree char *path = g_build_filename(dir, "good.rings", NULL);
    g_autoptr(ToolRun) by_name = run_tool(NULL, "rings", "check", "good",
                                          NULL);
    g_autoptr(ToolRun) by_path = run_tool(NULL, "rings", "check", path, NULL);
    g_autofree char *expected = g_strdup_printf(
        "%s: A ? ring; devices: class 010802, 8086:10d3; 3 registers, 3 rings, 1 watch; needs irq=on\n"
        "    register S bar0:0x10:4 rw\n"
        "    register D[0..7] bar1:(...):4 w\n"
        "    register B[1..3] CAPS:0x20:2 r in banks\n"
        "    ring Q[0]: entries of 16 bytes, Q_ENTRY, by tail\n"
        "        on       write D[0] when ...\n"
        "        on       irq\n"
        "        create   Q\n"
        "        delete   Q\n"
        "        list     l when ...\n"
        "            data     d\n"
        "    ring Q[1..7]: entries of 16 bytes, by tail, created by a rule\n"
        "        on       write D[0..7]\n"
        "        on       read B[2..3]\n"
        "    ring A: entries of 4 bytes, by all\n"
        "        on       marker \"go\"\n"
        "        reset    write S\n"
        "        answers  Q\n"
        "    watch W\n"
        "        on       write S\n", path);

    g_assert_cmpstr(by_name->out, ==, expected);
    g_assert_cmpstr(by_path->out, ==, expected);
    g_assert_cmpstr(by_name->err, ==, "");
    g_assert_cmpint(by_name->status, ==, 0);
    remove_dir(dir);
}

/* The worst of several files counts. */
static void test_check_status(void)
{
    char *dir = make_dir();
    g_autoptr(ToolRun) wrong = run_tool(NULL, "rings", "check", "wrong",
                                        "good", NULL);
    g_autoptr(ToolRun) none = run_tool(NULL, "rings", "check", "none",
                                       "./none.rings", "wrong", NULL);
    g_autoptr(ToolRun) is_dir = run_tool(NULL, "rings", "check", "/", NULL);
    g_autoptr(ToolRun) missing = run_tool(NULL, "rings", "check", NULL);

    g_assert_cmpint(wrong->status, ==, 1);
    assert_contains(wrong->out, "/wrong.rings:45:13: 'instance_less'; ");
    assert_contains(wrong->out, "/good.rings: A ? ring;");
    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err,
                    "vfio-trace rings check: there is no rings file 'none'; ");
    assert_contains(none->err,
                    "/none.rings: No such file or directory");
    assert_contains(none->out, "wrong.rings:45:");
    g_assert_cmpint(is_dir->status, ==, 2);
    assert_contains(is_dir->err, "/: it is not a regular file");
    g_assert_cmpint(missing->status, ==, 2);
    assert_contains(missing->err, "the file is missing");
    remove_dir(dir);
}

static void test_check_json(void)
{
    char *dir = make_dir();
    g_autoptr(ToolRun) run = run_tool(NULL, "rings", "check", "--json",
                                      "good", "wrong", NULL);

    assert_contains(run->out, "\"valid\": true, \"title\": \"A \\u202e ring\"");
    assert_contains(run->out, "\"irq\": true, \"per_trigger\": 65536, "
                    "\"per_second\": 16777216, \"devices\": [");
    assert_contains(run->out, "\"registers\": [{\"name\": \"S\", "
                    "\"place\": \"bar0:0x10:4\", \"access\": \"rw\", \"line\": 6}, ");
    assert_contains(run->out, "{\"kind\": \"ring\", \"name\": \"Q[0]\", "
                    "\"line\": 9, \"entry\": 16, \"order\": \"tail\", "
                    "\"layout\": \"Q_ENTRY\", \"on\": ["
                    "{\"trigger\": \"write D[0] when ...\"}, "
                    "{\"trigger\": \"irq\"}], \"reset\": []}");
    assert_contains(run->out, "{\"kind\": \"watch\", \"name\": \"W\"");
    assert_contains(run->out, "{\"type\": \"rings\", \"file\": \"wrong\", "
                    "\"valid\": false, \"error\": \"");
    assert_contains(run->out, "/wrong.rings:45:13: ");
    g_assert_cmpint(run->status, ==, 1);
    remove_dir(dir);
}

/* --- the manual ---------------------------------------------------------- */

/* The example in vfio-trace-rings.5, without roff's escapes */
static char *example(void)
{
    g_autofree char *page = NULL;
    g_auto(GStrv) quotes = NULL;
    g_auto(GStrv) slashes = NULL;
    g_autofree char *text = NULL;
    char *begin;

    g_assert_true(g_file_get_contents(MAN, &page, NULL, NULL));
    begin = strstr(page, "\nrings 1\n");
    g_assert_nonnull(begin);
    *strstr(begin, "\n.Ed") = '\0';
    quotes = g_strsplit(begin + 1, "\\(dq", -1);
    text = g_strjoinv("\"", quotes);
    slashes = g_strsplit(text, "\\e", -1);
    return g_strjoinv("\\", slashes);
}

static void test_manual(void)
{
    char *dir = make_dir();
    g_autofree char *text = example();
    g_autoptr(ToolRun) run = NULL;

    put(dir, "example.rings", text);
    run = run_tool(NULL, "rings", "check", "example", NULL);
    assert_contains(run->out,
                    "example.rings: NVMe, admin commands; devices: class 010802; 6 registers, 2 rings, 1 watch\n");
    g_assert_cmpint(run->status, ==, 0);
    remove_dir(dir);
}

static void test_usage(void)
{
    g_autoptr(ToolRun) none = run_tool(NULL, "rings", NULL);
    g_autoptr(ToolRun) wrong = run_tool(NULL, "rings", "convert", NULL);

    g_assert_cmpint(none->status, ==, 2);
    g_assert_cmpstr(none->err, ==,
                    "vfio-trace rings: the verb is missing: list, check, add or remove; try 'vfio-trace rings --help'\n");
    g_assert_cmpint(wrong->status, ==, 2);
    g_assert_cmpstr(wrong->err, ==,
                    "vfio-trace rings: 'convert' is not list, check, add or remove; try 'vfio-trace rings --help'\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rings-verb/list", test_list);
    g_test_add_func("/rings-verb/list-device", test_list_device);
    g_test_add_func("/rings-verb/list-json", test_list_json);
    g_test_add_func("/rings-verb/list-none", test_list_none);
    g_test_add_func("/rings-verb/check", test_check);
    g_test_add_func("/rings-verb/check-status", test_check_status);
    g_test_add_func("/rings-verb/check-json", test_check_json);
    g_test_add_func("/rings-verb/manual", test_manual);
    g_test_add_func("/rings-verb/usage", test_usage);
    return g_test_run();
}
