/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: PCI devices of the host (see device.h)
 */
#include "libpcidev/device.h"
#include "libpcidev/fs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"

/* PCI Local Bus Specification 3.0, 6.1 */
#define CONFIG_COMMAND          0x04
#define CONFIG_HEADER_TYPE      0x0e
#define CONFIG_BARS             0x10
#define CONFIG_BARS_END         0x28
#define CONFIG_TAIL             0x30
#define CONFIG_HEADER_BYTES     64
#define COMMAND_MASTER          0x0004
#define HEADER_TYPE_MASK        0x7f
#define HEADER_TYPE_MAX         2

/* No vendor has this number: it is read where there is no device. */
#define VENDOR_NONE             0xffff

/* BARs have 1 MiB (bit 0) to 8 EiB: PCI Express Base Specification, 7.8.6 */
#define RESIZES_VALID           ((1ull << 44) - 1)

static void host_pci_unread(HostPci *dev, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* Keeps the first error. */
static void host_pci_unread(HostPci *dev, const char *fmt, ...)
{
    va_list ap;

    if (!dev->unread) {
        va_start(ap, fmt);
        dev->unread = g_error_new_valist(HOST_PCI_ERROR, HOST_PCI_ERROR_SYSFS,
                                         fmt, ap);
        va_end(ap);
    }
}

/* A file that every device has */
static char *host_pci_file(HostPci *dev, const char *name)
{
    g_autofree char *path = g_build_filename(dev->path, name, NULL);
    g_autoptr(GError) why = NULL;
    char *text;

    if (!g_file_get_contents(path, &text, NULL, &why)) {
        host_pci_unread(dev, "can't read '%s': %s", path, why->message);
        return NULL;
    }
    return g_strstrip(text);
}

static uint64_t host_pci_number(HostPci *dev, const char *name)
{
    g_autofree char *text = host_pci_file(dev, name);
    uint64_t value;
    char *end;

    if (!text) {
        return 0;
    }
    value = g_ascii_strtoull(text, &end, 0);
    if (end == text || *end) {
        host_pci_unread(dev, "'%s/%s' is not a number: '%s'", dev->path, name,
                        text);
        return 0;
    }
    return value;
}

/* Lines of three numbers: first byte, last byte, flags. */
static void host_pci_read_regions(HostPci *dev)
{
    g_autofree char *text = host_pci_file(dev, "resource");
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    unsigned i;

    dev->regions_known = text != NULL;
    for (i = 0; i < HOST_PCI_REGIONS && lines[i] && *lines[i]; i++) {
        HostPciRegion *region = &dev->regions[i];
        uint64_t start;
        uint64_t end;
        uint64_t flags;

        if (sscanf(lines[i], "%" SCNx64 " %" SCNx64 " %" SCNx64,
                   &start, &end, &flags) != 3 || !~flags) {
            host_pci_unread(dev, "'%s/resource' has an invalid line: '%s'",
                            dev->path, lines[i]);
            dev->regions_known = false;
            continue;
        }
        if (!flags || !end || end < start) {
            continue;
        }
        region->start = flags & HOST_PCI_IORESOURCE_UNSET ? 0 : start;
        region->size = end - start + 1;
        region->flags = flags;
    }
}

/*
 * The kernel reads these sizes from the device's config space: a number with
 * other bits comes from a device that does not answer.
 */
static void host_pci_read_resizes(HostPci *dev)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS && dev->answer != HOST_PCI_ANSWER_NO; i++) {
        g_autofree char *name = g_strdup_printf("resource%u_resize", i);
        uint64_t sizes = dev->regions[i].size ?
            (uint64_t)host_fs_attr_number(dev->path, name, 16, 0) : 0;

        dev->regions[i].resizes = sizes & ~RESIZES_VALID ? 0 : sizes;
    }
}

static bool host_pci_all(const uint8_t *bytes, size_t len, uint8_t value)
{
    size_t i;

    for (i = 0; i < len && bytes[i] == value; i++) {
        /* compare the next */
    }
    return i == len;
}

