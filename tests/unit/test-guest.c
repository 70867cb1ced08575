/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: settings of a guest, and settings files
 */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run-tool.h"
#include "tools/guest/guest.h"
#include "tools/guest/share.h"

static void parse(GuestSettings *settings, const char *text)
{
    g_autoptr(GError) error = NULL;

    guest_settings_init(settings);
    guest_file_parse(settings, "/vms/a.conf", text, &error);
    g_assert_no_error(error);
}

static void test_parse(void)
{
    GuestSettings settings;

    parse(&settings, "# a comment\n\n[vfio-trace]\nos=windows\n"
          "disk=win11.qcow2;/data/b\\;c.raw;\nmemory = 8G\nsmp=4\n"
          "force=true\noverwrite=false\nfirmware=ovmf\nqemu=qemu-x\n"
          "nvram=sub/../vars.fd\noutput=unix:log.sock\n"
          "device=01:00.0;01:00.1\nappend=console=ttyS0 root=/dev/vda\n"
          "qemu-args=-serial;file:x\n");
    g_assert_cmpstr(settings.os, ==, "windows");
    g_assert_cmpuint(g_strv_length(settings.disks), ==, 2);
    g_assert_cmpstr(settings.disks[0], ==, "/vms/win11.qcow2");
    g_assert_cmpstr(settings.disks[1], ==, "/data/b;c.raw");
    g_assert_cmpstr(settings.memory, ==, "8G");
    g_assert_cmpint(settings.smp, ==, 4);
    g_assert_cmpint(settings.force, ==, TRUE);
    g_assert_cmpint(settings.overwrite, ==, FALSE);
    g_assert_cmpint(settings.as_root, ==, GUEST_UNSET);
    g_assert_cmpstr(settings.firmware, ==, "ovmf");
    g_assert_cmpstr(settings.qemu, ==, "qemu-x");
    g_assert_cmpstr(settings.nvram, ==, "/vms/vars.fd");
    g_assert_cmpstr(settings.log, ==, "unix:log.sock");
    g_assert_cmpstr(settings.devices[1], ==, "01:00.1");
    g_assert_cmpstr(settings.append, ==, "console=ttyS0 root=/dev/vda");
    g_assert_cmpstr(settings.qemu_args[0], ==, "-serial");
    guest_settings_clear(&settings);
}

static void test_parse_bad(void)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        { "", "/vms/a.conf: it has no group [vfio-trace]" },
        { "os=linux\n", ": settings are lines KEY=VALUE after a line [vfio-" },
        { "[other]\nos=linux\n", "group [other] is unknown" },
        { "[vfio-trace]\n[other]\n", "group [other] is unknown" },
        { "[vfio-trace]\n\n# x\n memry=8G\n",
          "/vms/a.conf, line 4: there is no setting memry; the nearest is memory" },
        { "[vfio-trace]\nwindows=all\n", "there is no setting windows" },
        { "[vfio-trace]\nvm=x\n", "there is no setting vm" },
        { "[vfio-trace]\nno-device=true\n", "there is no setting no-device" },
        { "[vfio-trace]\nno-tpm=true\n",
          "/vms/a.conf, line 2: there is no setting no-tpm: use tpm=false" },
        { "[vfio-trace]\ndisk=a\n# disk=b\n disk = b\n",
          "/vms/a.conf, line 4: disk is also in line 2: put all its words" },
        { "[vfio-trace]\nsmp=2\n[vfio-trace]\nsmp=2\n",
          "line 4: smp is also in line 2: remove one" },
        { "[vfio-trace]\ndisk[de]=x\n", "there is no setting disk[de]" },
        { "[vfio-trace]\nsmp=two\n", "/vms/a.conf: smp=two: it must be a number" },
        { "[vfio-trace]\nsmp=-1\n", "smp=-1: it must be a number" },
        { "[vfio-trace]\nsmp=0\n", "smp=0: it must be a number" },
        { "[vfio-trace]\nforce=yes\n", "force=yes: it must be true or false" },
        { "[vfio-trace]\nforce=1\n", "force=1: it must be true or false" },
        { "[vfio-trace]\nmemory=\n", "memory=: it must be a value" },
        { "[vfio-trace]\ndisk=a;;b\n", "disk=: it must be a list" },
        { "[vfio-trace]\nmemory=\\x\n", "/vms/a.conf: " },
        { "[vfio-trace]\nmemory=\xff\n", "/vms/a.conf: " },
        { "[vfio-trace]\nmemory\n", "/vms/a.conf: " },
        { "[vfio-trace\n", "/vms/a.conf: " },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        GuestSettings settings;

        guest_settings_init(&settings);
        g_test_message("%s", cases[i].text);
        g_assert_false(guest_file_parse(&settings, "/vms/a.conf",
                                        cases[i].text, &error));
        g_assert_nonnull(error);
        assert_contains(error->message, cases[i].why);
        guest_settings_clear(&settings);
    }
}

