/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace bundle
 *
 * A verb must say the same of a bundle as of the log that it was made of, and
 * libarchive, which has written it, must read the same as our own reader.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle-logs.h"
#include "bundle-make.h"
#include "run-tool.h"

/* --- reading verbs ------------------------------------------------------- */

/* The output with the bundle's name in place of the log's */
static char *renamed(const char *text, const char *from, const char *to)
{
    g_auto(GStrv) pieces = g_strsplit(text, from, -1);

    return g_strjoinv(to, pieces);
}

static void same_of(const char *log, const char *bundle, const char *verb,
                    const char *option)
{
    g_autoptr(ToolRun) a = run_tool(NULL, verb, log, option, NULL);
    g_autoptr(ToolRun) b = run_tool(NULL, verb, bundle, option, NULL);
    g_autofree char *out = renamed(b->out, bundle, log);
    g_autofree char *err = renamed(b->err, bundle, log);

    g_test_message("%s %s", verb, option ? option : "");
    g_assert_cmpstr(out, ==, a->out);
    g_assert_cmpstr(err, ==, a->err);
    g_assert_cmpint(b->status, ==, a->status);
    g_assert_cmpint(a->status, ==, 0);
    g_assert_cmpuint(strlen(a->out), >, 20);
}

static void test_verbs(void)
{
    static const struct {
        const char *log;
        unsigned parts;
        const char *bundle;
    } kinds[] = {
        { "plain.mmt", 1, "plain.tar.zst" },
        { "parts.mmt", 3, "parts.tar.zst" },
        { "parts.mmt", 3, "parts.tar" },
        { "packed.mmt.zst", 1, "packed.tar" },
        { "both.mmt.zst", 3, "both.tar.zst" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *log = bundle_log(kinds[i].log, kinds[i].parts);
        g_autofree char *bundle = bundle_make(log, kinds[i].bundle, NULL, NULL);
        g_autoptr(ToolRun) diff = NULL;

        same_of(log, bundle, "check", NULL);
        same_of(log, bundle, "check", "--json");
        same_of(log, bundle, "stat", NULL);
        same_of(log, bundle, "cat", NULL);
        same_of(log, bundle, "cat", "--as=jsonl");
        same_of(log, bundle, "decode", NULL);
        same_of(log, bundle, "fold", NULL);
        same_of(log, bundle, "profile", NULL);
        same_of(log, bundle, "tail", "--no-follow");
        diff = run_tool(NULL, "diff", log, bundle, NULL);
        g_assert_cmpint(diff->status, ==, 0);
    }
}

/* From a pipe, and the writer of the pipe does not fail. */
static void test_pipe(void)
{
    g_autofree char *log = bundle_log("pipe.mmt", 3);
    g_autofree char *file = g_build_filename(temp_dir(), "zeros", NULL);
    g_autofree char *zeros = g_malloc0(4 << 20);
    g_autofree char *option = g_strconcat("--file=", file, NULL);
    g_autofree char *bundle = NULL;
    g_autofree char *script = NULL;
    g_autoptr(ToolRun) cat = run_tool(NULL, "cat", log, NULL);
    g_autofree char *out = NULL;
    int status;

    g_assert_true(g_file_set_contents(file, zeros, 4 << 20, NULL));
    bundle = bundle_make(log, "pipe.tar", option, NULL);
    script = g_strdup_printf(
        "bash -c 'set -o pipefail; cat %s | %s cat -'", bundle,
        VFIO_TRACE_TOOL);
    g_assert_true(g_spawn_command_line_sync(script, &out, NULL, &status,
                                            NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(out, ==, cat->out);
}

/* A bundle of a later part, and one of a bundle */
static void test_again(void)
{
    g_autofree char *log = bundle_log("again.mmt", 3);
    g_autofree char *second = g_strconcat(log, ".1", NULL);
    g_autofree char *later = bundle_make(second, "later.tar", NULL, NULL);
    g_autofree char *first = bundle_make(log, "first.tar", NULL, NULL);
    g_autofree char *again = bundle_make(first, "again.tar.zst", NULL, NULL);
    g_autofree char *dir = bundle_output("later.d");
    g_autofree char *member = g_build_filename(dir, "log.mmt.1", NULL);
    g_autoptr(ToolRun) run = NULL;

    same_of(second, later, "cat", NULL);
    same_of(log, again, "cat", NULL);
    run = run_tool(NULL, "bundle", "-x", later, dir, NULL);
    g_assert_cmpint(run->status, ==, 0);
    same_of(second, member, "cat", NULL);
}

/* --- contents ------------------------------------------------------------ */

static void test_contents(void)
{
    g_autofree char *log = bundle_log("contents.mmt", 3);
    g_autofree char *map = temp_file("System.map", "0 T start\n", -1);
    g_autofree char *notes = temp_file("some notes: 1", "yes\n", -1);
    g_autofree char *symbols = g_strconcat("--symbols=", map, NULL);
    g_autofree char *file = g_strconcat("--file=", notes, NULL);
    g_autofree char *bundle = bundle_make(log, "contents.tar.zst", symbols,
                                          file);
    g_autofree char *theirs = bundle_contents_by_libarchive(bundle);
    g_autofree char *ours = bundle_contents(bundle);
    g_autoptr(ToolRun) list = run_tool(NULL, "bundle", "--list", bundle, NULL);
    g_autoptr(ToolRun) verify = run_tool(NULL, "bundle", "--verify", bundle,
                                         NULL);

    g_assert_cmpstr(ours, ==, theirs);
    assert_contains(ours, "== log.mmt\nVERSION");
    assert_contains(ours, "== log.mmt.2\nVERSION");
    assert_contains(ours, "== symbols-System.map\n0 T start\n");
    assert_contains(ours, "== file-some_notes__1\nyes\n");
    assert_contains(ours, "\"qemu\" : \"10.0.0\"");
    assert_contains(list->out, "log: contents.mmt\n");
    assert_contains(list->out, "QEMU: 10.0.0\n");
    assert_contains(list->out, " symbols  symbols-System.map\n");
    g_assert_cmpint(verify->status, ==, 0);
    assert_contains(verify->out, ": complete and unchanged, 5 members\n");
}

/* Symbols that the guest has sent: after --extract, symbolize finds them. */
static void test_symbols(void)
{
    g_autofree char *log = bundle_log("boots.mmt", 1);
    g_autofree char *one = temp_file("boots.mmt.kallsyms", "0 T one\n", -1);
    g_autofree char *two = temp_file("boots.mmt.3.kallsyms", "0 T two\n", -1);
    g_autofree char *link = g_build_filename(temp_dir(),
                                             "boots.mmt.2.kallsyms", NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *bundle = NULL;
    g_autofree char *text = NULL;

    g_assert_cmpint(symlink("/etc/hostname", link), ==, 0);
    bundle = bundle_make(log, "boots.tar", NULL, NULL);
    text = bundle_contents(bundle);
    assert_contains(text, "== log.mmt.kallsyms\n0 T one\n");
    assert_contains(text, "== log.mmt.3.kallsyms\n0 T two\n");
    g_assert_null(strstr(text, "log.mmt.2"));
    g_clear_pointer(&text, g_free);
    g_free(bundle);
    bundle = bundle_output("boots-public.tar");
    run = run_tool(NULL, "bundle", log, "-o", bundle, "--redact", NULL);
    g_assert_cmpint(run->status, ==, 0);
    text = bundle_contents(bundle);
    g_assert_null(strstr(text, "kallsyms"));
}

/* Nothing of the maker is in it, so it can be made again. */
static void test_same(void)
{
    g_autofree char *log = bundle_log("same.mmt", 2);
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;
    g_autofree char *bytes_a = NULL;
    g_autofree char *bytes_b = NULL;
    gsize len_a, len_b;

    g_setenv("SOURCE_DATE_EPOCH", "0", TRUE);
    a = bundle_make(log, "a.tar.zst", NULL, NULL);
    b = bundle_make(log, "b.tar.zst", NULL, NULL);
    g_unsetenv("SOURCE_DATE_EPOCH");
    g_assert_true(g_file_get_contents(a, &bytes_a, &len_a, NULL));
    g_assert_true(g_file_get_contents(b, &bytes_b, &len_b, NULL));
    g_assert_cmpmem(bytes_a, len_a, bytes_b, len_b);
}

static void test_private(void)
{
    g_autofree char *log = bundle_log("private.mmt", 1);
    g_autofree char *bundle = NULL;
    struct stat st;

    g_assert_cmpint(chmod(log, 0600), ==, 0);
    bundle = bundle_make(log, "private.tar", NULL, NULL);
    g_assert_cmpint(stat(bundle, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
}

/* So are a log's later part, and other files. */
static void test_private_files(void)
{
    g_autofree char *log = bundle_log("parts.mmt", 2);
    g_autofree char *part = g_strconcat(log, ".1", NULL);
    g_autofree char *file = temp_file("secret", "secret", -1);
    g_autofree char *option = g_strconcat("--file=", file, NULL);
    mode_t mask = umask(022);
    unsigned i;

    for (i = 0; i < 4; i++) {
        g_autofree char *bundle = NULL;
        struct stat st;

        g_assert_cmpint(chmod(log, 0644), ==, 0);
        g_assert_cmpint(chmod(part, i == 1 ? 0600 : 0644), ==, 0);
        g_assert_cmpint(chmod(file, i == 2 ? 0640 : 0644), ==, 0);
        bundle = i == 3 ? bundle_make(log, "files.tar", NULL, NULL)
                        : bundle_make(log, "files.tar", option, NULL);
        g_assert_cmpint(stat(bundle, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, i == 1 ? 0600 :
                                               i == 2 ? 0640 : 0644);
        g_assert_cmpint(g_unlink(bundle), ==, 0);
    }
    umask(mask);
}

/* The log without secrets is as public as the log. */
static void test_redacted_mode(void)
{
    g_autofree char *log = bundle_log("public.mmt", 1);
    g_autofree char *bundle = bundle_output("public.tar");
    const char *const args[] = { log, "-o", bundle, "--redact", NULL };
    g_autoptr(ToolRun) run = NULL;
    mode_t mask = umask(022);
    struct stat st;

    g_assert_cmpint(chmod(log, 0644), ==, 0);
    run = run_verb("bundle", 0, args);
    g_assert_cmpint(stat(bundle, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0644);
    umask(mask);
}

static void test_extract(void)
{
    g_autofree char *log = bundle_log("extract.mmt", 3);
    g_autofree char *bundle = bundle_make(log, "extract.tar.zst", NULL, NULL);
    g_autofree char *dir = bundle_output("extracted");
    g_autofree char *part = g_build_filename(dir, "log.mmt", NULL);
    g_autofree char *manifest = g_build_filename(dir, "manifest.json", NULL);
    g_autoptr(ToolRun) run = run_tool(NULL, "bundle", "-x", bundle, dir, NULL);
    g_autoptr(ToolRun) again = NULL;
    g_autofree char *sums = NULL;
    int status;

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    same_of(log, part, "cat", NULL);
    sums = g_strdup_printf("sh -c 'cd %s && sha256sum --quiet -c SHA256SUMS'",
                           dir);
    g_assert_true(g_spawn_command_line_sync(sums, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    /* No file is replaced, and those that were there stay. */
    again = run_tool(NULL, "bundle", "-x", bundle, dir, NULL);
    g_assert_cmpint(again->status, ==, 2);
    assert_contains(again->err, "manifest.json: can not create: File exists");
    g_assert_true(g_file_test(part, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(manifest, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bundle/verbs", test_verbs);
    g_test_add_func("/bundle/pipe", test_pipe);
    g_test_add_func("/bundle/again", test_again);
    g_test_add_func("/bundle/contents", test_contents);
    g_test_add_func("/bundle/symbols", test_symbols);
    g_test_add_func("/bundle/same", test_same);
    g_test_add_func("/bundle/private", test_private);
    g_test_add_func("/bundle/private-files", test_private_files);
    g_test_add_func("/bundle/redacted-mode", test_redacted_mode);
    g_test_add_func("/bundle/extract", test_extract);
    status = g_test_run();
    temp_clean();
    return status;
}
