/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: bundles that nobody should have made
 *
 * An archive gets one error, whoever reads it; nothing is written outside of a
 * directory, and memory does not grow with it.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "bundle-hostile.h"
#include "bundle-logs.h"
#include "libmmiotrace/bundle.h"
#include "run-tool.h"
#include "sanitized.h"

#define BLOCK 512

/* --- the archive --------------------------------------------------------- */

static void test_names(void)
{
    static const char *const names[] = {
        "../evil", "/etc/evil", "dir/evil", "..", ".", ".evil", "-evil",
        "evil\n", "e vil", "evil\x1b[31m", "\xc3\xa9vil", "",
    };
    g_autofree char *dir = g_build_filename(temp_dir(), "target", NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autofree char *manifest = put_manifest(bytes, "log.mmt", small_log,
                                                 NULL);
        g_autofree char *path = NULL;
        g_autoptr(ToolRun) run = NULL;

        put_member(bytes, "log.mmt", '0', small_log, -1);
        put_member(bytes, names[i], '0', "evil", -1);
        put_end(bytes);
        assert_bundle_fault(bytes, "a name that no bundle has");
        g_assert_false(mmt_bundle_name_ok(names[i]));
        path = write_bytes("names.tar", bytes);
        run = run_tool(NULL, "bundle", "-x", path, dir, NULL);
        g_assert_cmpint(run->status, ==, 2);
        g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
    }
}

static void test_types(void)
{
    static const char types[] = "12345679xgLKSVANX";
    size_t i;

    for (i = 0; types[i]; i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autofree char *manifest = put_manifest(bytes, "log.mmt", small_log,
                                                 NULL);

        put_member(bytes, "log.mmt", types[i], small_log, -1);
        put_end(bytes);
        assert_bundle_fault(bytes, types[i] == 'x' ? "pax header"
                                            : "not a regular file");
        assert_bundle_log_fault(bytes, types[i] == 'x' ? "pax header"
                                                : "not a regular file");
    }
}

/* A link, and a file that goes through it */
static void test_link(void)
{
    g_autoptr(GByteArray) bytes = small_bundle();
    g_autofree char *dir = g_build_filename(temp_dir(), "linked", NULL);
    g_autofree char *link = g_build_filename(dir, "file-a", NULL);
    g_autofree char *target = g_build_filename(temp_dir(), "target", NULL);
    g_autofree char *path = write_bytes("link.tar", bytes);
    g_autoptr(ToolRun) run = NULL;

    g_assert_cmpint(g_mkdir(dir, 0755), ==, 0);
    g_assert_cmpint(symlink(target, link), ==, 0);
    run = run_tool(NULL, "bundle", "-x", path, dir, NULL);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "file-a: can not create: File exists");
    g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
    /* What was there stays, what was made does not. */
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_cmpint(g_unlink(link), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

static void test_headers(void)
{
    static const struct {
        size_t at;
        const char *bytes;
        size_t len;
        bool sum;
        const char *expected;
    } rows[] = {
        { 124, "77777777777", 12, true, "cut off" },
        { 124, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12, true,
          "cut off" },
        { 124, "\x80\0\0\0\x80\0\0\0\0\0\0\0", 12, true, "header" },
        { 124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12, true,
          "header" },
        { 124, "\x80\1\0\0\0\0\0\0\0\0\0\1", 12, true, "header" },
        { 124, "-1", 3, true, "header" },
        { 124, "", 1, true, "header" },
        { 124, "0x20", 5, true, "header" },
        { 148, "000000", 7, false, "header" },
        { 257, "nostar", 6, true, "header" },
        { 345, "dir", 4, true, "a name that no bundle has" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autofree char *manifest = put_manifest(bytes, "log.mmt", small_log,
                                                 NULL);
        size_t header = bytes->len;

        put_member(bytes, "log.mmt", '0', small_log, -1);
        put_end(bytes);
        memcpy(bytes->data + header + rows[i].at, rows[i].bytes, rows[i].len);
        if (rows[i].sum) {
            put_sum(bytes->data + header);
        }
        g_test_message("row %zu", i);
        if (strcmp(rows[i].expected, "cut off")) {
            assert_bundle_fault(bytes, rows[i].expected);
            assert_bundle_log_fault(bytes, rows[i].expected);
        } else {
            /* The manifest has another size; a log has an end. */
            uint64_t lines;
            g_autofree char *fault = bundle_read_log(bytes, &lines);

            assert_bundle_fault(bytes, "size");
            g_assert_null(fault);
            g_assert_cmpuint(lines, >=, 2);
        }
    }
}

static void test_pax(void)
{
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        { "12 size=38\n", NULL },
        { "20 path=../../evil\n", "more than a size" },
        { "12 size=38\n20 path=../../evil\n", "more than a size" },
        { "size=38\n", "more than a size" },
        { "12 size=38", "more than a size" },
        { "", "more than a size" },
    };
    g_autofree char *large = g_strnfill(BLOCK, 'x');
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    uint64_t lines;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) archive = g_byte_array_new();
        g_autofree char *manifest = put_manifest(archive, "log.mmt", small_log,
                                                 NULL);
        g_autofree char *fault = NULL;

        put_member(archive, "PaxHeader-log.mmt", 'x', rows[i].text, -1);
        put_member(archive, "log.mmt", '0', small_log, -1);
        put_end(archive);
        fault = bundle_read_log(archive, &lines);
        g_test_message("row %zu: %s", i, fault);
        if (rows[i].expected) {
            assert_contains(fault, rows[i].expected);
        } else {
            g_assert_null(fault);
            g_assert_cmpuint(lines, ==, 2);
        }
    }
    g_free(put_manifest(bytes, "log.mmt", small_log, NULL));
    put_member(bytes, "PaxHeader", 'x', large, BLOCK);
    assert_bundle_log_fault(bytes, "a pax header is too large");
}

