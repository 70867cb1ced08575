/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: serial consoles
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_CONSOLE_H
#define VFIO_TRACE_HOSTPCI_USE_CONSOLE_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_consoles;

#endif /* VFIO_TRACE_HOSTPCI_USE_CONSOLE_H */