/*
 * Without an answer, the CPU reads ones.  No device has the command 0xffff,
 * whose upper bits are reserved, or a header type of 127.  The vendor ID says
 * nothing: that of a virtual function reads as ones, too.  A device that goes
 * away while it is read has ones at the end, where each header has reserved
 * bytes or the interrupt's pin.
 */
static bool host_pci_is_answer(const uint8_t *header)
{
    return !host_pci_all(header + CONFIG_COMMAND, 2, 0xff) &&
           !host_pci_all(header + CONFIG_TAIL,
                         CONFIG_HEADER_BYTES - CONFIG_TAIL, 0xff) &&
           (header[CONFIG_HEADER_TYPE] & HEADER_TYPE_MASK) <= HEADER_TYPE_MAX &&
           !host_pci_all(header, CONFIG_HEADER_BYTES, 0);
}

static void host_pci_take_header(HostPci *dev, const uint8_t *header)
{
    dev->config_known = host_pci_is_answer(header);
    dev->answer = dev->config_known ? HOST_PCI_ANSWER_YES : HOST_PCI_ANSWER_NO;
    dev->command = header[CONFIG_COMMAND] | header[CONFIG_COMMAND + 1] << 8;
    if (dev->config_known) {
        dev->bars_set = !host_pci_all(header + CONFIG_BARS,
                                      CONFIG_BARS_END - CONFIG_BARS, 0);
        dev->bus_master = dev->command & COMMAND_MASTER;
        dev->header_type = header[CONFIG_HEADER_TYPE] & HEADER_TYPE_MASK;
    }
}

/* Reads the header: unprivileged users can't read more of config space. */
static void host_pci_read_header(HostPci *dev)
{
    g_autofree char *path = g_build_filename(dev->path, "config", NULL);
    uint8_t header[CONFIG_HEADER_BYTES];
    FILE *file = fopen(path, "rbe");

    if (!file) {
        return;
    }
    setvbuf(file, NULL, _IONBF, 0);
    if (fread(header, sizeof(header), 1, file) == 1) {
        host_pci_take_header(dev, header);
    }
    fclose(file);
}

/* VFIO makes groups for devices without an IOMMU, too; QEMU can't use them. */
static int host_pci_read_group(const char *path)
{
    g_autofree char *dir = g_build_filename(path, "iommu_group", NULL);
    g_autofree char *name = NULL;
    g_autofree char *kind = NULL;
    uint64_t number;

    if (!host_fs_link(path, "iommu_group", &name)) {
        return HOST_PCI_GROUP_UNKNOWN;
    }
    kind = host_fs_attr(dir, "name");
    if (!name || !g_strcmp0(kind, "vfio-noiommu")) {
        return HOST_PCI_GROUP_NONE;
    }
    return g_ascii_string_to_unsigned(name, 10, 0, INT32_MAX, &number, NULL) ?
           (int)number : HOST_PCI_GROUP_UNKNOWN;
}

static void host_pci_read_reset(HostPci *dev)
{
    dev->reset_methods = host_fs_attr(dev->path, "reset_method");
    dev->reset_known = dev->reset_methods ||
                       !host_fs_exists(dev->path, "reset_method");
    if (dev->reset_methods && !*dev->reset_methods) {
        g_clear_pointer(&dev->reset_methods, g_free);
        dev->reset_off = true;
        return;
    }
    dev->can_reset = dev->reset_methods || host_fs_exists(dev->path, "reset");
}

/* While a virtual function exists, there is a link virtfn0 or a later one. */
static int host_pci_count_vfs(const char *path)
{
    int64_t n = host_fs_attr_number(path, "sriov_numvfs", 10, -1);
    g_auto(GStrv) names = NULL;
    int links = 0;
    size_t i;

    if (n >= 0) {
        return MIN(n, INT32_MAX);
    }
    names = host_fs_names(path);
    for (i = 0; names[i]; i++) {
        links += g_str_has_prefix(names[i], "virtfn");
    }
    return links || !host_fs_exists(path, "sriov_numvfs") ? links : -1;
}

