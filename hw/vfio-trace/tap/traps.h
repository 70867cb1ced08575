/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: time in traps, for each region and vCPU
 *
 * Counted is the time in the trap's callback: the tracer's and the device's.
 * What an exit costs in addition is an estimate (vcpu/exit-cost.h).
 */
#ifndef HW_VFIO_TRACE_TAP_TRAPS_H
#define HW_VFIO_TRACE_TAP_TRAPS_H

#include "qemu/atomic.h"
#include "hw/core/cpu.h"
#include "hw/vfio-trace/log/ticks.h"
#include "hw/vfio-trace/tap/tap-internal.h"

typedef struct VfioTraceRegionTimeList VfioTraceRegionTimeList;

/**
 * pci_tap_traps_init() - allocate the counters of a region
 * @region: the region, initialised; pci_tap_region_free() frees them
 */
void pci_tap_traps_init(PCITapRegion *region);

/**
 * pci_tap_traps_start() - count from now on
 * @tap: the tap, which is being attached
 */
void pci_tap_traps_start(PCITap *tap);

/**
 * pci_tap_traps_end() - log the totals
 * @tap: the tap, whose log still takes marks
 */
void pci_tap_traps_end(PCITap *tap);

/**
 * pci_tap_traps_count() - count an access
 * @region: the region
 * @since: vfio_trace_ticks() when the access entered the trap
 *
 * On the thread that makes the access, in the log's gate or with it closed.
 */
static inline void pci_tap_traps_count(PCITapRegion *region, uint64_t since)
{
    unsigned i = current_cpu ? current_cpu->cpu_index + 1 : 0;
    PCITapTraps *traps = &region->traps[likely(i < region->n_traps) ? i : 0];

    /* query-vfio-trace may look at any time. */
    qatomic_set(&traps->accesses, traps->accesses + 1);
    qatomic_set(&traps->ticks, traps->ticks + (vfio_trace_ticks() - since));
}

/**
 * pci_tap_traps_info() - a region's counters for query-vfio-trace
 * @region: the region
 *
 * Return: a list of those that are not zero, to be freed with
 *         qapi_free_VfioTraceRegionTimeList()
 */
VfioTraceRegionTimeList *pci_tap_traps_info(const PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_TRAPS_H */
