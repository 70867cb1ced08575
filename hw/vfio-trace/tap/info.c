/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a tap's part of QMP replies
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qapi/qapi-types-vfio-trace.h"
#include "qapi/util.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/tap-internal.h"
#include "hw/vfio-trace/tap/traps.h"

/* --- regions and counts -------------------------------------------------- */

static VfioTraceCount *tap_info_count(const PCITapCount *count)
{
    VfioTraceCount *info = g_new0(VfioTraceCount, 1);

    /* Accesses in the gate count without the BQL. */
    info->accesses = qatomic_read(&count->accesses);
    info->bytes = qatomic_read(&count->bytes);
    return info;
}

static VfioTraceRegionType tap_info_region_type(const PCITapRegion *region)
{
    uint8_t type = region->nr < PCI_TAP_BARS ?
                   region->tap->pdev->io_regions[region->nr].type : 0;

    if (region->nr == PCI_TAP_CONFIG) {
        return VFIO_TRACE_REGION_TYPE_CONFIG;
    }
    if (region->port) {
        return VFIO_TRACE_REGION_TYPE_IO;
    }
    return type & PCI_BASE_ADDRESS_MEM_TYPE_64 ? VFIO_TRACE_REGION_TYPE_MEM64
                                               : VFIO_TRACE_REGION_TYPE_MEM32;
}

static VfioTraceRegionInfo *tap_info_region(const PCITapRegion *region)
{
    VfioTraceRegionInfo *info = g_new0(VfioTraceRegionInfo, 1);

    QEMU_BUILD_BUG_ON((int)VFIO_TRACE_REGION_NAME_ROM != PCI_TAP_ROM);
    QEMU_BUILD_BUG_ON((int)VFIO_TRACE_REGION_NAME__MAX != PCI_TAP_REGIONS);
    info->name = (VfioTraceRegionName)region->nr;
    info->type = tap_info_region_type(region);
    info->prefetchable = region->nr < PCI_TAP_BARS && !region->port &&
                         (region->tap->pdev->io_regions[region->nr].type &
                          PCI_BASE_ADDRESS_MEM_PREFETCH);
    info->map_id = region->map_id;
    info->address = region->addr;
    info->has_guest_address = region->mapped && !region->tap->by_handle;
    info->guest_address = region->mapped_at;
    info->size = region->size;
    info->read = tap_info_count(&region->read);
    info->write = tap_info_count(&region->write);
    info->direct = qatomic_read(&region->direct.accesses);
    info->failed = region->failed;
    info->unlogged = region->unlogged;
    info->time = pci_tap_traps_info(region);
    return info;
}

static strList *tap_info_snapshots(const PCITap *tap)
{
    const PCITapMemory *m = tap->guest_memory;
    strList *list = NULL;
    strList **tail = &list;
    guint i;

    for (i = 0; i < m->snapshot->len; i++) {
        const GmemFile *file = g_ptr_array_index(m->snapshot, i);

        QAPI_LIST_APPEND(tail, g_strdup(file->name));
    }
    return list;
}

static VfioTraceRingsStatement *
tap_info_statement(const GmemStatement *statement, const GmemCount *count)
{
    static const VfioTraceRingsKind kind[] = {
        [GMEM_RING] = VFIO_TRACE_RINGS_KIND_RING,
        [GMEM_WATCH] = VFIO_TRACE_RINGS_KIND_WATCH,
        [GMEM_SNAPSHOT] = VFIO_TRACE_RINGS_KIND_SNAPSHOT,
    };
    VfioTraceRingsStatement *info = g_new0(VfioTraceRingsStatement, 1);

    info->name = g_strdup(count->name);
    info->kind = kind[statement->kind];
    info->triggers = count->triggers;
    info->entries = count->entries;
    info->bytes = count->bytes;
    info->cut = count->cut;
    info->unreadable = count->unreadable;
    return info;
}

static VfioTraceRingsInfo *tap_info_file(const PCITapMemory *m,
                                         const GmemFile *file)
{
    VfioTraceRingsInfo *info = g_new0(VfioTraceRingsInfo, 1);
    VfioTraceRingsStatementList **tail = &info->statements;
    GmemCount count;
    unsigned i;

    info->name = g_strdup(file->name);
    info->sha256 = g_strdup(file->sha256);
    for (i = 0; gmem_engine_count(m->engine, file, i, &count); i++) {
        QAPI_LIST_APPEND(tail,
            tap_info_statement(&g_array_index(file->statement, GmemStatement,
                                              i), &count));
    }
    return info;
}

static VfioTraceRingsInfoList *tap_info_rings(const PCITap *tap)
{
    const PCITapMemory *m = tap->guest_memory;
    VfioTraceRingsInfoList *list = NULL;
    VfioTraceRingsInfoList **tail = &list;
    const GmemFile *file;
    unsigned i;

    for (i = 0; (file = gmem_engine_file(m->engine, i)); i++) {
        if (!pci_tap_memory_is_snapshot(m, file)) {
            QAPI_LIST_APPEND(tail, tap_info_file(m, file));
        }
    }
    return list;
}

