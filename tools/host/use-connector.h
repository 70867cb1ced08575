/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: connectors that show the host's picture
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_CONNECTOR_H
#define VFIO_TRACE_HOSTPCI_USE_CONNECTOR_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_connectors;

#endif /* VFIO_TRACE_HOSTPCI_USE_CONNECTOR_H */
