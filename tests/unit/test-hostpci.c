/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: uses of the PCI devices of a simulated host
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake-gpu.h"
#include "tools/host/pci.h"
#include "tools/host/use.h"

/* All uses of the GPU as "!needed text" or "-not needed" lines */
static char *gpu_uses(const Fixture *f)
{
    g_autoptr(HostPci) dev = get_gpu(f);
    g_autoptr(GPtrArray) uses = host_pci_uses(f->root, dev);
    GString *text = g_string_new(NULL);
    const HostPciUse *first = host_pci_needed(uses);
    bool needed = false;
    guint i;

    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];

        needed |= use->needed;
        g_string_append_printf(text, "%s%c%s", i ? "\n" : "",
                               use->needed ? '!' : '-', use->what);
    }
    g_assert_cmpint(needed, ==, first != NULL);
    return g_string_free(text, FALSE);
}

#define assert_uses(f, wanted) \
    do { \
        g_autofree char *uses_ = gpu_uses(f); \
        g_assert_cmpstr(uses_, ==, wanted); \
    } while (0)

static void test_names(Fixture *f, gconstpointer data)
{
    g_autofree char *dir = fake_pci(f->root, BUS, "0000:00:1f.7", 0xff0000,
                                    NULL, -1);
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
    assert_uses(f, "");
    gpu_file(f, "boot_vga", "1\n");
    assert_uses(f, "!boot VGA: the host's console is on it");
    /* Without a driver, the console uses the firmware's frame buffer. */
    g_assert_cmpint(unlink(driver), ==, 0);
    assert_uses(f, "!boot VGA: the host's console is on it");
    fake_link(f->root, link, "/sys/bus/pci/drivers/vfio-pci");
    assert_uses(f, "");
}

/* A block device, its directory below a device's or /sys/devices/virtual */
static void add_disk(const Fixture *f, const char *parent, const char *name,
                     const char *number)
{
    g_autofree char *dir = g_strconcat(parent, "/", name, NULL);
    g_autofree char *base = g_path_get_basename(name);
    g_autofree char *dev = g_strconcat(dir, "/dev", NULL);
    g_autofree char *by_name = g_strconcat("/sys/class/block/", base, NULL);
    g_autofree char *by_number = g_strconcat("/sys/dev/block/", number, NULL);

    fake_file(f->root, dev, "%s\n", number);
    fake_link(f->root, by_name, dir);
    fake_link(f->root, by_number, dir);
}

static void test_mounts(Fixture *f, gconstpointer data)
{
    (void)data;
    add_disk(f, f->gpu, "ata1/block/sda", "8:0");
    gpu_file(f, "ata1/block/sda/sda1/partition", "1\n");
    add_disk(f, f->gpu, "ata1/block/sda/sda1", "8:1");
    assert_uses(f, "");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n"
              "21 20 0:5 / /dev rw - devtmpfs udev rw\n"
              "22 20 8:1 /sub /home rw - ext4 /dev/root rw\n"
              "23 20 8:0 / /mnt/a\\040b rw - vfat /dev/sda rw\n"
              "24 20 259:0 / /elsewhere rw - ext4 /dev/nvme0n1 rw\n"
              "broken\n");
    assert_uses(f, "!file system / (/dev/root)\n"
                "!file system /mnt/a b (/dev/sda)");
}

/* LVM on a partition of a RAID */
static void test_stacked(Fixture *f, gconstpointer data)
{
    (void)data;
    add_disk(f, f->gpu, "nvme/nvme0/nvme0n1", "259:0");
    add_disk(f, "/sys/devices/virtual/block", "md0", "9:0");
    fake_link(f->root, "/sys/devices/virtual/block/md0/slaves/nvme0n1",
              "/sys/class/block/nvme0n1");
    add_disk(f, "/sys/devices/virtual/block/md0", "md0p1", "259:3");
    fake_file(f->root, "/sys/devices/virtual/block/md0/md0p1/partition",
              "1\n");
    add_disk(f, "/sys/devices/virtual/block", "dm-0", "254:0");
    fake_link(f->root, "/sys/devices/virtual/block/dm-0/slaves/md0p1",
              "/sys/class/block/md0p1");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 254:0 / / rw - ext4 /dev/mapper/vg-root rw\n");
    assert_uses(f, "!file system / (/dev/mapper/vg-root)");

    /* A cycle of volumes belongs to no device. */
    add_disk(f, "/sys/devices/virtual/block", "dm-1", "254:1");
    fake_link(f->root, "/sys/devices/virtual/block/dm-1/slaves/dm-1",
              "/sys/class/block/dm-1");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 254:1 / / rw - ext4 /dev/mapper/vg-loop rw\n");
    assert_uses(f, "");
}

