/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run on an Arm host, which is simulated
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dry-run.h"
#include "fake-host.h"
#include "tools/host/ovmf.h"

#define NIC "0000:02:00.0"
#define FLASH (64 * 1024 * 1024)
#define AAVMF "/usr/share/AAVMF/AAVMF_"

static char *root;

#define assert_lacks(text, part) g_assert_null(strstr(text, part))

/* A file of a size that takes no room on the disk */
static void sparse(const char *path, off_t bytes)
{
    g_autofree char *full = g_strconcat(root, path, NULL);

    fake_file(root, path, "%s", "");
    g_assert_cmpint(truncate(full, bytes), ==, 0);
}

static void remove_file(const char *path)
{
    g_autofree char *full = g_strconcat(root, path, NULL);

    g_assert_cmpint(g_unlink(full), ==, 0);
}

static void test_machine(void)
{
    g_autofree char *out = command(ARGS("--os", "linux", "--disk",
                                        "/dev/null"));
    g_autofree char *tcg = command(ARGS("--accel", "tcg"));

    assert_contains(out, "    -machine virt,gic-version=host \\\n"
                    "    -accel kvm \\\n    -cpu host \\\n");
    assert_contains(tcg, "    -machine virt,gic-version=max \\\n"
                    "    -accel tcg \\\n    -cpu max \\\n");
    assert_contains(out, "-device pcie-root-port,id=port0,bus=pcie.0");
    assert_contains(out, "-device vfio-pci-trace,host=" NIC);
    assert_contains(out, "-device virtio-blk-pci,drive=disk0,bootindex=1");
    /* Markers come by virtio: there are no I/O ports. */
    assert_lacks(out, "isa-");
    assert_contains(out, "-device virtio-serial-pci,id=marker-bus");
    assert_lacks(out, "ide-");
    assert_lacks(out, "smm");
}

static void test_firmware(void)
{
    g_autofree char *code = g_strconcat(root, AAVMF "CODE.fd", NULL);
    g_autofree char *out = command(ARGS("--os", "linux"));
    g_autofree char *wanted = g_strconcat(
        "-drive if=pflash,unit=0,format=raw,readonly=on,file=", code, " \\\n",
        NULL);
    g_autofree char *kernel = command(ARGS("--kernel", "/dev/null"));

    assert_contains(out, wanted);
    assert_contains(out, "-drive if=pflash,unit=1,format=raw,file=");
    /* A kernel needs no firmware. */
    assert_lacks(kernel, "pflash");
    assert_refused(ARGS("--firmware", "seabios"), "it is for x86 guests");
    /* Flash of another size: QEMU would refuse it. */
    sparse(AAVMF "CODE.fd", FLASH / 2);
    assert_refused(ARGS("--os", "linux"), "there is no firmware for a guest");
    assert_refused(ARGS("--firmware", "ovmf"), "qemu-efi-aarch64");
    sparse(AAVMF "CODE.fd", FLASH);
}

/* Descriptions come before known names, and only those of the machine count. */
static void test_described(void)
{
    static const char text[] =
        "{ \"interface-types\": [ \"uefi\" ],"
        "  \"mapping\": { \"device\": \"flash\","
        "    \"executable\": { \"filename\": \"/fw/code\", \"format\": \"raw\" },"
        "    \"nvram-template\": { \"filename\": \"/fw/vars\","
        "                          \"format\": \"raw\" } },"
        "  \"targets\": [ { \"architecture\": \"%s\","
        "                   \"machines\": [ \"%s\" ] } ],"
        "  \"features\": [ %s ] }";
    static const char file[] = "/usr/share/qemu/firmware/50-test.json";
    g_autofree char *code = NULL;
    g_autofree char *vars = NULL;
    g_autofree char *wanted = g_strconcat(root, "/fw/code", NULL);
    g_autofree char *known = g_strconcat(root, AAVMF "CODE.fd", NULL);

    sparse("/fw/code", FLASH);
    sparse("/fw/vars", FLASH);
    fake_file(root, file, text, "aarch64", "virt-*", "\"verbose-static\"");
    g_assert_true(host_ovmf_find(root, HOST_ARCH_ARM, false, &code, &vars));
    g_assert_cmpstr(code, ==, wanted);
    g_clear_pointer(&code, g_free);
    g_clear_pointer(&vars, g_free);
    g_assert_false(host_ovmf_find(root, HOST_ARCH_X86, false, &code, &vars));
    g_assert_false(host_ovmf_find(root, HOST_ARCH_ARM, true, &code, &vars));
    g_assert_false(host_ovmf_find(root, HOST_ARCH_POWER, false, &code, &vars));
    /* Secure Boot needs no SMM here. */
    fake_file(root, file, text, "aarch64", "virt-*",
              "\"secure-boot\", \"enrolled-keys\"");
    g_assert_true(host_ovmf_find(root, HOST_ARCH_ARM, true, &code, &vars));
    g_assert_cmpstr(code, ==, wanted);
    g_clear_pointer(&code, g_free);
    g_clear_pointer(&vars, g_free);
    fake_file(root, file, text, "x86_64", "pc-q35-*", "");
    g_assert_true(host_ovmf_find(root, HOST_ARCH_ARM, false, &code, &vars));
    g_assert_cmpstr(code, ==, known);
    remove_file(file);
}

