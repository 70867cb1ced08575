/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the vfio-trace command itself, and its man pages
 */
#include <glib.h>
#include <string.h>

#include "run-tool.h"

static const char *const verbs[] = {
    "doctor", "run", "restore", "virt",
    "mark", "status", "check", "compare", "cat", "tail",
    "recover", "symbolize", "stat", "fold", "decode", "diff", "extract",
    "lookup", "profile", "regdb", "rings", "redact", "bundle", "convert",
    "sequence", "play", "report", "serve",
    "start", "stop", "window", "memory", "flush", "rotate",
};

static void test_version(void)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "--version", NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_regex_match_simple("^vfio-trace [0-9]+\\.[0-9]+\\.[0-9]+"
                                       "\n$", run->out, 0, 0));
}

static void test_help(void)
{
    static const char *const ways[] = { "--help", "-h", "help" };
    size_t i;
    size_t k;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, ways[i], NULL);

        g_assert_cmpint(run->status, ==, 0);
        g_assert_cmpstr(run->err, ==, "");
        for (k = 0; k < G_N_ELEMENTS(verbs); k++) {
            g_autofree char *line = g_strdup_printf("\n  %s ", verbs[k]);

            assert_contains(run->out, line);
        }
    }
    for (k = 0; k < G_N_ELEMENTS(verbs); k++) {
        g_autoptr(ToolRun) a = run_tool(NULL, verbs[k], "--help", NULL);
        g_autoptr(ToolRun) b = run_tool(NULL, "help", verbs[k], NULL);

        g_assert_cmpint(a->status, ==, 0);
        g_assert_cmpstr(a->out, ==, b->out);
        assert_contains(a->out, "Exit status:");
    }
}

static void test_unknown(void)
{
    static const struct {
        const char *arg;
        const char *err;
    } words[] = {
        { "chekc", "vfio-trace: there is no verb 'chekc'; did you mean "
          "'check'?\n" },
        { "comp", "vfio-trace: there is no verb 'comp'; did you mean "
          "'compare'?\n" },
        { "stauts", "vfio-trace: there is no verb 'stauts'; did you mean "
          "'status'?\n" },
        { "frobnicate", "vfio-trace: there is no verb 'frobnicate'; see "
          "'vfio-trace --help'\n" },
        { "--nonsense", "vfio-trace: there is no verb '--nonsense'; see "
          "'vfio-trace --help'\n" },
    };
    g_autoptr(ToolRun) none = run_tool(NULL, NULL, NULL);
    size_t i;

    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "Usage:");
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, words[i].arg, NULL);

        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->err, ==, words[i].err);
        g_assert_cmpstr(run->out, ==, "");
    }
}

static void test_full_disk(void)
{
    g_autofree char *command = NULL;
    g_autofree char *err = NULL;
    int status;

    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
        g_test_skip("no /dev/full");
        return;
    }
    command = g_strdup_printf("sh -c '%s check %s/log.mmt > /dev/full'",
                              VFIO_TRACE_TOOL, TEST_DATA_DIR);
    g_assert_true(g_spawn_command_line_sync(command, NULL, &err, &status,
                                            NULL));
    g_assert_false(g_spawn_check_wait_status(status, NULL));
    assert_contains(err, "can not write the output: No space left on device");
}

/* All matches of a pattern's group, as a set. */
static GHashTable *find_all(const char *text, const char *pattern)
{
    GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            NULL);
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_assert_nonnull(regex);
    g_regex_match(regex, text, 0, &match);
    while (g_match_info_matches(match)) {
        g_hash_table_add(set, g_match_info_fetch(match, 1));
        g_match_info_next(match, NULL);
    }
    return set;
}

static void assert_subset(GHashTable *a, const char *a_name, GHashTable *b,
                          const char *b_name)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        if (!g_hash_table_contains(b, key)) {
            g_test_message("%s is in %s, but not in %s", (char *)key, a_name,
                           b_name);
            g_test_fail();
        }
    }
}

