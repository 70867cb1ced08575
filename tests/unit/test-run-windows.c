/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: Secure Boot and TPM of vfio-trace run, as Windows 11 requires,
 * and shared directories
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dry-run.h"
#include "fake-host.h"
#include "tools/run/internal.h"
#include "tools/run/tpm.h"

#define NIC "0000:02:00.0"

static char *root;
static char *disk;

static void remove_fake(const char *path)
{
    g_autofree char *real = g_strconcat(root, path, NULL);

    g_assert_cmpint(g_unlink(real), ==, 0);
}

/* A description of firmware: QEMU's docs/interop/firmware.json */
static void describe(const char *name, const char *cpu, const char *machine,
                     const char *format, const char *features,
                     const char *files)
{
    g_autofree char *path = g_strconcat("/usr/share/qemu/firmware/", name,
                                        NULL);

    fake_file(root, path,
              "{\"interface-types\": [\"uefi\"], \"mapping\": {"
              "\"device\": \"flash\", \"executable\": {\"filename\":"
              " \"/fw/%s-code\", \"format\": \"%s\"}, \"nvram-template\":"
              " {\"filename\": \"/fw/%s-vars\", \"format\": \"raw\"}},"
              " \"targets\": [{\"architecture\": \"%s\", \"machines\":"
              " [\"pc-i440fx-*\", \"%s\"]}], \"features\": [%s]}", files,
              format, files, cpu, machine, features);
}

#define SECURE "\"secure-boot\", \"enrolled-keys\", \"requires-smm\""

static void test_described(void)
{
    static const char *const files[] = { "plain", "secure", "other" };
    g_autofree char *plain = NULL;
    g_autofree char *secure = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *code = g_strdup_printf("/fw/%s-code", files[i]);
        g_autofree char *vars = g_strdup_printf("/fw/%s-vars", files[i]);

        fake_file(root, code, "code");
        fake_file(root, vars, "vars");
    }
    describe("10-arm.json", "aarch64", "pc-q35-*", "raw", SECURE, "other");
    describe("11-pc.json", "x86_64", "pc", "raw", SECURE, "other");
    describe("12-qcow2.json", "x86_64", "pc-q35-*", "qcow2", SECURE, "other");
    describe("13-absent.json", "x86_64", "pc-q35-*", "raw", SECURE, "absent");
    describe("14-keyless.json", "x86_64", "pc-q35-*", "raw",
             "\"secure-boot\", \"requires-smm\"", "other");
    fake_file(root, "/usr/share/qemu/firmware/15-broken.json", "{\"mapping\":");
    fake_file(root, "/usr/share/qemu/firmware/16-list.json", "[]");
    fake_file(root, "/usr/share/qemu/firmware/17-types.json",
              "{\"mapping\": [], \"features\": {}, \"targets\": [7, {}]}");
    describe("20-secure.json", "x86_64", "pc-q35-*", "raw", SECURE, "secure");
    describe("30-plain.json", "x86_64", "pc-q35-*", "raw", "\"acpi-s3\"",
             "plain");
    plain = command(ARGS("--firmware", "ovmf"));
    assert_contains(plain, "/fw/plain-code \\\n");
    assert_contains(plain, "-machine q35 \\\n");
    secure = command(ARGS("--secure-boot", "-d", disk));
    assert_contains(secure, "/fw/secure-code \\\n");
    assert_contains(secure, "-machine q35,smm=on \\\n");
    assert_contains(secure, "-global driver=cfi.pflash01,property=secure,"
                    "value=on \\\n");
    remove_fake("/usr/share/qemu/firmware/20-secure.json");
    remove_fake("/usr/share/qemu/firmware/30-plain.json");
}

