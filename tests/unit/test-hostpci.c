/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: PCI devices of a host that is made up
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake-host.h"
#include "tools/host/pci.h"
#include "tools/host/use.h"

#define BUS "pci0000:00"
#define BEHIND "pci0000:00/0000:00:01.0"

typedef struct Fixture {
    char *root;
    char *gpu;      /* its directory */
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->root = fake_host_new();
    f->gpu = fake_pci(f->root, BEHIND, "0000:01:00.0", 0x030000, "nouveau", 1);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    fake_host_free(f->root);
    g_free(f->gpu);
}

/* A file of the GPU */
static void gpu_file(const Fixture *f, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(f->gpu, name, NULL);

    fake_file(f->root, path, "%s", text);
}

static HostPci *get_gpu(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    HostPci *dev = host_pci_get(f->root, "01:00.0", &error);

    g_assert_no_error(error);
    return dev;
}

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

static void test_bdf(void)
{
    static const struct {
        const char *text;
        const char *bdf;
    } good[] = {
        { "01:00.0", "0000:01:00.0" },
        { "0000:01:00.0", "0000:01:00.0" },
        { "1:0.7", "0000:01:00.7" },
        { "0:1f.2", "0000:00:1f.2" },
        { "FF:1F.7", "0000:ff:1f.7" },
        { "abcd:EF:0a.1", "abcd:ef:0a.1" },
        { "10000:e1:00.0", "10000:e1:00.0" },
        { "0:0:0.0", "0000:00:00.0" },
    };
    static const char *const bad[] = {
        "", "01:00", "01:00.", "01:00.8", "01:20.0", "100:00.0", "01:00.00",
        "g1:00.0", " 01:00.0", "01:00.0 ", "0000:01:00.0:", "::.", ":01:00.0",
        "01:00.0.0", "123456789:01:00.0", "../../etc/passwd", "0000:0x1:00.0",
        "-1:00.0",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *bdf = host_pci_parse_bdf(good[i].text, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(bdf, ==, good[i].bdf);
        g_assert_true(host_pci_is_bdf(bdf));
        g_assert_cmpint(host_pci_is_bdf(good[i].text), ==,
                        !strcmp(good[i].text, bdf));
    }
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *bdf = host_pci_parse_bdf(bad[i], &error);

        g_assert_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_SYNTAX);
        g_assert_null(bdf);
        g_assert_false(host_pci_is_bdf(bad[i]));
    }
}

static void test_facts(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) dev = NULL;
    g_autofree char *node = NULL;

    (void)data;
    gpu_file(f, "subsystem_vendor", "0x1043\n");
    gpu_file(f, "subsystem_device", "0x8571\n");
    gpu_file(f, "revision", "0xa1\n");
    gpu_file(f, "driver_override", "(null)\n");
    gpu_file(f, "numa_node", "1\n");
    gpu_file(f, "enable", "2\n");
    gpu_file(f, "boot_vga", "1\n");
    gpu_file(f, "reset_method", "flr bus\n");
    gpu_file(f, "rom", "");
    dev = get_gpu(f);
    g_assert_cmpstr(dev->bdf, ==, "0000:01:00.0");
    g_assert_true(g_str_has_suffix(dev->path, "/" BEHIND "/0000:01:00.0"));
    g_assert_cmphex(dev->vendor, ==, 0x10de);
    g_assert_cmphex(dev->device, ==, 0x1b80);
    g_assert_cmphex(dev->subsystem_vendor, ==, 0x1043);
    g_assert_cmphex(dev->subsystem_device, ==, 0x8571);
    g_assert_cmphex(dev->class_code, ==, 0x030000);
    g_assert_cmphex(dev->revision, ==, 0xa1);
    g_assert_cmpstr(dev->driver, ==, "nouveau");
    g_assert_null(dev->driver_override);
    g_assert_cmpint(dev->iommu_group, ==, 1);
    g_assert_cmpint(dev->numa_node, ==, 1);
    g_assert_cmpint(dev->enabled, ==, 2);
    g_assert_true(dev->boot_vga);
    g_assert_true(dev->can_reset);
    g_assert_cmpstr(dev->reset_methods, ==, "flr bus");
    g_assert_true(dev->rom_file);
    g_assert_false(dev->is_vf);
    g_assert_true(dev->config_known);
    g_assert_true(dev->bus_master);
    g_assert_cmphex(dev->command, ==, 7);
    g_assert_cmpint(dev->header_type, ==, 0);
    g_assert_true(host_pci_is_display(dev));
    g_assert_cmpstr(host_pci_class_name(dev), ==, "VGA");
    node = host_pci_vfio_node("", dev);
    g_assert_cmpstr(node, ==, "/dev/vfio/1");
}

