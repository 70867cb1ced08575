/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where the guest sees the BARs
 *
 * The guest's writes to config space are not the whole story: bridges,
 * resets and power states move BARs, too.  What counts is where a BAR's trap
 * stands in the guest's address spaces once a change is committed.
 */
#include "qemu/osdep.h"
#include "tap.h"

static PCITapBar *tap_bar_of(PCITap *tap, const MemoryRegionSection *section)
{
    int i;

    for (i = 0; i < PCI_TAP_BARS; i++) {
        if (section->mr == &tap->bar[i].trap) {
            return &tap->bar[i];
        }
    }
    return NULL;
}

/* Another region may lie over a part of a BAR: it has several sections. */
static void tap_region_add(MemoryListener *l, MemoryRegionSection *section)
{
    PCITap *tap = container_of(l, PCITapListener, listener)->tap;
    PCITapBar *bar = tap_bar_of(tap, section);

    if (bar) {
        bar->sections++;
        bar->seen = section->offset_within_address_space -
                    section->offset_within_region;
    }
}

static void tap_region_del(MemoryListener *l, MemoryRegionSection *section)
{
    PCITap *tap = container_of(l, PCITapListener, listener)->tap;
    PCITapBar *bar = tap_bar_of(tap, section);

    if (bar) {
        bar->sections--;
    }
}

static void tap_bar_unmapped(PCITapBar *bar)
{
    MmtRecord rec = {
        .kind = MMT_KIND_UNMAP,
        .cpu = MMT_CPU_NONE,
        .map_id = bar->map_id,
    };

    bar->mapped = false;
    vfio_trace_log_put(bar->tap->log, &rec);
}

static void tap_bar_mapped(PCITapBar *bar)
{
    MmtRecord rec = {
        .kind = MMT_KIND_MAP,
        .cpu = MMT_CPU_NONE,
        .map_id = bar->map_id,
        .addr = bar->addr,
        .value = bar->seen,
        .arg = bar->size,
    };

    bar->mapped = true;
    bar->mapped_at = bar->seen;
    vfio_trace_log_put(bar->tap->log, &rec);
}

static void tap_commit(MemoryListener *l)
{
    PCITap *tap = container_of(l, PCITapListener, listener)->tap;
    int i;

    for (i = 0; i < PCI_TAP_BARS; i++) {
        PCITapBar *bar = &tap->bar[i];

        if (bar->mapped && (!bar->sections || bar->seen != bar->mapped_at)) {
            tap_bar_unmapped(bar);
        }
        if (!bar->mapped && bar->sections) {
            tap_bar_mapped(bar);
        }
    }
}

static void tap_listen_on(PCITapListener *l, PCITap *tap, const char *name,
                          AddressSpace *as)
{
    l->tap = tap;
    l->listener = (MemoryListener) {
        .name = name,
        .region_add = tap_region_add,
        .region_del = tap_region_del,
        .commit = tap_commit,
    };
    memory_listener_register(&l->listener, as);
}

void pci_tap_listen(PCITap *tap)
{
    tap_listen_on(&tap->memory, tap, "vfio-trace", &address_space_memory);
    tap_listen_on(&tap->io, tap, "vfio-trace-io", &address_space_io);
}

void pci_tap_unlisten(PCITap *tap)
{
    int i;

    memory_listener_unregister(&tap->io.listener);
    memory_listener_unregister(&tap->memory.listener);
    for (i = 0; i < PCI_TAP_BARS; i++) {
        if (tap->bar[i].mapped) {
            tap_bar_unmapped(&tap->bar[i]);
        }
    }
}
