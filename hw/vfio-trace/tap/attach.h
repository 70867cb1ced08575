/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a trap in a region's place
 */
#ifndef HW_VFIO_TRACE_TAP_ATTACH_H
#define HW_VFIO_TRACE_TAP_ATTACH_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_region_attach() - put the trap's container in the region's place
 * @region: the region; it has a map id, and no windows yet
 */
void pci_tap_region_attach(PCITapRegion *region);

/**
 * pci_tap_region_detach() - take it away
 * @region: an attached region; the guest does not see it any more
 */
void pci_tap_region_detach(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_ATTACH_H */
