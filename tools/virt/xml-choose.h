/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: choice of a domain's devices to trace
 */
#ifndef VFIO_TRACE_VIRT_XML_CHOOSE_H
#define VFIO_TRACE_VIRT_XML_CHOOSE_H

#include <glib.h>
#include <libxml/tree.h>

#include "tools/virt/xml.h"

/**
 * virt_xml_choose() - get the devices that are to be traced
 * @doc: the domain
 * @request: the caller's request
 * @error: where to store why a device can't be traced
 *
 * Return: xmlNode: the selected elements, each once; check @error for a failure
 */
GPtrArray *virt_xml_choose(xmlDoc *doc, const VirtXmlRequest *request,
                           GError **error);

/**
 * virt_xml_check_options() - check that the options are for chosen devices
 * @options: VirtXmlOption: the options
 * @chosen: of virt_xml_choose()
 * @error: where to store which option is not
 */
gboolean virt_xml_check_options(const GPtrArray *options,
                                const GPtrArray *chosen, GError **error);

#endif /* VFIO_TRACE_VIRT_XML_CHOOSE_H */
