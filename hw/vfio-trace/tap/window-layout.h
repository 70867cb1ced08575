/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows of a region
 */
#ifndef HW_VFIO_TRACE_TAP_WINDOW_LAYOUT_H
#define HW_VFIO_TRACE_TAP_WINDOW_LAYOUT_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_windows_add() - add windows for a region's trapped ranges
 * @region: the region, attached, without windows; in a memory transaction
 */
void pci_tap_windows_add(PCITapRegion *region);

/**
 * pci_tap_windows_remove() - remove a region's windows
 * @region: the region; in a memory transaction
 */
void pci_tap_windows_remove(PCITapRegion *region);

/**
 * pci_tap_region_update() - update what is logged, and the windows
 * @region: the region, attached or not; in a memory transaction
 */
void pci_tap_region_update(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_WINDOW_LAYOUT_H */