/* What is written is read again as it was. */
static void test_round_trip(void)
{
    static const char text[] =
        "[vfio-trace]\ndevice=01:00.0;\noutput=/vms/log.mmt\n"
        "overwrite=true\ndisk=/vms/a;/vms/b\\;c;/vms/\\sd;\nsmp=3\n"
        "append= a  b;c\\n\nas-root=false\nqemu-args=-x;y\\;z;\n";
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    GuestSettings settings;

    parse(&settings, text);
    first = guest_file_text(&settings);
    guest_settings_clear(&settings);
    parse(&settings, first);
    second = guest_file_text(&settings);
    g_assert_cmpstr(first, ==, second);
    g_assert_cmpstr(settings.disks[1], ==, "/vms/b;c");
    g_assert_cmpstr(settings.disks[2], ==, "/vms/ d");
    g_assert_cmpstr(settings.append, ==, "a  b;c\n");
    g_assert_cmpstr(settings.qemu_args[1], ==, "y;z");
    g_assert_cmpint(settings.as_root, ==, FALSE);
    g_assert_cmpint(settings.force, ==, GUEST_UNSET);
    guest_settings_clear(&settings);
}

static void test_merge(void)
{
    g_autoptr(GError) error = NULL;
    GuestSettings first;
    GuestSettings second;

    parse(&first, "[vfio-trace]\ndisk=/x\nforce=false\nmemory=1G\n");
    parse(&second, "[vfio-trace]\ndisk=/y;/z\niso=/i\nforce=true\nsmp=7\n"
          "memory=2G\nwith-group=true\n");
    guest_settings_merge(&first, &second);
    guest_settings_clear(&second);
    g_assert_cmpuint(g_strv_length(first.disks), ==, 1);
    g_assert_cmpstr(first.isos[0], ==, "/i");
    g_assert_cmpint(first.force, ==, FALSE);
    g_assert_cmpint(first.with_group, ==, TRUE);
    g_assert_cmpint(first.smp, ==, 7);
    g_assert_cmpstr(first.memory, ==, "1G");
    g_assert_true(guest_settings_complete(&first, &error));
    g_assert_cmpstr(first.os, ==, "other");
    g_assert_cmpint(first.as_root, ==, FALSE);
    guest_settings_clear(&first);
}

static void test_share(void)
{
    static const struct {
        const char *word;
        const char *dir;
        const char *tag;
    } good[] = {
        { "/a/b", "/a/b", "b" },
        { "/a/b:x", "/a/b", "x" },
        { "/a:b/c", "/a:b/c", "c" },
        { "/a:b/c:d", "/a:b/c", "d" },
        { "/a/../b/", "/b", "b" },
        { "/a b:c.d_e-f", "/a b", "c.d_e-f" },
    };
    static const char *const bad[] = {
        "", ":x", "/", "/a b", "/a:", "/a:b c", "/a:b,c", "/a:\xc3\xa4",
        "/a:12345678901234567890123456789012",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *dir = NULL;
        g_autofree char *tag = NULL;

        guest_share_parse(good[i].word, &dir, &tag, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(dir, ==, good[i].dir);
        g_assert_cmpstr(tag, ==, good[i].tag);
    }
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        char *dir = NULL;
        char *tag = NULL;

        g_assert_false(guest_share_parse(bad[i], &dir, &tag, &error));
        assert_contains(error->message, "--share ");
        g_assert_null(dir);
        g_assert_null(tag);
    }
}

