/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: uses of the PCI devices of a simulated host
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake-gpu.h"
#include "fake-uses.h"
#include "tools/host/pci.h"
#include "tools/host/use.h"

static void test_names(Fixture *f, gconstpointer data)
{
    G_GNUC_UNUSED g_autofree char *dir =
        fake_pci(f->root, BUS, "0000:00:1f.7", 0xff0000, NULL, -1);
    g_autoptr(HostPci) gpu = get_gpu(f);
    g_autoptr(HostPci) bare = host_pci_get(f->root, "00:1f.7", NULL);
    g_autofree char *node = host_pci_vfio_node("", gpu);

    (void)data;
    g_assert_true(host_pci_is_display(gpu));
    g_assert_cmpstr(host_pci_class_name(gpu), ==, "VGA");
    g_assert_cmpstr(node, ==, "/dev/vfio/1");
    g_assert_nonnull(bare);
    g_assert_false(host_pci_is_display(bare));
    g_assert_cmpstr(host_pci_class_name(bare), ==, "other");
    g_assert_null(host_pci_vfio_node(f->root, bare));
}

static void test_boot_vga(Fixture *f, gconstpointer data)
{
    g_autofree char *driver = g_strconcat(f->root, f->gpu, "/driver", NULL);
    g_autofree char *link = g_strconcat(f->gpu, "/driver", NULL);

    (void)data;
    assert_uses(f->root, "");
    gpu_file(f, "boot_vga", "1\n");
    assert_uses(f->root, "!boot VGA: the host's console is on it");
    /* Without a driver, the console uses the firmware's frame buffer. */
    g_assert_cmpint(unlink(driver), ==, 0);
    assert_uses(f->root, "!boot VGA: the host's console is on it");
    fake_link(f->root, link, "/sys/bus/pci/drivers/vfio-pci");
    assert_uses(f->root, "");
}

static void test_mounts(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_disk(f->root, f->gpu, "ata1/block/sda", "8:0");
    gpu_file(f, "ata1/block/sda/sda1/partition", "1\n");
    fake_disk(f->root, f->gpu, "ata1/block/sda/sda1", "8:1");
    assert_uses(f->root, "");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n"
              "21 20 0:5 / /dev rw - devtmpfs udev rw\n"
              "22 20 8:1 /sub /home rw - ext4 /dev/root rw\n"
              "23 20 8:0 / /mnt/a\\040b rw - vfat /dev/sda rw\n"
              "24 20 259:0 / /elsewhere rw - ext4 /dev/nvme0n1 rw\n"
              "broken\n");
    assert_uses(f->root, "!file system / (/dev/root)\n"
                "!file system /mnt/a b (/dev/sda)");
}

/* LVM on a partition of a RAID */
static void test_stacked(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_disk(f->root, f->gpu, "nvme/nvme0/nvme0n1", "259:0");
    fake_disk(f->root, "/sys/devices/virtual/block", "md0", "9:0");
    fake_link(f->root, "/sys/devices/virtual/block/md0/slaves/nvme0n1",
              "/sys/class/block/nvme0n1");
    fake_disk(f->root, "/sys/devices/virtual/block/md0", "md0p1", "259:3");
    fake_file(f->root, "/sys/devices/virtual/block/md0/md0p1/partition",
              "1\n");
    fake_disk(f->root, "/sys/devices/virtual/block", "dm-0", "254:0");
    fake_link(f->root, "/sys/devices/virtual/block/dm-0/slaves/md0p1",
              "/sys/class/block/md0p1");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 254:0 / / rw - ext4 /dev/mapper/vg-root rw\n");
    assert_uses(f->root, "!file system / (/dev/mapper/vg-root)");

    /* A cycle of volumes belongs to no device. */
    fake_disk(f->root, "/sys/devices/virtual/block", "dm-1", "254:1");
    fake_link(f->root, "/sys/devices/virtual/block/dm-1/slaves/dm-1",
              "/sys/class/block/dm-1");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 254:1 / / rw - ext4 /dev/mapper/vg-loop rw\n");
    assert_uses(f->root, "");
}

static void test_multipath(Fixture *f, gconstpointer data)
{
    const char *subsystem = "/sys/devices/virtual/nvme-subsystem/nvme-subsys0";
    g_autofree char *controller = g_strconcat(f->gpu, "/nvme/nvme0", NULL);
    g_autofree char *link = g_strconcat(subsystem, "/nvme0", NULL);

    (void)data;
    gpu_file(f, "nvme/nvme0/state", "live\n");
    fake_disk(f->root, subsystem, "nvme0n1", "259:0");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n");
    assert_uses(f->root, "");
    fake_link(f->root, link, controller);
    assert_uses(f->root, "!file system / (/dev/nvme0n1)");
}

