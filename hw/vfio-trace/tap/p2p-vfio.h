/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: DMA of devices into a trapped BAR
 */
#ifndef HW_VFIO_TRACE_TAP_P2P_VFIO_H
#define HW_VFIO_TRACE_TAP_P2P_VFIO_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_hw_dma_commit() - map mmaps that the traps hide for DMA of devices
 * @tap: the tap, at the end of a memory transaction
 *
 * Maps the sections that the transaction has added.  This is not done earlier
 * because the shadows are up to date only now.  A failure is reported by a mark
 * in the log, and by a warning.
 */
void pci_tap_hw_dma_commit(PCITap *tap);

/**
 * pci_tap_hw_dma_unmap() - unmap a section
 * @region: the region
 * @section: a part of it that the guest no longer sees there
 */
void pci_tap_hw_dma_unmap(PCITapRegion *region, const PCITapSection *section);

#endif /* HW_VFIO_TRACE_TAP_P2P_VFIO_H */
