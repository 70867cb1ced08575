/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: lifting windows for one instruction
 *
 * If a vCPU executes an instruction by itself, the windows of the regions that
 * the instruction touches are lifted.  The vCPU's thread holds the BQL, so no
 * other thread changes what is trapped; but the device may be detached.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/tap/access.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/region.h"
#include "hw/vfio-trace/tap/window-layout.h"

PCITapRegion *pci_tap_region_at(hwaddr gpa, MemTxAttrs attrs, hwaddr *offset)
{
    hwaddr len = 1;
    hwaddr xlat;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, gpa, &xlat, &len, true,
                                 attrs);
    if (mr->ops != &pci_tap_trap_ops) {
        return NULL;
    }
    if (offset) {
        *offset = xlat;
    }
    return mr->opaque;
}

PCITap *pci_tap_region_tap(const PCITapRegion *region)
{
    return region->tap;
}

PCITapLogPlace pci_tap_log_place(const PCITapRegion *region, hwaddr offset)
{
    return (PCITapLogPlace) {
        .log = region->tap->detached ? NULL : region->tap->log,
        .map_id = region->map_id,
        .addr = region->addr + offset,
    };
}

PCITapRescued *pci_tap_rescued(PCITapRegion *region)
{
    return &region->tap->rescued;
}

/* KVM maps whole pages, so the whole page must be memory. */
bool pci_tap_liftable(PCITapRegion *region, hwaddr offset)
{
    return !region->tap->detached && !region->port && region->windows->len &&
           pci_tap_region_reachable(region) &&
           pci_tap_region_memory(region,
                                 ROUND_DOWN(offset,
                                            qemu_real_host_page_size()));
}

void pci_tap_lift(PCITapRegion *region)
{
    trace_vfio_trace_lift(region->tap->name, pci_tap_region_label(region->nr));
    region->lifted = true;
    pci_tap_windows_remove(region);
}

void pci_tap_lay(PCITapRegion *region)
{
    trace_vfio_trace_lay(region->tap->name, pci_tap_region_label(region->nr));
    region->lifted = false;
    pci_tap_windows_add(region);
    pci_tap_memory_missed(region);
}
