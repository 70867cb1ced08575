/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: coverage marks: what is in the log, and what is not
 */
#ifndef HW_VFIO_TRACE_TAP_COVERAGE_H
#define HW_VFIO_TRACE_TAP_COVERAGE_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_log_coverage() - log the coverage of a device that has just come
 * @tap: the tap
 * @synthetic: it has addresses that are not the host's
 */
void pci_tap_log_coverage(PCITap *tap, bool synthetic);

/**
 * pci_tap_log_region() - log the coverage of one region
 * @region: the region, of a device that has been told
 */
void pci_tap_log_region(const PCITapRegion *region);

/**
 * pci_tap_log_region_again() - the same, with what of it QEMU answers
 * @region: the region; its windows have changed
 */
void pci_tap_log_region_again(PCITapRegion *region);

/**
 * pci_tap_coverage_marks() - how many marks that may take
 * @region: the region
 * @wanted: for each direction, the bytes that are to be logged
 */
unsigned pci_tap_coverage_marks(const PCITapRegion *region,
                                GArray *const wanted[]);

/**
 * pci_tap_log_emulated() - log which parts of a region QEMU answers
 * @region: the region; attached
 *
 * Says nothing if nothing has changed since it was asked last.
 */
void pci_tap_log_emulated(PCITapRegion *region);

#endif /* HW_VFIO_TRACE_TAP_COVERAGE_H */
