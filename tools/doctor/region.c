/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: regions of a device, as a guest has them (see region.h)
 *
 * Follows the kernel's vfio_pci_probe_mmaps(), which decides what VFIO can map
 * into a guest, and QEMU's hw/vfio/region.c and vfio_msix_early_setup().
 */
#include "tools/doctor/region.h"
#include "libpcidev/msix.h"
#include "tools/host/iomem.h"
#include "tools/host/machine.h"

#include <inttypes.h>
#include <string.h>

const char *const doctor_direct_names[DOCTOR_DIRECTS] = {
    [DOCTOR_DIRECT_NONE] = "none",
    [DOCTOR_DIRECT_PART] = "part",
    [DOCTOR_DIRECT_ALL] = "all",
};

static bool overlaps(const HostPciRegion *region, uint64_t start, uint64_t len)
{
    return (region->flags & HOST_PCI_IORESOURCE_MEM) && region->size &&
           region->start && region->start < start + len &&
           start < region->start + region->size;
}

/* Return: the BAR or device that shares the page of a small BAR, or NULL */
static char *find_neighbour(const Doctor *doctor, unsigned n, uint64_t page)
{
    const HostPciRegion *bar = &doctor->dev->regions[n];
    uint64_t start = bar->start & ~(page - 1);
    g_autoptr(GPtrArray) all = host_pci_list(doctor->root, NULL);
    guint i;
    unsigned k;

    for (i = 0; all && i < all->len; i++) {
        const HostPci *dev = all->pdata[i];
        bool same = !strcmp(dev->bdf, doctor->dev->bdf);

        for (k = 0; k < HOST_PCI_REGIONS && !host_pci_is_bridge(dev); k++) {
            if (!(same && k == n) && overlaps(&dev->regions[k], start, page)) {
                return same ? g_strdup_printf("BAR %u", k) :
                       g_strdup(dev->bdf);
            }
        }
    }
    return NULL;
}

static DoctorDirect small_direct(const Doctor *doctor, unsigned n,
                                 uint64_t page, char **why)
{
    const HostPciRegion *bar = &doctor->dev->regions[n];
    g_autofree char *neighbour = find_neighbour(doctor, n, page);

    if (bar->start & (page - 1)) {
        *why = g_strdup("smaller than a page, and not at the start of a page");
        return DOCTOR_DIRECT_NONE;
    }
    if (neighbour) {
        *why = g_strdup_printf("shares its page with %s", neighbour);
        return DOCTOR_DIRECT_NONE;
    }
    *why = g_strdup("if the guest maps it at the start of a page");
    return DOCTOR_DIRECT_ALL;
}

/*
 * Before Linux 4.16, VFIO did not map the pages of the MSI-X table. Since then
 * (VFIO_REGION_INFO_CAP_MSIX_MAPPABLE), QEMU maps them, and puts its own
 * emulation of the table and the pending bits over them: these pages exit, too.
 */
static DoctorDirect msix_direct(const Doctor *doctor, unsigned n, char **why)
{
    HostPciMsix msix;
    HostPciMsixState state = host_pci_msix(doctor->dev, &msix);

    if (state != HOST_PCI_MSIX_FOUND) {
        *why = state == HOST_PCI_MSIX_NONE ? NULL :
               g_strdup("or all but the MSI-X table's page, if it is in this BAR");
        return DOCTOR_DIRECT_ALL;
    }
    if (msix.table_bar == n) {
        *why = g_strdup_printf("the MSI-X table's page at 0x%" PRIx32,
                               msix.table_offset);
        return DOCTOR_DIRECT_PART;
    }
    if (msix.pba_bar == n) {
        *why = g_strdup_printf("the page of MSI-X's pending bits at 0x%"
                               PRIx32, msix.pba_offset);
        return DOCTOR_DIRECT_PART;
    }
    return DOCTOR_DIRECT_ALL;
}

DoctorDirect doctor_region_direct(const Doctor *doctor, unsigned n, char **why)
{
    const HostPciRegion *region = &doctor->dev->regions[n];
    uint64_t page = host_machine_page(doctor->root);
    g_autofree char *claim =
        n < HOST_PCI_BARS && (region->flags & HOST_PCI_IORESOURCE_MEM) ?
        host_iomem_hinders(doctor->root, doctor->dev, n) : NULL;

    *why = NULL;
    if (claim) {
        *why = g_strdup_printf("VFIO can not reserve it: a part is claimed by %s",
                               claim);
    } else if (n == HOST_PCI_ROM) {
        *why = g_strdup("a ROM is emulated by QEMU");
    } else if (region->flags & HOST_PCI_IORESOURCE_IO) {
        *why = g_strdup("I/O ports");
    } else if (!region->start) {
        *why = g_strdup("has no address");
    } else if (region->size < page) {
        return small_direct(doctor, n, page, why);
    } else {
        return msix_direct(doctor, n, why);
    }
    return DOCTOR_DIRECT_NONE;
}

const char *doctor_region_type(const HostPciRegion *region, unsigned n)
{
    bool pref = region->flags & HOST_PCI_IORESOURCE_PREFETCH;

    if (n == HOST_PCI_ROM) {
        return "rom";
    }
    if (region->flags & HOST_PCI_IORESOURCE_IO) {
        return "io";
    }
    if (region->flags & HOST_PCI_IORESOURCE_MEM_64) {
        return pref ? "mem64,pref" : "mem64";
    }
    return pref ? "mem32,pref" : "mem32";
}
