/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: MAP and UNMAP: regions as the guest moves them
 */
#ifndef HW_VFIO_TRACE_TAP_MAP_H
#define HW_VFIO_TRACE_TAP_MAP_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_listen() - log where the guest sees the regions, from now on
 * @tap: the tap; its traps stand in the guest's address spaces
 */
void pci_tap_listen(PCITap *tap);

/**
 * pci_tap_unlisten() - stop that, and log that the guest sees none any more
 * @tap: the tap
 */
void pci_tap_unlisten(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_MAP_H */
