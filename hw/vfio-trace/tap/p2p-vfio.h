/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: DMA of devices into a trapped BAR
 */
#ifndef HW_VFIO_TRACE_TAP_P2P_VFIO_H
#define HW_VFIO_TRACE_TAP_P2P_VFIO_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_hw_dma_commit() - map what the traps hide for DMA of devices
 * @tap: the tap, at the end of a memory transaction
 *
 * Maps the sections that have come to light in it.  Not earlier: only now is
 * each region's shadow what it has become.  What can't be mapped is a mark in
 * the log, and a warning.
 */
void pci_tap_hw_dma_commit(PCITap *tap);

/**
 * pci_tap_hw_dma_unmap() - unmap it again
 * @region: the region
 * @section: a part of it that the guest does not see there any more
 */
void pci_tap_hw_dma_unmap(PCITapRegion *region, const PCITapSection *section);

#endif /* HW_VFIO_TRACE_TAP_P2P_VFIO_H */
