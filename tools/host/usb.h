/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: USB devices of the host
 */
#ifndef VFIO_TRACE_HOST_USB_H
#define VFIO_TRACE_HOST_USB_H

#include "tools/host/use.h"

/**
 * struct HostUsb: a USB device
 * @name: its name in sysfs, which says where it is connected: "1-4.2"
 * @path: its directory in sysfs, without links in it
 * @node: its device node, with the root that was given to host_usb_find()
 * @vendor: vendor ID
 * @product: product ID
 * @title: what it says of itself; may be "". Use tool_printable() before it is
 *      shown.
 * @hub: it is a hub
 */
typedef struct HostUsb {
    char *name;
    char *path;
    char *node;
    unsigned vendor;
    unsigned product;
    char *title;
    bool hub;
} HostUsb;

/**
 * host_usb_find() - find a USB device
 * @root: as in host/pci.h
 * @word: where it is connected: "1.4.2", or as in sysfs "1-4.2"; or its IDs:
 *        "046d:c077"
 * @error: where to store why not; with several devices of these IDs, it lists
 *         them
 *
 * Return: the device, to be freed; or NULL
 */
HostUsb *host_usb_find(const char *root, const char *word, GError **error);

/**
 * host_usb_uses() - find the host's uses of a device
 * @survey: the host
 * @usb: the device
 * @with: HostPci: devices that are taken at the same time, or NULL
 *
 * Return: an array of HostPciUse, to be freed with g_ptr_array_unref()
 */
GPtrArray *host_usb_uses(const HostPciSurvey *survey, const HostUsb *usb,
                         const GPtrArray *with);

/**
 * host_usb_is_below() - is a USB device connected to a PCI device?
 * @usb: the USB device
 * @dev: the PCI device
 */
bool host_usb_is_below(const HostUsb *usb, const HostPci *dev);

/**
 * host_usb_is_name() - can a text be a device's name in sysfs?
 * @text: the text
 */
bool host_usb_is_name(const char *text);

/**
 * host_usb_free() - free a device
 * @usb: the device, or NULL
 */
void host_usb_free(HostUsb *usb);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostUsb, host_usb_free)

#endif /* VFIO_TRACE_HOST_USB_H */
