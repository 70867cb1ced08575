/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: interrupts and resets
 */
#ifndef HW_VFIO_TRACE_TAP_OBSERVER_H
#define HW_VFIO_TRACE_TAP_OBSERVER_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_of() - the tap of a device
 * @pdev: the device
 *
 * Return: the tap, or NULL
 */
PCITap *pci_tap_of(PCIDevice *pdev);

/**
 * pci_tap_observe() - begin to log interrupts and resets
 * @tap: the tap
 */
void pci_tap_observe(PCITap *tap);

/**
 * pci_tap_unobserve() - stop logging them
 * @tap: the tap
 */
void pci_tap_unobserve(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_OBSERVER_H */
