/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: direct access to an mmapped BAR
 */
#ifndef HW_VFIO_TRACE_TAP_DIRECT_H
#define HW_VFIO_TRACE_TAP_DIRECT_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_direct_start() - begin to follow a region's shadow
 * @region: the region
 */
void pci_tap_direct_start(PCITapRegion *region);

/**
 * pci_tap_direct_stop() - stop following the shadow
 * @region: the region; its shadow is destroyed afterwards
 */
void pci_tap_direct_stop(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_DIRECT_H */
