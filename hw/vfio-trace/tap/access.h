/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: path of one access of the guest
 */
#ifndef HW_VFIO_TRACE_TAP_ACCESS_H
#define HW_VFIO_TRACE_TAP_ACCESS_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_access_exit() - make the access of an exit, if it needs no lookup
 * @region: the region
 * @addr: offset in the region
 * @data: the value to write, or gets the value read
 * @size: width in bytes
 * @write: it is a write
 * @attrs: attributes of the access
 * @generation: the memory map in which the region is there
 *
 * On a vCPU's thread, without the BQL, in an RCU read section.
 *
 * Return: false if it has to be looked up: nothing has happened
 */
bool pci_tap_access_exit(PCITapRegion *region, hwaddr addr, uint64_t *data,
                         unsigned size, bool write, MemTxAttrs attrs,
                         uint64_t generation);

/* Callbacks of each region's trap; their opaque value is the region */
extern const MemoryRegionOps pci_tap_trap_ops;

#endif /* HW_VFIO_TRACE_TAP_ACCESS_H */
