/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: addresses of a device's resources in the log
 *
 * Addresses in the log are the host's.  A region without an address on the host
 * (of an emulated, a vfio-user or a mediated device) gets a synthetic one.  It
 * is aligned to the region's size, differs from all addresses that the log's
 * devices have now, and is the same if the device is plugged in again.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/vfio-trace/tap/place.h"

/* First synthetic addresses; below 4 GiB, as some tools expect */
#define SYNTHETIC_MEM 0x80000000ull
#define SYNTHETIC_IO  0x1000ull

void pci_tap_describe(PCITap *tap)
{
    PCIDevice *pdev = tap->pdev;

    tap->pci.bus = pci_dev_bus_num(pdev);
    tap->pci.devfn = pdev->devfn;
    tap->pci.vendor = pci_get_word(pdev->config + PCI_VENDOR_ID);
    tap->pci.device = pci_get_word(pdev->config + PCI_DEVICE_ID);
    tap->pci.irq = pci_get_byte(pdev->config + PCI_INTERRUPT_LINE);
}

/* In a PCIDEV line, the low bits of an address are the BAR's type. */
static uint64_t tap_place_resource_addr(uint64_t start, bool io)
{
    return start & (io ? PCI_BASE_ADDRESS_IO_MASK : PCI_BASE_ADDRESS_MEM_MASK);
}

/* End of a resource of the log's devices that overlaps, or 0 if none does */
static uint64_t tap_place_taken_until(const VFIOTraceLog *log, bool io,
                                      uint64_t addr, uint64_t size)
{
    PCITap *tap;
    int i;

    QTAILQ_FOREACH(tap, &log->taps, next) {
        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            bool is_io = tap->pci.start[i] & PCI_BASE_ADDRESS_SPACE_IO;
            uint64_t start = tap_place_resource_addr(tap->pci.start[i], is_io);
            uint64_t end = start + tap->pci.size[i];

            if (tap->pci.size[i] && is_io == io && addr < end &&
                start < addr + size) {
                return end;
            }
        }
    }
    return 0;
}

static void tap_place_resource(PCITap *tap, int nr, uint8_t type, uint64_t size)
{
    bool io = type & PCI_BASE_ADDRESS_SPACE_IO;
    uint64_t addr = ROUND_UP(io ? SYNTHETIC_IO : SYNTHETIC_MEM, size);
    uint64_t end;

    while ((end = tap_place_taken_until(tap->log, io, addr, size))) {
        addr = ROUND_UP(end, size);
    }
    tap->pci.start[nr] = addr | type;
    tap->pci.size[nr] = size;
}

/* With a file for the ROM, its size may be larger than on the host. */
static bool tap_place_has_place(const PCITap *tap, int nr, uint64_t size)
{
    return tap->pci.size[nr] &&
           (nr != PCI_TAP_ROM || tap->pci.size[nr] >= size);
}

bool pci_tap_place(PCITap *tap)
{
    bool synthetic = false;
    int i;

    for (i = 0; i <= PCI_TAP_ROM; i++) {
        PCITapRegion *region = &tap->region[i];
        uint8_t type = i == PCI_TAP_ROM ? 0 : tap->pdev->io_regions[i].type;

        if (!region->size) {
            continue;
        }
        if (!tap_place_has_place(tap, i, region->size)) {
            tap_place_resource(tap, i, type, region->size);
            synthetic = true;
        }
        region->addr = tap_place_resource_addr(tap->pci.start[i], region->port);
    }
    return synthetic;
}
