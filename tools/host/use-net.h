/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: network interfaces that the host uses
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_NET_H
#define VFIO_TRACE_HOSTPCI_USE_NET_H

#include "tools/host/use-internal.h"

/**
 * host_pci_find_networks() - find interfaces with a default route or a link
 * @user: the search
 */
void host_pci_find_networks(HostPciUser *user);

#endif /* VFIO_TRACE_HOSTPCI_USE_NET_H */