static void test_btrfs(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_disk(f->root, f->gpu, "block/sda", "8:0");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 0:25 /@ / rw - btrfs /dev/sdb rw\n");
    assert_uses(f->root, "");
    fake_link(f->root, "/sys/fs/btrfs/1234/devices/sda",
              "/sys/class/block/sda");
    assert_uses(f->root, "!file system / (/dev/sdb)");
}

static void test_swap(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_disk(f->root, f->gpu, "block/sda", "8:0");
    fake_file(f->root, "/proc/swaps",
              "Filename\t\tType\t\tSize\tUsed\tPriority\n"
              "/swapfile                partition\t4\t0\t-2\n"
              "/dev/zram0               partition\t4\t0\t-3\n"
              "/dev/sda                 partition\t4\t0\t-4\n");
    assert_uses(f->root, "!swap space /dev/sda");
}

/* A bridge's directory contains its devices'; the bridge is not in use. */
static void test_bridge_uses(Fixture *f, gconstpointer data)
{
    guint8 header[64] = { [0x0e] = 1 };
    g_autofree char *dir = fake_pci(f->root, BUS, "0000:00:01.0", 0x060400,
                                    "pcieport", 1);
    g_autofree char *config = g_strconcat(dir, "/config", NULL);
    g_autoptr(HostPci) bridge = NULL;
    g_autoptr(GPtrArray) uses = NULL;

    (void)data;
    fake_bytes(f->root, config, header, sizeof(header));
    fake_disk(f->root, f->gpu, "block/sda", "8:0");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 8:0 / / rw - ext4 /dev/sda rw\n");
    bridge = host_pci_get(f->root, "00:01.0", NULL);
    uses = host_pci_uses(f->root, bridge);
    g_assert_cmpuint(uses->len, ==, 0);
}

/* A device whose name is a prefix of another's is a different device. */
static void test_prefix(Fixture *f, gconstpointer data)
{
    g_autofree char *longer = g_strconcat(f->gpu, "0", NULL);

    (void)data;
    fake_disk(f->root, longer, "block/sda", "8:0");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 8:0 / / rw - ext4 /dev/sda rw\n");
    assert_uses(f->root, "");
}

static void test_link(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000,
                                      "igb", 2);

    (void)data;
    fake_net(f->root, f->gpu, "eth0", "down");
    fake_net(f->root, "/sys/devices/virtual", "lo", "unknown");
    assert_uses(f->root, "");
    gpu_file(f, "net/eth0/operstate", "up\n");
    assert_uses(f->root, "!network interface eth0 is the only one with a link");
    fake_net(f->root, other, "eth1", "up");
    assert_uses(f->root, "-network interface eth0 has a link");
}

static void test_route(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000,
                                      "igb", 2);
    g_autofree char *other_state = g_strconcat(other, "/net/eth1/operstate",
                                               NULL);

    (void)data;
    fake_net(f->root, f->gpu, "eth0", "up");
    fake_net(f->root, other, "eth1", "up");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("eth0", "00000000", "0003", "00000000"));
    assert_uses(f->root, "!network interface eth0 has the only default route");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("eth0", "00000000", "0003", "00000000")
              ROUTE("eth1", "00000000", "0003", "00000000"));
    assert_uses(f->root, "-network interface eth0 has a default route");
    /* A route through an interface without a link does not count. */
    fake_file(f->root, other_state, "down\n");
    assert_uses(f->root, "!network interface eth0 has the only default route");
    fake_file(f->root, other_state, "up\n");
    /* Networks, rejecting routes, 0/1 and 128/1: not default routes */
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("eth0", "000200C0", "0001", "00FFFFFF")
              ROUTE("eth0", "00000000", "0201", "00000000")
              ROUTE("eth0", "00000000", "0003", "00000080"));
    assert_uses(f->root, "-network interface eth0 has a link");
}

#define ROUTE6(to, len, flags, name) \
    to " " len " 00000000000000000000000000000000 00 " \
    "fe800000000000000000000000000001 00000400 00000001 00000000 " flags \
    " " name "\n"

