/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names and files of PCI devices
 *
 * libpcidev/device.h reads the devices themselves; its @root is host_root().
 */
#ifndef VFIO_TRACE_HOST_PCI_H
#define VFIO_TRACE_HOST_PCI_H

#include "libpcidev/device.h"
#include "libpcidev/group.h"

/**
 * host_pci_is_display() - is a device a graphics device (VGA, 3D or other)?
 * @dev: the device
 */
bool host_pci_is_display(const HostPci *dev);

/**
 * host_pci_class_name() - get the name of a device's class
 * @dev: the device
 *
 * Return: a constant text
 */
const char *host_pci_class_name(const HostPci *dev);

/**
 * host_pci_ids() - get a device's vendor and device ID as text
 * @dev: the device
 *
 * Return: "10de:1b80", or "unknown"; to be freed
 */
char *host_pci_ids(const HostPci *dev);

/**
 * host_pci_vfio_node() - get the VFIO file of a device's IOMMU group
 * @root: as in libpcidev/device.h
 * @dev: the device
 *
 * Return: the path, to be freed; or NULL if the device is in no group
 */
char *host_pci_vfio_node(const char *root, const HostPci *dev);

/**
 * host_pci_is_memory() - does a BAR have memory, and no registers?
 * @dev: the device
 * @n: the BAR
 *
 * Decided as windows=registers does (pci_window_is_memory()).
 */
bool host_pci_is_memory(const HostPci *dev, unsigned n);

/**
 * host_pci_homeless() - list the BARs that have no address on the host
 * @dev: the device
 *
 * The kernel enables no device that has such a BAR (pci_enable_resources()), so
 * VFIO can't open it.
 *
 * Return: " 1 3", to be freed; or NULL if there is none
 */
char *host_pci_homeless(const HostPci *dev);

#endif /* VFIO_TRACE_HOST_PCI_H */