/* --- files, as the verb finds and reads them ------------------------------- */

static ToolRun *dry_run(const char *const *args)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    g_ptr_array_add(argv, (gpointer)"run");
    g_ptr_array_add(argv, (gpointer)"--dry-run");
    g_ptr_array_add(argv, (gpointer)"--no-device");
    g_ptr_array_add(argv, (gpointer)"--no-rehearsal");
    g_ptr_array_add(argv, (gpointer)"--firmware=seabios");
    while (*args) {
        g_ptr_array_add(argv, (gpointer)*args++);
    }
    g_ptr_array_add(argv, NULL);
    return run_toolv(NULL, (const char *const *)argv->pdata);
}

#define ARGS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static char *home(void)
{
    return g_build_filename(temp_dir(), "config", NULL);
}

static char *settings_file(const char *name, const char *text)
{
    g_autofree char *dir = home();
    char *path = g_build_filename(dir, "vfio-trace/guests", name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *group = g_path_get_dirname(parent);

    g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(chmod(dir, 0755), ==, 0);
    g_assert_cmpint(chmod(group, 0755), ==, 0);
    g_assert_cmpint(chmod(parent, 0755), ==, 0);
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    return path;
}

static void assert_refused(const char *word, const char *why)
{
    g_autoptr(ToolRun) run = dry_run(ARGS("--vm", word));

    g_assert_cmpint(run->status, ==, 2);
    g_assert_cmpstr(run->out, ==, "");
    assert_contains(run->err, why);
}

static void test_names(void)
{
    g_autofree char *path = settings_file("demo.conf",
        "[vfio-trace]\nqemu=/bin/true\nmemory=3G\nsmp=5\n"
        "qemu-args=-serial;null\n");
    g_autoptr(ToolRun) by_name = dry_run(ARGS("--vm", "demo"));
    g_autoptr(ToolRun) by_path = dry_run(ARGS("--vm", path, "--smp=2", "--",
                                              "-nic", "none"));

    g_assert_cmpint(by_name->status, ==, 0);
    assert_contains(by_name->out, "-m 3G \\\n");
    assert_contains(by_name->out, "-smp 5 \\\n");
    assert_contains(by_name->out, "-serial null\n");
    assert_contains(by_path->out, "-m 3G \\\n");
    assert_contains(by_path->out, "-smp 2 \\\n");
    assert_contains(by_path->out, "-nic none\n");
    g_assert_null(strstr(by_path->out, "-serial"));
    assert_refused("nowhere", "--vm nowhere: there is no such settings file (");
    assert_refused("nowhere", "/etc/vfio-trace/guests/nowhere.conf)");
    assert_refused("./nowhere", "/nowhere)");
    g_free(settings_file("odd.conf", "[vfio-trace]\nmemory=8Q\n"));
    assert_refused("odd", "with the settings of --vm odd: --memory 8Q: ");
}

static void test_save(void)
{
    g_autofree char *path = settings_file("base.conf",
        "[vfio-trace]\nmemory=3G\nforce=true\n");
    g_autofree char *copy = g_build_filename(temp_dir(), "copy.conf", NULL);
    g_autofree char *saved = NULL;
    g_autoptr(ToolRun) dry = dry_run(ARGS("--vm", path, "--save-vm", copy));
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) again = NULL;

    g_assert_cmpint(dry->status, ==, 0);
    g_assert_false(g_file_test(copy, G_FILE_TEST_EXISTS));
    run = run_tool(NULL, "run", "--no-device", "--no-rehearsal", "--as-root",
                   "--accel=tcg", "--firmware=seabios", "--qemu=/bin/true",
                   "--vm", path, "--no-force", "--save-vm", copy, NULL);
    g_assert_true(g_file_get_contents(copy, &saved, NULL, NULL));
    g_assert_true(g_str_has_prefix(saved, "# "));
    assert_contains(saved, "\n[vfio-trace]\nmemory=3G\naccel=tcg\n"
                    "firmware=seabios\nforce=false\nas-root=true\n"
                    "qemu=/bin/true\n");
    again = run_tool(NULL, "run", "--no-device", "--no-rehearsal", "--as-root",
                     "--accel=tcg", "--firmware=seabios", "--qemu=/bin/true",
                     "--save-vm", copy, NULL);
    g_assert_cmpint(again->status, ==, 2);
    assert_contains(again->err, "exists already");
}

