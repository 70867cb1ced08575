/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names and files of PCI devices (see pci.h)
 */
#include "tools/host/pci.h"
#include "libpcidev/fs.h"
#include "libpcidev/window-spec.h"

bool host_pci_is_display(const HostPci *dev)
{
    return dev->class_code >> 16 == HOST_PCI_BASE_DISPLAY;
}

const char *host_pci_class_name(const HostPci *dev)
{
    /* PCI Code and ID Assignment Specification; the first match counts */
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
        { 0x0602, 8, "EISA bridge" },
        { 0x0604, 8, "PCI bridge" },
        { 0x0607, 8, "CardBus bridge" },
        { 0x0609, 8, "PCI bridge" },
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
        { HOST_PCI_CLASS_UNKNOWN, 0, "unknown class" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (dev->class_code >> names[i].shift == names[i].code) {
            return names[i].name;
        }
    }
    return "other";
}

char *host_pci_ids(const HostPci *dev)
{
    /* No vendor has these numbers. */
    return !dev->vendor || dev->vendor == 0xffff ? g_strdup("unknown") :
           g_strdup_printf("%04x:%04x", dev->vendor, dev->device);
}

char *host_pci_vfio_node(const char *root, const HostPci *dev)
{
    return dev->iommu_group < 0 ? NULL :
           host_fs_path(root, "/dev/vfio/%d", dev->iommu_group);
}

bool host_pci_is_memory(const HostPci *dev, unsigned n)
{
    PciWindowBar bars[PCI_WINDOW_BARS];
    unsigned i;

    for (i = 0; i < PCI_WINDOW_BARS; i++) {
        bars[i] = (PciWindowBar) {
            .size = dev->regions[i].size,
            .memory = dev->regions[i].flags & HOST_PCI_IORESOURCE_MEM,
            .prefetch = dev->regions[i].flags & HOST_PCI_IORESOURCE_PREFETCH,
        };
    }
    return pci_window_is_memory(bars, n);
}

char *host_pci_homeless(const HostPci *dev)
{
    g_autoptr(GString) list = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        if (dev->regions[i].size && !dev->regions[i].start) {
            g_string_append_printf(list, " %u", i);
        }
    }
    return list->len ? g_strdup(list->str) : NULL;
}
