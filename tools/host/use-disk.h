/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: disks that the host uses
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_DISK_H
#define VFIO_TRACE_HOSTPCI_USE_DISK_H

#include "tools/host/use-internal.h"

/**
 * host_pci_find_disks() - find file systems, swap, and other users of a disk
 * @user: the search
 */
void host_pci_find_disks(HostPciUser *user);

#endif /* VFIO_TRACE_HOSTPCI_USE_DISK_H */
