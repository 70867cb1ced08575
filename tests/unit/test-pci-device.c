/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: libpcidev, PCI devices of a fake host */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "fake-gpu.h"
#include "libpcidev/group.h"
#include "libpcidev/msix.h"

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

/* Domain 0 is left out of names; no other one is. */
static void test_domain(void)
{
    static const struct {
        const char *bdf;
        const char *name;
        guint32 domain;
    } cases[] = {
        { "0000:01:00.0", "01:00.0", 0 },
        { "0001:89:00.0", "0001:89:00.0", 1 },
        { "ffff:89:00.0", "ffff:89:00.0", 0xffff },
        { "10000:01:00.0", "10000:01:00.0", 0x10000 },
        { "ffffffff:01:00.0", "ffffffff:01:00.0", 0xffffffff },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpstr(host_pci_short_bdf(cases[i].bdf), ==, cases[i].name);
        g_assert_cmphex(host_pci_domain(cases[i].bdf), ==, cases[i].domain);
    }
}

static void test_facts(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) dev = NULL;

    (void)data;
    gpu_file(f, "subsystem_vendor", "0x1043\n");
    gpu_file(f, "subsystem_device", "0x8571\n");
    gpu_file(f, "revision", "0xa1\n");
    gpu_file(f, "irq", "17\n");
    gpu_file(f, "resource", "");
    gpu_file(f, "driver_override", "(null)\n");
    gpu_file(f, "numa_node", "1\n");
    gpu_file(f, "enable", "2\n");
    gpu_file(f, "boot_vga", "1\n");
    gpu_file(f, "reset_method", "flr bus\n");
    gpu_file(f, "rom", "");
    dev = get_gpu(f);
    g_assert_cmpstr(dev->bdf, ==, "0000:01:00.0");
    g_assert_true(g_str_has_suffix(dev->path, "/" BEHIND "/0000:01:00.0"));
    g_assert_cmphex(dev->bus, ==, 1);
    g_assert_cmphex(dev->devfn, ==, 0);
    g_assert_cmphex(dev->vendor, ==, 0x10de);
    g_assert_cmphex(dev->device, ==, 0x1b80);
    g_assert_cmphex(dev->subsystem_vendor, ==, 0x1043);
    g_assert_cmphex(dev->subsystem_device, ==, 0x8571);
    g_assert_cmphex(dev->class_code, ==, 0x030000);
    g_assert_cmphex(dev->revision, ==, 0xa1);
    g_assert_cmpuint(dev->irq, ==, 17);
    g_assert_no_error(dev->unread);
    g_assert_false(dev->vfio_dev);
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
    g_assert_true(dev->driver_known);
    g_assert_true(dev->reset_known);
    g_assert_true(dev->regions_known);
    g_assert_cmpint(dev->vfs, ==, 0);
    g_assert_cmpint(dev->answer, ==, HOST_PCI_ANSWER_YES);
    g_assert_true(dev->config_known);
    g_assert_true(dev->bus_master);
    g_assert_cmphex(dev->command, ==, 7);
    g_assert_cmpint(dev->header_type, ==, 0);
}

/* A device with hardly any files: absent values are reported as absent. */
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
    g_assert_cmpint(dev->answer, ==, HOST_PCI_ANSWER_UNKNOWN);
    g_assert_false(dev->config_known);
    g_assert_false(dev->bus_master);
    g_assert_false(dev->can_reset);
    g_assert_null(dev->reset_methods);
    g_assert_null(dev->power_state);
    g_assert_null(dev->runtime_status);
    g_assert_null(dev->power_control);
    g_assert_cmpint(dev->subsystem_vendor, ==, -1);
    g_assert_cmpint(dev->revision, ==, -1);
    g_assert_cmpint(dev->enabled, ==, -1);
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
    g_clear_error(&no_sysfs);
    g_assert_null(host_pci_get("/nonexistent", "02:00.0", &no_sysfs));
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
    /* A BAR without an address */
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
    g_assert_true(none->reset_off);
    g_assert_null(none->reset_methods);
}

/* A name that can't be read as the file or link that it should be */
static void make_unreadable(const Fixture *f, const char *name)
{
    g_autofree char *path = g_strconcat(f->root, f->gpu, "/", name, NULL);

    g_remove(path);
    g_assert_cmpint(g_mkdir(path, 0755), ==, 0);
}

