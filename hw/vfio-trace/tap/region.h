/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: one region of a device
 */
#ifndef HW_VFIO_TRACE_TAP_REGION_H
#define HW_VFIO_TRACE_TAP_REGION_H

#include "hw/vfio-trace/tap/tap-internal.h"
#include "hw/vfio-trace/tap/ranges.h"

/**
 * pci_tap_region_init() - set up a region from the device and the plan
 * @region: the region
 * @tap: the tap that it belongs to
 * @nr: its number
 * @plan: which parts to trace; a region that has such parts gets a map id
 */
void pci_tap_region_init(PCITapRegion *region, PCITap *tap, int nr,
                         const PCITapPlan *plan);

/**
 * pci_tap_region_free() - free a region's data
 * @region: the region; never attached, or detached
 */
void pci_tap_region_free(PCITapRegion *region);

/**
 * pci_tap_region_small() - is it a memory BAR smaller than a page?
 * @region: the region
 *
 * Such a BAR is always trapped.
 */
bool pci_tap_region_small(const PCITapRegion *region);

/**
 * pci_tap_region_memory() - is a page nothing but memory in the shadow?
 * @region: the region, attached
 * @offset: offset of the page
 *
 * If so, it is an mmap, which the guest may use instead of the trap.
 */
bool pci_tap_region_memory(PCITapRegion *region, uint64_t offset);

/**
 * pci_tap_region_is_vga() - is it a region of legacy VGA?
 * @region: the region, not config space
 */
static inline bool pci_tap_region_is_vga(const PCITapRegion *region)
{
    return region->nr >= PCI_TAP_VGA_MEM;
}

/**
 * pci_tap_region_slot() - the PCI core's pointer to the guest-visible region
 * @region: the region, not config space
 */
MemoryRegion **pci_tap_region_slot(const PCITapRegion *region);

/**
 * pci_tap_region_where() - address of a region on the guest's bus
 * @region: the region
 *
 * Return: the address, or PCI_BAR_UNMAPPED
 */
pcibus_t pci_tap_region_where(const PCITapRegion *region);

/**
 * pci_tap_region_attached() - is it replaced by the trap's container?
 * @region: the region
 */
static inline bool pci_tap_region_attached(const PCITapRegion *region)
{
    return region->map_id && region->nr < PCI_TAP_MEMORY_REGIONS;
}

/**
 * pci_tap_region_decoded() - does the device answer accesses to the region?
 * @region: a BAR or the ROM; not of a processor that reaches it by address
 *
 * An emulated device always does.
 */
bool pci_tap_region_decoded(const PCITapRegion *region);

/**
 * pci_tap_region_reachable() - may the device's region be accessed?
 * @region: the region
 *
 * A vCPU is routed to a trap before it takes the BQL.  Meanwhile, another vCPU
 * may have switched off the region's decoding or put the device into D3.
 * VFIO's mmaps are gone then, and an access through them would be a SIGBUS.
 */
static inline bool pci_tap_region_reachable(const PCITapRegion *region)
{
    return region->nr > PCI_TAP_ROM ||
           region->tap->pdev->io_regions[region->nr].addr != PCI_BAR_UNMAPPED ||
           (region->tap->by_handle && pci_tap_region_decoded(region));
}

/**
 * pci_tap_region_label() - name of a region in marks
 * @nr: its number
 */
const char *pci_tap_region_label(int nr);

/**
 * pci_tap_region_logs() - is an access to be logged?
 * @region: the region
 * @addr: offset in the region
 * @size: width in bytes
 * @direction: PCI_TAP_READ or PCI_TAP_WRITE
 */
static inline bool pci_tap_region_logs(const PCITapRegion *region,
                                       uint64_t addr, unsigned size,
                                       int direction)
{
    return likely(region->logs[direction] == PCI_TAP_LOGS_ALL) ||
           (region->logs[direction] == PCI_TAP_LOGS_SOME &&
            pci_tap_ranges_touch(region->wanted[direction], addr, size));
}

#endif /* HW_VFIO_TRACE_TAP_REGION_H */
