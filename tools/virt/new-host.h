/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: this host's devices for a new domain
 */
#ifndef VFIO_TRACE_VIRT_NEW_HOST_H
#define VFIO_TRACE_VIRT_NEW_HOST_H

#include <glib.h>
#include <stdbool.h>

/**
 * struct VirtNewDevices: the host's devices for a domain
 * @root: where the host's files are (see host_root()); NULL: on another machine
 * @force: also those that the host needs
 * @with_group: also the others of their IOMMU groups
 * @guests: HostPci: those for the guest, sorted by address
 * @others: HostPci: the others
 * @usb: VirtUsb: USB devices for the guest
 * @notes: texts for the user
 */
typedef struct VirtNewDevices {
    const char *root;
    bool force;
    bool with_group;
    GPtrArray *guests;
    GPtrArray *others;
    GArray *usb;
    GPtrArray *notes;
} VirtNewDevices;

/**
 * virt_new_devices_find() - find the devices, and check them
 * @devices: the devices, with empty arrays
 * @hosts: addresses of the PCI devices in the format of virt_xml_host()
 * @usb: the USB devices, as host_usb_find() takes them, terminated by NULL; or
 *       NULL
 * @error: where to store why the guest can't have one
 *
 * The checks are those of 'vfio-trace run'; there are none if the host is
 * another machine.
 */
bool virt_new_devices_find(VirtNewDevices *devices, const char *const *hosts,
                           char **usb, GError **error);

/**
 * virt_new_devices_smbios() - read the host's names
 * @root: where the host's files are
 *
 * Serial numbers are not among them.
 *
 * Return: VirtSmbios, to be freed with g_ptr_array_unref()
 */
GPtrArray *virt_new_devices_smbios(const char *root);

#endif /* VFIO_TRACE_VIRT_NEW_HOST_H */
