/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest RAM reader
 */
#ifndef HW_VFIO_TRACE_GUEST_RAM_H
#define HW_VFIO_TRACE_GUEST_RAM_H

#include "hw/vfio-trace/compat.h"

/**
 * vfio_trace_read_ram() - read guest RAM
 * @as: address space: the vCPUs', or a device's
 * @addr: first address
 * @buf: room for @len bytes
 * @len: bytes
 *
 * Reads RAM and ROM only: never a device's registers, nor the memory of a
 * device that is passed through.  Under the BQL.
 *
 * Return: bytes read from @addr on, up to the first that is not RAM or ROM
 */
uint64_t vfio_trace_read_ram(AddressSpace *as, hwaddr addr, void *buf,
                             uint64_t len);

#endif /* HW_VFIO_TRACE_GUEST_RAM_H */