static void test_multipath(Fixture *f, gconstpointer data)
{
    const char *subsystem = "/sys/devices/virtual/nvme-subsystem/nvme-subsys0";
    g_autofree char *controller = g_strconcat(f->gpu, "/nvme/nvme0", NULL);
    g_autofree char *link = g_strconcat(subsystem, "/nvme0", NULL);

    (void)data;
    gpu_file(f, "nvme/nvme0/state", "live\n");
    add_disk(f, subsystem, "nvme0n1", "259:0");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n");
    assert_uses(f, "");
    fake_link(f->root, link, controller);
    assert_uses(f, "!file system / (/dev/nvme0n1)");
}

static void test_btrfs(Fixture *f, gconstpointer data)
{
    (void)data;
    add_disk(f, f->gpu, "block/sda", "8:0");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 0:25 /@ / rw - btrfs /dev/sdb rw\n");
    assert_uses(f, "");
    fake_link(f->root, "/sys/fs/btrfs/1234/devices/sda",
              "/sys/class/block/sda");
    assert_uses(f, "!file system / (/dev/sdb)");
}

static void test_swap(Fixture *f, gconstpointer data)
{
    (void)data;
    add_disk(f, f->gpu, "block/sda", "8:0");
    fake_file(f->root, "/proc/swaps",
              "Filename\t\tType\t\tSize\tUsed\tPriority\n"
              "/swapfile                partition\t4\t0\t-2\n"
              "/dev/zram0               partition\t4\t0\t-3\n"
              "/dev/sda                 partition\t4\t0\t-4\n");
    assert_uses(f, "!swap space /dev/sda");
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
    add_disk(f, f->gpu, "block/sda", "8:0");
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
    add_disk(f, longer, "block/sda", "8:0");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 8:0 / / rw - ext4 /dev/sda rw\n");
    assert_uses(f, "");
}

static void add_net(const Fixture *f, const char *parent, const char *name,
                    const char *state)
{
    g_autofree char *dir = g_strconcat(parent, "/net/", name, NULL);
    g_autofree char *operstate = g_strconcat(dir, "/operstate", NULL);
    g_autofree char *device = g_strconcat(dir, "/device", NULL);
    g_autofree char *link = g_strconcat("/sys/class/net/", name, NULL);

    fake_file(f->root, operstate, "%s\n", state);
    fake_link(f->root, link, dir);
    if (!strstr(parent, "virtual")) {
        fake_link(f->root, device, parent);
    }
}

#define ROUTES "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\t" \
    "Mask\t\tMTU\tWindow\tIRTT\n"
#define ROUTE(name, to, flags, mask) \
    name "\t" to "\t010200C0\t" flags "\t0\t0\t0\t" mask "\t0\t0\t0\n"

static void test_link(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000,
                                      "igb", 2);

    (void)data;
    add_net(f, f->gpu, "eth0", "down");
    add_net(f, "/sys/devices/virtual", "lo", "unknown");
    assert_uses(f, "");
    gpu_file(f, "net/eth0/operstate", "up\n");
    assert_uses(f, "!network interface eth0 is the only one with a link");
    add_net(f, other, "eth1", "up");
    assert_uses(f, "-network interface eth0 has a link");
}

