/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: description and checks of a host device
 *
 * libpcidev reads the device's files in sysfs (libpcidev/device.h).
 */
#ifndef HW_VFIO_TRACE_HOSTDEV_H
#define HW_VFIO_TRACE_HOSTDEV_H

#include "libmmiotrace/format.h"

/**
 * hostdev_describe() - read a device's identity and resources from sysfs
 * @sysfsdev: its directory, /sys/bus/pci/devices/DDDD:BB:DD.F or a link to it
 * @dev: filled in, except for the driver's name
 * @errp: error that names the attribute that can't be read
 *
 * Return: the device's address "DDDD:BB:DD.F", to be freed, or NULL on error;
 * also NULL, without an error, for a mediated device, which is not a PCI device
 */
char *hostdev_describe(const char *sysfsdev, MmtPciDev *dev, Error **errp);

/**
 * hostdev_check_vfio() - can VFIO use this device?
 * @sysfsdev: as above
 * @errp: error with the obstacle and a remedy
 *
 * Checks for the usual causes of failure, as QEMU's own errors only name a path
 * or an errno.
 *
 * Return: true if no obstacle was found
 */
bool hostdev_check_vfio(const char *sysfsdev, Error **errp);

#endif /* HW_VFIO_TRACE_HOSTDEV_H */
