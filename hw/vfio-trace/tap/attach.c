/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: replacing a device's region by a trap
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/vfio-trace/tap/access.h"
#include "hw/vfio-trace/tap/attach.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/window-layout.h"

static MemoryRegion *tap_attach_parent(const PCITapRegion *region)
{
    PCIDevice *pdev = region->tap->pdev;
    PCIBus *bus = pci_get_bus(pdev);

    if (!pci_tap_region_is_vga(region)) {
        return pdev->io_regions[region->nr].address_space;
    }
    return region->port ? bus->address_space_io : bus->address_space_mem;
}

void pci_tap_region_attach(PCITapRegion *region)
{
    Object *tap = OBJECT(region->tap);
    MemoryRegion *parent = tap_attach_parent(region);
    pcibus_t where = pci_tap_region_where(region);
    g_autofree char *name = g_strdup_printf("vfio-trace %s",
                                            pci_tap_region_label(region->nr));

    region->region = *pci_tap_region_slot(region);
    address_space_init(&region->shadow, region->region, name);
    pci_tap_direct_start(region);
    memory_region_init_io(&region->trap, tap, &pci_tap_trap_ops, region,
                          "vfio-trace trap", region->size);
    memory_region_enable_lockless_io(&region->trap);
    /*
     * An access that passes through the trap into the device must not count as
     * nested, or QEMU's re-entrancy guard drops it.  The guard is a property of
     * the device that owns a region.  The trap's owner is the tap, which is not
     * a device.
     */
    assert(!region->trap.dev);
    memory_region_init(&region->container, tap, name, region->size);

    /* memory_region_is_mapped() would be true through an alias as well. */
    if (where != PCI_BAR_UNMAPPED) {
        memory_region_del_subregion(parent, region->region);
        memory_region_add_subregion_overlap(parent, where, &region->container,
                                            1);
    }
    if (pci_tap_region_is_vga(region)) {
        /* The command register enables the region that is in the slot. */
        memory_region_set_enabled(&region->container, region->region->enabled);
        memory_region_set_enabled(region->region, true);
    }
    *pci_tap_region_slot(region) = &region->container;

    if (pci_tap_region_small(region)) {
        /* A root region keeps the address where it was mapped last. */
        memory_region_set_address(region->region, 0);
    } else {
        memory_region_add_subregion(&region->container, 0, region->region);
    }
}

void pci_tap_region_detach(PCITapRegion *region)
{
    MemoryRegion *parent = tap_attach_parent(region);

    /*
     * The device's region is not put back into the guest: accesses that a vCPU
     * makes there until the device is gone would not be logged.
     */
    if (memory_region_is_mapped(&region->container)) {
        memory_region_del_subregion(parent, &region->container);
    }
    *pci_tap_region_slot(region) = region->region;
    if (pci_tap_region_is_vga(region) && !region->tap->pdev->has_vga) {
        /* It was unregistered before the tap was detached. */
    } else if (pci_tap_region_is_vga(region)) {
        /* pci_unregister_vga() is going to remove it. */
        memory_region_set_enabled(region->region, false);
        memory_region_add_subregion_overlap(parent,
                                            pci_tap_region_where(region),
                                            region->region, 1);
    } else {
        region->tap->pdev->io_regions[region->nr].addr = PCI_BAR_UNMAPPED;
    }

    /* In 10.0, a region in another of the same owner counts as a reference. */
    pci_tap_region_update(region);
    if (!pci_tap_region_small(region)) {
        memory_region_del_subregion(&region->container, region->region);
    }
    pci_tap_direct_stop(region);
    address_space_destroy(&region->shadow);
}
