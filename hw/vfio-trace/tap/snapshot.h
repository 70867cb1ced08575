/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: snapshots of the guest's memory (see snapshot-spec.h)
 */
#ifndef HW_VFIO_TRACE_TAP_SNAPSHOT_H
#define HW_VFIO_TRACE_TAP_SNAPSHOT_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_snapshots_reset() - forget the registers' values at a reset
 * @tap: the tap
 */
void pci_tap_snapshots_reset(PCITap *tap);

/**
 * pci_tap_snapshots_forget() - forget registers whose writes aren't trapped
 * @region: the region, whose windows may have changed
 */
void pci_tap_snapshots_forget(const PCITapRegion *region);

/**
 * pci_tap_snapshots_write() - take the snapshots that a write triggers
 * @region: the region that is written, which has snapshots
 * @offset: offset in the region
 * @size: width in bytes, 1 to 8
 * @value: value written
 *
 * To be called when the write has a record, and before it is forwarded.
 */
void pci_tap_snapshots_write(PCITapRegion *region, uint64_t offset,
                             unsigned size, uint64_t value);

#endif /* HW_VFIO_TRACE_TAP_SNAPSHOT_H */