/* What can't be read is not known; it is neither absent nor 0. */
static void test_unreadable(Fixture *f, gconstpointer data)
{
    static const char *const names[] = {
        "class", "config", "driver", "iommu_group", "reset_method", "resource",
        "sriov_numvfs",
    };
    g_autoptr(HostPci) dev = NULL;
    size_t i;

    (void)data;
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        make_unreadable(f, names[i]);
    }
    dev = get_gpu(f);
    g_assert_cmphex(dev->class_code, ==, HOST_PCI_CLASS_UNKNOWN);
    g_assert_cmpint(dev->answer, ==, HOST_PCI_ANSWER_UNKNOWN);
    g_assert_false(dev->driver_known);
    g_assert_cmpint(dev->iommu_group, ==, HOST_PCI_GROUP_UNKNOWN);
    g_assert_false(dev->reset_known);
    g_assert_false(dev->regions_known);
    g_assert_cmpint(dev->vfs, ==, -1);
    g_assert_false(host_pci_is_bridge(dev));
    gpu_file(f, "virtfn0/vendor", "0x10de\n");
    host_pci_free(dev);
    dev = get_gpu(f);
    g_assert_cmpint(dev->vfs, ==, 1);
}

static void test_group_links(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) dangling = NULL;
    g_autoptr(HostPci) no_iommu = NULL;
    g_autofree char *gap = NULL;
    bool blocks;

    (void)data;
    fake_file(f->root, "/sys/kernel/iommu_groups/1/name", "vfio-noiommu\n");
    no_iommu = get_gpu(f);
    g_assert_cmpint(no_iommu->iommu_group, ==, HOST_PCI_GROUP_NONE);
    {
        g_autofree char *groups = g_strconcat(f->root, "/sys/kernel/iommu_groups",
                                              NULL);
        g_autofree char *away = g_strconcat(f->root, "/away", NULL);

        g_assert_cmpint(g_rename(groups, away), ==, 0);
    }
    dangling = get_gpu(f);
    g_assert_cmpint(dangling->iommu_group, ==, 1);
    gap = host_pci_group_gap(f->root, dangling, &blocks);
    g_assert_nonnull(strstr(gap, "/iommu_groups/1/devices can't be read"));
    g_assert_false(blocks);
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
    g_assert_cmpint(gone->answer, ==, HOST_PCI_ANSWER_NO);
    g_assert_false(gone->config_known);
    g_assert_cmphex(gone->command, ==, 0xffff);
    g_assert_false(gone->bus_master);
    g_assert_false(host_pci_is_bridge(gone));

    memset(bytes, 0, sizeof(bytes));
    bytes[0x0e] = 0x81;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    bridge = get_gpu(f);
    g_assert_cmpint(bridge->header_type, ==, 1);
    g_assert_true(host_pci_is_bridge(bridge));
}

/* Header types, and what is no header */
static void test_answer(Fixture *f, gconstpointer data)
{
    static const struct {
        guint8 id;          /* all bytes of the IDs */
        guint8 command;     /* both bytes */
        guint8 header_type;
        HostPciAnswer answer;
        bool bridge;
        guint8 tail;        /* all bytes from 0x30 on */
    } cases[] = {
        { 0x10, 0x00, 0x00, HOST_PCI_ANSWER_YES, false },
        { 0x10, 0x00, 0x80, HOST_PCI_ANSWER_YES, false },
        { 0x10, 0x04, 0x81, HOST_PCI_ANSWER_YES, true },
        { 0x10, 0x04, 0x02, HOST_PCI_ANSWER_YES, true },
        { 0x10, 0x04, 0x7f, HOST_PCI_ANSWER_NO, false },
        { 0x10, 0x04, 0xff, HOST_PCI_ANSWER_NO, false },
        /* Configuration request retry: the ID alone is not all ones. */
        { 0x01, 0xff, 0xff, HOST_PCI_ANSWER_NO, false },
        { 0x10, 0xff, 0x00, HOST_PCI_ANSWER_NO, false },
        { 0x00, 0x00, 0x00, HOST_PCI_ANSWER_NO, false },
        /* A virtual function's own IDs */
        { 0xff, 0x04, 0x00, HOST_PCI_ANSWER_YES, false },
        /* It went away while it was read. */
        { 0x10, 0x04, 0x00, HOST_PCI_ANSWER_NO, false, 0xff },
        { 0x10, 0x04, 0x81, HOST_PCI_ANSWER_NO, false, 0xff },
    };
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    size_t i;

    (void)data;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint8 bytes[64] = { 0 };
        g_autoptr(HostPci) dev = NULL;

        memset(bytes, cases[i].id, 4);
        memset(bytes + 4, cases[i].command, 2);
        bytes[0x0e] = cases[i].header_type;
        memset(bytes + 0x30, cases[i].tail, 16);
        fake_bytes(f->root, config, bytes, sizeof(bytes));
        dev = get_gpu(f);
        g_assert_cmpint(dev->answer, ==, cases[i].answer);
        g_assert_cmpint(host_pci_is_bridge(dev), ==, cases[i].bridge);
    }
}

