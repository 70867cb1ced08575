/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: MAP and UNMAP records of a device's regions
 *
 * Not only the guest's writes to config space move BARs: bridges, resets and
 * power states do, too.  So the records show where a region's trap is in the
 * guest's address spaces after a change is committed.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/map.h"
#include "hw/vfio-trace/tap/p2p-vfio.h"
#include "hw/vfio-trace/tap/region.h"

static PCITapRegion *tap_map_region_of(PCITap *tap,
                                       const MemoryRegionSection *section)
{
    int i;

    for (i = 0; i < PCI_TAP_MEMORY_REGIONS; i++) {
        if (section->mr == &tap->region[i].trap) {
            return &tap->region[i];
        }
    }
    return NULL;
}

/* A BAR has several sections if other regions cover parts of it. */
static void tap_map_region_add(MemoryListener *l, MemoryRegionSection *section)
{
    PCITap *tap = container_of(l, PCITapListener, listener)->tap;
    PCITapRegion *region = tap_map_region_of(tap, section);

    if (region) {
        PCITapSection s = {
            .offset = section->offset_within_region,
            .len = int128_get64(section->size),
            .at = section->offset_within_address_space,
            .dma_due = true,
        };

        g_array_append_val(region->sections, s);
        region->seen = s.at - s.offset;
        region->dma_due = true;
    }
}

/*
 * QEMU calls .region_del for all removed sections before it adds new ones.  The
 * same transaction may add RAM at this address.  VFIO maps RAM at once, and a
 * failure is a fatal error; so the address must be unmapped here.
 */
static void tap_map_region_del(MemoryListener *l, MemoryRegionSection *section)
{
    PCITap *tap = container_of(l, PCITapListener, listener)->tap;
    PCITapRegion *region = tap_map_region_of(tap, section);
    guint i;

    for (i = 0; region && i < region->sections->len; i++) {
        const PCITapSection *s = &g_array_index(region->sections,
                                                PCITapSection, i);

        if (s->at == section->offset_within_address_space) {
            pci_tap_hw_dma_unmap(region, s);
            g_array_remove_index_fast(region->sections, i);
            return;
        }
    }
}

static void tap_map_log_unmap(PCITapRegion *region)
{
    MmtRecord rec = {
        .kind = MMT_KIND_UNMAP,
        .cpu = MMT_CPU_NONE,
        .map_id = region->map_id,
    };

    region->mapped = false;
    vfio_trace_log_put(region->tap->log, &rec);
}

static void tap_map_log_map(PCITapRegion *region)
{
    MmtRecord rec = {
        .kind = MMT_KIND_MAP,
        .cpu = MMT_CPU_NONE,
        .map_id = region->map_id,
        .addr = region->addr,
        .value = region->seen,
        .arg = region->size,
    };

    if (region->was_mapped && region->seen != region->mapped_at) {
        vfio_trace_log_own_mark(region->tap->log, MMT_MARK_MOVED,
            MMT_TEXT("device", region->tap->name),
            MMT_TEXT("region", pci_tap_region_label(region->nr)),
            MMT_NUMBER("map", region->map_id),
            MMT_NUMBER("from", region->mapped_at),
            MMT_NUMBER("to", region->seen));
    }
    region->mapped = region->was_mapped = true;
    region->mapped_at = region->seen;
    vfio_trace_log_put(region->tap->log, &rec);
}

static bool tap_map_bridge_passes(const PCIDevice *bridge,
                                  const PCITapRegion *region, pcibus_t at)
{
    static const uint8_t types[] = {
        PCI_BASE_ADDRESS_SPACE_IO,
        PCI_BASE_ADDRESS_SPACE_MEMORY,
        PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_PREFETCH,
    };
    uint16_t command = pci_get_word(bridge->config + PCI_COMMAND);
    int i;

    if (!(command & (region->port ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY))) {
        return false;
    }
    if (region->nr >= PCI_TAP_VGA_MEM) {
        return pci_get_word(bridge->config + PCI_BRIDGE_CONTROL) &
               PCI_BRIDGE_CTL_VGA;
    }
    for (i = region->port ? 0 : 1; i < (region->port ? 1 : 3); i++) {
        if (pci_bridge_get_base(bridge, types[i]) <= at &&
            pci_bridge_get_limit(bridge, types[i]) >= at + region->size - 1) {
            return true;
        }
    }
    return false;
}

static bool tap_map_bridges_pass(const PCITapRegion *region, pcibus_t at)
{
    PCIBus *bus = pci_get_bus(region->tap->pdev);

    while (!pci_bus_is_root(bus)) {
        if (!tap_map_bridge_passes(bus->parent_dev, region, at)) {
            return false;
        }
        bus = pci_get_bus(bus->parent_dev);
    }
    return true;
}

/**
 * struct Part: the visible part of a memory region
 * @mr: the memory region
 * @first: offset of its first byte
 * @last: offset of its last byte
 * @at: address of the region's byte 0, which need not be visible
 */
