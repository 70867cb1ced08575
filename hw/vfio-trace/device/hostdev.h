/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a host device for PCIDEV lines and for VFIO
 *
 * What sysfs says of it is libpcidev's to read (libpcidev/device.h).
 */
#ifndef HW_VFIO_TRACE_HOSTDEV_H
#define HW_VFIO_TRACE_HOSTDEV_H

#include "libmmiotrace/format.h"

/**
 * hostdev_describe() - read a device's identity and resources from sysfs
 * @sysfsdev: its directory, /sys/bus/pci/devices/DDDD:BB:DD.F or a link to it
 * @dev: filled in, but for the driver's name
 * @errp: error that names the attribute that can't be read
 *
 * Return: the device's address "DDDD:BB:DD.F", to be freed, or NULL; NULL
 * without an error where @sysfsdev is no PCI device (a mediated device)
 */
char *hostdev_describe(const char *sysfsdev, MmtPciDev *dev, Error **errp);

/**
 * hostdev_check_vfio() - can VFIO use this device?
 * @sysfsdev: as above
 * @errp: error that says what is in the way and what to do about it
 *
 * QEMU's own errors name a path or an errno; the usual causes are few.
 *
 * Return: true if nothing is known to be in the way
 */
bool hostdev_check_vfio(const char *sysfsdev, Error **errp);

#endif /* HW_VFIO_TRACE_HOSTDEV_H */
