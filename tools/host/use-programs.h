/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: programs that have the device open
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_PROGRAMS_H
#define VFIO_TRACE_HOSTPCI_USE_PROGRAMS_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_programs;

#endif /* VFIO_TRACE_HOSTPCI_USE_PROGRAMS_H */