VfioTraceDeviceInfo *pci_tap_info(const PCITap *tap)
{
    VfioTraceDeviceInfo *info = g_new0(VfioTraceDeviceInfo, 1);
    VfioTraceRegionInfoList **tail = &info->regions;
    int i;

    info->id = g_strdup(DEVICE(tap->pdev)->id);
    info->qom_path = object_get_canonical_path(OBJECT(tap->pdev));
    info->host = g_strdup(tap->host);
    info->vendor = tap->pci.vendor;
    info->device = tap->pci.device;
    info->started = tap->started;
    info->snapshots = tap_info_snapshots(tap);
    info->rings = tap_info_rings(tap);
    info->memory_ns = tap->guest_memory->ns;
    info->rescued = tap->rescued.rescued;
    info->stepped = tap->rescued.stepped;
    info->refused = tap->rescued.refused;
    info->no_rescue = g_strdup(tap->no_rescue);
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        if (tap->region[i].map_id) {
            QAPI_LIST_APPEND(tail, tap_info_region(&tap->region[i]));
        }
    }
    return info;
}

/* --- windows -------------------------------------------------------------- */

static VfioTraceRangeList *tap_info_ranges(const GArray *ranges)
{
    VfioTraceRangeList *list = NULL;
    VfioTraceRangeList **tail = &list;
    guint i;

    for (i = 0; i < ranges->len; i++) {
        VfioTraceRange *info = g_new0(VfioTraceRange, 1);

        info->offset = pci_tap_ranges_at(ranges, i)->offset;
        info->length = pci_tap_ranges_at(ranges, i)->len;
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

static VfioTraceWindowList **
tap_info_append_windows(VfioTraceWindowList **tail, const GArray *ranges,
                        VfioTraceDirection direction)
{
    guint i;

    for (i = 0; i < ranges->len; i++) {
        VfioTraceWindow *info = g_new0(VfioTraceWindow, 1);

        info->offset = pci_tap_ranges_at(ranges, i)->offset;
        info->length = pci_tap_ranges_at(ranges, i)->len;
        info->direction = direction;
        QAPI_LIST_APPEND(tail, info);
    }
    return tail;
}

/* A range that is logged in both directions is listed once. */
static VfioTraceWindowList *tap_info_windows(const PCITapRegion *region)
{
    VfioTraceWindowList *list = NULL;
    VfioTraceWindowList **tail = &list;
    g_autoptr(GArray) both = pci_tap_ranges_new();
    g_autoptr(GArray) read = pci_tap_ranges_new();
    g_autoptr(GArray) write = pci_tap_ranges_new();

    pci_tap_ranges_add_all(read, region->wanted[PCI_TAP_READ]);
    pci_tap_ranges_remove_all(read, region->wanted[PCI_TAP_WRITE]);
    pci_tap_ranges_add_all(write, region->wanted[PCI_TAP_WRITE]);
    pci_tap_ranges_remove_all(write, region->wanted[PCI_TAP_READ]);
    pci_tap_ranges_add_all(both, region->wanted[PCI_TAP_READ]);
    pci_tap_ranges_remove_all(both, read);
    tail = tap_info_append_windows(tail, both, VFIO_TRACE_DIRECTION_BOTH);
    tail = tap_info_append_windows(tail, read, VFIO_TRACE_DIRECTION_READ);
    tap_info_append_windows(tail, write, VFIO_TRACE_DIRECTION_WRITE);
    return list;
}

static VfioTraceRegionWindows *
tap_info_region_windows(const PCITapRegion *region)
{
    VfioTraceRegionWindows *info = g_new0(VfioTraceRegionWindows, 1);

    info->name = (VfioTraceRegionName)region->nr;
    info->map_id = region->map_id;
    info->size = region->size;
    info->windows = tap_info_windows(region);
    info->trapped = tap_info_ranges(region->trapped);
    info->hot = tap_info_ranges(region->hot);
    return info;
}

VfioTraceDeviceWindows *pci_tap_windows_info(const PCITap *tap)
{
    VfioTraceDeviceWindows *info = g_new0(VfioTraceDeviceWindows, 1);
    VfioTraceRegionWindowsList **tail = &info->regions;
    int i;

    info->id = g_strdup(DEVICE(tap->pdev)->id);
    info->qom_path = object_get_canonical_path(OBJECT(tap->pdev));
    info->host = g_strdup(tap->host);
    info->started = tap->started;
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        if (tap->region[i].size) {
            QAPI_LIST_APPEND(tail, tap_info_region_windows(&tap->region[i]));
        }
    }
    return info;
}