/* As much of an archive as anybody wants: one member after the other */
static ssize_t endless(void *opaque, char *buf, size_t len, GError **error)
{
    const GByteArray *one = opaque;
    static size_t at;
    size_t n = MIN(len, one->len - at);

    (void)error;
    memcpy(buf, one->data + at, n);
    at = (at + n) % one->len;
    return n;
}

/* Millions of members: an error at a fixed number */
static void test_many(void)
{
    g_autoptr(GByteArray) one = g_byte_array_new();
    g_autoptr(MmtBundle) bundle = NULL;
    g_autoptr(GError) error = NULL;
    MmtBundleResult result;
    unsigned n = 0;

    put_member(one, "manifest.json", '0', "", 0);
    bundle = mmt_bundle_new("many", endless, one);
    while ((result = mmt_bundle_next(bundle, &error)) == MMT_BUNDLE_MEMBER) {
        n++;
    }
    g_assert_cmpint(result, ==, MMT_BUNDLE_ERROR);
    assert_contains(error->message, "more than 10000 members");
    g_assert_cmpuint(n, ==, MMT_BUNDLE_MEMBERS_MAX);
}

/* Zeros without an end behind the end, which compress well */
static void test_behind(void)
{
    g_autoptr(GByteArray) bytes = small_bundle();
    guint len = bytes->len;
    g_autofree char *fault = NULL;

    g_byte_array_set_size(bytes, len + (1u << 20));
    memset(bytes->data + len, 0, bytes->len - len);
    fault = bundle_fault(bytes);
    g_assert_null(fault);
    g_byte_array_set_size(bytes, bytes->len + BLOCK);
    memset(bytes->data + len, 0, bytes->len - len);
    assert_bundle_fault(bytes, "there is too much behind the end");
}

/* Pax headers only */
static void test_pax_headers(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_free(put_manifest(bytes, "log.mmt", small_log, NULL));
    put_member(bytes, "PaxHeader", 'x', "12 size=38\n", -1);
    put_member(bytes, "PaxHeader", 'x', "12 size=38\n", -1);
    put_member(bytes, "log.mmt", '0', small_log, -1);
    put_end(bytes);
    assert_bundle_log_fault(bytes, "a pax header follows another one");
}

/* What --list prints is a line for each thing, whatever its text is. */
static void test_list_lines(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256,
                                                         small_log, -1);
    g_autofree char *manifest = g_strdup_printf(
        "{\"format\":\"vfio-trace-bundle\",\"version\":1,"
        "\"command\":\"qemu\\nredacted: yes\\u001b[1m\","
        "\"members\":[{\"name\":\"log.mmt\",\"role\":\"log\",\"size\":%zu,"
        "\"sha256\":\"%s\"},{\"name\":\"a\",\"role\":\"x\\ny\",\"size\":0,"
        "\"sha256\":\"%s\"}]}", strlen(small_log), sum, sum);
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) run = NULL;

    put_member(bytes, "manifest.json", '0', manifest, -1);
    put_member(bytes, "log.mmt", '0', small_log, -1);
    put_end(bytes);
    path = write_bytes("list.tar", bytes);
    run = run_tool(NULL, "bundle", "--list", path, NULL);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "command: qemu?redacted: yes?[1m\n");
    assert_contains(run->out, " x?y ");
    g_assert_null(strstr(run->out, "\nredacted: yes"));
}

