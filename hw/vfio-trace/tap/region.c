/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: one region of a device, trapped
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_bridge.h"
#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/tap.h"

/* Where legacy VGA is, from PCI_TAP_VGA_MEM on */
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

static bool is_vga(const PCITapRegion *region)
{
    return region->nr >= PCI_TAP_VGA_MEM;
}

/* Where the PCI core has a pointer to what it puts into the guest's view */
static MemoryRegion **region_slot(const PCITapRegion *region)
{
    PCIDevice *pdev = region->tap->pdev;

    return is_vga(region)
           ? &pdev->vga_regions[vga[region->nr - PCI_TAP_VGA_MEM].nr]
           : &pdev->io_regions[region->nr].memory;
}

static MemoryRegion *region_parent(const PCITapRegion *region)
{
    PCIDevice *pdev = region->tap->pdev;
    PCIBus *bus = pci_get_bus(pdev);

    if (!is_vga(region)) {
        return pdev->io_regions[region->nr].address_space;
    }
    return region->port ? bus->address_space_io : bus->address_space_mem;
}

pcibus_t pci_tap_region_where(const PCITapRegion *region)
{
    return is_vga(region) ? vga[region->nr - PCI_TAP_VGA_MEM].base
                          : region->tap->pdev->io_regions[region->nr].addr;
}

bool pci_tap_region_small(const PCITapRegion *region)
{
    return region->nr < PCI_TAP_BARS && !region->port &&
           region->size < qemu_real_host_page_size();
}

static void region_find(PCITapRegion *region)
{
    PCIDevice *pdev = region->tap->pdev;

    if (region->nr == PCI_TAP_CONFIG) {
        region->size = pci_config_size(pdev);
    } else if (is_vga(region)) {
        /* A bridge has aliases there, which come and go as it is set up. */
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
    region_find(region);
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
    g_array_unref(region->trapped);
    g_ptr_array_unref(region->windows);
    g_array_unref(region->hot);
    g_array_unref(region->sections);
    pci_tap_hw_dma_free(region);
    g_clear_pointer(&region->heat, g_hash_table_unref);
    g_free(region->emulated);
}

void pci_tap_region_attach(PCITapRegion *region)
{
    Object *tap = OBJECT(region->tap);
    MemoryRegion *parent = region_parent(region);
    pcibus_t where = pci_tap_region_where(region);
    g_autofree char *name = g_strdup_printf("vfio-trace %s",
                                            pci_tap_region_label(region->nr));

    region->region = *region_slot(region);
    address_space_init(&region->shadow, region->region, name);
    pci_tap_direct_start(region);
    memory_region_init_io(&region->trap, tap, &pci_tap_trap_ops, region,
                          "vfio-trace trap", region->size);
    /*
     * An access that passes the trap and then enters the device must not count
     * as nested, or QEMU's re-entrancy guard drops it.  The guard goes by the
     * device that owns a region; the tap, which is none, owns this one.
     */
    assert(!region->trap.dev);
    memory_region_init(&region->container, tap, name, region->size);

    /* Not memory_region_is_mapped(): that is true through an alias as well. */
    if (where != PCI_BAR_UNMAPPED) {
        memory_region_del_subregion(parent, region->region);
        memory_region_add_subregion_overlap(parent, where, &region->container,
                                            1);
    }
    if (is_vga(region)) {
        /* The command register switches what is in the slot. */
        memory_region_set_enabled(&region->container, region->region->enabled);
        memory_region_set_enabled(region->region, true);
    }
    *region_slot(region) = &region->container;

    if (pci_tap_region_small(region)) {
        /* A shadow's root counts from where it was mapped last. */
        memory_region_set_address(region->region, 0);
    } else {
        memory_region_add_subregion(&region->container, 0, region->region);
    }
}

void pci_tap_region_detach(PCITapRegion *region)
{
    MemoryRegion *parent = region_parent(region);

    /*
     * The device's region does not come back into the guest's view: what a
     * vCPU did there in the device's last moments would be in no log.
     */
    if (memory_region_is_mapped(&region->container)) {
        memory_region_del_subregion(parent, &region->container);
    }
    *region_slot(region) = region->region;
    if (is_vga(region) && !region->tap->pdev->has_vga) {
        /* It has gone before the tap. */
    } else if (is_vga(region)) {
        /* pci_unregister_vga() takes it out again. */
        memory_region_set_enabled(region->region, false);
        memory_region_add_subregion_overlap(parent,
                                            pci_tap_region_where(region),
                                            region->region, 1);
    } else {
        region->tap->pdev->io_regions[region->nr].addr = PCI_BAR_UNMAPPED;
    }

    /* 10.0 counts a region inside another of the same owner as a reference */
    pci_tap_region_update(region);
    if (!pci_tap_region_small(region)) {
        memory_region_del_subregion(&region->container, region->region);
    }
    pci_tap_direct_stop(region);
    address_space_destroy(&region->shadow);
}
