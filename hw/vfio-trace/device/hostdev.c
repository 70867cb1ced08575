/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: PCI devices of the host, as sysfs shows them (see hostdev.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vfio-trace/device/hostdev.h"

/* Flags of a resource that the kernel's PCIDEV shows: the BAR's own bits */
#define RESOURCE_BAR_BITS 0xf

static char *hostdev_attr(const char *sysfsdev, const char *attr, Error **errp)
{
    g_autofree char *path = g_build_filename(sysfsdev, attr, NULL);
    g_autoptr(GError) err = NULL;
    char *text;

    if (!g_file_get_contents(path, &text, NULL, &err)) {
        error_setg(errp, "can't read '%s': %s", path, err->message);
        return NULL;
    }
    return text;
}

static bool hostdev_number(const char *sysfsdev, const char *attr,
                           uint64_t *value, Error **errp)
{
    g_autofree char *text = hostdev_attr(sysfsdev, attr, errp);

    if (!text) {
        return false;
    }
    *value = g_ascii_strtoull(text, NULL, 0);
    return true;
}

static bool hostdev_resources(const char *sysfsdev, MmtPciDev *dev,
                              Error **errp)
{
    g_autofree char *text = hostdev_attr(sysfsdev, "resource", errp);
    g_auto(GStrv) lines = NULL;
    int i;

    if (!text) {
        return false;
    }
    lines = g_strsplit(text, "\n", -1);
    for (i = 0; i < MMT_PCI_RESOURCES && lines[i] && *lines[i]; i++) {
        uint64_t start, end, flags;

        if (sscanf(lines[i], "%" SCNx64 " %" SCNx64 " %" SCNx64,
                   &start, &end, &flags) != 3) {
            error_setg(errp,
                       "'%s/resource' has a line that is no resource: '%s'",
                       sysfsdev, lines[i]);
            return false;
        }
        dev->start[i] = start | (flags & RESOURCE_BAR_BITS);
        dev->size[i] = start < end ? end - start + 1 : 0;
    }
    return true;
}

/* "DDDD:BB:DD.F"; a mediated device has a UUID instead */
static bool hostdev_parse_bdf(const char *name, uint8_t *bus, uint8_t *devfn)
{
    unsigned domain, b, slot, function;

    if (sscanf(name, "%x:%x:%x.%x", &domain, &b, &slot, &function) != 4) {
        return false;
    }
    *bus = b;
    *devfn = slot << 3 | function;
    return true;
}

char *hostdev_describe(const char *sysfsdev, MmtPciDev *dev, Error **errp)
{
    g_autofree char *real = realpath(sysfsdev, NULL);
    g_autofree char *bdf = NULL;
    uint64_t vendor, device, irq;

    if (!real) {
        error_setg_errno(errp, errno, "can't find host device '%s'", sysfsdev);
        return NULL;
    }
    bdf = g_path_get_basename(real);
    if (!hostdev_parse_bdf(bdf, &dev->bus, &dev->devfn)) {
        return NULL;
    }
    if (!hostdev_number(real, "vendor", &vendor, errp) ||
        !hostdev_number(real, "device", &device, errp) ||
        !hostdev_number(real, "irq", &irq, errp) ||
        !hostdev_resources(real, dev, errp)) {
        return NULL;
    }
    dev->vendor = vendor;
    dev->device = device;
    dev->irq = irq;
    return g_steal_pointer(&bdf);
}

/* Name of the driver that has the device, or NULL. */
static char *hostdev_driver(const char *sysfsdev)
{
    g_autofree char *link = g_build_filename(sysfsdev, "driver", NULL);
    g_autofree char *target = g_file_read_link(link, NULL);

    return target ? g_path_get_basename(target) : NULL;
}

/* Bridges stay with the kernel; everything else must be VFIO's or idle. */
static bool hostdev_in_the_way(const char *sysfsdev)
{
    g_autofree char *driver = hostdev_driver(sysfsdev);
    g_autofree char *vfio_dev = g_build_filename(sysfsdev, "vfio-dev", NULL);
    uint64_t class = 0;

    /* Whatever the driver is called: it has made a VFIO device of it. */
    if (access(vfio_dev, F_OK) == 0) {
        return false;
    }
    hostdev_number(sysfsdev, "class", &class, NULL);
    return driver && (class >> 16) != 0x06 &&
           !g_str_has_prefix(driver, "vfio") &&
           !g_str_has_suffix(driver, "-vfio-pci") &&
           !g_str_has_suffix(driver, "_vfio_pci") &&
           !g_str_equal(driver, "pci-stub") &&
           !g_str_equal(driver, "pcieport");
}

static bool hostdev_check_group(const char *sysfsdev, const char *bdf,
                                Error **errp)
{
    ERRP_GUARD();
    g_autofree char *path = g_build_filename(sysfsdev, "iommu_group",
                                             "devices", NULL);
    g_autoptr(GString) others = g_string_new(NULL);
    g_autoptr(GError) err = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &err);
    const char *name;

    if (!dir) {
        if (!g_error_matches(err, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            /* Not ours to see; VFIO will say what is wrong. */
            return true;
        }
        error_setg(errp, "host device %s is in no IOMMU group", bdf);
        error_append_hint(errp,
                          "Switch the IOMMU on in the firmware (VT-d, AMD-Vi) and boot the host with intel_iommu=on where it is Intel's.\n");
        return false;
    }
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *other = g_build_filename(path, name, NULL);

        if (!g_str_equal(name, bdf) && hostdev_in_the_way(other)) {
            g_autofree char *driver = hostdev_driver(other);

            g_string_append_printf(others, " %s (%s)", name, driver);
        }
    }
    if (others->len) {
        error_setg(errp, "host device %s is not alone in its IOMMU group:%s",
                   bdf, others->str);
        error_append_hint(errp,
                          "Bind these to vfio-pci as well, or take them away from their drivers.\n");
        return false;
    }
    return true;
}

bool hostdev_check_vfio(const char *sysfsdev, Error **errp)
{
    ERRP_GUARD();
    g_autofree char *real = realpath(sysfsdev, NULL);
    g_autofree char *bdf = g_path_get_basename(real ?: sysfsdev);
    g_autofree char *driver = NULL;
    uint8_t bus, devfn;

    if (!real) {
        error_setg(errp, "there is no host device '%s'", sysfsdev);
        error_append_hint(errp, "lspci -D lists the addresses.\n");
        return false;
    }
    if (access("/dev/vfio", F_OK) < 0 && errno == ENOENT) {
        error_setg(errp, "this host has no VFIO (/dev/vfio is missing)");
        error_append_hint(errp, "Load it: modprobe vfio-pci.\n");
        return false;
    }
    if (!hostdev_parse_bdf(bdf, &bus, &devfn)) {
        return true;
    }
    driver = hostdev_driver(real);
    if (!driver || hostdev_in_the_way(real)) {
        error_setg(errp, "host device %s is not bound to vfio-pci but to %s",
                   bdf, driver ?: "no driver");
        error_append_hint(errp,
                          "Bind it: echo vfio-pci > %s/driver_override; ",
                          sysfsdev);
        if (driver) {
            error_append_hint(errp, "echo %s > %s/driver/unbind; ", bdf,
                              sysfsdev);
        }
        error_append_hint(errp, "echo %s > /sys/bus/pci/drivers_probe\n",
                          bdf);
        return false;
    }
    return hostdev_check_group(real, bdf, errp);
}