typedef struct Part {
    const MemoryRegion *mr;
    hwaddr first;
    hwaddr last;
    hwaddr at;
} Part;

/* Find the byte at @offset of a bus's region below @part; gets its address. */
static bool tap_map_find(Part part, const MemoryRegion *bus, hwaddr offset,
                         hwaddr *addr)
{
    const MemoryRegion *mr = part.mr;
    const MemoryRegion *sub;

    if (!mr->enabled || part.first > part.last || !int128_nz(mr->size)) {
        return false;
    }
    part.last = MIN(part.last,
                    int128_get64(int128_sub(mr->size, int128_one())));
    if (mr == bus) {
        *addr = part.at + offset;
        return part.first <= offset && offset <= part.last;
    }
    if (mr->alias) {
        return tap_map_find((Part) { mr->alias, part.first + mr->alias_offset,
                                     part.last + mr->alias_offset,
                                     part.at - mr->alias_offset },
                            bus, offset, addr);
    }
    QTAILQ_FOREACH(sub, &mr->subregions, subregions_link) {
        if (sub->addr <= part.last &&
            tap_map_find((Part) { sub, MAX(part.first, sub->addr) - sub->addr,
                                  part.last - sub->addr, part.at + sub->addr },
                         bus, offset, addr)) {
            return true;
        }
    }
    return false;
}

/*
 * A bus may have other addresses than the processor: where ports are memory,
 * for example.  So look for the bus in what the processor sees.
 */
static bool tap_map_on_processor(const PCITapRegion *region, pcibus_t at,
                                 hwaddr *addr)
{
    const PCIBus *root = pci_device_root_bus(region->tap->pdev);
    const Part memory = { address_space_memory.root, 0, HWADDR_MAX, 0 };
    const Part io = { address_space_io.root, 0, HWADDR_MAX, 0 };

    return region->port
           ? tap_map_find(io, root->address_space_io, at, addr) ||
             tap_map_find(memory, root->address_space_io, at, addr)
           : tap_map_find(memory, root->address_space_mem, at, addr);
}

/*
 * Does the guest see the region, and where?  If the region has windows, the
 * trap's sections tell.  If not, no section is ours, and the address comes from
 * the device's bus and the bridges above it.
 */
static bool tap_map_is_seen(PCITapRegion *region)
{
    pcibus_t at = pci_tap_region_attached(region)
                  ? pci_tap_region_where(region) : PCI_BAR_UNMAPPED;

    if (region->tap->by_handle) {
        /* Always there, and at no address */
        region->seen = 0;
        return pci_tap_region_attached(region);
    }
    if (region->lifted) {
        return region->mapped;
    }
    if (region->sections->len || !pci_tap_region_attached(region)) {
        return region->sections->len;
    }
    if (region->windows->len || !region->container.enabled ||
        at == PCI_BAR_UNMAPPED || !tap_map_bridges_pass(region, at)) {
        return false;
    }
    return tap_map_on_processor(region, at, &region->seen);
}

/*
 * Called for every change of the machine's memory.  Other listeners, which
 * follow the shadows of the regions, are called between this and the commit.
 */
static void tap_map_begin(MemoryListener *l)
{
    pci_tap_gate_close(container_of(l, PCITapListener, listener)->tap);
}

static void tap_map_commit(MemoryListener *l)
{
    PCITap *tap = container_of(l, PCITapListener, listener)->tap;
    int i;

    for (i = 0; i < PCI_TAP_MEMORY_REGIONS; i++) {
        PCITapRegion *region = &tap->region[i];
        bool seen = region->size && tap_map_is_seen(region);

        if (region->mapped && (!seen || region->seen != region->mapped_at)) {
            tap_map_log_unmap(region);
        }
        if (!region->mapped && seen) {
            tap_map_log_map(region);
        }
    }
    pci_tap_hw_dma_commit(tap);
    pci_tap_gate_open(tap);
}

static void tap_map_listen_on(PCITapListener *l, PCITap *tap, const char *name,
                              AddressSpace *as)
{
    l->tap = tap;
    l->listener = (MemoryListener) {
        .name = name,
        /* Commits come after those of the shadows: then the gate opens. */
        .priority = MEMORY_LISTENER_PRIORITY_MIN + 1,
        .begin = tap_map_begin,
        .region_add = tap_map_region_add,
        .region_del = tap_map_region_del,
        .commit = tap_map_commit,
    };
    memory_listener_register(&l->listener, as);
}

void pci_tap_listen(PCITap *tap)
{
    tap_map_listen_on(&tap->memory, tap, "vfio-trace", &address_space_memory);
    tap_map_listen_on(&tap->io, tap, "vfio-trace-io", &address_space_io);
}

void pci_tap_unlisten(PCITap *tap)
{
    int i;

    memory_listener_unregister(&tap->io.listener);
    memory_listener_unregister(&tap->memory.listener);
    for (i = 0; i < PCI_TAP_MEMORY_REGIONS; i++) {
        if (tap->region[i].mapped) {
            tap_map_log_unmap(&tap->region[i]);
        }
    }
}
