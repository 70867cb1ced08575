/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: changes of windows at run time
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/tap/attach.h"
#include "hw/vfio-trace/tap/coverage.h"
#include "hw/vfio-trace/tap/hot.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/window-layout.h"
#include "hw/vfio-trace/tap/window-room.h"

static void tap_window_change_update_all(PCITap *tap)
{
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        if (tap->region[i].size) {
            pci_tap_region_update(&tap->region[i]);
            pci_tap_memory_forget(&tap->region[i]);
        }
    }
}

void pci_tap_set_started(PCITap *tap, bool started)
{
    if (tap->started == started) {
        return;
    }
    trace_vfio_trace_started(tap->name, started);
    tap->started = started;
    vfio_trace_log_own_mark(tap->log,
                            started ? MMT_MARK_START : MMT_MARK_STOP,
                            MMT_TEXT("device", tap->name));
    tap_window_change_update_all(tap);
}

static const char *tap_window_change_directions_name(unsigned directions)
{
    static const char *const name[] = {
        [1 << PCI_TAP_READ] = "r",
        [1 << PCI_TAP_WRITE] = "w",
        [PCI_TAP_BOTH] = "rw",
    };

    return name[directions];
}

static PCITapRange tap_window_change_range_of(const PCITapWindow *window,
                                              const PCITapRegion *region)
{
    return window->whole ? (PCITapRange) { .len = region->size }
                         : window->range;
}

static void tap_window_change_tell(PCITapRegion *region,
                                   const PCITapWindow *window, const char *what)
{
    PCITapRange range = tap_window_change_range_of(window, region);
    const char *access = tap_window_change_directions_name(window->directions);

    trace_vfio_trace_window(region->tap->name, pci_tap_region_label(region->nr),
                            range.offset, range.len, access, what);
    vfio_trace_log_own_mark(region->tap->log, MMT_MARK_WINDOW,
        MMT_TEXT("device", region->tap->name),
        MMT_TEXT("region", pci_tap_region_label(region->nr)),
        MMT_NUMBER("map", region->map_id),
        MMT_NUMBER("addr", region->addr + range.offset),
        MMT_NUMBER("len", range.len),
        MMT_TEXT("access", access),
        MMT_TEXT("change", what));
    pci_tap_log_region_again(region);
}

/* Change a region's sets of wanted bytes, unless that exceeds a limit. */
static bool tap_window_change_wanted(PCITapRegion *region,
                                     const PCITapWindow *window,
                                     void (*change)(GArray *, PCITapRange),
                                     Error **errp)
{
    PCITapRange range = tap_window_change_range_of(window, region);
    GArray *wanted[PCI_TAP_DIRECTIONS];
    bool room;
    int dir;

    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        wanted[dir] = pci_tap_ranges_new();
        pci_tap_ranges_add_all(wanted[dir], region->wanted[dir]);
        if (window->directions & 1 << dir) {
            change(wanted[dir], range);
        }
    }
    room = (pci_tap_windows_room(region, wanted, region->hot) ||
            pci_tap_windows_full(region->tap, errp)) &&
           vfio_trace_log_room(region->tap->log,
                               pci_tap_coverage_marks(region, wanted) + 1,
                               errp);
    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        if (room) {
            g_array_unref(region->wanted[dir]);
            region->wanted[dir] = wanted[dir];
        } else {
            g_array_unref(wanted[dir]);
        }
    }
    return room;
}

bool pci_tap_window_add(PCITap *tap, const PCITapWindow *window, Error **errp)
{
    PCITapRegion *region = &tap->region[window->nr];

    if (!tap_window_change_wanted(region, window, pci_tap_ranges_add, errp)) {
        return false;
    }
    pci_tap_hot_forget(region, tap_window_change_range_of(window, region));
    if (!region->map_id) {
        region->map_id = tap->log->next_map_id++;
    }
    tap_window_change_tell(region, window, "added");
    if (pci_tap_region_attached(region) && !region->region) {
        pci_tap_region_attach(region);
    }
    pci_tap_region_update(region);
    return true;
}

bool pci_tap_window_remove(PCITap *tap, const PCITapWindow *window,
                           Error **errp)
{
    PCITapRegion *region = &tap->region[window->nr];

    if (!region->map_id) {
        return true;
    }
    if (!tap_window_change_wanted(region, window, pci_tap_ranges_remove,
                                  errp)) {
        return false;
    }
    tap_window_change_tell(region, window, "removed");
    pci_tap_region_update(region);
    pci_tap_memory_forget(region);
    return true;
}