static void test_display(void)
{
    g_autofree char *linux_guest = command(ARGS("--os", "linux", "--display",
                                                "vnc"));
    g_autofree char *other = command(ARGS("--display", "vnc"));

    assert_contains(linux_guest, "-device virtio-gpu-pci,id=vga,addr=0xf \\\n");
    assert_contains(linux_guest, "-device qemu-xhci,id=usb");
    assert_contains(linux_guest, "-device usb-kbd,bus=usb.0");
    assert_contains(other, "-device ramfb,id=vga \\\n");
    assert_lacks(other, "VGA");
}

/* CDs are at the USB controller, which comes before them, and once. */
static void test_drives(void)
{
    g_autofree char *out = command(ARGS("--disk", "/dev/null", "--iso",
                                        "/dev/null", "--iso", "/dev/null",
                                        "--display", "vnc"));
    const char *xhci = strstr(out, "-device qemu-xhci,");
    const char *cd = strstr(out, "-device usb-storage,bus=usb.0,drive=cd0,"
                            "bootindex=2 \\\n");

    assert_contains(out, "-device nvme,serial=disk0,drive=disk0,bootindex=1");
    assert_contains(out, "-device usb-storage,bus=usb.0,drive=cd1,bootindex=3");
    g_assert_true(xhci && cd && xhci < cd);
    assert_lacks(cd, "-device qemu-xhci,");
    assert_refused(ARGS("--iso", "/dev/null", "--iso", "/dev/null",
                        "--iso", "/dev/null", "--iso", "/dev/null",
                        "--iso", "/dev/null", "--iso", "/dev/null",
                        "--iso", "/dev/null", "--iso", "/dev/null",
                        "--iso", "/dev/null", "--iso", "/dev/null",
                        "--iso", "/dev/null", "--iso", "/dev/null",
                        "--iso", "/dev/null", "--iso", "/dev/null",
                        "--iso", "/dev/null", "--iso", "/dev/null"),
                   "--iso is given 16 times, and the guest's USB controller");
}

/* What is x86's own is refused where it was asked for, else left out. */
static void test_x86_only(void)
{
    g_autofree char *windows = NULL;

    assert_refused(ARGS("--hide-hypervisor"),
                   "--hide-hypervisor: a guest of the machine virt always");
    windows = command(ARGS("--os", "windows", "--no-secure-boot", "--no-tpm"));
    assert_contains(windows, "    -cpu host \\\n");
    assert_contains(windows, "    -rtc base=localtime \\\n");
    assert_lacks(windows, "hv-");
}

static void test_tpm(void)
{
    g_autofree char *out = command(ARGS("--tpm"));

    assert_contains(out, "-device tpm-tis-device,tpmdev=tpm");
    assert_lacks(out, "tpm-crb");
}

static void test_large_bars(void)
{
    static const char file[] = "/sys/devices/pci0000:00/" NIC "/resource";
    g_autofree char *enough = NULL;
    g_autofree char *more = NULL;

    fake_file(root, file, "0x8000000000 0xbfffffffff 0x14220c\n");
    enough = command(ARGS("--trace-windows", "registers"));
    assert_lacks(enough, "highmem");
    fake_file(root, file, "0x8000000000 0xffffffffff 0x14220c\n");
    more = command(ARGS("--trace-windows", "registers"));
    assert_contains(more, "-machine virt,gic-version=host \\\n"
                    "    -machine highmem-mmio-size=1024G \\\n");
    fake_file(root, file, "0x0 0x0 0x0\n");
}

/* Older kernels make its group when a driver takes it. */
static void test_group(void)
{
    g_autofree char *dir = fake_pci(root, "pci0000:00", "0000:03:00.0",
                                    0x020000, NULL, -1);

    assert_refused(ARGS("03:00.0"), "is in no IOMMU group: switch on the SMMU");
    fake_file(root, "/sys/class/iommu/smmu3.0x9050000/devices", "%s", "");
    assert_refused(ARGS("03:00.0"),
                   "echo 0000:03:00.0 | sudo tee /sys/bus/pci/drivers_probe");
}

int main(int argc, char **argv)
{
    g_autofree char *dir = NULL;
    int result;

    g_test_init(&argc, &argv, NULL);
    root = fake_host_new();
    fake_file(root, "/proc/cpuinfo",
              "processor\t: 0\nCPU implementer\t: 0x41\n"
              "CPU architecture: 8\n");
    dir = fake_pci(root, "pci0000:00", NIC, 0x020000, NULL, 3);
    sparse(AAVMF "CODE.fd", FLASH);
    sparse(AAVMF "VARS.fd", FLASH);
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
    dry_run_first(ARGS(NIC, "--force"));
    g_test_add_func("/run-arm/machine", test_machine);
    g_test_add_func("/run-arm/firmware", test_firmware);
    g_test_add_func("/run-arm/described", test_described);
    g_test_add_func("/run-arm/display", test_display);
    g_test_add_func("/run-arm/drives", test_drives);
    g_test_add_func("/run-arm/x86-only", test_x86_only);
    g_test_add_func("/run-arm/tpm", test_tpm);
    g_test_add_func("/run-arm/large-bars", test_large_bars);
    g_test_add_func("/run-arm/group", test_group);
    result = g_test_run();
    fake_host_free(root);
    return result;
}