/* Files that are none, whoever asks */
static void test_strange_files(void)
{
    g_autofree char *path = settings_file("strange.conf", "[vfio-trace]\n");
    g_autofree char *link = settings_file("link.conf", "");
    g_autofree char *fifo = settings_file("fifo.conf", "");
    g_autofree char *large = g_strnfill(65 * 1024, '#');
    G_GNUC_UNUSED g_autofree char *many = settings_file("many.conf", large);
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *binary = settings_file("binary.conf", "");

    g_assert_cmpint(g_unlink(link), ==, 0);
    g_assert_cmpint(symlink(path, link), ==, 0);
    assert_refused("link", "it is a symbolic link");
    g_assert_cmpint(g_unlink(fifo), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    assert_refused("fifo", "is not a regular file");
    assert_refused(dir, "is not a regular file");
    assert_refused("many", "has more than 64 KiB");
    g_assert_true(g_file_set_contents(binary, "[vfio-trace]\n\0", 14, NULL));
    assert_refused("binary", "has binary data");
}

/* Root reads only what root or the user who has called sudo could write. */
static void test_owners(void)
{
    g_autofree char *path = settings_file("owned.conf", "[vfio-trace]\n"
                                          "qemu=/bin/true\n");
    g_autofree char *dir = g_path_get_dirname(path);
    g_autoptr(ToolRun) good = NULL;

    if (geteuid()) {
        g_test_skip("only root is careful");
        return;
    }
    g_assert_cmpint(chmod(path, 0664), ==, 0);
    assert_refused(path, "other users can write to it");
    g_assert_cmpint(chmod(path, 0646), ==, 0);
    assert_refused(path, "other users can write to it");
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    g_assert_cmpint(chmod(dir, 0775), ==, 0);
    assert_refused(path, "other users can write to it");
    g_assert_cmpint(chmod(dir, 01777), ==, 0);
    assert_refused(path, "other users can write to it");
    g_assert_cmpint(chmod(dir, 0755), ==, 0);
    g_assert_cmpint(chown(path, 1, 1), ==, 0);
    assert_refused(path, "belongs to user 1");
    g_setenv("SUDO_UID", "2", TRUE);
    assert_refused(path, "belongs to user 1");
    g_setenv("SUDO_UID", "1", TRUE);
    good = dry_run(ARGS("--vm", path));
    g_assert_cmpint(good->status, ==, 0);
    g_assert_cmpint(chown(dir, 2, 2), ==, 0);
    assert_refused(path, "belongs to user 2");
    g_setenv("SUDO_UID", "4294967295", TRUE);
    assert_refused(path, "belongs to user");
    g_setenv("SUDO_UID", "1x", TRUE);
    assert_refused(path, "belongs to user");
    g_unsetenv("SUDO_UID");
}

int main(int argc, char **argv)
{
    g_autofree char *config = NULL;
    g_autofree char *run_dir = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    config = home();
    g_setenv("XDG_CONFIG_HOME", config, TRUE);
    run_dir = g_build_filename(temp_dir(), "run", NULL);
    g_setenv("VFIO_TRACE_RUN_DIR", run_dir, TRUE);
    g_test_add_func("/guest/parse", test_parse);
    g_test_add_func("/guest/parse/bad", test_parse_bad);
    g_test_add_func("/guest/round-trip", test_round_trip);
    g_test_add_func("/guest/merge", test_merge);
    g_test_add_func("/guest/share", test_share);
    g_test_add_func("/guest/names", test_names);
    g_test_add_func("/guest/save", test_save);
    g_test_add_func("/guest/strange-files", test_strange_files);
    g_test_add_func("/guest/owners", test_owners);
    status = g_test_run();
    temp_clean();
    return status;
}
