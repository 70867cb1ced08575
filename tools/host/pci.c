/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: PCI devices of the host (see pci.h)
 */
#include "tools/host/pci.h"
#include "tools/host/fs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"

/* PCI Local Bus Specification 3.0, 6.1 */
#define CONFIG_COMMAND          0x04
#define CONFIG_HEADER_TYPE      0x0e
#define CONFIG_HEADER_BYTES     64
#define COMMAND_MASTER          0x0004
#define HEADER_TYPE_MASK        0x7f

GQuark host_pci_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-host-pci");
}

/* Digits of a part of an address; *@text moves behind them. */
static bool parse_part(const char **text, unsigned min, unsigned max,
                       uint32_t limit, uint32_t *value)
{
    unsigned n;

    *value = 0;
    for (n = 0; n < max && g_ascii_isxdigit(**text); n++, (*text)++) {
        *value = *value << 4 | g_ascii_xdigit_value(**text);
    }
    return n >= min && *value <= limit;
}

static bool parse_bus_address(const char *text, uint32_t part[3])
{
    return parse_part(&text, 1, 2, 0xff, &part[0]) && *text++ == ':' &&
           parse_part(&text, 1, 2, 0x1f, &part[1]) && *text++ == '.' &&
           parse_part(&text, 1, 1, 7, &part[2]) && !*text;
}

char *host_pci_parse_bdf(const char *text, GError **error)
{
    const char *rest = text;
    uint32_t domain = 0;
    uint32_t part[3];

    if (!parse_bus_address(text, part)) {
        /* Domains beyond 16 bits exist: Intel's VMD, Hyper-V */
        if (!parse_part(&rest, 1, 8, UINT32_MAX, &domain) || *rest++ != ':' ||
            !parse_bus_address(rest, part)) {
            g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_SYNTAX,
                        "'%s' is no PCI address; it looks like 0000:01:00.0 ('lspci -D' shows them)",
                        text);
            return NULL;
        }
    }
    return g_strdup_printf("%04" PRIx32 ":%02" PRIx32 ":%02" PRIx32
                           ".%" PRIx32, domain, part[0], part[1], part[2]);
}

bool host_pci_is_bdf(const char *text)
{
    g_autofree char *bdf = host_pci_parse_bdf(text, NULL);

    return bdf && !strcmp(bdf, text);
}

/* Lines of three numbers: first byte, last byte, flags. */
static void read_regions(HostPci *dev)
{
    g_autofree char *text = host_attr(dev->path, "resource");
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    unsigned i;

    for (i = 0; i < HOST_PCI_REGIONS && lines[i]; i++) {
        HostPciRegion *region = &dev->regions[i];
        g_autofree char *name = g_strdup_printf("resource%u_resize", i);
        uint64_t start;
        uint64_t end;
        uint64_t flags;

        if (sscanf(lines[i], "%" SCNx64 " %" SCNx64 " %" SCNx64,
                   &start, &end, &flags) != 3 || !flags || !end ||
            end < start) {
            continue;
        }
        region->start = flags & HOST_PCI_IORESOURCE_UNSET ? 0 : start;
        region->size = end - start + 1;
        region->flags = flags;
        if (i < HOST_PCI_BARS) {
            region->resizes = host_attr_number(dev->path, name, 16, 0);
        }
    }
}

/* The header is all that an ordinary user is shown of config space. */
static void read_header(HostPci *dev)
{
    g_autofree char *path = g_build_filename(dev->path, "config", NULL);
    uint8_t header[CONFIG_HEADER_BYTES];
    FILE *file = fopen(path, "rbe");

    if (!file) {
        return;
    }
    setvbuf(file, NULL, _IONBF, 0);
    if (fread(header, sizeof(header), 1, file) == 1) {
        dev->config_known = true;
        dev->command = header[CONFIG_COMMAND] |
                       header[CONFIG_COMMAND + 1] << 8;
        /* All ones: the device does not answer */
        dev->bus_master = dev->command != 0xffff &&
                          (dev->command & COMMAND_MASTER);
        dev->header_type = header[CONFIG_HEADER_TYPE] & HEADER_TYPE_MASK;
    }
    fclose(file);
}

static int read_group(const char *path)
{
    g_autofree char *name = host_link_name(path, "iommu_group");
    uint64_t number;

    return name && g_ascii_string_to_unsigned(name, 10, 0, INT32_MAX, &number,
                                              NULL) ? (int)number : -1;
}

