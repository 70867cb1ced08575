/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: what the members of an IOMMU group mean for a device
 *
 * VFIO requires that each device of a group is bound to a VFIO driver, to a
 * driver that never starts DMA by itself, or to none (driver_managed_dma in the
 * kernel's drivers; Documentation/driver-api/vfio.rst).
 */
#ifndef LIBPCIDEV_GROUP_H
#define LIBPCIDEV_GROUP_H

#include "libpcidev/device.h"

/**
 * enum HostPciMember - a member of a group, seen from a device that a guest is
 * to have
 * @HOST_PCI_MEMBER_FREE: VFIO allows its driver, or it has none
 * @HOST_PCI_MEMBER_TAKE: it must be taken from its driver
 * @HOST_PCI_MEMBER_LEAVES: it is removed with the device's driver: the device
 *      is its parent or its physical function
 * @HOST_PCI_MEMBER_BLOCKS: its driver keeps VFIO from the group, and it can't
 *      be taken: it is a bridge, or the device would be removed with its driver
 * @HOST_PCI_MEMBER_UNKNOWN: its driver could not be read
 */
typedef enum HostPciMember {
    HOST_PCI_MEMBER_FREE,
    HOST_PCI_MEMBER_TAKE,
    HOST_PCI_MEMBER_LEAVES,
    HOST_PCI_MEMBER_BLOCKS,
    HOST_PCI_MEMBER_UNKNOWN,
    HOST_PCI_MEMBERS
} HostPciMember;

/**
 * host_pci_hinders_group() - does the device prevent passthrough of its group?
 * @dev: a device of the group
 */
bool host_pci_hinders_group(const HostPci *dev);

/**
 * host_pci_depends() - is a device removed when another one loses its driver?
 * @dev: the device
 * @other: another device: its parent, at any distance, or physical function
 */
bool host_pci_depends(const HostPci *dev, const HostPci *other);

/**
 * host_pci_member() - find out what a member of the device's group means
 * @dev: the device
 * @member: another device of its IOMMU group
 */
HostPciMember host_pci_member(const HostPci *dev, const HostPci *member);

/**
 * host_pci_leaves() - is a device removed with one of others?
 * @dev: the device
 * @taken: HostPci: the devices that lose their drivers
 */
bool host_pci_leaves(const HostPci *dev, const GPtrArray *taken);

/**
 * host_pci_drop_leaving() - drop devices that are removed with others of them
 * @taken: HostPci: the devices that lose their drivers
 */
void host_pci_drop_leaving(GPtrArray *taken);

/**
 * host_pci_parent() - get the PCI device that a device is behind
 * @dev: the device
 *
 * Return: its address, to be freed; or NULL if the device is on a root bus
 */
char *host_pci_parent(const HostPci *dev);

/**
 * host_pci_domain_parent() - get the PCI device that has made a device's domain
 * @dev: the device
 *
 * Intel's VMD has a PCI domain of its own for the devices behind it.
 *
 * Return: its address, to be freed; or NULL if the firmware has made the domain
 */
char *host_pci_domain_parent(const HostPci *dev);

/**
 * host_pci_group_gap() - find members of a group that host_pci_group() lacks
 * @root: see device.h
 * @dev: a device of the group
 * @blocks: set if one of them is known to keep VFIO from the group
 *
 * Return: why the members are not all known, to be freed; or NULL if they are
 */
char *host_pci_group_gap(const char *root, const HostPci *dev, bool *blocks);

#endif /* LIBPCIDEV_GROUP_H */