/* Where nothing is to be known, nothing is made up. */
static void test_bare(Fixture *f, gconstpointer data)
{
    g_autofree char *dir = fake_pci(f->root, BUS, "0000:00:1f.7", 0xff0000,
                                    NULL, -1);
    g_autofree char *config = g_strconcat(dir, "/config", NULL);
    g_autoptr(HostPci) dev = NULL;
    unsigned i;

    (void)data;
    fake_file(f->root, config, "short");
    dev = host_pci_get(f->root, "00:1f.7", NULL);
    g_assert_nonnull(dev);
    g_assert_null(dev->driver);
    g_assert_cmpint(dev->iommu_group, ==, -1);
    g_assert_cmpint(dev->numa_node, ==, -1);
    g_assert_false(dev->config_known);
    g_assert_false(dev->bus_master);
    g_assert_false(dev->can_reset);
    g_assert_null(dev->reset_methods);
    g_assert_null(host_pci_vfio_node(f->root, dev));
    g_assert_cmpstr(host_pci_class_name(dev), ==, "other");
    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        g_assert_cmpuint(dev->regions[i].size, ==, 0);
    }
}

static void test_absent(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) no_sysfs = NULL;

    (void)data;
    g_assert_null(host_pci_get(f->root, "02:00.0", &error));
    g_assert_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_ABSENT);
    g_assert_null(host_pci_list("/nonexistent", &no_sysfs));
    g_assert_error(no_sysfs, HOST_PCI_ERROR, HOST_PCI_ERROR_SYSFS);
}

static void test_regions(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) dev = NULL;

    (void)data;
    gpu_file(f, "resource",
             "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n"
             "0x0000000800000000 0x00000008ffffffff 0x000000000014220c\n"
             "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
             "0x000000000000e000 0x000000000000e07f 0x0000000000040101\n"
             "0x0000000000000000 0x0000000001ffffff 0x000000002014220c\n"
             "nonsense\n"
             "0x00000000000c0000 0x00000000000dffff 0x0000000000000212\n"
             "0x0000000000001000 0x0000000000001fff 0x0000000000000200\n");
    gpu_file(f, "resource1_resize", "0000000000001fc0\n");
    dev = get_gpu(f);
    g_assert_cmphex(dev->regions[0].start, ==, 0xf6000000);
    g_assert_cmphex(dev->regions[0].size, ==, 16 << 20);
    g_assert_cmphex(dev->regions[0].resizes, ==, 0);
    g_assert_cmphex(dev->regions[1].start, ==, 0x800000000);
    g_assert_cmphex(dev->regions[1].size, ==, 4ull << 30);
    g_assert_true(dev->regions[1].flags & HOST_PCI_IORESOURCE_PREFETCH);
    g_assert_cmphex(dev->regions[1].resizes, ==, 0x1fc0);
    g_assert_cmphex(dev->regions[2].size, ==, 0);
    g_assert_cmphex(dev->regions[3].size, ==, 128);
    g_assert_true(dev->regions[3].flags & HOST_PCI_IORESOURCE_IO);
    /* One that nobody found room for */
    g_assert_cmphex(dev->regions[4].start, ==, 0);
    g_assert_cmphex(dev->regions[4].size, ==, 32 << 20);
    g_assert_cmphex(dev->regions[5].size, ==, 0);
    g_assert_cmphex(dev->regions[HOST_PCI_ROM].size, ==, 128 << 10);
    g_assert_true(dev->regions[HOST_PCI_ROM].flags &
                  HOST_PCI_IORESOURCE_ROM_SHADOW);
}

static void test_reset(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) old = NULL;
    g_autoptr(HostPci) none = NULL;

    (void)data;
    /* A kernel before 5.15 */
    gpu_file(f, "reset", "");
    old = get_gpu(f);
    g_assert_true(old->can_reset);
    g_assert_null(old->reset_methods);
    /* All methods were switched off: the file is empty then. */
    gpu_file(f, "reset_method", "\n");
    none = get_gpu(f);
    g_assert_false(none->can_reset);
    g_assert_null(none->reset_methods);
}

static void test_override(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) dev = NULL;

    (void)data;
    gpu_file(f, "driver_override", "vfio-pci\n");
    dev = get_gpu(f);
    g_assert_cmpstr(dev->driver_override, ==, "vfio-pci");
}

static void test_config(Fixture *f, gconstpointer data)
{
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    guint8 bytes[256];
    g_autoptr(HostPci) gone = NULL;
    g_autoptr(HostPci) bridge = NULL;

    (void)data;
    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    gone = get_gpu(f);
    g_assert_true(gone->config_known);
    g_assert_cmphex(gone->command, ==, 0xffff);
    g_assert_false(gone->bus_master);

    memset(bytes, 0, sizeof(bytes));
    bytes[0x0e] = 0x81;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    bridge = get_gpu(f);
    g_assert_cmpint(bridge->header_type, ==, 1);
    g_assert_true(host_pci_is_bridge(bridge));
}

