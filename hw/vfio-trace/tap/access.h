/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: path of one access of the guest
 */
#ifndef HW_VFIO_TRACE_TAP_ACCESS_H
#define HW_VFIO_TRACE_TAP_ACCESS_H

#include "hw/vfio-trace/tap/tap-internal.h"

/* Callbacks of each region's trap; their opaque value is the region */
extern const MemoryRegionOps pci_tap_trap_ops;

#endif /* HW_VFIO_TRACE_TAP_ACCESS_H */