static void test_known(void)
{
    g_autofree char *vars = g_strconcat(disk, ".nvram", NULL);
    g_autofree char *beside = g_strdup_printf("if=pflash,unit=1,format=raw,"
                                              "file=%s ", vars);
    g_autofree char *secure = NULL;
    g_autofree char *linux_ = NULL;

    assert_refused(ARGS("--secure-boot"), "there is no OVMF with Secure Boot");
    fake_file(root, "/usr/share/OVMF/OVMF_CODE_4M.fd", "code");
    fake_file(root, "/usr/share/OVMF/OVMF_VARS_4M.fd", "vars");
    assert_refused(ARGS("--os=windows", "--no-tpm"),
                   "there is no OVMF with Secure Boot");
    fake_file(root, "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "code");
    fake_file(root, "/usr/share/OVMF/OVMF_VARS_4M.ms.fd", "vars");
    secure = command(ARGS("--os=windows", "--no-tpm", "-d", disk));
    assert_contains(secure, "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd \\\n");
    assert_contains(secure, beside);
    linux_ = command(ARGS("--os=linux", "-d", disk));
    assert_contains(linux_, "/OVMF_CODE_4M.fd \\\n");
    g_assert_null(strstr(linux_, "smm=on"));
    assert_refused(ARGS("--secure-boot", "--firmware=seabios"),
                   "--secure-boot needs OVMF, and --firmware is seabios");
}

/* What swtpm answers to QEMU's first command, or does not */
static void test_tpm_answer(void)
{
    g_autoptr(GError) error = NULL;
    RunSession session = { .signal_fd = -1 };
    char command[4];
    int ends[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    run_screen_init(&session.screen);
    g_assert_false(run_tpm_await(&session, ends[0], 1000, &error));
    assert_contains(error->message, "swtpm does not answer");
    g_clear_error(&error);
    g_assert_cmpint(read(ends[1], command, sizeof(command)), ==, 4);
    g_assert_cmpint(memcmp(command, "\0\0\0\1", 4), ==, 0);
    g_assert_cmpint(write(ends[1], "\0\0\0\0\0\1\xff\xff", 8), ==, 8);
    g_assert_true(run_tpm_await(&session, ends[0], G_USEC_PER_SEC, &error));
    g_assert_no_error(error);
    close(ends[1]);
    g_assert_false(run_tpm_await(&session, ends[0], G_USEC_PER_SEC, &error));
    assert_contains(error->message, "swtpm has ended, or is not one");
    close(ends[0]);
}

/* Variables without a platform key would switch Secure Boot off. */
static void test_keys(void)
{
    static const char with_key[] =
        "....\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c"
        "P\0K\0\0\0....";
    static const char without[] =
        "....\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c"
        "P\0K\0D\0\0\0";
    g_autofree char *good = temp_file("good.fd", with_key,
                                      sizeof(with_key) - 1);
    g_autofree char *bad = temp_file("bad.fd", without, sizeof(without) - 1);
    g_autofree char *out = command(ARGS("--secure-boot", "--nvram", good));

    assert_contains(out, "/good.fd ");
    assert_refused(ARGS("--secure-boot", "--nvram", bad),
                   "bad.fd has no keys for Secure Boot");
}

/* Root must not follow a link that is in the place of the variables. */
static void test_no_vars(void)
{
    g_autofree char *vars = g_strconcat(disk, ".nvram", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(symlink("/dev/zero", vars), ==, 0);
    assert_refused(ARGS("--os=windows", "--no-tpm", "-d", disk),
                   ".nvram: it is not a regular file but a link");
    g_assert_cmpint(g_unlink(vars), ==, 0);
    g_assert_cmpint(mkfifo(vars, 0600), ==, 0);
    assert_refused(ARGS("--os=linux", "--nvram", vars),
                   ".nvram: it is not a regular file");
    g_assert_cmpint(g_unlink(vars), ==, 0);
    if (!geteuid()) {
        g_assert_true(g_file_set_contents(vars, "x", 1, &error));
        g_assert_cmpint(chown(vars, 12345, 12345), ==, 0);
        assert_refused(ARGS("--os=windows", "--no-tpm", "-d", disk),
                       ".nvram: it belongs to user 12345");
        g_assert_cmpint(g_unlink(vars), ==, 0);
    }
}

static void test_tpm(void)
{
    g_autofree char *beside = g_strdup_printf("dir=%s.tpm,mode=0600 ", disk);
    g_autofree char *windows = command(ARGS("--os=windows", "-d", disk));
    g_autofree char *own = command(ARGS("--tpm=/x/state", "-d", disk));
    g_autofree char *none = command(ARGS("--os=windows", "--no-tpm"));
    g_autofree char *bios = command(ARGS("--os=windows", "--firmware=seabios"));
    g_autofree char *linux_ = command(ARGS("--os=linux", "-d", disk));
    g_autofree char *device = command(ARGS("--tpm", "-d", "/dev/null"));

    assert_refused(ARGS("--tpm="), "--tpm= needs a value");
    /* As after any switch, the next word is a device. */
    assert_refused(ARGS("--tpm", "/x/state"), "/x/state");
    assert_contains(windows, "\nswtpm socket ");
    assert_contains(windows, beside);
    assert_contains(windows, "-chardev socket,id=tpm,path=");
    assert_contains(windows, "-tpmdev emulator,id=tpm,chardev=tpm \\\n");
    assert_contains(windows, "-device tpm-crb,tpmdev=tpm\n");
    assert_contains(own, "dir=/x/state,mode=0600 ");
    g_assert_null(strstr(none, "tpm"));
    g_assert_null(strstr(bios, "tpm"));
    g_assert_null(strstr(bios, "smm=on"));
    g_assert_null(strstr(linux_, "tpm"));
    /* Beside a block device is no place for a directory. */
    g_assert_null(strstr(device, "/dev/null.tpm"));
    assert_contains(device, "/tpm,mode=0600 ");
}

static void make_program(const char *path, const char *text)
{
    g_autofree char *real = g_strconcat(root, path, NULL);

    fake_file(root, path, "%s", text);
    g_assert_cmpint(chmod(real, 0755), ==, 0);
}

static void test_share(void)
{
    g_autofree char *link = g_build_filename(temp_dir(), "link", NULL);
    g_autofree char *nine = command(ARGS("--os=linux", "--share", "/usr:u",
                                         "--share", "/etc"));
    g_autofree char *fs = NULL;
    const char *many[2 * 9 + 1] = { NULL };
    size_t i;

    assert_contains(nine, "-fsdev local,id=share0,path=/usr,security_model="
                    "mapped-xattr \\\n");
    assert_contains(nine, "-device virtio-9p-pci,fsdev=share0,mount_tag=u,"
                    "addr=0xc.0,multifunction=on \\\n");
    assert_contains(nine, "-device virtio-9p-pci,fsdev=share1,mount_tag=etc,"
                    "addr=0xc.1\n");
    assert_refused(ARGS("--share", "/usr:x", "--share", "/etc:x"),
                   "another directory has the name x already");
    assert_refused(ARGS("--share", "/no/such"), "No such file");
    assert_refused(ARGS("--share", "/etc/passwd"), "it is not a directory");
    g_assert_cmpint(symlink("/usr", link), ==, 0);
    assert_refused(ARGS("--share", link), "it is not a directory but a link");
    assert_refused(ARGS("--share", "/usr", "--as-root"), "root's rights");
    for (i = 0; i < 9; i++) {
        many[2 * i] = "--share";
        many[2 * i + 1] = "/usr";
    }
    assert_refused(many, "another directory has the name usr");
    assert_refused(ARGS("--os=windows", "--no-tpm", "--no-secure-boot",
                        "--share", "/usr"), "Windows needs virtiofs");
    /* QEMU's old one, which needs root */
    make_program("/usr/libexec/virtiofsd", "#!/bin/sh\necho --sandbox\n");
    assert_refused(ARGS("--os=windows", "--no-tpm", "--no-secure-boot",
                        "--share", "/usr"), "Windows needs virtiofs");
    make_program("/usr/libexec/virtiofsd",
                 "#!/bin/sh\necho --translate-uid\n");
    fs = command(ARGS("--os=windows", "--no-tpm", "--no-secure-boot",
                      "--share", "/usr"));
    assert_contains(fs, "-object memory-backend-memfd,id=memory,size=4G,"
                    "share=on \\\n    -machine memory-backend=memory \\\n");
    assert_contains(fs, "-device vhost-user-fs-pci,chardev=share0,tag=usr,"
                    "addr=0xc.0 \\\n    -fw_cfg "
                    "name=opt/org.vfio-trace/share0,string=usr\n");
    assert_contains(fs, "/virtiofsd \\\n    --fd=3 \\\n    --shared-dir=/usr ");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    root = fake_host_new();
    g_free(fake_pci(root, "pci0000:00", NIC, 0x020000, "e1000e", 1));
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    disk = temp_file("win.raw", "", 0);
    dry_run_first(ARGS(NIC));
    g_test_add_func("/run/windows/described", test_described);
    g_test_add_func("/run/windows/known", test_known);
    g_test_add_func("/run/windows/keys", test_keys);
    g_test_add_func("/run/windows/no-vars", test_no_vars);
    g_test_add_func("/run/windows/tpm", test_tpm);
    g_test_add_func("/run/windows/tpm-answer", test_tpm_answer);
    g_test_add_func("/run/windows/share", test_share);
    status = g_test_run();
    g_free(disk);
    temp_clean();
    fake_host_free(root);
    return status;
}