static char *read_page(const char *name)
{
    g_autofree char *path = g_build_filename(TEST_MAN_DIR, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

/* Every option of --help is in the man page's list, and vice versa. */
static void test_man_options(gconstpointer data)
{
    const char *verb = data;
    g_autofree char *name = g_strdup_printf("vfio-trace-%s.1", verb);
    g_autofree char *page = read_page(name);
    g_autoptr(ToolRun) run = run_tool(NULL, verb, "--help", NULL);
    g_autoptr(GHashTable) help_long = NULL;
    g_autoptr(GHashTable) help_short = NULL;
    g_autoptr(GHashTable) man_long = NULL;
    g_autoptr(GHashTable) man_short = NULL;

    help_long = find_all(run->out, "^  (?:-\\w, )?--([a-z-]+)");
    help_short = find_all(run->out, "^  -(\\w), --");
    man_long = find_all(page, "^\\.It (?:Fl \\w , )?Fl -([a-z-]+)");
    man_short = find_all(page, "^\\.It Fl (\\w) ,");
    g_assert_cmpuint(g_hash_table_size(help_long), >=, 1);
    assert_subset(help_long, "--help", man_long, name);
    assert_subset(man_long, name, help_long, "--help");
    assert_subset(help_short, "--help", man_short, name);
    assert_subset(man_short, name, help_short, "--help");
}

static void test_man_verbs(void)
{
    g_autofree char *page = read_page("vfio-trace.1");
    g_autoptr(ToolRun) run = run_tool(NULL, "--help", NULL);
    g_autoptr(GHashTable) help = find_all(run->out, "^  ([a-z]+)  +\\S");
    g_autoptr(GHashTable) man = find_all(page, "^\\.It Cm ([a-z]+)$");
    g_autoptr(GHashTable) refs = find_all(page,
                                          "^\\.Xr vfio-trace-([a-z]+) 1");

    g_assert_cmpuint(g_hash_table_size(help), ==, G_N_ELEMENTS(verbs));
    assert_subset(help, "--help", man, "vfio-trace.1");
    assert_subset(man, "vfio-trace.1", help, "--help");
    assert_subset(man, "vfio-trace.1", refs, "its references");
}

/* The options that all reading verbs share have a page of their own. */
static void test_man_selection(void)
{
    g_autofree char *page = read_page("vfio-trace-selection.7");
    g_autoptr(ToolRun) run = run_tool(NULL, "stat", "--help-selection", NULL);
    g_autoptr(GHashTable) help = find_all(run->out, "^  --([a-z-]+)");
    g_autoptr(GHashTable) man = find_all(page, "^\\.It Fl -([a-z-]+)");

    g_assert_cmpuint(g_hash_table_size(help), >=, 14);
    assert_subset(help, "--help-selection", man, "vfio-trace-selection.7");
    assert_subset(man, "vfio-trace-selection.7", help, "--help-selection");
}

/* The example names the QEMU that `make install` installs. */
static void test_man_qemu(void)
{
    g_autofree char *page = read_page("vfio-trace.1");

    assert_contains(page, "\nqemu-system-x86_64-vfio-trace ... \\e\n");
    g_assert_null(strstr(page, "\nqemu-system-x86_64 "));
}

/* The formatter reports no problems with the pages. */
static void test_man_clean(void)
{
    static const char *const others[] = {
        "qemu-system-x86_64-vfio-trace.1", "vfio-trace.1",
        "vfio-trace-regdb.5", "vfio-trace-rings.5", "vfio-trace-selection.7"
    };
    g_autofree char *groff = g_find_program_in_path("groff");
    size_t i;

    if (!groff) {
        g_test_skip("no groff");
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(verbs) + G_N_ELEMENTS(others); i++) {
        g_autofree char *name = i < G_N_ELEMENTS(verbs) ?
            g_strdup_printf("vfio-trace-%s.1", verbs[i]) :
            g_strdup(others[i - G_N_ELEMENTS(verbs)]);
        g_autofree char *path = g_build_filename(TEST_MAN_DIR, name, NULL);
        const char *argv[] = { groff, "-mandoc", "-ww", "-Tutf8", path, NULL };
        g_autofree char *out = NULL;
        g_autofree char *err = NULL;
        int status;

        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
                                   G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                                   &status, NULL));
        g_assert_cmpint(status, ==, 0);
        g_assert_cmpstr(err, ==, "");
        g_assert_cmpuint(strlen(out), >, 500);
    }
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tool/version", test_version);
    g_test_add_func("/tool/help", test_help);
    g_test_add_func("/tool/unknown", test_unknown);
    g_test_add_func("/tool/full-disk", test_full_disk);
    g_test_add_func("/tool/man/verbs", test_man_verbs);
    g_test_add_func("/tool/man/selection", test_man_selection);
    g_test_add_func("/tool/man/qemu", test_man_qemu);
    g_test_add_func("/tool/man/clean", test_man_clean);
    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autofree char *path = g_strconcat("/tool/man/options/", verbs[i],
                                            NULL);

        g_test_add_data_func(path, verbs[i], test_man_options);
    }
    return g_test_run();
}
