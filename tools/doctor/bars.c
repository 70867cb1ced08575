/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: the device's BARs and ROM
 *
 * What VFIO maps into a guest follows the kernel's vfio_pci_probe_mmaps(), and
 * what QEMU makes of it hw/vfio/region.c and vfio_msix_early_setup().
 */
#include "tools/doctor/doctor.h"
#include "libpcidev/msix.h"
#include "libpcidev/window-spec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* Who else has something in the page that a small BAR is in? */
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
        *why = g_strdup("smaller than a page, and not at the beginning of one");
        return DOCTOR_DIRECT_NONE;
    }
    if (neighbour) {
        *why = g_strdup_printf("shares its page with %s", neighbour);
        return DOCTOR_DIRECT_NONE;
    }
    *why = g_strdup("if the guest puts it at the beginning of a page");
    return DOCTOR_DIRECT_ALL;
}

/*
 * Before 4.16 VFIO kept the pages of the MSI-X table from guests. Since then
 * (VFIO_REGION_INFO_CAP_MSIX_MAPPABLE) QEMU maps them, and stands over table
 * and pending bits with a device model of its own: pages that exit as well.
 */
static DoctorDirect msix_direct(const Doctor *doctor, unsigned n, char **why)
{
    HostPciMsix msix;
    HostPciMsixState state = host_pci_msix(doctor->dev, &msix);

    if (state != HOST_PCI_MSIX_FOUND) {
        *why = state == HOST_PCI_MSIX_NONE ? NULL :
               g_strdup("or all but the MSI-X table's page, if that is here");
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
    uint64_t page = sysconf(_SC_PAGESIZE);

    *why = NULL;
    if (n == HOST_PCI_ROM) {
        *why = g_strdup("a ROM is read by QEMU");
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

void doctor_check_bars(Doctor *doctor)
{
    const HostPciRegion *regions = doctor->dev->regions;
    g_autoptr(GString) homeless = g_string_new(NULL);
    g_autoptr(GString) sizes = g_string_new(NULL);
    unsigned bars = 0;
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree char *size = doctor_size(regions[i].size);

        if (!regions[i].size) {
            continue;
        }
        g_string_append_printf(sizes, "%s%s", bars++ ? ", " : "", size);
        if (!regions[i].start) {
            g_string_append_printf(homeless, " %u", i);
        }
    }
    if (!bars) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "the device has no BARs: config space and interrupts are "
                   "all there is to trace");
    } else if (homeless->len) {
        doctor_say(doctor, DOCTOR_FAIL, "switch on 'above 4G decoding' in the "
                   "firmware's setup, or boot with pci=realloc",
                   "neither firmware nor kernel found room for BAR%s",
                   homeless->str);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "%u BAR%s: %s", bars,
                   bars > 1 ? "s" : "", sizes->str);
    }
    for (i = 0; i < HOST_PCI_BARS; i++) {
        if (regions[i].size && regions[i].resizes) {
            g_autofree char *now = doctor_size(regions[i].size);
            g_autofree char *most = doctor_size(
                1ull << (20 + g_bit_nth_msf(regions[i].resizes, -1)));
            g_autofree char *remedy = g_strdup_printf(
                "to change it, before anything else, with no driver bound: "
                "echo N | sudo tee %s/resource%u_resize (2^N MiB)",
                doctor->dev->path, i);

            doctor_say(doctor, DOCTOR_NOTE, remedy, "BAR %u can be resized: "
                       "is %s, up to %s; a guest can't do that", i, now, most);
        }
    }
}

void doctor_check_direct(Doctor *doctor)
{
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree char *why = NULL;

        if (doctor->dev->regions[i].size &&
            doctor_region_direct(doctor, i, &why) == DOCTOR_DIRECT_NONE) {
            g_string_append_printf(list, "%sBAR %u (%s)",
                                   list->len ? ", " : "", i, why);
        }
    }
    if (list->len) {
        doctor_say(doctor, DOCTOR_NOTE, NULL, "goes through QEMU even where "
                   "it is not traced: %s", list->str);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "what is not traced the guest "
                   "reaches directly");
    }
}

void doctor_check_msix(Doctor *doctor)
{
    HostPciMsix msix;

    switch (host_pci_msix(doctor->dev, &msix)) {
    case HOST_PCI_MSIX_FOUND:
        doctor_say(doctor, DOCTOR_OK, NULL, "%u vectors; the table is in BAR "
                   "%u at 0x%" PRIx32 ", where QEMU answers for the device",
                   msix.vectors, msix.table_bar, msix.table_offset);
        break;
    case HOST_PCI_MSIX_NONE:
        doctor_say(doctor, DOCTOR_OK, NULL, "the device has no MSI-X");
        break;
    case HOST_PCI_MSIX_HIDDEN:
        doctor_say(doctor, DOCTOR_NOTE, "sudo vfio-trace doctor ...",
                   "only root is shown where the MSI-X table is");
        break;
    }
}

void doctor_check_speed(Doctor *doctor)
{
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        const HostPciRegion *region = &doctor->dev->regions[i];
        g_autofree char *size = doctor_size(region->size);

        if ((region->flags & HOST_PCI_IORESOURCE_PREFETCH) &&
            region->size >= PCI_WINDOW_LARGE_BAR) {
            g_string_append_printf(list, "%sBAR %u (%s)",
                                   list->len ? ", " : "", i, size);
        }
    }
    if (list->len) {
        doctor_say(doctor, DOCTOR_NOTE, "windows=registers leaves it out "
                   "(vfio-trace run --windows registers)",
                   "device memory, slow if it is traced: %s", list->str);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "no BAR that looks like a "
                   "framebuffer: all can be traced");
    }
}

void doctor_check_rom(Doctor *doctor)
{
    const HostPciRegion *rom = &doctor->dev->regions[HOST_PCI_ROM];
    g_autofree char *size = doctor_size(rom->size);

    if ((rom->flags & HOST_PCI_IORESOURCE_ROM_SHADOW) ||
        (doctor->dev->boot_vga && doctor->dev->rom_file)) {
        doctor_say(doctor, DOCTOR_WARN, "give QEMU a clean copy of it: "
                   "romfile=FILE",
                   "the ROM is what the host's firmware has run, and may have "
                   "changed");
    } else if (rom->size) {
        doctor_say(doctor, DOCTOR_OK, NULL, "a ROM of %s", size);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "no ROM");
    }
}
