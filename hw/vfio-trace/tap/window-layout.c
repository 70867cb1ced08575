/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows of a region
 *
 * For each region and direction there is a set of bytes to log.  Host pages
 * that have any of these bytes are trapped.  A change adds and removes windows
 * in one memory transaction, under the BQL, and writes its mark within it.  The
 * trap decides, also under the BQL, whether an access is logged.  So the mark
 * is between the last access that is treated in the old way and the first one
 * in the new way, even if vCPUs were routed to a trap before the change.
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/window-layout.h"
#include "hw/vfio-trace/tap/window-spec.h"

static PCITapLogs tap_window_layout_logs(const PCITapRegion *region, int dir)
{
    const GArray *wanted = region->wanted[dir];

    if (!region->tap->started || !wanted->len) {
        return PCI_TAP_LOGS_NONE;
    }
    return pci_tap_ranges_cover(wanted, 0, region->size) ? PCI_TAP_LOGS_ALL
                                                         : PCI_TAP_LOGS_SOME;
}

static GArray *tap_window_layout_traps(const PCITapRegion *region)
{
    g_autoptr(GArray) bytes = pci_tap_ranges_new();
    GArray *pages;

    if (region->tap->detached) {
        return g_steal_pointer(&bytes);
    }
    if (pci_tap_region_small(region)) {
        pci_tap_ranges_add(bytes, (PCITapRange) { .len = region->size });
        return g_steal_pointer(&bytes);
    }
    if (region->tap->started) {
        pci_tap_ranges_add_all(bytes, region->wanted[PCI_TAP_READ]);
        pci_tap_ranges_add_all(bytes, region->wanted[PCI_TAP_WRITE]);
    }
    pages = pci_tap_ranges_pages(bytes, region->size);
    pci_tap_ranges_remove_all(pages, region->hot);
    return pages;
}

void pci_tap_windows_remove(PCITapRegion *region)
{
    guint i;

    for (i = 0; i < region->windows->len; i++) {
        MemoryRegion *alias = g_ptr_array_index(region->windows, i);

        memory_region_del_subregion(&region->container, alias);
        object_unparent(OBJECT(alias));
        g_free(alias);
    }
    g_ptr_array_set_size(region->windows, 0);
}

void pci_tap_windows_add(PCITapRegion *region)
{
    guint i;

    for (i = 0; i < region->trapped->len; i++) {
        const PCITapRange *range = pci_tap_ranges_at(region->trapped, i);
        MemoryRegion *alias = g_new0(MemoryRegion, 1);
        /* Unique names: QEMU is slow to number many objects of one name. */
        g_autofree char *name =
            g_strdup_printf("vfio-trace window %s 0x%" PRIx64,
                            pci_tap_region_word(region->nr), range->offset);

        memory_region_init_alias(alias, OBJECT(region->tap), name,
                                 &region->trap, range->offset, range->len);
        memory_region_add_subregion_overlap(&region->container, range->offset,
                                            alias, 1);
        g_ptr_array_add(region->windows, alias);
    }
}

void pci_tap_region_update(PCITapRegion *region)
{
    g_autoptr(GArray) trapped = NULL;
    int dir;

    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        region->logs[dir] = tap_window_layout_logs(region, dir);
    }
    if (!pci_tap_region_attached(region)) {
        return;
    }
    trapped = tap_window_layout_traps(region);
    if (pci_tap_ranges_equal(trapped, region->trapped)) {
        return;
    }
    pci_tap_windows_remove(region);
    g_array_unref(region->trapped);
    region->trapped = g_steal_pointer(&trapped);
    trace_vfio_trace_windows(region->tap->name,
                             pci_tap_region_label(region->nr),
                             region->trapped->len);
    if (!region->lifted) {
        pci_tap_windows_add(region);
    }
}
