/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a traced device for <qemu:override>
 *
 * libvirt passes the device to QEMU as JSON, so each property must have the
 * type that it has in QEMU.
 */
#ifndef VFIO_TRACE_VIRT_XML_OPTIONS_H
#define VFIO_TRACE_VIRT_XML_OPTIONS_H

#include <glib.h>

/**
 * struct VirtXmlOption: a property
 * @name: name of a property of vfio-pci-trace
 * @type: libvirt's name of its type; a static string
 * @value: its value in libvirt's format
 */
typedef struct VirtXmlOption {
    char *name;
    const char *type;
    char *value;
} VirtXmlOption;

/**
 * virt_xml_options_parse() - parse K=V,K=V
 * @text: the text, or NULL for no properties
 * @error: where to store the error, which names the wrong property
 *
 * Return: VirtXmlOption, to be freed with g_ptr_array_unref(); NULL after an
 *         error
 */
GPtrArray *virt_xml_options_parse(const char *text, GError **error);

#endif /* VFIO_TRACE_VIRT_XML_OPTIONS_H */