/* A bridge that does not answer is one by its class. */
static void test_silent_bridge(Fixture *f, gconstpointer data)
{
    static const struct {
        unsigned class_code;
        bool bridge;
    } cases[] = {
        { 0x060400, true }, { 0x060700, true }, { 0x060940, true },
        { 0x060000, false }, { 0x060100, false }, { 0x068000, false },
        { 0x030000, false },
    };
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    guint8 bytes[64];
    size_t i;

    (void)data;
    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *class = g_strdup_printf("0x%06x\n",
                                                 cases[i].class_code);
        g_autoptr(HostPci) dev = NULL;

        gpu_file(f, "class", class);
        dev = get_gpu(f);
        g_assert_cmpint(host_pci_is_bridge(dev), ==, cases[i].bridge);
    }
}

/* Sizes that come from a device that does not answer are not sizes. */
static void test_silent_resizes(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *text;
        guint64 sizes;
    } cases[] = {
        { "ffffffffffffffff\n", 0 },
        { "7fffffffffffffff\n", 0 },
        { "0000100000000000\n", 0 },
        { "0000080000000000\n", 1ull << 43 },
        { "\n", 0 },
    };
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    g_autoptr(HostPci) gone = NULL;
    guint8 bytes[64];
    size_t i;

    (void)data;
    gpu_file(f, "resource", "0xf6000000 0xf6ffffff 0x40200\n");
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HostPci) dev = NULL;

        gpu_file(f, "resource0_resize", cases[i].text);
        dev = get_gpu(f);
        g_assert_cmphex(dev->regions[0].resizes, ==, cases[i].sizes);
    }
    gpu_file(f, "resource0_resize", "00000000000fffff\n");
    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    gone = get_gpu(f);
    g_assert_cmphex(gone->regions[0].size, ==, 16 << 20);
    g_assert_cmphex(gone->regions[0].resizes, ==, 0);
}

static void test_power(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) dev = NULL;

    (void)data;
    gpu_file(f, "power_state", "D3cold\n");
    gpu_file(f, "power/runtime_status", "suspended\n");
    gpu_file(f, "power/control", "auto\n");
    dev = get_gpu(f);
    g_assert_cmpstr(dev->power_state, ==, "D3cold");
    g_assert_cmpstr(dev->runtime_status, ==, "suspended");
    g_assert_cmpstr(dev->power_control, ==, "auto");
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

    /* The 64 bytes that an unprivileged user can read */
    fake_bytes(f->root, config, bytes, 64);
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_HIDDEN);
    /* A circular list of capabilities */
    bytes[0x40] = 5;
    bytes[0x41] = 0x40;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_BROKEN);
    /* The last capability ends with config space. */
    bytes[0x41] = 0xfc;
    bytes[0xfc] = 5;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_NONE);
    /* A list that leads out of config space */
    bytes[0xfc] = 0x11;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_BROKEN);
    /* The device stopped to answer in the middle. */
    bytes[0x41] = 0x50;
    memset(bytes + 0x50, 0xff, sizeof(bytes) - 0x50);
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_BROKEN);
    bytes[0x50] = 0x11;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_BROKEN);
    /* A device that does not answer */
    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_SILENT);
    fake_bytes(f->root, config, bytes, 3);
    g_assert_cmpint(host_pci_msix(dev, &msix), ==, HOST_PCI_MSIX_UNREAD);
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

