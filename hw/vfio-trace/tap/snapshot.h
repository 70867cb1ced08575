/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: snapshots of the guest's memory (see snapshot-spec.h)
 */
#ifndef HW_VFIO_TRACE_TAP_SNAPSHOT_H
#define HW_VFIO_TRACE_TAP_SNAPSHOT_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_snapshots_reset() - the device is reset: its registers hold nothing
 * @tap: the device's
 */
void pci_tap_snapshots_reset(PCITap *tap);

/**
 * pci_tap_snapshots_forget() - forget registers whose writes are not seen
 * @region: the region, whose windows may have changed
 */
void pci_tap_snapshots_forget(const PCITapRegion *region);

/**
 * pci_tap_snapshots_write() - the guest writes
 * @region: to this region, which has snapshots
 * @offset: where
 * @size: bytes, 1 to 8
 * @value: what
 *
 * To be called when the write has its record, and before the device has it.
 */
void pci_tap_snapshots_write(PCITapRegion *region, uint64_t offset,
                             unsigned size, uint64_t value);

#endif /* HW_VFIO_TRACE_TAP_SNAPSHOT_H */
