/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: manifests that nobody should have written, and logs in bundles
 * that do not fit
 */
#include <glib.h>
#include <string.h>

#include "bundle-hostile.h"
#include "bundle-logs.h"
#include "libmmiotrace/bundle.h"
#include "libmmiotrace/reader.h"
#include "run-tool.h"
#include "tools/bundle/manifest.h"

#define BLOCK 512

/* --- the manifest -------------------------------------------------------- */

static void test_manifests(void)
{
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "{\"format\":\"vfio-trace-bundle\",\"version\":1,\"members\":["
#define LOG "{\"name\":\"log.mmt\",\"role\":\"log\",\"size\":1,\"sha256\":\"" \
            SHA "\"}"
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        { HEAD LOG "]}", NULL },
        { "", "not an object of JSON" },
        { "[]", "not an object of JSON" },
        { "{", "not an object of JSON" },
        { "{}", "not the manifest of a bundle" },
        { "{\"format\":\"vfio-trace-sequence\",\"version\":1}",
          "not the manifest of a bundle" },
        { "{\"format\":\"vfio-trace-bundle\",\"version\":2}", "a newer one" },
        { "{\"format\":\"vfio-trace-bundle\",\"version\":\"1\"}",
          "a newer one" },
        { HEAD "]}", "must be the log" },
        { "{\"format\":\"vfio-trace-bundle\",\"version\":1}",
          "must be the log" },
        { HEAD "1]}", "name of a member" },
        { HEAD "{}]}", "name of a member" },
        { HEAD "{\"name\":\"../log.mmt\",\"role\":\"log\",\"size\":1,"
          "\"sha256\":\"" SHA "\"}]}", "name of a member" },
        { HEAD "{\"name\":\"log.mmt\",\"size\":1,\"sha256\":\"" SHA "\"}]}",
          "role or hash" },
        { HEAD "{\"name\":\"log.mmt\",\"role\":\"log\",\"size\":1,"
          "\"sha256\":\"abc\"}]}", "role or hash" },
        { HEAD "{\"name\":\"log.mmt\",\"role\":\"log\",\"sha256\":\"" SHA
          "\"}]}", "size of a member" },
        { HEAD "{\"name\":\"log.mmt\",\"role\":\"log\",\"size\":-1,"
          "\"sha256\":\"" SHA "\"}]}", "size of a member" },
        { HEAD "{\"name\":\"log.mmt\",\"role\":\"log\",\"size\":1.5,"
          "\"sha256\":\"" SHA "\"}]}", "size of a member" },
        { HEAD LOG "," LOG "]}", "second member 'log.mmt'" },
        { HEAD LOG ",{\"name\":\"SHA256SUMS\",\"role\":\"file\",\"size\":1,"
          "\"sha256\":\"" SHA "\"}]}", "second member 'SHA256SUMS'" },
        { HEAD "{\"name\":\"file-a\",\"role\":\"file\",\"size\":1,"
          "\"sha256\":\"" SHA "\"}," LOG "]}", "must be the log" },
        { HEAD LOG ",{\"name\":\"file-a\",\"role\":\"log\",\"size\":1,"
          "\"sha256\":\"" SHA "\"}]}", "must be the log" },
    };
    g_autofree char *deep = g_strnfill(100000, '[');
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Bundle) bundle = bundle_manifest_read(
            rows[i].text, strlen(rows[i].text), &error);

        g_test_message("%s", rows[i].text);
        g_assert_true((bundle != NULL) == !rows[i].expected);
        if (rows[i].expected) {
            assert_contains(error->message, rows[i].expected);
        }
    }
    memcpy(deep, "{\"a\":", 5);
    g_assert_null(bundle_manifest_read(deep, strlen(deep), NULL));
}

/* A manifest of another archive, and one that is too large */
static void test_lies(void)
{
    static const struct {
        const char *name;
        const char *text;
        const char *expected;
    } rows[] = {
        { "file-a", "abc", NULL },
        { "file-a", "abd", "file-a is damaged" },
        { "file-a", "ab", "file-a has not the size" },
        { "file-b", "abc", "file-a is missing" },
    };
    g_autofree char *large = g_strnfill(BUNDLE_MANIFEST_MAX + 1, ' ');
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) archive = g_byte_array_new();
        g_autofree char *manifest = put_manifest(archive, "log.mmt", small_log,
                                                 "file-a", "abc", NULL);

        put_member(archive, "log.mmt", '0', small_log, -1);
        put_member(archive, rows[i].name, '0', rows[i].text, -1);
        if (!rows[i].expected) {
            assert_bundle_fault(archive, "the bundle is cut off");
            put_end(archive);
            assert_bundle_fault(archive, "SHA256SUMS is missing");
        } else {
            put_end(archive);
            assert_bundle_fault(archive, rows[i].expected);
        }
    }
    put_member(bytes, "manifest.json", '0', large, -1);
    put_end(bytes);
    assert_bundle_fault(bytes, "manifest.json is too large");
}

