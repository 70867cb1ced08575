/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace bundle
 *
 * A verb must say the same of a bundle as of the log that it was made of, and
 * libarchive, which has written it, must read the same as our own reader.
 */
#include <archive.h>
#include <archive_entry.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle-logs.h"
#include "fake-host.h"
#include "run-tool.h"
#include "tools/bundle/host.h"
#include "tools/bundle/unpack.h"

static char *output(const char *name)
{
    char *path = g_build_filename(temp_dir(), name, NULL);

    g_unlink(path);
    return path;
}

/* Make a bundle of a log; @a, @b: options, or NULL */
static char *make(const char *log, const char *name, const char *a,
                  const char *b)
{
    char *out = output(name);
    const char *args[] = { log, "-o", out, a ? a : b, a ? b : NULL, NULL };
    g_autoptr(ToolRun) run = run_verb("bundle", 0, args);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, "");
    return out;
}

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
        g_autofree char *bundle = make(log, kinds[i].bundle, NULL, NULL);
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
    bundle = make(log, "pipe.tar", option, NULL);
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
    g_autofree char *later = make(second, "later.tar", NULL, NULL);
    g_autofree char *first = make(log, "first.tar", NULL, NULL);
    g_autofree char *again = make(first, "again.tar.zst", NULL, NULL);
    g_autofree char *dir = output("later.d");
    g_autofree char *member = g_build_filename(dir, "log.mmt.1", NULL);
    g_autoptr(ToolRun) run = NULL;

    same_of(second, later, "cat", NULL);
    same_of(log, again, "cat", NULL);
    run = run_tool(NULL, "bundle", "-x", later, dir, NULL);
    g_assert_cmpint(run->status, ==, 0);
    same_of(second, member, "cat", NULL);
}

/* --- contents ------------------------------------------------------------ */

static void append(GString *text, const char *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        g_string_append_c(text, p[i] ? p[i] : '.');
    }
}

/* Names and contents of all members, as libarchive reads them */
static char *contents_by_libarchive(const char *path)
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

/* The same as our own reader reads them; NULL if it finds a fault */
static char *contents(const char *path)
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

static void test_contents(void)
{
    g_autofree char *log = bundle_log("contents.mmt", 3);
    g_autofree char *map = temp_file("System.map", "0 T start\n", -1);
    g_autofree char *notes = temp_file("some notes: 1", "yes\n", -1);
    g_autofree char *symbols = g_strconcat("--symbols=", map, NULL);
    g_autofree char *file = g_strconcat("--file=", notes, NULL);
    g_autofree char *bundle = make(log, "contents.tar.zst", symbols, file);
    g_autofree char *theirs = contents_by_libarchive(bundle);
    g_autofree char *ours = contents(bundle);
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
    bundle = make(log, "boots.tar", NULL, NULL);
    text = contents(bundle);
    assert_contains(text, "== log.mmt.kallsyms\n0 T one\n");
    assert_contains(text, "== log.mmt.3.kallsyms\n0 T two\n");
    g_assert_null(strstr(text, "log.mmt.2"));
    g_clear_pointer(&text, g_free);
    g_free(bundle);
    bundle = output("boots-public.tar");
    run = run_tool(NULL, "bundle", log, "-o", bundle, "--redact", NULL);
    g_assert_cmpint(run->status, ==, 0);
    text = contents(bundle);
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
    a = make(log, "a.tar.zst", NULL, NULL);
    b = make(log, "b.tar.zst", NULL, NULL);
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
    bundle = make(log, "private.tar", NULL, NULL);
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
        bundle = i == 3 ? make(log, "files.tar", NULL, NULL)
                        : make(log, "files.tar", option, NULL);
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
    g_autofree char *bundle = output("public.tar");
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
    g_autofree char *bundle = make(log, "extract.tar.zst", NULL, NULL);
    g_autofree char *dir = output("extracted");
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

/* --- the host ------------------------------------------------------------ */

static void test_host(void)
{
    g_autofree char *root = fake_host_new();
    g_autofree char *dev = fake_pci(root, "pci0000:00", "0000:00:05.0", 0x020000,
                                    "e1000e", -1);
    g_autofree char *log = bundle_log("host.mmt", 1);
    g_autofree char *other = NULL;
    g_autofree char *named = NULL;
    g_autofree char *text = NULL;
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autofree char *lspci = temp_file("lspci", "#!/bin/sh\necho \"$*\"\n",
                                       -1);

    g_assert_cmpint(chmod(lspci, 0755), ==, 0);
    g_setenv("PATH", temp_dir(), TRUE);
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    /* At the address of the log's device there is another one. */
    other = make(log, "other.tar", NULL, NULL);
    named = make(log, "named.tar", "--device=00:05.0", "--command=qemu -x");
    g_unsetenv("VFIO_TRACE_SYSFS_ROOT");
    g_setenv("PATH", path, TRUE);
    text = contents_by_libarchive(other);
    g_assert_null(strstr(text, "== device-"));
    g_assert_null(strstr(text, "\"kernel\""));
    g_clear_pointer(&text, g_free);
    text = contents_by_libarchive(named);
    assert_contains(text, "== device-0000.00.05.0-config.bin\n");
    assert_contains(text, "== device-0000.00.05.0-lspci.txt\n-A linux-sysfs");
    assert_contains(text, "-vvv -xxxx -s 0000:00:05.0\n");
    assert_contains(text, "\"kernel\" : \"Linux ");
    assert_contains(text, "\"command\" : \"qemu -x\"");
    fake_host_free(g_steal_pointer(&root));
}

static void test_mask(void)
{
    unsigned char config[4096] = { 0 };
    size_t i;

    memset(config + 0x42, 0xee, 6);
    config[0x34] = 0x40;
    config[0x40] = 0x03;    /* vital product data */
    config[0x41] = 0x40;    /* the list is a circle */
    config[0x100] = 0x01;   /* AER */
    config[0x102] = 0x01;
    config[0x103] = 0x20;
    memset(config + 0x104, 0x11, 8);
    config[0x200] = 0x03;   /* device serial number */
    config[0x203] = 0x20;   /* and again a circle */
    memset(config + 0x204, 0xdd, 8);
    bundle_host_mask(config, sizeof(config));
    for (i = 0; i < 6; i++) {
        g_assert_cmphex(config[0x42 + i], ==, 0);
    }
    for (i = 0; i < 8; i++) {
        g_assert_cmphex(config[0x104 + i], ==, 0x11);
        g_assert_cmphex(config[0x204 + i], ==, 0);
    }
    g_assert_cmphex(config[0x41], ==, 0x40);
    /* of any length */
    for (i = 0; i < 0x140; i++) {
        g_autofree unsigned char *copy = g_memdup2(config, i);

        bundle_host_mask(copy, i);
    }
}

/* --- redacting ----------------------------------------------------------- */

static void test_redact(void)
{
    g_autofree char *log = bundle_log("secret.mmt", 2);
    g_autofree char *out = output("public.tar");
    g_autoptr(ToolRun) run = run_tool(NULL, "bundle", log, "-o", out,
                                      "--redact", "--secret=hello", NULL);
    g_autoptr(ToolRun) check = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GDir) dir = g_dir_open(temp_dir(), 0, NULL);
    const char *name;

    g_assert_cmpint(run->status, ==, 0);
    text = contents(out);
    g_assert_nonnull(text);
    g_assert_null(strstr(text, "hello"));
    g_assert_null(strstr(text, "secret.mmt"));
    g_assert_null(strstr(text, "\"created\""));
    assert_contains(text, "\"redacted\" : true");
    assert_contains(text, "0x140240");
    check = run_tool(NULL, "check", out, NULL);
    g_assert_cmpint(check->status, ==, 0);
    /* Nothing is left of the log that redact has written. */
    while ((name = g_dir_read_name(dir))) {
        g_assert_false(g_str_has_prefix(name, ".vfio-trace-bundle-"));
    }
}

