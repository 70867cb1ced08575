/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's uses of a PCI device
 *
 * Sources: /proc/self/mountinfo and /proc/swaps (proc(5)), /sys/dev/block,
 * /sys/class/block/NAME/slaves, /sys/fs/btrfs, /proc/net/route,
 * /proc/net/ipv6_route, /sys/class/net/NAME (Documentation/ABI/testing/
 * sysfs-class-net), /sys/class/drm, /proc/PID/fd.
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_H
#define VFIO_TRACE_HOSTPCI_USE_H

#include "tools/host/pci.h"
#include "tools/host/use-types.h"

/**
 * host_pci_uses() - find the host's uses of a device
 * @root: as in pci.h
 * @dev: the device
 *
 * A device that is bound to VFIO already is not used by the host. Only root can
 * see which programs of other users have a device open, and whether the kernel
 * has claimed a disk for other uses (ZFS, an exported target).
 *
 * Return: an array of HostPciUse, to be freed with g_ptr_array_unref()
 */
GPtrArray *host_pci_uses(const char *root, const HostPci *dev);

/**
 * host_pci_needed() - find a use that the host needs
 * @uses: what host_pci_uses() returned
 *
 * Return: the first such use, or NULL
 */
const HostPciUse *host_pci_needed(const GPtrArray *uses);

#endif /* VFIO_TRACE_HOSTPCI_USE_H */
