/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: watchdogs, management controllers,
 * Thunderbolt, mediated devices
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_SERVICE_H
#define VFIO_TRACE_HOSTPCI_USE_SERVICE_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_services;

#endif /* VFIO_TRACE_HOSTPCI_USE_SERVICE_H */
