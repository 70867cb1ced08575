/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: what needs its network interfaces
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_NET_H
#define VFIO_TRACE_HOSTPCI_USE_NET_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_networks;

#endif /* VFIO_TRACE_HOSTPCI_USE_NET_H */