static void read_reset(HostPci *dev)
{
    dev->reset_methods = host_attr(dev->path, "reset_method");
    if (dev->reset_methods && !*dev->reset_methods) {
        g_clear_pointer(&dev->reset_methods, g_free);
        return;
    }
    dev->can_reset = dev->reset_methods || host_exists(dev->path, "reset");
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
    link = host_path(root, DEVICES "/%s", bdf);
    path = realpath(link, NULL);
    if (!path) {
        g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_ABSENT,
                    "there is no PCI device %s ('lspci -D' shows what there is)",
                    bdf);
        return NULL;
    }
    dev = g_new0(HostPci, 1);
    dev->bdf = g_steal_pointer(&bdf);
    dev->path = path;
    dev->vendor = host_attr_number(path, "vendor", 0, 0);
    dev->device = host_attr_number(path, "device", 0, 0);
    dev->subsystem_vendor = host_attr_number(path, "subsystem_vendor", 0, 0);
    dev->subsystem_device = host_attr_number(path, "subsystem_device", 0, 0);
    dev->class_code = host_attr_number(path, "class", 0, 0);
    dev->revision = host_attr_number(path, "revision", 0, 0);
    dev->driver = host_link_name(path, "driver");
    dev->driver_override = host_attr(path, "driver_override");
    if (dev->driver_override && (!*dev->driver_override ||
                                 !strcmp(dev->driver_override, "(null)"))) {
        g_clear_pointer(&dev->driver_override, g_free);
    }
    dev->iommu_group = read_group(path);
    dev->numa_node = host_attr_number(path, "numa_node", 10, -1);
    dev->enabled = host_attr_number(path, "enable", 10, 0);
    dev->boot_vga = host_attr_number(path, "boot_vga", 10, 0) == 1;
    dev->rom_file = host_exists(path, "rom");
    dev->is_vf = host_exists(path, "physfn");
    read_reset(dev);
    read_header(dev);
    read_regions(dev);
    return dev;
}

static GPtrArray *get_all(const char *root, const char *dir)
{
    g_auto(GStrv) names = host_names(dir);
    GPtrArray *all = g_ptr_array_new_with_free_func(
        (GDestroyNotify)host_pci_free);
    size_t i;

    for (i = 0; names[i]; i++) {
        /* One that is unplugged meanwhile is not missed. */
        HostPci *dev = host_pci_get(root, names[i], NULL);

        if (dev) {
            g_ptr_array_add(all, dev);
        }
    }
    return all;
}

GPtrArray *host_pci_list(const char *root, GError **error)
{
    g_autofree char *dir = host_path(root, DEVICES);
    g_autofree char *sys = host_path(root, "/sys/bus");

    if (!g_file_test(sys, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, HOST_PCI_ERROR, HOST_PCI_ERROR_SYSFS,
                    "there is no %s: is sysfs mounted?", sys);
        return NULL;
    }
    return get_all(root, dir);
}

GPtrArray *host_pci_group(const char *root, const HostPci *dev)
{
    g_autofree char *dir = dev->iommu_group < 0 ? NULL :
        host_path(root, "/sys/kernel/iommu_groups/%d/devices",
                  dev->iommu_group);
    GPtrArray *members = dir ? get_all(root, dir) :
        g_ptr_array_new_with_free_func((GDestroyNotify)host_pci_free);

    if (!members->len) {
        HostPci *alone = host_pci_get(root, dev->bdf, NULL);

        if (alone) {
            g_ptr_array_add(members, alone);
        }
    }
    return members;
}

bool host_pci_is_bridge(const HostPci *dev)
{
    return dev->config_known ? dev->header_type != 0 :
           dev->class_code >> 8 == 0x0604;
}

bool host_pci_is_vfio_driver(const char *driver)
{
    return driver && (!strcmp(driver, "vfio-pci") ||
                      g_str_has_suffix(driver, "_vfio_pci") ||
                      g_str_has_suffix(driver, "-vfio-pci"));
}

bool host_pci_hinders_group(const HostPci *dev)
{
    static const char *const harmless[] = { "pcieport", "pci-stub", "shpchp" };
    size_t i;

    if (!dev->driver || host_pci_is_vfio_driver(dev->driver)) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(harmless); i++) {
        if (!strcmp(dev->driver, harmless[i])) {
            return false;
        }
    }
    return true;
}

bool host_pci_is_display(const HostPci *dev)
{
    return dev->class_code >> 16 == HOST_PCI_BASE_DISPLAY;
}

const char *host_pci_class_name(const HostPci *dev)
{
    /* PCI Code and ID Assignment Specification; the first that fits */
    static const struct {
        uint32_t code;
        unsigned shift;
        const char *name;
    } names[] = {
        { 0x0300, 8, "VGA" },
        { 0x0302, 8, "3D" },
        { 0x03, 16, "display" },
        { 0x0100, 8, "SCSI" },
        { 0x0104, 8, "RAID" },
        { 0x0106, 8, "SATA" },
        { 0x0108, 8, "NVMe" },
        { 0x01, 16, "storage" },
        { 0x0200, 8, "Ethernet" },
        { 0x02, 16, "network" },
        { 0x0403, 8, "audio" },
        { 0x04, 16, "multimedia" },
        { 0x05, 16, "memory" },
        { 0x0600, 8, "host bridge" },
        { 0x0601, 8, "ISA bridge" },
        { 0x0604, 8, "PCI bridge" },
        { 0x06, 16, "bridge" },
        { 0x07, 16, "communication" },
        { 0x0806, 8, "IOMMU" },
        { 0x08, 16, "system" },
        { 0x09, 16, "input" },
        { 0x0c03, 8, "USB" },
        { 0x0c05, 8, "SMBus" },
        { 0x0c, 16, "serial bus" },
        { 0x0d, 16, "wireless" },
        { 0x10, 16, "encryption" },
        { 0x11, 16, "signal processing" },
        { 0x12, 16, "accelerator" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (dev->class_code >> names[i].shift == names[i].code) {
            return names[i].name;
        }
    }
    return "other";
}

char *host_pci_vfio_node(const char *root, const HostPci *dev)
{
    return dev->iommu_group < 0 ? NULL :
           host_path(root, "/dev/vfio/%d", dev->iommu_group);
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
    g_free(dev->reset_methods);
    g_free(dev);
}
