/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: search for the program that has a device open by VFIO
 */
#ifndef VFIO_TRACE_BIND_HOLDER_H
#define VFIO_TRACE_BIND_HOLDER_H

#include "tools/host/pci.h"

/**
 * bind_holder() - find a program that has a device's VFIO file open
 * @root: as in host/pci.h
 * @dev: the device
 *
 * The file is that of the device's IOMMU group, or the device's own file below
 * /dev/vfio/devices.
 *
 * Return: "qemu-system-x86_64 (process 1234)", to be freed; or NULL
 */
char *bind_holder(const char *root, const HostPci *dev);

#endif /* VFIO_TRACE_BIND_HOLDER_H */
