/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: one region of a device
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bridge.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/window-spec.h"

/* Regions of legacy VGA, from PCI_TAP_VGA_MEM on */
static const struct {
    unsigned nr;
    uint64_t base;
    uint64_t size;
    bool port;
} vga[] = {
    { QEMU_PCI_VGA_MEM, QEMU_PCI_VGA_MEM_BASE, QEMU_PCI_VGA_MEM_SIZE, false },
    { QEMU_PCI_VGA_IO_LO, QEMU_PCI_VGA_IO_LO_BASE, QEMU_PCI_VGA_IO_LO_SIZE,
      true },
    { QEMU_PCI_VGA_IO_HI, QEMU_PCI_VGA_IO_HI_BASE, QEMU_PCI_VGA_IO_HI_SIZE,
      true },
};

const char *pci_tap_region_label(int nr)
{
    static const char *const label[PCI_TAP_REGIONS] = {
        "bar=0", "bar=1", "bar=2", "bar=3", "bar=4", "bar=5", "rom",
        "vga=0xa0000", "vga=0x3b0", "vga=0x3c0", "config",
    };

    return label[nr];
}

MemoryRegion **pci_tap_region_slot(const PCITapRegion *region)
{
    PCIDevice *pdev = region->tap->pdev;

    return pci_tap_region_is_vga(region)
           ? &pdev->vga_regions[vga[region->nr - PCI_TAP_VGA_MEM].nr]
           : &pdev->io_regions[region->nr].memory;
}

pcibus_t pci_tap_region_where(const PCITapRegion *region)
{
    return pci_tap_region_is_vga(region)
           ? vga[region->nr - PCI_TAP_VGA_MEM].base
           : region->tap->pdev->io_regions[region->nr].addr;
}

bool pci_tap_region_small(const PCITapRegion *region)
{
    return region->nr < PCI_TAP_BARS && !region->port &&
           region->size < qemu_real_host_page_size();
}

bool pci_tap_region_decoded(const PCITapRegion *region)
{
    PCIDevice *pdev = region->tap->pdev;
    uint16_t command = pci_get_word(pdev->config + PCI_COMMAND);

    if (!region->tap->vfio) {
        return true;
    }
    if (pdev->pm_cap &&
        pci_get_word(pdev->config + pdev->pm_cap + PCI_PM_CTRL) &
        PCI_PM_CTRL_STATE_MASK) {
        return false;
    }
    return command & (region->port ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY);
}

bool pci_tap_region_memory(PCITapRegion *region, uint64_t offset)
{
    hwaddr page = qemu_real_host_page_size();
    hwaddr len = page;
    MemoryRegion *mr;
    hwaddr at;

    if (pci_tap_region_small(region)) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&region->shadow, offset, &at, &len, true,
                                 MEMTXATTRS_UNSPECIFIED);
    return memory_region_is_ram(mr) && len == page;
}

static void tap_region_find(PCITapRegion *region)
{
    PCIDevice *pdev = region->tap->pdev;

    if (region->nr == PCI_TAP_CONFIG) {
        region->size = pci_config_size(pdev);
    } else if (pci_tap_region_is_vga(region)) {
        /* A bridge has aliases there, which change when it is configured. */
        if (pdev->has_vga && !IS_PCI_BRIDGE(pdev)) {
            region->size = vga[region->nr - PCI_TAP_VGA_MEM].size;
            region->addr = vga[region->nr - PCI_TAP_VGA_MEM].base;
            region->port = vga[region->nr - PCI_TAP_VGA_MEM].port;
        }
    } else {
        const PCIIORegion *r = &pdev->io_regions[region->nr];

        region->size = r->size;
        region->port = r->type & PCI_BASE_ADDRESS_SPACE_IO;
    }
}

void pci_tap_region_init(PCITapRegion *region, PCITap *tap, int nr,
                         const PCITapPlan *plan)
{
    int dir;

    region->tap = tap;
    region->nr = nr;
    tap_region_find(region);
    if (!region->size) {
        return;
    }
    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        g_autoptr(GArray) not_wanted =
            pci_tap_windows_of(plan->exclude, tap->pdev, nr, region->size, dir);

        region->wanted[dir] = pci_tap_windows_of(plan->windows, tap->pdev, nr,
                                                 region->size, dir);
        if (nr == PCI_TAP_CONFIG && plan->config) {
            pci_tap_ranges_add(region->wanted[dir],
                               (PCITapRange) { .len = region->size });
        }
        pci_tap_ranges_remove_all(region->wanted[dir], not_wanted);
        if (plan->backtrace) {
            region->backtrace[dir] =
                pci_tap_windows_of(plan->backtrace_windows, tap->pdev, nr,
                                   region->size, dir);
        }
        if (region->wanted[dir]->len && !region->map_id) {
            region->map_id = tap->log->next_map_id++;
        }
    }
    region->trapped = pci_tap_ranges_new();
    region->windows = g_ptr_array_new();
    region->hot = pci_tap_ranges_new();
    region->sections = g_array_new(false, false, sizeof(PCITapSection));
}

void pci_tap_region_free(PCITapRegion *region)
{
    int dir;

    if (!region->size) {
        return;
    }
    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        g_array_unref(region->wanted[dir]);
        g_clear_pointer(&region->backtrace[dir], g_array_unref);
    }
    g_free(region->traps);
    g_array_unref(region->trapped);
    g_ptr_array_unref(region->windows);
    g_array_unref(region->hot);
    g_array_unref(region->sections);
    g_clear_pointer(&region->dma, g_array_unref);
    g_clear_pointer(&region->heat, g_hash_table_unref);
    g_clear_pointer(&region->emulated, g_array_unref);
}