static void test_msix(Fixture *f, gconstpointer data)
{
    /* Power management, then MSI-X: 33 vectors, BAR 4 + 0x2000, BAR 2 + 0x80 */
    static const guint8 capabilities[] = {
        0x01, 0x50, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0x11, 0x00, 0x20, 0x80, 0x04, 0x20, 0, 0, 0x82, 0, 0, 0,
    };
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    g_autoptr(HostPci) dev = get_gpu(f);
    guint8 bytes[256] = { 0 };
    HostPciMsix msix;

    (void)data;
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_NONE);
    bytes[0x06] = 0x10;
    bytes[0x34] = 0x40;
    memcpy(bytes + 0x40, capabilities, sizeof(capabilities));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_FOUND);
    g_assert_cmpuint(msix.vectors, ==, 33);
    g_assert_cmpuint(msix.table_bar, ==, 4);
    g_assert_cmphex(msix.table_offset, ==, 0x2000);
    g_assert_cmpuint(msix.pba_bar, ==, 2);
    g_assert_cmphex(msix.pba_offset, ==, 0x80);

    /* What an ordinary user is shown */
    fake_bytes(f->root, config, bytes, 64);
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_HIDDEN);
    /* A list that bites its tail */
    bytes[0x40] = 5;
    bytes[0x41] = 0x40;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_NONE);
    /* A device that is gone; a list that leads out of config space */
    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_NONE);
}

static void test_group(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) gpu = get_gpu(f);
    g_autoptr(HostPci) alone = NULL;
    g_autoptr(GPtrArray) group = NULL;
    g_autoptr(GPtrArray) none = NULL;
    g_autoptr(GPtrArray) all = NULL;

    (void)data;
    g_free(fake_pci(f->root, BEHIND, "0000:01:00.1", 0x040300,
                    "snd_hda_intel", 1));
    g_free(fake_pci(f->root, BUS, "0000:00:02.0", 0x020000, NULL, 2));
    g_free(fake_pci(f->root, BUS, "0000:00:03.0", 0x020000, NULL, -1));
    group = host_pci_group(f->root, gpu);
    alone = host_pci_get(f->root, "00:03.0", NULL);
    none = host_pci_group(f->root, alone);
    all = host_pci_list(f->root, NULL);
    g_assert_cmpuint(group->len, ==, 2);
    g_assert_cmpstr(((HostPci *)group->pdata[0])->bdf, ==, "0000:01:00.0");
    g_assert_cmpstr(((HostPci *)group->pdata[1])->bdf, ==, "0000:01:00.1");
    g_assert_cmpstr(((HostPci *)group->pdata[1])->driver, ==, "snd_hda_intel");
    g_assert_cmpuint(none->len, ==, 1);
    g_assert_cmpstr(((HostPci *)none->pdata[0])->bdf, ==, "0000:00:03.0");
    g_assert_cmpuint(all->len, ==, 4);
    g_assert_cmpstr(((HostPci *)all->pdata[0])->bdf, ==, "0000:00:02.0");
}

static void test_hinders(void)
{
    static const struct {
        const char *driver;
        bool hinders;
        bool vfio;
    } drivers[] = {
        { NULL, false, false },
        { "vfio-pci", false, true },
        { "mlx5_vfio_pci", false, true },
        { "nvgrace-gpu-vfio-pci", false, true },
        { "pcieport", false, false },
        { "pci-stub", false, false },
        { "nouveau", true, false },
        { "vfio-pci-not", true, false },
    };
    HostPci dev = { 0 };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(drivers); i++) {
        dev.driver = (char *)drivers[i].driver;
        g_assert_cmpint(host_pci_hinders_group(&dev), ==, drivers[i].hinders);
        g_assert_cmpint(host_pci_is_vfio_driver(drivers[i].driver), ==,
                        drivers[i].vfio);
    }
}

static void test_boot_vga(Fixture *f, gconstpointer data)
{
    g_autofree char *driver = g_strconcat(f->root, f->gpu, "/driver", NULL);
    g_autofree char *link = g_strconcat(f->gpu, "/driver", NULL);

    (void)data;
    assert_uses(f, "");
    gpu_file(f, "boot_vga", "1\n");
    assert_uses(f, "!boot VGA: the host's console is on it");
    /* Without a driver, the console is on what the firmware has left. */
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

    /* Volumes that are each other's parts are nobody's. */
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

/* A bridge's directory is above its devices', and it is used by nobody. */
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

/* A device whose name another one's begins with is another device. */
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
    /* A route by an interface without a link leads nowhere. */
    fake_file(f->root, other_state, "down\n");
    assert_uses(f, "!network interface eth0 has the only default route");
    fake_file(f->root, other_state, "up\n");
    /* Networks, routes that refuse, halves of the world: no default routes */
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
    /* No end to it, were it followed */
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
        { "/hostpci/facts", test_facts },
        { "/hostpci/bare", test_bare },
        { "/hostpci/absent", test_absent },
        { "/hostpci/regions", test_regions },
        { "/hostpci/reset", test_reset },
        { "/hostpci/override", test_override },
        { "/hostpci/config", test_config },
        { "/hostpci/msix", test_msix },
        { "/hostpci/group", test_group },
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
    g_test_add_func("/hostpci/bdf", test_bdf);
    g_test_add_func("/hostpci/hinders", test_hinders);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run,
                   tear_down);
    }
    return g_test_run();
}
