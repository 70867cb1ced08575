/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: uses of a PCI device: file systems, swap, and other users of its
 * disks
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_DISK_H
#define VFIO_TRACE_HOSTPCI_USE_DISK_H

#include "tools/host/use-internal.h"

extern const HostPciSubject host_pci_disks;

#endif /* VFIO_TRACE_HOSTPCI_USE_DISK_H */