/* Intel's VMD, an SSD behind it, and others in its group */
static void test_member(Fixture *f, gconstpointer data)
{
    static const char vmd[] = "pci0000:00/0000:00:0e.0/pci10000:00";
    static const char port[] =
        "pci0000:00/0000:00:0e.0/pci10000:00/10000:00:02.0";
    static const struct {
        const char *dev;
        const char *member;
        HostPciMember meaning;
    } cases[] = {
        { "10000:01:00.0", "0000:00:0e.0", HOST_PCI_MEMBER_BLOCKS },
        { "10000:01:00.0", "10000:00:02.0", HOST_PCI_MEMBER_FREE },
        { "0000:00:0e.0", "10000:01:00.0", HOST_PCI_MEMBER_LEAVES },
        { "0000:00:0e.0", "10000:00:02.0", HOST_PCI_MEMBER_FREE },
        /* The address is a prefix of the other, and it is beside it. */
        { "0000:00:0e.0", "0000:00:17.0", HOST_PCI_MEMBER_TAKE },
        { "0000:00:17.0", "0000:00:0e.0", HOST_PCI_MEMBER_TAKE },
        { "0000:00:17.0", "0000:00:1c.0", HOST_PCI_MEMBER_BLOCKS },
        { "0000:00:1d.1", "0000:00:1d.0", HOST_PCI_MEMBER_BLOCKS },
        { "0000:00:1d.0", "0000:00:1d.1", HOST_PCI_MEMBER_LEAVES },
    };
    g_autofree char *vf = NULL;
    g_autofree char *link = NULL;
    size_t i;

    (void)data;
    g_free(fake_pci(f->root, BUS, "0000:00:0e.0", 0x010400, "vmd", 5));
    g_free(fake_pci(f->root, vmd, "10000:00:02.0", 0x060400, "pcieport", 5));
    g_free(fake_pci(f->root, port, "10000:01:00.0", 0x010802, "nvme", 5));
    g_free(fake_pci(f->root, BUS, "0000:00:17.0", 0x010601, "ahci", 5));
    g_free(fake_pci(f->root, BUS, "0000:00:1c.0", 0x060400, "other", 5));
    g_free(fake_pci(f->root, BUS, "0000:00:1d.0", 0x020000, "igb", 5));
    vf = fake_pci(f->root, BUS, "0000:00:1d.1", 0x020000, "igbvf", 5);
    link = g_strconcat(vf, "/physfn", NULL);
    fake_link(f->root, link, "/sys/devices/pci0000:00/0000:00:1d.0");
    {
        guint8 header[64] = { 0xde, 0x10, [0x0e] = 1 };

        fake_bytes(f->root, "/sys/devices/pci0000:00/0000:00:1c.0/config",
                   header, sizeof(header));
    }
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HostPci) dev = host_pci_get(f->root, cases[i].dev, NULL);
        g_autoptr(HostPci) member = host_pci_get(f->root, cases[i].member,
                                                 NULL);

        g_test_message("%s, %s", cases[i].dev, cases[i].member);
        g_assert_nonnull(dev);
        g_assert_nonnull(member);
        g_assert_cmpint(host_pci_member(dev, member), ==, cases[i].meaning);
    }
    {
        g_autoptr(HostPci) ssd = host_pci_get(f->root, "10000:01:00.0", NULL);
        g_autoptr(HostPci) sata = host_pci_get(f->root, "00:17.0", NULL);
        g_autofree char *parent = host_pci_parent(ssd);
        g_autofree char *controller = host_pci_domain_parent(ssd);

        g_assert_cmpstr(parent, ==, "10000:00:02.0");
        g_assert_cmpstr(controller, ==, "0000:00:0e.0");
        g_assert_null(host_pci_parent(sata));
        g_assert_null(host_pci_domain_parent(sata));
    }
}

