/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: addresses and the format of a libvirt domain's XML (see xml.h);
 * xml-inspect.c parses it, xml-enable.c and xml-disable.c change it
 */
#include "tools/virt/xml.h"
#include "libpcidev/device.h"
#include "tools/virt/xml-edit.h"

#include <gio/gio.h>

char *virt_xml_host(const char *text)
{
    return host_pci_parse_bdf(text, NULL);
}

bool virt_xml_check_domain(const char *host, GError **error)
{
    if (host_pci_domain(host) > HOST_PCI_DOMAIN_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "QEMU takes addresses with a PCI domain of up to %x, but %s is in domain %x: if it is behind an Intel VMD controller, switch VMD off in the firmware's setup, or give the guest the whole controller",
                    HOST_PCI_DOMAIN_MAX, host, host_pci_domain(host));
        return false;
    }
    return true;
}

char *virt_xml_format(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, error);

    return doc ? xml_text(doc) : NULL;
}
