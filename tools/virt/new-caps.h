/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: capabilities of a QEMU, as libvirt describes them
 */
#ifndef VFIO_TRACE_VIRT_NEW_CAPS_H
#define VFIO_TRACE_VIRT_NEW_CAPS_H

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

/**
 * virt_new_caps_lists() - is a value among those of a capability?
 * @caps: <domainCapabilities>
 * @section: "os", "devices" or "features"
 * @name: the element in it; NULL for the section itself
 * @list: name of the list in that
 * @value: the value
 *
 * True if libvirt says nothing of the list.
 */
bool virt_new_caps_lists(xmlDoc *caps, const char *section, const char *name,
                         const char *list, const char *value);

/**
 * virt_new_caps_hyperv() - choose Hyper-V's features for Windows
 * @caps: <domainCapabilities>
 * @missing: where to store the names of those that KVM lacks, or NULL if it has
 *           all; to be freed
 *
 * They are those of 'vfio-trace run'.
 *
 * Return: libvirt's names, terminated by NULL; to be freed with g_strfreev()
 */
char **virt_new_caps_hyperv(xmlDoc *caps, char **missing);

#endif /* VFIO_TRACE_VIRT_NEW_CAPS_H */
