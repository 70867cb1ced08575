/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: limits on the number of windows
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vfio-trace/tap/coverage.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/window-room.h"

/*
 * Limits: windows in the machine, and ranges in a region and direction.  A
 * window and the gap beside it are sections of an address space, of which QEMU
 * can have 4096 (system/physmem.c), and take KVM memory slots.
 */
#define PCI_TAP_WINDOWS_MAX 512
#define PCI_TAP_RANGES_MAX  256

/* Windows that a region would have with tracing started */
static guint tap_window_room_for(const PCITapRegion *region,
                                 GArray *const wanted[], const GArray *hot)
{
    g_autoptr(GArray) bytes = pci_tap_ranges_new();
    g_autoptr(GArray) pages = NULL;

    if (!region->size || region->nr == PCI_TAP_CONFIG) {
        return 0;
    }
    pci_tap_ranges_add_all(bytes, wanted[PCI_TAP_READ]);
    pci_tap_ranges_add_all(bytes, wanted[PCI_TAP_WRITE]);
    pages = pci_tap_ranges_pages(bytes, region->size);
    pci_tap_ranges_remove_all(pages, hot);
    return pages->len;
}

static guint tap_window_room_of_tap(const PCITap *tap, const PCITapRegion *but)
{
    guint sum = 0;
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        const PCITapRegion *region = &tap->region[i];

        if (region != but) {
            sum += tap_window_room_for(region, region->wanted, region->hot);
        }
    }
    return sum;
}

static guint tap_window_room_of_all(const PCITapRegion *but)
{
    PCITap *tap = NULL;
    guint sum = 0;

    while ((tap = pci_tap_next(tap))) {
        sum += tap_window_room_of_tap(tap, but);
    }
    return sum;
}

bool pci_tap_windows_room(const PCITapRegion *region, GArray *const wanted[],
                          const GArray *hot)
{
    return wanted[PCI_TAP_READ]->len <= PCI_TAP_RANGES_MAX &&
           wanted[PCI_TAP_WRITE]->len <= PCI_TAP_RANGES_MAX &&
           tap_window_room_of_all(region) +
           tap_window_room_for(region, wanted, hot) <= PCI_TAP_WINDOWS_MAX;
}

bool pci_tap_windows_full(const PCITap *tap, Error **errp)
{
    error_setg(errp,
               "too many windows for device '%s': at most %d ranges in a region, and at most %d runs of trapped pages in the machine; use fewer and larger windows",
               tap->name, PCI_TAP_RANGES_MAX, PCI_TAP_WINDOWS_MAX);
    return false;
}

bool pci_tap_windows_check(const PCITap *tap, Error **errp)
{
    unsigned marks = 0;
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        const PCITapRegion *region = &tap->region[i];

        marks += pci_tap_coverage_marks(region, region->wanted);
        if (region->size &&
            (region->wanted[PCI_TAP_READ]->len > PCI_TAP_RANGES_MAX ||
             region->wanted[PCI_TAP_WRITE]->len > PCI_TAP_RANGES_MAX)) {
            return pci_tap_windows_full(tap, errp);
        }
    }
    if (tap_window_room_of_all(NULL) + tap_window_room_of_tap(tap, NULL) >
        PCI_TAP_WINDOWS_MAX) {
        return pci_tap_windows_full(tap, errp);
    }
    return vfio_trace_log_room(tap->log, marks, errp);
}
