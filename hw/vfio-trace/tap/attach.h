/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: replacing a device's region by a trap
 */
#ifndef HW_VFIO_TRACE_TAP_ATTACH_H
#define HW_VFIO_TRACE_TAP_ATTACH_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_region_attach() - replace a region by the trap's container
 * @region: the region; it has a map id, and no windows yet
 */
void pci_tap_region_attach(PCITapRegion *region);

/**
 * pci_tap_region_detach() - remove the container
 * @region: an attached region; the guest no longer sees it afterwards
 */
void pci_tap_region_detach(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_ATTACH_H */
