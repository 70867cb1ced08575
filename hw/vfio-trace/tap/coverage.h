/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: coverage marks, which say what the log has and what it lacks
 */
#ifndef HW_VFIO_TRACE_TAP_COVERAGE_H
#define HW_VFIO_TRACE_TAP_COVERAGE_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_log_coverage() - log the coverage of a new device
 * @tap: the tap
 * @synthetic: some of its addresses are not the host's
 */
void pci_tap_log_coverage(PCITap *tap, bool synthetic);

/**
 * pci_tap_log_region() - log the coverage of one region
 * @region: the region; pci_tap_log_coverage() was called for its device
 */
void pci_tap_log_region(const PCITapRegion *region);

/**
 * pci_tap_log_region_again() - the same, with the ranges that QEMU answers
 * @region: the region; its windows have changed
 */
void pci_tap_log_region_again(PCITapRegion *region);

/**
 * pci_tap_coverage_marks() - largest number of marks for a region's coverage
 * @region: the region
 * @wanted: for each direction, the bytes to log
 */
unsigned pci_tap_coverage_marks(const PCITapRegion *region,
                                GArray *const wanted[]);

/**
 * pci_tap_log_emulated() - log which parts of a region QEMU answers
 * @region: the region; attached
 *
 * Writes no marks if nothing has changed since the last call.
 */
void pci_tap_log_emulated(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_COVERAGE_H */