/* Members that are not PCI devices, or can't be read */
static void test_gap(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) gpu = get_gpu(f);
    g_autofree char *none = NULL;
    g_autofree char *quiet = NULL;
    g_autofree char *gone = NULL;
    g_autofree char *driven = NULL;
    bool blocks;

    (void)data;
    none = host_pci_group_gap(f->root, gpu, &blocks);
    g_assert_null(none);
    fake_file(f->root, "/sys/kernel/iommu_groups/1/devices/fd0.dma/modalias",
              "x");
    quiet = host_pci_group_gap(f->root, gpu, &blocks);
    g_assert_null(quiet);
    fake_link(f->root, "/sys/kernel/iommu_groups/1/devices/0000:01:00.6",
              "/nonexistent");
    gone = host_pci_group_gap(f->root, gpu, &blocks);
    g_assert_cmpstr(gone, ==, "0000:01:00.6 can't be read");
    g_assert_false(blocks);
    fake_link(f->root, "/sys/kernel/iommu_groups/1/devices/fd0.dma/driver",
              "/sys/bus/platform/drivers/pl330");
    driven = host_pci_group_gap(f->root, gpu, &blocks);
    g_assert_cmpstr(driven, ==, "0000:01:00.6 can't be read; fd0.dma is not a "
                    "PCI device, and its driver pl330 keeps VFIO from the "
                    "group");
    g_assert_true(blocks);
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
        { "shpchp", false, false },
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

/* A driver of any name that has made a VFIO device of the device */
static void test_vfio_dev(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) before = get_gpu(f);
    g_autoptr(HostPci) after = NULL;

    (void)data;
    g_assert_false(host_pci_is_vfios(before));
    g_assert_true(host_pci_hinders_group(before));
    gpu_file(f, "vfio-dev/vfio0/dev", "511:0\n");
    after = get_gpu(f);
    g_assert_true(after->vfio_dev);
    g_assert_true(host_pci_is_vfios(after));
    g_assert_false(host_pci_hinders_group(after));
}

static HostPci *at(const Fixture *f, const char *path, GError **error)
{
    g_autofree char *dir = g_strconcat(f->root, path, NULL);

    return host_pci_at(dir, error);
}

static void test_at(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) dir = at(f, f->gpu, NULL);
    g_autoptr(HostPci) link = at(f, "/sys/bus/pci/devices/0000:01:00.0", NULL);
    g_autofree char *dead = fake_pci(f->root, BUS, "10000:e1:1f.7", 0x010802,
                                     NULL, -1);
    g_autoptr(HostPci) nvme = at(f, dead, NULL);

    (void)data;
    g_assert_nonnull(dir);
    g_assert_nonnull(link);
    g_assert_cmpstr(dir->bdf, ==, "0000:01:00.0");
    g_assert_cmpstr(dir->path, ==, link->path);
    g_assert_cmpstr(dir->driver, ==, "nouveau");
    g_assert_cmpint(dir->iommu_group, ==, 1);
    g_assert_cmphex(dir->vendor, ==, 0x10de);
    /* host_pci_at() does not read config space: the device may not answer. */
    g_assert_false(dir->config_known);
    g_assert_cmphex(dir->command, ==, 0);

    g_assert_nonnull(nvme);
    g_assert_cmpstr(nvme->bdf, ==, "10000:e1:1f.7");
    g_assert_cmphex(nvme->bus, ==, 0xe1);
    g_assert_cmphex(nvme->devfn, ==, 0xff);
}

/* The kernel reads a resizable BAR's sizes from the device, which may sleep. */
static void test_at_resizable(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) got = NULL;
    g_autoptr(HostPci) at_it = NULL;

    (void)data;
    gpu_file(f, "resource",
             "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n"
             "0x0000000800000000 0x00000008ffffffff 0x000000000014220c\n");
    gpu_file(f, "resource1_resize", "0000000000001fc0\n");
    got = get_gpu(f);
    at_it = at(f, f->gpu, NULL);
    g_assert_cmphex(got->regions[1].resizes, ==, 0x1fc0);
    g_assert_cmphex(at_it->regions[1].size, ==, 4ull << 30);
    g_assert_cmphex(at_it->regions[1].resizes, ==, 0);
}

static void test_not_at(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) absent = NULL;
    g_autoptr(GError) mediated = NULL;

    (void)data;
    fake_file(f->root, "/sys/devices/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001/x",
              "%s", "");
    g_assert_null(at(f, "/sys/bus/pci/devices/0000:02:00.0", &absent));
    g_assert_error(absent, HOST_PCI_ERROR, HOST_PCI_ERROR_ABSENT);
    g_assert_true(g_str_has_prefix(absent->message,
                                   "can't find host device '"));
    g_assert_null(at(f, "/sys/devices/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001",
                     &mediated));
    g_assert_error(mediated, HOST_PCI_ERROR, HOST_PCI_ERROR_SYNTAX);
}

