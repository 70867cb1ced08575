/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: description and checks of a host device (see hostdev.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "libpcidev/group.h"
#include "hw/vfio-trace/device/hostdev.h"

/* Flags of a resource that the kernel shows in PCIDEV lines: the BAR's bits */
#define RESOURCE_BAR_BITS 0xf

QEMU_BUILD_BUG_ON(HOST_PCI_REGIONS != MMT_PCI_RESOURCES);

static void hostdev_fill(const HostPci *host, MmtPciDev *dev)
{
    int i;

    dev->bus = host->bus;
    dev->devfn = host->devfn;
    dev->vendor = host->vendor;
    dev->device = host->device;
    dev->irq = host->irq;
    for (i = 0; i < HOST_PCI_REGIONS; i++) {
        const HostPciRegion *region = &host->regions[i];

        dev->start[i] = region->start | (region->flags & RESOURCE_BAR_BITS);
        dev->size[i] = region->size;
    }
}

char *hostdev_describe(const char *sysfsdev, MmtPciDev *dev, Error **errp)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(HostPci) host = host_pci_at(sysfsdev, &err);

    if (!host) {
        /* With another error, it is a mediated device and not a PCI device. */
        if (g_error_matches(err, HOST_PCI_ERROR, HOST_PCI_ERROR_ABSENT)) {
            error_setg(errp, "%s", err->message);
        }
        return NULL;
    }
    if (host->unread) {
        error_setg(errp, "%s", host->unread->message);
        return NULL;
    }
    hostdev_fill(host, dev);
    return g_strdup(host->bdf);
}

/*
 * Others must be VFIO's or have no driver.  Kernels before 5.19 ignored the
 * drivers of bridges to other buses, so VFIO decides about these.
 */
static bool hostdev_in_the_way(const HostPci *host)
{
    return host_pci_hinders_group(host) && !host_pci_is_bridge(host);
}

static bool hostdev_has_group(const HostPci *host)
{
    g_autofree char *link = g_build_filename(host->path, "iommu_group", NULL);

    /* If the link can't be accessed, VFIO will report what is wrong. */
    return host->iommu_group >= 0 ||
           host->iommu_group == HOST_PCI_GROUP_UNKNOWN ||
           access(link, F_OK) == 0 || errno != ENOENT;
}

static bool hostdev_check_group(const HostPci *host, Error **errp)
{
    ERRP_GUARD();
    static const char *const hints[] = {
        "Bind these to vfio-pci as well, or unbind them from their drivers.",
        "The device would not exist without one of these drivers: it can't be given to a guest.",
    };
    g_autoptr(GPtrArray) members = host_pci_group_at(host);
    g_autoptr(GString) others = g_string_new(NULL);
    bool needed = false;
    guint i;

    if (!hostdev_has_group(host)) {
        error_setg(errp, "host device %s is not in an IOMMU group", host->bdf);
        error_append_hint(errp,
                          "Enable the IOMMU in the firmware's setup (VT-d, AMD-Vi); with Intel, also boot the host with intel_iommu=on.\n");
        return false;
    }
    for (i = 0; i < members->len; i++) {
        const HostPci *member = members->pdata[i];

        if (!g_str_equal(member->bdf, host->bdf) &&
            hostdev_in_the_way(member)) {
            g_string_append_printf(others, " %s (%s)", member->bdf,
                                   member->driver);
            needed |= host_pci_depends(host, member);
        }
    }
    if (others->len) {
        error_setg(errp, "host device %s is not alone in its IOMMU group:%s",
                   host->bdf, others->str);
        error_append_hint(errp, "%s\n", hints[needed]);
        return false;
    }
    return true;
}

static bool hostdev_check_driver(const HostPci *host, const char *sysfsdev,
                                 Error **errp)
{
    ERRP_GUARD();

    /* If the link can't be read, VFIO will report what is wrong. */
    if (!host->driver_known || (host->driver && !hostdev_in_the_way(host))) {
        return true;
    }
    error_setg(errp, "host device %s is not bound to vfio-pci but to %s",
               host->bdf, host->driver ?: "no driver");
    error_append_hint(errp, "Bind it: echo vfio-pci > "
                      "%s/driver_override; ", sysfsdev);
    if (host->driver) {
        error_append_hint(errp, "echo %s > %s/driver/unbind; ", host->bdf,
                          sysfsdev);
    }
    error_append_hint(errp, "echo %s > /sys/bus/pci/drivers_probe\n",
                      host->bdf);
    return false;
}

bool hostdev_check_vfio(const char *sysfsdev, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GError) err = NULL;
    g_autoptr(HostPci) host = host_pci_at(sysfsdev, &err);

    if (g_error_matches(err, HOST_PCI_ERROR, HOST_PCI_ERROR_ABSENT)) {
        error_setg(errp, "there is no host device '%s'", sysfsdev);
        error_append_hint(errp, "lspci -D lists the addresses.\n");
        return false;
    }
    if (access("/dev/vfio", F_OK) < 0 && errno == ENOENT) {
        error_setg(errp, "this host has no VFIO (/dev/vfio is missing)");
        error_append_hint(errp, "Load it: modprobe vfio-pci.\n");
        return false;
    }
    /* The driver and group of a mediated device can't be checked here. */
    return !host || (hostdev_check_driver(host, sysfsdev, errp) &&
                     hostdev_check_group(host, errp));
}