/* One that is not in the manifest, at the end and before */
static void test_more(void)
{
    g_autoptr(GByteArray) bytes = small_bundle();

    g_byte_array_set_size(bytes, bytes->len - 2 * BLOCK);
    put_member(bytes, "file-b", '0', "more", -1);
    put_end(bytes);
    assert_bundle_fault(bytes, "file-b is not in the manifest");
}

/* --- the log ------------------------------------------------------------- */

static void test_log(void)
{
    static const char continues[] =
        "VERSION 20070824\n"
        "MARK 1.0 vfio-trace: part 1 continues in part 2\n";
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GByteArray) other = g_byte_array_new();
    g_autoptr(GByteArray) none = g_byte_array_new();
    g_autoptr(GByteArray) start = g_byte_array_new();
    uint64_t lines;
    g_autofree char *fault = NULL;

    g_free(put_manifest(bytes, "log.mmt", continues, NULL));
    g_free(put_manifest(other, "log.mmt", continues, NULL));
    g_free(put_manifest(none, "log.mmt", continues, NULL));
    put_member(bytes, "log.mmt", '0', continues, -1);
    g_byte_array_append(start, bytes->data, bytes->len);
    put_member(bytes, "file-a", '0', "abc", -1);
    put_end(bytes);
    assert_bundle_log_fault(bytes, "continues in a part that is missing");
    put_member(other, "log.mmt", '0', continues, -1);
    put_member(other, "log.mmt.1", '0', small_log, -1);
    put_end(other);
    assert_bundle_log_fault(other, "is not part 2 of the log");
    put_member(none, "file-a", '0', "abc", -1);
    put_end(none);
    assert_bundle_log_fault(none, "the second member is not a log");
    /* Cut off where the next part should be: as a log that is cut off */
    fault = bundle_read_log(start, &lines);
    g_assert_null(fault);
}

/* Cut off anywhere: the text up to there, and that it is cut off */
static void test_cut(void)
{
    g_autoptr(GByteArray) bytes = small_bundle();
    guint log_end = 0;
    guint i;

    while (strncmp((char *)bytes->data + log_end, "file-a", 7)) {
        log_end += BLOCK;
    }
    for (i = MMT_BUNDLE_MAGIC_LEN; i < log_end; i += 7) {
        g_autoptr(GByteArray) start = g_byte_array_new();
        g_autofree char *path = NULL;
        g_autoptr(MmtReader) reader = NULL;
        MmtLine line;

        g_byte_array_append(start, bytes->data, i);
        path = write_bytes("cut.tar", start);
        reader = mmt_reader_open(path, NULL);
        while (mmt_reader_next(reader, &line, NULL) == MMT_READ_LINE) {
            continue;
        }
        /* The zeros behind the log's text are not of the log. */
        g_assert_true(mmt_reader_truncated(reader) != NULL ||
                      i >= log_end - BLOCK + strlen(small_log));
    }
}

/* A text that only begins like a bundle is a text. */
static void test_text(void)
{
    static const char *const texts[] = {
        "m", "manifest.json", "manifest.jsonx\n", "manifest.json\n", "man\n",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *path = temp_file("text.mmt", texts[i], -1);
        g_autoptr(MmtReader) reader = mmt_reader_open(path, NULL);
        size_t len = strcspn(texts[i], "\n");
        MmtLine line;

        g_assert_cmpint(mmt_reader_next(reader, &line, NULL), ==,
                        MMT_READ_LINE);
        g_assert_cmpmem(line.p, line.len, texts[i], len);
    }
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bundle-manifest/manifests", test_manifests);
    g_test_add_func("/bundle-manifest/lies", test_lies);
    g_test_add_func("/bundle-manifest/more", test_more);
    g_test_add_func("/bundle-manifest/log", test_log);
    g_test_add_func("/bundle-manifest/cut", test_cut);
    g_test_add_func("/bundle-manifest/text", test_text);
    status = g_test_run();
    temp_clean();
    return status;
}