static void assert_unread(const Fixture *f, const char *message)
{
    g_autoptr(HostPci) dev = at(f, f->gpu, NULL);

    g_assert_nonnull(dev);
    if (!message) {
        g_assert_no_error(dev->unread);
        return;
    }
    g_assert_error(dev->unread, HOST_PCI_ERROR, HOST_PCI_ERROR_SYSFS);
    g_test_message("%s", dev->unread->message);
    g_assert_nonnull(strstr(dev->unread->message, message));
}

/* Files that each device has, and the errors if one is missing */
static void test_unread(Fixture *f, gconstpointer data)
{
    g_autofree char *resource = g_strconcat(f->root, f->gpu, "/resource", NULL);

    (void)data;
    g_assert_cmpint(unlink(resource), ==, 0);
    assert_unread(f, "/irq'");
    gpu_file(f, "irq", "11\n");
    assert_unread(f, "/resource'");
    gpu_file(f, "resource", "0x0 0x0 0x0\nnonsense\n");
    assert_unread(f, "/resource' has an invalid line: 'nonsense'");
    gpu_file(f, "resource", "0x0 0x0 0x0\n");
    assert_unread(f, NULL);
    gpu_file(f, "vendor", "0x10dg\n");
    assert_unread(f, "/vendor' is not a number: '0x10dg'");
    gpu_file(f, "vendor", "\n");
    assert_unread(f, "/vendor' is not a number: ''");
    gpu_file(f, "vendor", "0xffff\n");
    assert_unread(f, "the device did not answer");
}

static void test_group_at(Fixture *f, gconstpointer data)
{
    g_autoptr(HostPci) gpu = at(f, f->gpu, NULL);
    g_autofree char *lone = fake_pci(f->root, BUS, "0000:00:03.0", 0x020000,
                                     NULL, -1);
    g_autoptr(HostPci) alone = at(f, lone, NULL);
    g_autoptr(GPtrArray) group = NULL;
    g_autoptr(GPtrArray) none = NULL;

    (void)data;
    g_free(fake_pci(f->root, BEHIND, "0000:01:00.1", 0x040300,
                    "snd_hda_intel", 1));
    group = host_pci_group_at(gpu);
    none = host_pci_group_at(alone);
    g_assert_cmpuint(group->len, ==, 2);
    g_assert_cmpstr(((HostPci *)group->pdata[0])->bdf, ==, "0000:01:00.0");
    g_assert_cmpstr(((HostPci *)group->pdata[1])->driver, ==, "snd_hda_intel");
    g_assert_false(((HostPci *)group->pdata[1])->config_known);
    g_assert_cmpuint(none->len, ==, 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *f, gconstpointer data);
    } tests[] = {
        { "/pci-device/facts", test_facts },
        { "/pci-device/bare", test_bare },
        { "/pci-device/absent", test_absent },
        { "/pci-device/regions", test_regions },
        { "/pci-device/reset", test_reset },
        { "/pci-device/override", test_override },
        { "/pci-device/unreadable", test_unreadable },
        { "/pci-device/group-links", test_group_links },
        { "/pci-device/config", test_config },
        { "/pci-device/answer", test_answer },
        { "/pci-device/silent-bridge", test_silent_bridge },
        { "/pci-device/silent-resizes", test_silent_resizes },
        { "/pci-device/power", test_power },
        { "/pci-device/msix", test_msix },
        { "/pci-device/group", test_group },
        { "/pci-device/member", test_member },
        { "/pci-device/gap", test_gap },
        { "/pci-device/vfio-dev", test_vfio_dev },
        { "/pci-device/at", test_at },
        { "/pci-device/at-resizable", test_at_resizable },
        { "/pci-device/not-at", test_not_at },
        { "/pci-device/unread", test_unread },
        { "/pci-device/group-at", test_group_at },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pci-device/bdf", test_bdf);
    g_test_add_func("/pci-device/domain", test_domain);
    g_test_add_func("/pci-device/hinders", test_hinders);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run,
                   tear_down);
    }
    return g_test_run();
}