static void host_pci_read_power(HostPci *dev)
{
    g_autofree char *dir = g_build_filename(dev->path, "power", NULL);

    dev->power_state = host_fs_attr(dev->path, "power_state");
    dev->runtime_status = host_fs_attr(dir, "runtime_status");
    dev->power_control = host_fs_attr(dir, "control");
}

/*
 * Reads what the kernel knows without asking the device; takes @path, which
 * malloc() has allocated.
 */
static HostPci *host_pci_new(char *path, const char *bdf)
{
    HostPci *dev = g_new0(HostPci, 1);
    uint32_t domain;
    uint32_t part[3] = { 0 };

    host_pci_parse_address(bdf, &domain, part);
    dev->bdf = g_strdup(bdf);
    dev->path = path;
    dev->bus = part[0];
    dev->devfn = part[1] << 3 | part[2];
    dev->vendor = host_pci_number(dev, "vendor");
    dev->device = host_pci_number(dev, "device");
    if (dev->vendor == VENDOR_NONE) {
        host_pci_unread(dev,
            "'%s/vendor' is 0x%x: the device did not answer when the kernel found it",
            path, VENDOR_NONE);
    }
    dev->subsystem_vendor = host_fs_attr_number(path, "subsystem_vendor", 0,
                                                -1);
    dev->subsystem_device = host_fs_attr_number(path, "subsystem_device", 0,
                                                -1);
    dev->class_code = host_fs_attr_number(path, "class", 0,
                                          HOST_PCI_CLASS_UNKNOWN);
    dev->revision = host_fs_attr_number(path, "revision", 0, -1);
    dev->irq = host_pci_number(dev, "irq");
    dev->driver_known = host_fs_link(path, "driver", &dev->driver);
    dev->vfio_dev = host_fs_exists(path, "vfio-dev");
    dev->driver_override = host_fs_attr(path, "driver_override");
    if (dev->driver_override && (!*dev->driver_override ||
                                 !strcmp(dev->driver_override, "(null)"))) {
        g_clear_pointer(&dev->driver_override, g_free);
    }
    dev->iommu_group = host_pci_read_group(path);
    dev->numa_node = host_fs_attr_number(path, "numa_node", 10, -1);
    dev->enabled = host_fs_attr_number(path, "enable", 10, -1);
    dev->boot_vga = host_fs_attr_number(path, "boot_vga", 10, 0) == 1;
    dev->rom_file = host_fs_exists(path, "rom");
    dev->is_vf = host_fs_exists(path, "physfn");
    dev->vfs = host_pci_count_vfs(path);
    host_pci_read_reset(dev);
    host_pci_read_regions(dev);
    return dev;
}

static bool host_pci_has_sysfs(const char *root, GError **error)
{
    g_autofree char *sys = host_fs_path(root, "/sys/bus");

    if (g_file_test(sys, G_FILE_TEST_IS_DIR)) {
        return true;
    }
    g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_SYSFS,
                "there is no %s: is sysfs mounted?", sys);
    return false;
}

HostPci *host_pci_get(const char *root, const char *text, GError **error)
{
    g_autofree char *bdf = host_pci_parse_bdf(text, error);
    g_autofree char *link = NULL;
    HostPci *dev;
    char *path;

    if (!bdf) {
        return NULL;
    }
    link = host_fs_path(root, DEVICES "/%s", bdf);
    if (!host_pci_has_sysfs(root, error)) {
        return NULL;
    }
    path = realpath(link, NULL);
    if (!path && (errno != ENOENT ||
                  g_file_test(link, G_FILE_TEST_IS_SYMLINK))) {
        g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_SYSFS,
                    "can't read PCI device %s: %s: %s", bdf, link,
                    g_strerror(errno));
        return NULL;
    }
    if (!path) {
        g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_ABSENT,
                    "there is no PCI device %s ('lspci -D' lists the devices)",
                    bdf);
        return NULL;
    }
    dev = host_pci_new(path, bdf);
    host_pci_read_header(dev);
    host_pci_read_resizes(dev);
    /* To read config space, the kernel wakes the device. */
    host_pci_read_power(dev);
    return dev;
}

