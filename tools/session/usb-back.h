/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: gives USB devices back to the host's drivers
 */
#ifndef VFIO_TRACE_SESSION_USB_BACK_H
#define VFIO_TRACE_SESSION_USB_BACK_H

#include <glib.h>

/**
 * usb_give_back() - let the host's drivers take a device again
 * @root: as in host/pci.h
 * @name: the device's name in sysfs
 *
 * QEMU does that itself when it closes the device, unless it was killed.  Does
 * nothing for interfaces that have a driver, or if the device is gone.
 */
void usb_give_back(const char *root, const char *name);

#endif /* VFIO_TRACE_SESSION_USB_BACK_H */
