/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: MAP and UNMAP records of a device's regions
 */
#ifndef HW_VFIO_TRACE_TAP_MAP_H
#define HW_VFIO_TRACE_TAP_MAP_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_listen() - begin to log where the guest sees the regions
 * @tap: the tap; its traps are in the guest's address spaces
 */
void pci_tap_listen(PCITap *tap);

/**
 * pci_tap_unlisten() - log an UNMAP for each mapped region, and stop
 * @tap: the tap
 */
void pci_tap_unlisten(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_MAP_H */
