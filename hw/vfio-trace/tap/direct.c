/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: direct access to a BAR that is memory (see direct.h)
 *
 * Most accesses end in a VFIO mmap that covers most of a BAR.  Looking it up in
 * the shadow for each access costs more than the rest of the tap.  So the
 * largest mmap in the shadow is cached, and dropped when the shadow changes:
 * mmaps are switched off while INTx is pending, a quirk covers a part of it, or
 * the device is removed.  Listeners are called under the BQL, with the log's
 * gate closed by that of map.c.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "hw/vfio-trace/tap/coverage.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/vcpu/fair.h"

/*
 * Memory that one load or store reaches, with nothing else to do, and that stays
 * until the memory map has changed: see direct.h.  RAM whose changes QEMU has to
 * know (the screen's; all that TCG may have translated) would need a note of
 * each store.
 */
static bool tap_direct_is_plain(const PCITap *tap,
                                const MemoryRegionSection *section)
{
    if (section->readonly) {
        return false;
    }
    if (memory_region_is_ram_device(section->mr)) {
        return tap->vfio;
    }
    return memory_region_is_ram(section->mr) &&
           !memory_region_is_rom(section->mr) &&
           !memory_region_get_dirty_log_mask(section->mr);
}

static void tap_direct_consider(PCITapDirect *d,
                                const MemoryRegionSection *section)
{
    const PCITapRegion *region = container_of(d, PCITapRegion, direct);
    uint64_t len = int128_get64(section->size);

    if (tap_direct_is_plain(region->tap, section) && len > d->len) {
        d->host = (uint8_t *)memory_region_get_ram_ptr(section->mr) +
                  section->offset_within_region;
        d->offset = section->offset_within_address_space;
        d->len = len;
    }
}

static void tap_direct_region_add(MemoryListener *listener,
                                  MemoryRegionSection *section)
{
    PCITapDirect *d = container_of(listener, PCITapDirect, listener);

    d->changed = true;
    tap_direct_consider(d, section);
}

/*
 * A section that remains: the largest now, if another one has gone, or plain
 * again, if QEMU need not know its changes any more.
 */
static void tap_direct_region_nop(MemoryListener *listener,
                                  MemoryRegionSection *section)
{
    tap_direct_consider(container_of(listener, PCITapDirect, listener),
                        section);
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

static void tap_direct_log_start(MemoryListener *listener,
                                 MemoryRegionSection *section, int old, int new)
{
    PCITapDirect *d = container_of(listener, PCITapDirect, listener);

    if (!memory_region_is_ram_device(section->mr) &&
        section->offset_within_address_space == d->offset) {
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
        .region_nop = tap_direct_region_nop,
        .log_start = tap_direct_log_start,
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

/* --- the log's gate ------------------------------------------------------- */

/*
 * What has to be done behind the line of an access, or before it is forwarded,
 * is done under the BQL, and so are waiting for the disk and counting by pages.
 *
 * A device that QEMU is about to remove may free its memory before its tap is
 * told (pci-trace); its BARs are unmapped before that.
 */
static bool tap_direct_may_enter(const PCITapRegion *region, int direction)
{
    const PCITap *tap = region->tap;

    return tap->gated && !tap->detached && !tap->by_handle &&
           qdev_is_realized(DEVICE(tap->pdev)) &&
           !tap->hot_limit && !tap->log->sync && !region->port &&
           region->direct.len && region->logs[direction] &&
           !region->memory[direction] && !region->behind[direction];
}

uint64_t pci_tap_generation = 1;

void pci_tap_gate_close(PCITap *tap)
{
    mmt_gate_close(&tap->log->gate);
    qatomic_set(&pci_tap_generation, pci_tap_generation + 1);
}

void pci_tap_gate_open(PCITap *tap)
{
    bool seen = pci_tap_hw_quirks_seen(tap);
    int dir;
    int i;

    for (i = 0; i < PCI_TAP_BARS; i++) {
        PCITapRegion *region = &tap->region[i];

        for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
            qatomic_set(&region->direct.enters[dir],
                        seen && tap_direct_may_enter(region, dir));
        }
    }
    mmt_gate_open(&tap->log->gate);
}
