/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: disks without a mounted file system
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_HELD_H
#define VFIO_TRACE_HOSTPCI_USE_HELD_H

#include "tools/host/use-internal.h"

typedef struct HostPciHeld HostPciHeld;

/**
 * host_pci_held_new() - read which pools of ZFS are imported
 * @at: the host
 */
HostPciHeld *host_pci_held_new(const HostPciPlaces *at);

/**
 * host_pci_held_find() - find disks that ZFS, LVM, RAID or others hold
 * @user: the search
 * @held: what was read
 */
void host_pci_held_find(HostPciUser *user, const HostPciHeld *held);

/**
 * host_pci_held_free() - free what host_pci_held_new() returned
 * @held: what to free
 */
void host_pci_held_free(HostPciHeld *held);

#endif /* VFIO_TRACE_HOSTPCI_USE_HELD_H */
