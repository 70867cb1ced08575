/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace bundle: wrong usage, and bundles that were changed
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bundle-logs.h"
#include "bundle-make.h"
#include "run-tool.h"

static void fault(const char *expected, int status, const char *const *args)
{
    g_autoptr(ToolRun) run = run_verb("bundle", status, args);

    assert_contains(run->err, expected);
}

#define FAULT(expected, status, ...) \
    fault(expected, status, (const char *const[]) { __VA_ARGS__, NULL })

static void test_usage(void)
{
    g_autofree char *log = bundle_log("usage.mmt", 1);
    g_autofree char *out = bundle_make(log, "usage.tar", NULL, NULL);
    g_autofree char *absent = bundle_output("absent.mmt");
    g_autofree char *not = bundle_output("usage.zip");
    g_autofree char *fresh = bundle_output("fresh.tar");
    g_autofree char *same = g_strconcat("--file=", log, NULL);

    FAULT("which log?", 2, "-o", fresh);
    FAULT("which file?", 2, log);
    FAULT("ends in .tar.zst or .tar", 2, log, "-o", not);
    FAULT("exists already; use --force", 2, log, "-o", out);
    FAULT("No such file", 2, absent, "-o", fresh);
    FAULT("not a regular file", 2, "-", "-o", fresh);
    FAULT("not a regular file", 2, temp_dir(), "-o", fresh);
    FAULT("--no-host adds nothing", 2, log, "-o", fresh, "--no-host", "--rom");
    FAULT("can't be redacted", 2, log, "-o", fresh, "--redact", same);
    FAULT("--secret needs --redact", 2, log, "-o", fresh, "--secret=x");
    FAULT("second member 'file-usage.mmt'", 2, log, "-o", fresh, same, same);
    FAULT("no other option", 2, "--verify", out, "--list");
    FAULT("no other option", 2, "--verify", out, "-o", fresh);
    FAULT("needs a bundle and a directory", 2, "--extract", out);
    FAULT("is not a bundle", 2, "--verify", log);
    FAULT("is not a bundle", 2, "--list", log);
    FAULT("No such file", 2, "--verify", absent);
    g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS));
}

/* A part that is missing, and one that is not the log's */
static void test_parts_missing(void)
{
    g_autofree char *log = bundle_log("missing.mmt", 2);
    g_autofree char *part = g_strconcat(log, ".1", NULL);
    g_autofree char *fresh = bundle_output("missing.tar");

    g_unlink(part);
    FAULT("continues in another file", 2, log, "-o", fresh);
    g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS));
}

/* Whatever byte is changed, and wherever the file ends: it is found. */
static void test_changed(void)
{
    g_autoptr(GByteArray) bytes = small_bundle();
    g_autofree char *path = write_bytes("changed.tar", bytes);
    g_autofree char *whole = bundle_contents(path);
    guint i;

    g_assert_nonnull(whole);
    for (i = 0; i < bytes->len; i++) {
        g_autoptr(GByteArray) start = g_byte_array_new();
        unsigned char saved = bytes->data[i];

        bytes->data[i] ^= 1 << g_test_rand_int_range(0, 8);
        g_free(write_bytes("changed.tar", bytes));
        bytes->data[i] = saved;
        if (bundle_contents(path)) {
            g_test_message("byte %u", i);
            g_assert_not_reached();
        }
        g_byte_array_append(start, bytes->data, i);
        g_free(write_bytes("changed.tar", start));
        g_assert_null(bundle_contents(path));
    }
    g_byte_array_append(bytes, (guint8 *)"x", 1);
    g_free(write_bytes("changed.tar", bytes));
    g_assert_null(bundle_contents(path));
}

/* Under the compression as well, but for what is without an effect. */
static void test_changed_packed(void)
{
    g_autofree char *log = bundle_log("packed-change.mmt", 1);
    g_autofree char *path = bundle_make(log, "packed-change.tar.zst",
                                        "--no-host", NULL);
    g_autofree char *whole = bundle_contents(path);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree char *text = NULL;
    unsigned same = 0;
    gsize len;
    guint i;

    g_assert_true(g_file_get_contents(path, &text, &len, NULL));
    g_byte_array_append(bytes, (guint8 *)text, len);
    for (i = 0; i < len; i++) {
        g_autofree char *changed = NULL;

        bytes->data[i] ^= 1 << g_test_rand_int_range(0, 8);
        g_free(write_bytes("packed-change.tar.zst", bytes));
        bytes->data[i] = text[i];
        changed = bundle_contents(path);
        g_assert_true(!changed || !strcmp(changed, whole));
        same += changed != NULL;
    }
    g_test_message("%u of %zu without an effect", same, len);
    g_assert_cmpuint(same, <, 16);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bundle-faults/usage", test_usage);
    g_test_add_func("/bundle-faults/parts-missing", test_parts_missing);
    g_test_add_func("/bundle-faults/changed", test_changed);
    g_test_add_func("/bundle-faults/changed-packed", test_changed_packed);
    status = g_test_run();
    temp_clean();
    return status;
}
