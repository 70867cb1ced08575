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
 * @host: address on the host of the device that has it; NULL for all devices
 *        that have no value of their own
 * @name: name of a property of vfio-pci-trace
 * @type: libvirt's name of its type; a static string
 * @value: its value in libvirt's format
 */
typedef struct VirtXmlOption {
    char *host;
    char *name;
    const char *type;
    char *value;
} VirtXmlOption;

/**
 * virt_xml_options_parse() - parse what the user says of devices
 * @windows: values of windows=, terminated by NULL; or NULL for none
 * @words: K=V,K=V each, terminated by NULL; or NULL for none
 * @error: where to store the error, which names the wrong property
 *
 * Each may begin with a device's address and a colon: 01:00.0:start=off.
 *
 * Return: VirtXmlOption, to be freed with g_ptr_array_unref(); NULL after an
 *         error
 */
GPtrArray *virt_xml_options_parse(const char *const *windows,
                                  const char *const *words, GError **error);

/**
 * virt_xml_options_of() - get the properties of a device
 * @options: result of virt_xml_options_parse()
 * @host: the device's address on the host
 *
 * Return: those of @options, to be freed with g_ptr_array_unref()
 */
GPtrArray *virt_xml_options_of(const GPtrArray *options, const char *host);

#endif /* VFIO_TRACE_VIRT_XML_OPTIONS_H */