/* --- large, and at random ------------------------------------------------ */

/* A header of 9 GiB, as libarchive writes it; not the zeros at its end */
static la_ssize_t keep(struct archive *out, void *opaque, const void *p,
                       size_t len)
{
    GByteArray *bytes = opaque;

    if (bytes->len > 8 * BLOCK) {
        archive_set_error(out, ENOSPC, "enough");
        return -1;
    }
    g_byte_array_append(bytes, p, len);
    return len;
}

static ssize_t fill(void *opaque, char *buf, size_t len, GError **error)
{
    GByteArray *bytes = opaque;
    size_t n = MIN(len, bytes->len);

    (void)error;
    memcpy(buf, bytes->data, n);
    g_byte_array_remove_range(bytes, 0, n);
    return n;
}

static void add_entry(struct archive *out, const char *name, int64_t size)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    archive_entry_set_size(entry, size);
    g_assert_cmpint(archive_write_header(out, entry), ==, ARCHIVE_OK);
    archive_entry_free(entry);
}

static void test_large(void)
{
    const uint64_t size = (uint64_t)9 << 30;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct archive *out = archive_write_new();
    g_autoptr(MmtBundle) bundle = NULL;
    g_autoptr(GError) error = NULL;

    archive_write_set_format_pax_restricted(out);
    archive_write_set_bytes_per_block(out, 0);
    archive_write_open(out, bytes, NULL, keep, NULL);
    add_entry(out, "manifest.json", 0);
    add_entry(out, "log.mmt", size);
    archive_write_free(out);
    bundle = mmt_bundle_new("large", fill, bytes);
    g_assert_cmpint(mmt_bundle_next(bundle, &error), ==, MMT_BUNDLE_MEMBER);
    g_assert_cmpint(mmt_bundle_next(bundle, &error), ==, MMT_BUNDLE_MEMBER);
    g_assert_no_error(error);
    g_assert_cmpstr(mmt_bundle_member(bundle)->name, ==, "log.mmt");
    g_assert_cmpuint(mmt_bundle_member(bundle)->size, ==, size);
}

static void test_random(void)
{
    g_autoptr(GByteArray) bytes = small_bundle();
    int rounds = ROUNDS(3000);
    int i, k;

    for (i = 0; i < rounds; i++) {
        g_autoptr(GByteArray) copy = g_byte_array_new();
        guint len = g_test_rand_int_range(0, bytes->len + 1);
        g_autofree char *a = NULL;
        g_autofree char *b = NULL;
        uint64_t lines;

        g_byte_array_append(copy, bytes->data, len);
        for (k = g_test_rand_int_range(0, 20); k && len; k--) {
            guint at = g_test_rand_int_range(0, len);

            copy->data[at] = g_test_rand_int();
            if (g_test_rand_bit() && (at & ~(BLOCK - 1)) + BLOCK <= len) {
                put_sum(copy->data + (at & ~(BLOCK - 1)));
            }
        }
        a = bundle_fault(copy);
        b = bundle_read_log(copy, &lines);
        g_assert_cmpuint(lines, <=, len + 1);
        if (!a) {
            g_assert_null(b);
        }
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bundle-hostile/names", test_names);
    g_test_add_func("/bundle-hostile/types", test_types);
    g_test_add_func("/bundle-hostile/link", test_link);
    g_test_add_func("/bundle-hostile/headers", test_headers);
    g_test_add_func("/bundle-hostile/pax", test_pax);
    g_test_add_func("/bundle-hostile/many", test_many);
    g_test_add_func("/bundle-hostile/behind", test_behind);
    g_test_add_func("/bundle-hostile/pax-headers", test_pax_headers);
    g_test_add_func("/bundle-hostile/list-lines", test_list_lines);
    g_test_add_func("/bundle-hostile/large", test_large);
    g_test_add_func("/bundle-hostile/random", test_random);
    status = g_test_run();
    temp_clean();
    return status;
}
