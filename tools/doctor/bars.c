/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: the device's BARs and ROM
 */
#include "libpcidev/msix.h"
#include "tools/common/sizes.h"
#include "tools/doctor/bars.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/region.h"
#include "tools/host/fs.h"
#include "tools/host/iomem.h"

#include <inttypes.h>
#include <unistd.h>

/* Buses for hot-plugged devices get their room when the machine starts. */
static const char *room_remedy(const HostPci *dev)
{
    static const char *const remedies[] = {
        "switch on 'above 4G decoding' in the firmware's setup, or boot with pci=realloc",
        "plug it in before the machine starts, or boot with pci=realloc,hpmmioprefsize=32G",
    };
    g_autofree char *where = host_fs_attr(dev->path, "removable");

    return remedies[!g_strcmp0(where, "removable")];
}

/* VFIO needs a whole BAR for itself. */
static void check_claims(Doctor *doctor)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree char *claim =
            doctor->dev->regions[i].size ?
            host_iomem_hinders(doctor->root, doctor->dev, i) : NULL;

        if (claim) {
            doctor_say(doctor, DOCTOR_FAIL,
                       "for the firmware's framebuffer, see the finding 'use'; the kernel's list of claims: sudo cat /proc/iomem",
                       "a guest can't access BAR %u: a part of it is claimed by %s, so VFIO can't reserve it",
                       i, claim);
        }
    }
}

void doctor_check_bars(Doctor *doctor)
{
    const HostPciRegion *regions = doctor->dev->regions;
    g_autofree char *homeless = host_pci_homeless(doctor->dev);
    g_autoptr(GString) sizes = g_string_new(NULL);
    unsigned bars = 0;
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree char *size = size_text(regions[i].size);

        if (!regions[i].size) {
            continue;
        }
        g_string_append_printf(sizes, "%s%s", bars++ ? ", " : "", size);
    }
    if (!doctor->dev->regions_known) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "it is not known which BARs it has: %s/resource can't be read",
                   doctor->dev->path);
    } else if (!bars && (doctor->dev->bars_set || !doctor->dev->config_known)) {
        doctor_say(doctor, DOCTOR_WARN, "sudo dmesg | grep -i BAR",
                   "the kernel lists no BARs: it could not find out their sizes or assign addresses, or the device has none");
    } else if (!bars) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "the device has no BARs: only config space and interrupts can be traced");
    } else if (homeless) {
        doctor_say(doctor, DOCTOR_FAIL, room_remedy(doctor->dev),
                   "neither firmware nor kernel found an address for BAR%s",
                   homeless);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "%u BAR%s: %s", bars,
                   bars > 1 ? "s" : "", sizes->str);
    }
    check_claims(doctor);
    for (i = 0; i < HOST_PCI_BARS; i++) {
        if (regions[i].size && regions[i].resizes) {
            g_autofree char *now = size_text(regions[i].size);
            g_autofree char *most = size_text(
                1ull << (20 + g_bit_nth_msf(regions[i].resizes, -1)));
            g_autofree char *remedy = g_strdup_printf(
                "to change its size, first of all and with no driver bound: echo N | sudo tee %s/resource%u_resize (2^N MiB)",
                doctor->dev->path, i);

            doctor_say(doctor, DOCTOR_NOTE, remedy,
                       "BAR %u can be resized on the host, not by a guest: it has %s, at most %s",
                       i, now, most);
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
    if (!doctor->dev->regions_known) {
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'BARs'",
                   "it is not known which parts the guest accesses directly");
    } else if (list->len) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "accesses go through QEMU even where they are not traced: %s",
                   list->str);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "the guest accesses untraced parts directly");
    }
}

void doctor_check_msix(Doctor *doctor)
{
    HostPciMsix msix;

    switch (host_pci_msix(doctor->dev, &msix)) {
    case HOST_PCI_MSIX_FOUND:
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "%u vectors; the table is in BAR %u at 0x%" PRIx32
                   ", which QEMU emulates",
                   msix.vectors, msix.table_bar, msix.table_offset);
        break;
    case HOST_PCI_MSIX_NONE:
        doctor_say(doctor, DOCTOR_OK, NULL, "the device has no MSI-X");
        break;
    case HOST_PCI_MSIX_HIDDEN:
        doctor_say(doctor, DOCTOR_NOTE,
                   geteuid() ? "sudo vfio-trace doctor ..." : NULL,
                   geteuid() ? "only root can read where the MSI-X table is" :
                   "it is not known where the MSI-X table is: config space can be read only in part");
        break;
    case HOST_PCI_MSIX_UNREAD:
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known whether the device has MSI-X: its config space can't be read");
        break;
    case HOST_PCI_MSIX_SILENT:
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'device'",
                   "it is not known whether the device has MSI-X: it does not answer");
        break;
    case HOST_PCI_MSIX_BROKEN:
        doctor_say(doctor, DOCTOR_WARN, "sudo lspci -vv shows what can be read of it",
                   "it is not known whether the device has MSI-X: its list of capabilities is not valid");
        break;
    }
}

void doctor_check_speed(Doctor *doctor)
{
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree char *size = size_text(doctor->dev->regions[i].size);

        if (host_pci_is_memory(doctor->dev, i)) {
            g_string_append_printf(list, "%sBAR %u (%s)",
                                   list->len ? ", " : "", i, size);
        }
    }
    if (!doctor->dev->regions_known) {
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'BARs'",
                   "it is not known whether a BAR is slow to trace");
    } else if (list->len) {
        doctor_say(doctor, DOCTOR_NOTE,
                   "use windows=registers to leave it out (vfio-trace run --trace-windows registers)",
                   "device memory, slow if it is traced: %s", list->str);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "no BAR looks like a framebuffer: all can be traced");
    }
}

void doctor_check_rom(Doctor *doctor)
{
    const HostPciRegion *rom = &doctor->dev->regions[HOST_PCI_ROM];
    g_autofree char *size = size_text(rom->size);

    if ((rom->flags & HOST_PCI_IORESOURCE_ROM_SHADOW) ||
        (doctor->dev->boot_vga && doctor->dev->rom_file)) {
        doctor_say(doctor, DOCTOR_WARN,
                   "give QEMU a clean copy of it: romfile=FILE",
                   "the host's firmware has run the ROM, and may have changed it");
    } else if (rom->size) {
        doctor_say(doctor, DOCTOR_OK, NULL, "a ROM of %s", size);
    } else if (!doctor->dev->regions_known) {
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'BARs'",
                   "it is not known whether it has a ROM");
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "no ROM");
    }
}
