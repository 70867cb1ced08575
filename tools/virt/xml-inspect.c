/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser of a libvirt domain's XML (see xml.h)
 */
#include "tools/virt/xml.h"
#include "tools/virt/alias.h"
#include "tools/virt/dom.h"
#include "tools/virt/other.h"

static char *property_value(xmlDoc *doc, const char *alias, const char *name)
{
    return xml_get(dom_override_property(doc, alias, name), "value");
}

static void device_free(gpointer data)
{
    VirtXmlDevice *device = data;

    g_free(device->host);
    g_free(device->mac);
    g_free(device->alias);
    g_free(device->driver);
    g_free(device->log);
    g_free(device->windows);
    g_free(device);
}

/*
 * Return: the name by which overrides refer to the device.  In the XML of a
 * running domain, it is there; otherwise, it is what libvirt will choose.
 */
static char *override_name(xmlDoc *doc, const xmlNode *hostdev,
                           const GPtrArray *aliases)
{
    g_autofree char *id = xml_get(xmlDocGetRootElement(doc), "id");
    char *now = id ? xml_get(xml_child(hostdev, NULL, "alias"), "name") :
                NULL;

    return now ? now : g_strdup(virt_alias_of(aliases, hostdev));
}

static VirtXmlDevice *inspect_device(xmlDoc *doc, const xmlNode *hostdev,
                                     const GPtrArray *aliases)
{
    g_autofree char *name = override_name(doc, hostdev, aliases);
    VirtXmlDevice *device = g_new0(VirtXmlDevice, 1);
    const xmlNode *state = dom_state(doc);

    device->host = dom_host(hostdev);
    device->mac = xml_get(xml_child(hostdev, NULL, "mac"), "address");
    device->alias = dom_alias(hostdev);
    device->driver = property_value(doc, name, "driver");
    device->windows = property_value(doc, name, "windows");
    device->log = property_value(doc, name, "trace-file");
    device->by_us = !!dom_state_device(state, device->alias);
    if (!device->log) {
        g_autofree char *id = property_value(doc, name, "trace-log");
        const xmlNode *log = dom_state_log(state);

        if (id && log && xml_is(log, "id", id)) {
            device->log = xml_get(log, "file");
        }
    }
    return device;
}

static char **inspect_networks(xmlDoc *doc)
{
    GPtrArray *names = g_ptr_array_new();
    const xmlNode *node = xml_child(dom_devices(doc), NULL, "interface");

    for (; node; node = xml_next(node)) {
        char *name = dom_network(node);

        if (name) {
            g_ptr_array_add(names, name);
        }
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

gboolean virt_xml_is_pool(const char *xml)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, NULL);

    return doc && xml_is(xml_child(xmlDocGetRootElement(doc), NULL,
                                   "forward"), "mode", "hostdev");
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
    return virt_xml_inspect_pools(xml, NULL, error);
}

VirtXmlInfo *virt_xml_inspect_pools(const char *xml, const char *const *pools,
                                    GError **error)
{
    g_autoptr(GPtrArray) aliases = NULL;
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
    info->others = virt_other_all(doc, pools);
    info->networks = inspect_networks(doc);
    aliases = virt_alias_all(doc, pools);
    for (hostdev = dom_first_hostdev(doc); hostdev;
         hostdev = dom_next_hostdev(hostdev)) {
        g_ptr_array_add(info->devices,
                        inspect_device(doc, hostdev, aliases));
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
    g_ptr_array_unref(info->others);
    g_strfreev(info->networks);
    g_free(info);
}
