/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: this host's PCI devices for a new domain
 */
#ifndef VFIO_TRACE_VIRT_NEW_HOST_H
#define VFIO_TRACE_VIRT_NEW_HOST_H

#include <glib.h>
#include <stdbool.h>

/**
 * struct VirtNewDevices: the host's PCI devices for a domain
 * @root: where the host's files are (see host_root()); NULL: on another machine
 * @force: also those that the host needs
 * @with_group: also the others of their IOMMU groups
 * @guests: HostPci: those for the guest, sorted by address
 * @others: HostPci: the others
 * @notes: texts for the user
 */
typedef struct VirtNewDevices {
    const char *root;
    bool force;
    bool with_group;
    GPtrArray *guests;
    GPtrArray *others;
    GPtrArray *notes;
} VirtNewDevices;

/**
 * virt_new_devices_find() - find the devices, and check them
 * @devices: the devices, with empty arrays
 * @hosts: their addresses in the format of virt_xml_host()
 * @error: where to store why the guest can't have one
 *
 * The checks are those of 'vfio-trace run'; there are none if the host is
 * another machine.
 */
bool virt_new_devices_find(VirtNewDevices *devices, const char *const *hosts,
                           GError **error);

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
