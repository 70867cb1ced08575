/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: addresses of a device's resources in the log
 */
#ifndef HW_VFIO_TRACE_TAP_PLACE_H
#define HW_VFIO_TRACE_TAP_PLACE_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_describe() - fill in @pci of a device that is not a host device
 * @tap: the tap
 */
void pci_tap_describe(PCITap *tap);

/**
 * pci_tap_place() - give each region its address in the log
 * @tap: the tap; it is in the list of its log, and its regions have sizes
 *
 * Return: whether any address is synthetic because the host has none
 */
bool pci_tap_place(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_PLACE_H */
