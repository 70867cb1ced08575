/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: direct access to an mmapped BAR
 *
 * Most accesses end in a VFIO mmap that covers most of a BAR.  Looking it up in
 * the shadow for each access costs more than the rest of the tap.  So the
 * largest mmap in the shadow is cached, and dropped when the shadow changes:
 * mmaps are switched off while INTx is pending, a quirk covers a part of it, or
 * the device is removed.  Listeners and traps are both called under the BQL.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "hw/vfio-trace/tap/coverage.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/vcpu/fair.h"

static void tap_direct_region_add(MemoryListener *listener,
                                  MemoryRegionSection *section)
{
    PCITapDirect *d = container_of(listener, PCITapDirect, listener);
    uint64_t len = int128_get64(section->size);

    d->changed = true;
    if (memory_region_is_ram_device(section->mr) && !section->readonly &&
        len > d->len) {
        d->host = (uint8_t *)memory_region_get_ram_ptr(section->mr) +
                  section->offset_within_region;
        d->offset = section->offset_within_address_space;
        d->len = len;
    }
}

static void tap_direct_region_del(MemoryListener *listener,
                                  MemoryRegionSection *section)
{
    PCITapDirect *d = container_of(listener, PCITapDirect, listener);

    d->changed = true;
    if (section->offset_within_address_space == d->offset) {
        d->len = 0;
    }
}

static void tap_direct_commit(MemoryListener *listener)
{
    PCITapDirect *d = container_of(listener, PCITapDirect, listener);
    PCITapRegion *region = container_of(d, PCITapRegion, direct);

    /* Called for every change of the machine's memory */
    if (d->changed && !region->tap->detached) {
        int64_t since = get_clock();

        d->changed = false;
        pci_tap_log_emulated(region);
        vfio_trace_fair(get_clock() - since);
    }
}

void pci_tap_direct_start(PCITapRegion *region)
{
    PCITapDirect *d = &region->direct;

    d->len = 0;
    d->listener = (MemoryListener) {
        .name = "vfio-trace-direct",
        .region_add = tap_direct_region_add,
        .region_del = tap_direct_region_del,
        .commit = tap_direct_commit,
    };
    memory_listener_register(&d->listener, &region->shadow);
}

void pci_tap_direct_stop(PCITapRegion *region)
{
    PCITapDirect *d = &region->direct;

    memory_listener_unregister(&d->listener);
    d->len = 0;
}
