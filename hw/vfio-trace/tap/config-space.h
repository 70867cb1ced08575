/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: config space of a traced device
 */
#ifndef HW_VFIO_TRACE_TAP_CONFIG_SPACE_H
#define HW_VFIO_TRACE_TAP_CONFIG_SPACE_H

#include "hw/vfio-trace/tap/tap-internal.h"

/**
 * pci_tap_config_start() - intercept accesses to config space
 * @tap: the tap
 */
void pci_tap_config_start(PCITap *tap);

/**
 * pci_tap_config_stop() - stop intercepting them
 * @tap: the tap
 */
void pci_tap_config_stop(PCITap *tap);

#endif /* HW_VFIO_TRACE_TAP_CONFIG_SPACE_H */
