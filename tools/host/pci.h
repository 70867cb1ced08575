/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what the tool says of PCI devices
 *
 * The facts are libpcidev's (libpcidev/device.h), with host_root() as @root.
 */
#ifndef VFIO_TRACE_HOST_PCI_H
#define VFIO_TRACE_HOST_PCI_H

#include "libpcidev/device.h"

/**
 * host_pci_is_display() - VGA, 3D or another kind of graphics?
 * @dev: the device
 */
bool host_pci_is_display(const HostPci *dev);

/**
 * host_pci_class_name() - what kind of device it is, in words
 * @dev: the device
 *
 * Return: a constant text
 */
const char *host_pci_class_name(const HostPci *dev);

/**
 * host_pci_vfio_node() - the file by which its group is opened
 * @root: as in libpcidev/device.h
 * @dev: the device
 *
 * Return: the path, to be freed; or NULL if it is in no group
 */
char *host_pci_vfio_node(const char *root, const HostPci *dev);

#endif /* VFIO_TRACE_HOST_PCI_H */
