/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the host itself needs a PCI device for
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
 * host_pci_uses() - what does the host use a device for?
 * @root: as in pci.h
 * @dev: the device
 *
 * A device that VFIO has already is not used by the host. Which programs have
 * a device open, only root is told; and whether the kernel holds a disk for
 * something that is none of the above (ZFS, a target that is exported), too.
 *
 * Return: an array of HostPciUse, to be freed with g_ptr_array_unref()
 */
GPtrArray *host_pci_uses(const char *root, const HostPci *dev);

/**
 * host_pci_needed() - is there a use that the host can't do without?
 * @uses: what host_pci_uses() returned
 *
 * Return: the first such use, or NULL
 */
const HostPciUse *host_pci_needed(const GPtrArray *uses);

#endif /* VFIO_TRACE_HOSTPCI_USE_H */
