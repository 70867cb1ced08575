/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: hot pages, which are no longer trapped
 */
#ifndef HW_VFIO_TRACE_TAP_HOT_H
#define HW_VFIO_TRACE_TAP_HOT_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_hot_start() - begin to look for hot pages, if there is a limit
 * @tap: the tap
 */
void pci_tap_hot_start(PCITap *tap);

/**
 * pci_tap_hot_stop() - stop looking for hot pages
 * @tap: the tap
 */
void pci_tap_hot_stop(PCITap *tap);

/**
 * pci_tap_hot_see() - count an access to a trap
 * @region: the region, of a tap that has a limit
 * @addr: offset in the region
 */
void pci_tap_hot_see(PCITapRegion *region, uint64_t addr);

/**
 * pci_tap_hot_forget() - make pages trapped again, and reset all counts
 * @region: the region
 * @range: range whose pages are no longer hot
 */
void pci_tap_hot_forget(PCITapRegion *region, PCITapRange range);

#endif /* HW_VFIO_TRACE_TAP_HOT_H */
