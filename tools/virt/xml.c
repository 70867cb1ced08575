/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser of a libvirt domain's XML (see xml.h); xml-enable.c and
 * xml-disable.c change it
 */
#include "tools/virt/xml.h"
#include "libpcidev/device.h"
#include "tools/virt/dom.h"

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

static char *property_value(const xmlNode *frontend, const char *name)
{
    return xml_get(dom_property(frontend, name), "value");
}

static void device_free(gpointer data)
{
    VirtXmlDevice *device = data;

    g_free(device->host);
    g_free(device->alias);
    g_free(device->driver);
    g_free(device->log);
    g_free(device->windows);
    g_free(device);
}

static VirtXmlDevice *inspect_device(xmlDoc *doc, const xmlNode *hostdev)
{
    VirtXmlDevice *device = g_new0(VirtXmlDevice, 1);
    const xmlNode *state = dom_state(doc);
    const xmlNode *frontend;

    device->host = dom_host(hostdev);
    device->alias = dom_alias(hostdev);
    frontend = dom_frontend(dom_override_device(doc, device->alias));
    device->driver = property_value(frontend, "driver");
    device->windows = property_value(frontend, "windows");
    device->log = property_value(frontend, "trace-file");
    device->by_us = !!dom_state_device(state, device->alias);
    if (!device->log) {
        g_autofree char *id = property_value(frontend, "trace-log");
        const xmlNode *log = dom_state_log(state);

        if (id && log && xml_is(log, "id", id)) {
            device->log = xml_get(log, "file");
        }
    }
    return device;
}

/* Return: USER:GROUP of <seclabel type='static' model='dac'><label> */
static char *dac_label(xmlDoc *doc)
{
    xmlNode *label = xml_child(xmlDocGetRootElement(doc), NULL, "seclabel");

    while (label && !xml_is(label, "model", "dac")) {
        label = xml_next(label);
    }
    return xml_content(xml_child(label, NULL, "label"));
}

VirtXmlInfo *virt_xml_inspect(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = dom_parse(xml, error);
    VirtXmlInfo *info;
    xmlNode *root;
    xmlNode *hostdev;

    if (!doc) {
        return NULL;
    }
    root = xmlDocGetRootElement(doc);
    info = g_new0(VirtXmlInfo, 1);
    info->type = xml_get(root, "type");
    info->arch = xml_get(xml_child(xml_child(root, NULL, "os"), NULL, "type"),
                         "arch");
    info->emulator = xml_content(xml_child(dom_devices(doc), NULL,
                                           "emulator"));
    info->emulator_was = xml_get(dom_state(doc), "emulator-was");
    info->dac_label = dac_label(doc);
    info->shared_log = xml_get(dom_state_log(dom_state(doc)), "file");
    info->devices = g_ptr_array_new_with_free_func(device_free);
    for (hostdev = dom_first_hostdev(doc); hostdev;
         hostdev = dom_next_hostdev(hostdev)) {
        g_ptr_array_add(info->devices, inspect_device(doc, hostdev));
    }
    return info;
}

void virt_xml_info_free(VirtXmlInfo *info)
{
    if (!info) {
        return;
    }
    g_free(info->type);
    g_free(info->arch);
    g_free(info->emulator);
    g_free(info->emulator_was);
    g_free(info->dac_label);
    g_free(info->shared_log);
    g_ptr_array_unref(info->devices);
    g_free(info);
}

char *virt_xml_format(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, error);

    return doc ? xml_text(doc) : NULL;
}
