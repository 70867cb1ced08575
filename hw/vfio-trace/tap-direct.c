/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the short way into an mmapped BAR
 *
 * Most accesses end in a VFIO mmap that covers most of a BAR.  To look it up
 * in the shadow again each time costs more than all the rest that the tap
 * does.  So the largest mmap in the shadow is remembered, and forgotten when
 * the shadow changes: mmaps switched off while INTx is pending, a quirk laid
 * over a part of it, the device going.  Listeners are called under the BQL,
 * and so are the traps.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "tap.h"

static void direct_region_add(MemoryListener *listener,
                              MemoryRegionSection *section)
{
    PCITapDirect *d = container_of(listener, PCITapDirect, listener);
    uint64_t len = int128_get64(section->size);

    if (memory_region_is_ram_device(section->mr) && !section->readonly &&
        len > d->len) {
        d->host = (uint8_t *)memory_region_get_ram_ptr(section->mr) +
                  section->offset_within_region;
        d->offset = section->offset_within_address_space;
        d->len = len;
    }
}

static void direct_region_del(MemoryListener *listener,
                              MemoryRegionSection *section)
{
    PCITapDirect *d = container_of(listener, PCITapDirect, listener);

    if (section->offset_within_address_space == d->offset) {
        d->len = 0;
    }
}

void pci_tap_direct_start(PCITapDirect *d, AddressSpace *shadow)
{
    d->len = 0;
    d->listener = (MemoryListener) {
        .name = "vfio-trace-direct",
        .region_add = direct_region_add,
        .region_del = direct_region_del,
    };
    memory_listener_register(&d->listener, shadow);
}

void pci_tap_direct_stop(PCITapDirect *d)
{
    memory_listener_unregister(&d->listener);
    d->len = 0;
}
