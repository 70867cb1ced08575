/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: what comes over its network interfaces
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_CARRIER_H
#define VFIO_TRACE_HOSTPCI_USE_CARRIER_H

#include "tools/host/use-internal.h"

/**
 * struct HostPciCarrier: the interfaces that something comes over
 * @set: HostInterface: they are known
 * @unknown: others may be meant: then all with a link count
 */
typedef struct HostPciCarrier {
    GHashTable *set;
    bool unknown;
} HostPciCarrier;

/**
 * host_pci_carrier_new() - make an empty HostPciCarrier
 */
HostPciCarrier *host_pci_carrier_new(void);

/**
 * host_pci_carrier_free() - free it
 * @carrier: what to free, or NULL
 */
void host_pci_carrier_free(HostPciCarrier *carrier);

/**
 * host_pci_carrier_add() - add the interfaces by which a server is reached
 * @carrier: what to add to
 * @net: the network
 * @address: the server's address, or NULL if it is not known
 */
void host_pci_carrier_add(HostPciCarrier *carrier, const HostNet *net,
                          const char *address);

/**
 * host_pci_carried() - is one of the interfaces a part of the device?
 * @user: the search
 * @carrier: the interfaces
 * @need: where to store whether the host needs it: not if an interface of
 *      another device has a link, too
 *
 * Return: the interface of the device, or NULL
 */
const HostInterface *host_pci_carried(const HostPciUser *user,
                                      const HostPciCarrier *carrier,
                                      HostPciNeed *need);

#endif /* VFIO_TRACE_HOSTPCI_USE_CARRIER_H */