HostPci *host_pci_at(const char *dir, GError **error)
{
    char *path = realpath(dir, NULL);
    g_autofree char *name = path ? g_path_get_basename(path) : NULL;
    g_autofree char *bdf = NULL;

    if (!path) {
        g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_ABSENT,
                    "can't find host device '%s': %s", dir, g_strerror(errno));
        return NULL;
    }
    bdf = host_pci_parse_bdf(name, error);
    if (!bdf) {
        free(path);
        return NULL;
    }
    return host_pci_new(path, bdf);
}

static GPtrArray *host_pci_get_all(const char *root, const char *dir)
{
    g_auto(GStrv) names = host_fs_names(dir);
    GPtrArray *all = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    size_t i;

    for (i = 0; names[i]; i++) {
        /* A device that is unplugged meanwhile is skipped. */
        HostPci *dev = host_pci_get(root, names[i], NULL);

        if (dev) {
            g_ptr_array_add(all, dev);
        }
    }
    return all;
}

GPtrArray *host_pci_list(const char *root, GError **error)
{
    g_autofree char *dir = host_fs_path(root, DEVICES);

    return host_pci_has_sysfs(root, error) ? host_pci_get_all(root, dir) : NULL;
}

GPtrArray *host_pci_group(const char *root, const HostPci *dev)
{
    g_autofree char *dir = dev->iommu_group < 0 ? NULL :
        host_fs_path(root, "/sys/kernel/iommu_groups/%d/devices",
                     dev->iommu_group);
    GPtrArray *members = dir ? host_pci_get_all(root, dir) :
        g_ptr_array_new_with_free_func((GDestroyNotify)host_pci_free);

    if (!members->len) {
        HostPci *alone = host_pci_get(root, dev->bdf, NULL);

        if (alone) {
            g_ptr_array_add(members, alone);
        }
    }
    return members;
}

GPtrArray *host_pci_group_at(const HostPci *dev)
{
    g_autofree char *dir = g_build_filename(dev->path, "iommu_group",
                                            "devices", NULL);
    g_auto(GStrv) names = host_fs_names(dir);
    GPtrArray *members = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(dir, names[i], NULL);
        HostPci *member = host_pci_at(link, NULL);

        if (member) {
            g_ptr_array_add(members, member);
        }
    }
    return members;
}

bool host_pci_is_bridge(const HostPci *dev)
{
    /* PCI-to-PCI, CardBus, and semi-transparent PCI-to-PCI bridges */
    static const uint16_t classes[] = { 0x0604, 0x0607, 0x0609 };
    bool is = false;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(classes); i++) {
        is |= dev->class_code >> 8 == classes[i];
    }
    return dev->config_known ? dev->header_type != 0 : is;
}

bool host_pci_is_vfio_driver(const char *driver)
{
    return driver && (!strcmp(driver, "vfio-pci") ||
                      g_str_has_suffix(driver, "_vfio_pci") ||
                      g_str_has_suffix(driver, "-vfio-pci"));
}

bool host_pci_is_vfios(const HostPci *dev)
{
    return dev->vfio_dev || host_pci_is_vfio_driver(dev->driver);
}

void host_pci_free(HostPci *dev)
{
    if (!dev) {
        return;
    }
    g_free(dev->bdf);
    free(dev->path);
    g_free(dev->driver);
    g_free(dev->driver_override);
    g_free(dev->power_state);
    g_free(dev->runtime_status);
    g_free(dev->power_control);
    g_free(dev->reset_methods);
    g_clear_error(&dev->unread);
    g_free(dev);
}
