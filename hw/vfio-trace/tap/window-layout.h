/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: windows of a region
 */
#ifndef HW_VFIO_TRACE_TAP_WINDOW_LAYOUT_H
#define HW_VFIO_TRACE_TAP_WINDOW_LAYOUT_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_windows_add() - put windows over what of a region is trapped
 * @region: the region, attached, without windows; in a memory transaction
 */
void pci_tap_windows_add(PCITapRegion *region);

/**
 * pci_tap_windows_remove() - take a region's windows away
 * @region: the region; in a memory transaction
 */
void pci_tap_windows_remove(PCITapRegion *region);

/**
 * pci_tap_region_update() - bring the windows up to date
 * @region: the region, attached or not; in a memory transaction
 */
void pci_tap_region_update(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_WINDOW_LAYOUT_H */