static void test_route(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000,
                                      "igb", 2);
    g_autofree char *other_state = g_strconcat(other, "/net/eth1/operstate",
                                               NULL);

    (void)data;
    add_net(f, f->gpu, "eth0", "up");
    add_net(f, other, "eth1", "up");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("eth0", "00000000", "0003", "00000000"));
    assert_uses(f, "!network interface eth0 has the only default route");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("eth0", "00000000", "0003", "00000000")
              ROUTE("eth1", "00000000", "0003", "00000000"));
    assert_uses(f, "-network interface eth0 has a default route");
    /* A route through an interface without a link does not count. */
    fake_file(f->root, other_state, "down\n");
    assert_uses(f, "!network interface eth0 has the only default route");
    fake_file(f->root, other_state, "up\n");
    /* Networks, rejecting routes, 0/1 and 128/1: not default routes */
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("eth0", "000200C0", "0001", "00FFFFFF")
              ROUTE("eth0", "00000000", "0201", "00000000")
              ROUTE("eth0", "00000000", "0003", "00000080"));
    assert_uses(f, "-network interface eth0 has a link");
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
    add_net(f, f->gpu, "eth0", "up");
    add_net(f, other, "eth1", "up");
    fake_file(f->root, "/proc/net/ipv6_route",
              ROUTE6("00000000000000000000000000000000", "00", "00200200",
                     "lo")
              ROUTE6("fe800000000000000000000000000000", "40", "00000001",
                     "eth0"));
    assert_uses(f, "-network interface eth0 has a link");
    fake_file(f->root, "/proc/net/ipv6_route",
              ROUTE6("00000000000000000000000000000000", "00", "00000003",
                     "eth0"));
    assert_uses(f, "!network interface eth0 has the only default route");
}

/* The default route is by a bridge, on a bond of two. */
static void test_bond(Fixture *f, gconstpointer data)
{
    g_autofree char *other = fake_pci(f->root, BUS, "0000:00:02.0", 0x020000,
                                      "igb", 2);

    (void)data;
    add_net(f, f->gpu, "eth0", "up");
    add_net(f, other, "eth1", "up");
    add_net(f, "/sys/devices/virtual", "br0", "up");
    add_net(f, "/sys/devices/virtual", "bond0", "up");
    fake_link(f->root, "/sys/devices/virtual/net/br0/lower_bond0",
              "/sys/class/net/bond0");
    fake_link(f->root, "/sys/devices/virtual/net/bond0/lower_eth0",
              "/sys/class/net/eth0");
    /* A cycle */
    fake_link(f->root, "/sys/devices/virtual/net/bond0/lower_br0",
              "/sys/class/net/br0");
    fake_file(f->root, "/proc/net/route", ROUTES
              ROUTE("br0", "00000000", "0003", "00000000"));
    assert_uses(f, "!network interface eth0 has the only default route");
    fake_link(f->root, "/sys/devices/virtual/net/bond0/lower_eth1",
              "/sys/class/net/eth1");
    assert_uses(f, "-network interface eth0 has a default route");
}

static void add_program(const Fixture *f, const char *pid, const char *name,
                        const char *open)
{
    g_autofree char *comm = g_strdup_printf("/proc/%s/comm", pid);
    g_autofree char *fd = g_strdup_printf("%s/proc/%s/fd", f->root, pid);
    g_autofree char *link = g_build_filename(fd, "5", NULL);

    fake_file(f->root, comm, "%s\n", name);
    g_assert_cmpint(g_mkdir_with_parents(fd, 0755), ==, 0);
    g_assert_cmpint(symlink(open, link), ==, 0);
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
    add_program(f, "77", "other", "/dev/dri/card0");
    assert_uses(f, "");
    add_program(f, "100", "Xorg", "/dev/dri/card1");
    add_program(f, "200", "pipewire", "/dev/snd/pcmC0D3p");
    assert_uses(f, "!drawn with by Xorg (pid 100)\n"
                "-played on by pipewire (pid 200)");
    add_program(f, "300", "b", "/dev/dri/card1");
    add_program(f, "400", "c", "/dev/dri/card1");
    add_program(f, "500", "d", "/dev/dri/card1");
    add_program(f, "600", "e", "/dev/dri/card1");
    assert_uses(f, "!drawn with by Xorg (pid 100), b (pid 300), c (pid 400) "
                "and 2 more\n-played on by pipewire (pid 200)");
}

static void test_nvidia(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_file(f->root, "/proc/driver/nvidia/gpus/0000:01:00.0/information",
              "Model: \t\t GeForce\nDevice Minor: \t 3\n");
    add_program(f, "100", "Xorg", "/dev/nvidia3");
    add_program(f, "101", "other", "/dev/nvidia30");
    assert_uses(f, "!drawn with by Xorg (pid 100)");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *f, gconstpointer data);
    } tests[] = {
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
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run,
                   tear_down);
    }
    return g_test_run();
}
