/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a traced device, as <qemu:override> wants them
 *
 * libvirt hands the device to QEMU as JSON, so each property has to have the
 * type that QEMU gives it.
 */
#ifndef VFIO_TRACE_VIRT_XML_OPTIONS_H
#define VFIO_TRACE_VIRT_XML_OPTIONS_H

#include <glib.h>

/**
 * struct VirtXmlOption: a property
 * @name: of vfio-pci-trace
 * @type: libvirt's word for its type; static
 * @value: as libvirt wants it
 */
typedef struct VirtXmlOption {
    char *name;
    const char *type;
    char *value;
} VirtXmlOption;

/**
 * virt_xml_options_parse() - understand K=V,K=V
 * @text: the text, or NULL for none
 * @error: where to store which of them is wrong
 *
 * Return: VirtXmlOption, to be freed with g_ptr_array_unref(); NULL after an
 *         error
 */
GPtrArray *virt_xml_options_parse(const char *text, GError **error);

#endif /* VFIO_TRACE_VIRT_XML_OPTIONS_H */
