/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: one region of a device
 */
#ifndef HW_VFIO_TRACE_TAP_REGION_H
#define HW_VFIO_TRACE_TAP_REGION_H

#include "hw/vfio-trace/tap/tap-internal.h"
#include "hw/vfio-trace/tap/ranges.h"

/**
 * pci_tap_region_init() - find out what the device has
 * @region: the region
 * @tap: whose
 * @nr: its number
 * @plan: what of it is wanted; what is gets a map id
 */
void pci_tap_region_init(PCITapRegion *region, PCITap *tap, int nr,
                         const PCITapPlan *plan);

/**
 * pci_tap_region_free() - free what it has
 * @region: the region; not attached, or detached
 */
void pci_tap_region_free(PCITapRegion *region);

/**
 * pci_tap_region_small() - is it a BAR that shares its page?
 * @region: the region
 *
 * It is trapped for good then.
 */
bool pci_tap_region_small(const PCITapRegion *region);

/**
 * pci_tap_region_memory() - is there nothing but memory in a page?
 * @region: the region, attached
 * @offset: of the page
 *
 * That is an mmap, which the guest may have instead of the trap.
 */
bool pci_tap_region_memory(PCITapRegion *region, uint64_t offset);

/**
 * pci_tap_region_is_vga() - does it belong to legacy VGA?
 * @region: the region, not config space
 */
static inline bool pci_tap_region_is_vga(const PCITapRegion *region)
{
    return region->nr >= PCI_TAP_VGA_MEM;
}

/**
 * pci_tap_region_slot() - where the PCI core has what it shows to the guest
 * @region: the region, not config space
 */
MemoryRegion **pci_tap_region_slot(const PCITapRegion *region);

/**
 * pci_tap_region_where() - where the guest's bus has it
 * @region: the region
 *
 * Return: the address, or PCI_BAR_UNMAPPED
 */
pcibus_t pci_tap_region_where(const PCITapRegion *region);

/**
 * pci_tap_region_attached() - does the trap's container stand in its place?
 * @region: the region
 */
static inline bool pci_tap_region_attached(const PCITapRegion *region)
{
    return region->map_id && region->nr < PCI_TAP_MEMORY_REGIONS;
}

/**
 * pci_tap_region_reachable() - may the device be touched?
 * @region: the region
 *
 * A vCPU finds its way to a trap before it takes the BQL.  Another one may
 * have switched the region's decoding off or put the device into D3
 * meanwhile; VFIO's mmaps are gone then and touching them would be a SIGBUS.
 */
static inline bool pci_tap_region_reachable(const PCITapRegion *region)
{
    return region->nr > PCI_TAP_ROM ||
           region->tap->pdev->io_regions[region->nr].addr != PCI_BAR_UNMAPPED;
}

/**
 * pci_tap_region_label() - what marks call a region
 * @nr: its number
 */
const char *pci_tap_region_label(int nr);

/**
 * pci_tap_region_logs() - is an access to be logged?
 * @region: the region
 * @addr: where in it
 * @size: bytes
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