/* --- faults -------------------------------------------------------------- */

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
    g_autofree char *out = make(log, "usage.tar", NULL, NULL);
    g_autofree char *absent = output("absent.mmt");
    g_autofree char *not = output("usage.zip");
    g_autofree char *fresh = output("fresh.tar");
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
    g_autofree char *fresh = output("missing.tar");

    g_unlink(part);
    FAULT("continues in another file", 2, log, "-o", fresh);
    g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS));
}

/* Whatever byte is changed, and wherever the file ends: it is found. */
static void test_changed(void)
{
    g_autoptr(GByteArray) bytes = small_bundle();
    g_autofree char *path = write_bytes("changed.tar", bytes);
    g_autofree char *whole = contents(path);
    guint i;

    g_assert_nonnull(whole);
    for (i = 0; i < bytes->len; i++) {
        g_autoptr(GByteArray) start = g_byte_array_new();
        unsigned char saved = bytes->data[i];

        bytes->data[i] ^= 1 << g_test_rand_int_range(0, 8);
        g_free(write_bytes("changed.tar", bytes));
        bytes->data[i] = saved;
        if (contents(path)) {
            g_test_message("byte %u", i);
            g_assert_not_reached();
        }
        g_byte_array_append(start, bytes->data, i);
        g_free(write_bytes("changed.tar", start));
        g_assert_null(contents(path));
    }
    g_byte_array_append(bytes, (guint8 *)"x", 1);
    g_free(write_bytes("changed.tar", bytes));
    g_assert_null(contents(path));
}

/* Under the compression as well, but for what is without an effect. */
static void test_changed_packed(void)
{
    g_autofree char *log = bundle_log("packed-change.mmt", 1);
    g_autofree char *path = make(log, "packed-change.tar.zst", "--no-host",
                                 NULL);
    g_autofree char *whole = contents(path);
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
        changed = contents(path);
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
    g_test_add_func("/bundle/host", test_host);
    g_test_add_func("/bundle/mask", test_mask);
    g_test_add_func("/bundle/redact", test_redact);
    g_test_add_func("/bundle/usage", test_usage);
    g_test_add_func("/bundle/parts-missing", test_parts_missing);
    g_test_add_func("/bundle/changed", test_changed);
    g_test_add_func("/bundle/changed-packed", test_changed_packed);
    status = g_test_run();
    temp_clean();
    return status;
}
