/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: keyboards and mice
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_INPUT_H
#define VFIO_TRACE_HOSTPCI_USE_INPUT_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_inputs;

#endif /* VFIO_TRACE_HOSTPCI_USE_INPUT_H */
