/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: file systems of servers, netconsole
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_REMOTE_H
#define VFIO_TRACE_HOSTPCI_USE_REMOTE_H

#include "tools/host/use-internal.h"

typedef struct HostPciRemotes HostPciRemotes;

/**
 * host_pci_remotes_new() - read what comes over the network
 * @at: the host
 */
HostPciRemotes *host_pci_remotes_new(const HostPciPlaces *at);

/**
 * host_pci_remotes_find() - find what comes over the device's interfaces
 * @user: the search
 * @remotes: what comes over the network
 */
void host_pci_remotes_find(HostPciUser *user, const HostPciRemotes *remotes);

/**
 * host_pci_remotes_free() - free what host_pci_remotes_new() returned
 * @remotes: what to free
 */
void host_pci_remotes_free(HostPciRemotes *remotes);

#endif /* VFIO_TRACE_HOSTPCI_USE_REMOTE_H */