static void test_route6(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000,
                                      "igb", 2);

    (void)data;
    fake_net(f->root, f->gpu, "eth0", "up");
    fake_net(f->root, other, "eth1", "up");
    fake_file(f->root, "/proc/net/ipv6_route",
              ROUTE6("00000000000000000000000000000000", "00", "00200200",
                     "lo")
              ROUTE6("fe800000000000000000000000000000", "40", "00000001",
                     "eth0"));
    assert_uses(f->root, "-network interface eth0 has a link");
    fake_file(f->root, "/proc/net/ipv6_route",
              ROUTE6("00000000000000000000000000000000", "00", "00000003",
                     "eth0"));
    assert_uses(f->root, "!network interface eth0 has the only default route");
}

/* The default route is by a bridge, on a bond of two. */
static void test_bond(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000,
                                      "igb", 2);

    (void)data;
    fake_net(f->root, f->gpu, "eth0", "up");
    fake_net(f->root, other, "eth1", "up");
    fake_net(f->root, "/sys/devices/virtual", "br0", "up");
    fake_net(f->root, "/sys/devices/virtual", "bond0", "up");
    fake_link(f->root, "/sys/devices/virtual/net/br0/lower_bond0",
              "/sys/class/net/bond0");
    fake_link(f->root, "/sys/devices/virtual/net/bond0/lower_eth0",
              "/sys/class/net/eth0");
    /* A cycle */
    fake_link(f->root, "/sys/devices/virtual/net/bond0/lower_br0",
              "/sys/class/net/br0");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("br0", "00000000", "0003", "00000000"));
    assert_uses(f->root, "!network interface eth0 has the only default route");
    fake_link(f->root, "/sys/devices/virtual/net/bond0/lower_eth1",
              "/sys/class/net/eth1");
    assert_uses(f->root, "-network interface eth0 has a default route");
}

static void test_programs(Fixture *f, gconstpointer data)
{
    g_autofree char *card = g_strconcat(f->gpu, "/drm/card1", NULL);
    g_autofree char *sound = g_strconcat(f->gpu, "/sound/card0/pcmC0D3p",
                                         NULL);

    (void)data;
    gpu_file(f, "drm/card1/dev", "226:1\n");
    gpu_file(f, "sound/card0/pcmC0D3p/dev", "116:1\n");
    fake_link(f->root, "/sys/class/drm/card1", card);
    fake_link(f->root, "/sys/class/sound/pcmC0D3p", sound);
    fake_program(f->root, "77", "other", "/dev/dri/card0");
    assert_uses(f->root, "");
    fake_program(f->root, "100", "Xorg", "/dev/dri/card1");
    fake_program(f->root, "200", "pipewire", "/dev/snd/pcmC0D3p");
    assert_uses(f->root, "!graphics in use by Xorg (pid 100)\n"
                "-sound in use by pipewire (pid 200)");
    fake_program(f->root, "300", "b", "/dev/dri/card1");
    fake_program(f->root, "400", "c", "/dev/dri/card1");
    fake_program(f->root, "500", "d", "/dev/dri/card1");
    fake_program(f->root, "600", "e", "/dev/dri/card1");
    assert_uses(f->root, "!graphics in use by Xorg (pid 100), b (pid 300), "
                "c (pid 400) and 2 more\n-sound in use by pipewire (pid 200)");
}

static void test_nvidia(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_file(f->root, "/proc/driver/nvidia/gpus/0000:01:00.0/information",
              "Model: \t\t GeForce\nDevice Minor: \t 3\n");
    fake_program(f->root, "100", "Xorg", "/dev/nvidia3");
    fake_program(f->root, "101", "other", "/dev/nvidia30");
    assert_uses(f->root, "!graphics in use by Xorg (pid 100)");
}

int main(int argc, char **argv)
{
    static const GpuTest tests[] = {
        { "/hostpci/names", test_names },
        { "/hostpci/use/boot-vga", test_boot_vga },
        { "/hostpci/use/mounts", test_mounts },
        { "/hostpci/use/stacked", test_stacked },
        { "/hostpci/use/multipath", test_multipath },
        { "/hostpci/use/btrfs", test_btrfs },
        { "/hostpci/use/swap", test_swap },
        { "/hostpci/use/bridge", test_bridge_uses },
        { "/hostpci/use/prefix", test_prefix },
        { "/hostpci/use/link", test_link },
        { "/hostpci/use/route", test_route },
        { "/hostpci/use/route6", test_route6 },
        { "/hostpci/use/bond", test_bond },
        { "/hostpci/use/programs", test_programs },
        { "/hostpci/use/nvidia", test_nvidia },
    };

    g_test_init(&argc, &argv, NULL);
    return gpu_tests_run(tests, G_N_ELEMENTS(tests));
}
