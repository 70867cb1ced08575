/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: the displays that a device drives
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_DISPLAY_H
#define VFIO_TRACE_HOSTPCI_USE_DISPLAY_H

#include "tools/host/use-internal.h"

/* In the paths of the firmware's platform devices: simple-framebuffer.0 */
#define HOST_PCI_FIRMWARE_FB "-framebuffer."

extern const HostPciSubject host_pci_displays;

#endif /* VFIO_TRACE_HOSTPCI_USE_DISPLAY_H */
