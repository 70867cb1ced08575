/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: makes bundles, and reads what they have (see bundle-make.h)
 */
#include "bundle-make.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>

#include "run-tool.h"
#include "tools/bundle/unpack.h"

char *bundle_output(const char *name)
{
    char *path = g_build_filename(temp_dir(), name, NULL);

    g_unlink(path);
    return path;
}

char *bundle_make(const char *log, const char *name, const char *a,
                  const char *b)
{
    char *out = bundle_output(name);
    const char *args[] = { log, "-o", out, a ? a : b, a ? b : NULL, NULL };
    g_autoptr(ToolRun) run = run_verb("bundle", 0, args);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, "");
    return out;
}

static void append(GString *text, const char *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        g_string_append_c(text, p[i] ? p[i] : '.');
    }
}

char *bundle_contents_by_libarchive(const char *path)
{
    struct archive *in = archive_read_new();
    GString *text = g_string_new(NULL);
    struct archive_entry *entry;

    archive_read_support_filter_all(in);
    archive_read_support_format_tar(in);
    g_assert_cmpint(archive_read_open_filename(in, path, 10240), ==,
                    ARCHIVE_OK);
    while (archive_read_next_header(in, &entry) == ARCHIVE_OK) {
        char buf[4096];
        ssize_t n;

        g_assert_cmpint(archive_entry_filetype(entry), ==, AE_IFREG);
        g_assert_cmpint(archive_entry_mtime(entry), ==, 0);
        g_assert_cmpint(archive_entry_uid(entry), ==, 0);
        g_string_append_printf(text, "== %s\n",
                               archive_entry_pathname(entry));
        while ((n = archive_read_data(in, buf, sizeof(buf))) > 0) {
            append(text, buf, n);
        }
        g_assert_cmpint(n, ==, 0);
    }
    archive_read_free(in);
    return g_string_free(text, FALSE);
}

static bool name_member(void *opaque, const char *name, GError **error)
{
    (void)error;
    g_string_append_printf(opaque, "== %s\n", name);
    return true;
}

static bool put_bytes(void *opaque, const char *p, size_t len, GError **error)
{
    (void)error;
    append(opaque, p, len);
    return true;
}

char *bundle_contents(const char *path)
{
    g_autoptr(GString) text = g_string_new(NULL);
    BundleSink sink = { .begin = name_member, .put = put_bytes,
                        .opaque = text };
    g_autoptr(GError) error = NULL;
    g_autoptr(BundleUnpack) unpack = bundle_unpack_open(path, &error);
    bool ok = unpack && bundle_unpack_manifest(unpack, &error) &&
              bundle_unpack_all(unpack, &sink, NULL, &error);

    g_assert_true(ok == !error);
    return ok ? g_strdup(text->str) : NULL;
}
