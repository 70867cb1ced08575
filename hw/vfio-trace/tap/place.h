/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: addresses of a device's resources in the log
 */
#ifndef HW_VFIO_TRACE_TAP_PLACE_H
#define HW_VFIO_TRACE_TAP_PLACE_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_describe() - fill in @pci of a device that does not stand on the host
 * @tap: the tap
 */
void pci_tap_describe(PCITap *tap);

/**
 * pci_tap_place() - give each region its address in the log
 * @tap: the tap; it is among its log's devices, and its regions have sizes
 *
 * Return: whether any address is synthetic, for want of one on the host
 */
bool pci_tap_place(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_PLACE_H */
