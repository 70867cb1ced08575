/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: access to a libvirt domain's XML, as far as tracing needs it (see
 * dom.h)
 */
#include "tools/virt/dom.h"

#include <gio/gio.h>
#include <string.h>

xmlDoc *dom_parse(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, error);

    if (!doc) {
        return NULL;
    }
    if (strcmp((const char *)xmlDocGetRootElement(doc)->name, "domain") ||
        !dom_devices(doc)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "this XML is not a libvirt domain");
        return NULL;
    }
    return g_steal_pointer(&doc);
}

xmlNode *dom_devices(xmlDoc *doc)
{
    return xml_child(xmlDocGetRootElement(doc), NULL, "devices");
}

/* Return: the first <hostdev> at or after @node that is a PCI device */
static xmlNode *skip_others(xmlNode *node)
{
    while (node && !(xml_is(node, "mode", "subsystem") &&
                     xml_is(node, "type", "pci"))) {
        node = xml_next(node);
    }
    return node;
}

xmlNode *dom_first_hostdev(xmlDoc *doc)
{
    return skip_others(xml_child(dom_devices(doc), NULL, "hostdev"));
}

xmlNode *dom_next_hostdev(const xmlNode *hostdev)
{
    return skip_others(xml_next(hostdev));
}

xmlNode *dom_hostdev_by_alias(xmlDoc *doc, const char *alias)
{
    xmlNode *hostdev;

    for (hostdev = dom_first_hostdev(doc); hostdev;
         hostdev = dom_next_hostdev(hostdev)) {
        g_autofree char *own = dom_alias(hostdev);

        if (own && !g_strcmp0(own, alias)) {
            break;
        }
    }
    return hostdev;
}

/* Parse a number in any base, by its prefix, as libvirt does. */
static unsigned get_number(const xmlNode *address, const char *name)
{
    g_autofree char *text = xml_get(address, name);

    return text ? g_ascii_strtoull(text, NULL, 0) : 0;
}

char *dom_host(const xmlNode *hostdev)
{
    xmlNode *address = xml_child(xml_child(hostdev, NULL, "source"), NULL,
                                 "address");

    return g_strdup_printf("%04x:%02x:%02x.%x", get_number(address, "domain"),
                           get_number(address, "bus"),
                           get_number(address, "slot"),
                           get_number(address, "function"));
}

char *dom_alias(const xmlNode *hostdev)
{
    char *name = xml_get(xml_child(hostdev, NULL, "alias"), "name");

    /* libvirt creates its own aliases at each start */
    if (name && !g_str_has_prefix(name, "ua-")) {
        g_clear_pointer(&name, g_free);
    }
    return name;
}

/* Return: the first element at or after @node whose @attribute is @value */
static xmlNode *find(xmlNode *node, const char *attribute, const char *value)
{
    while (node && !xml_is(node, attribute, value)) {
        node = xml_next(node);
    }
    return node;
}

xmlNode *dom_override(xmlDoc *doc)
{
    return xml_child(xmlDocGetRootElement(doc), QEMU_NS, "override");
}

xmlNode *dom_override_device(xmlDoc *doc, const char *alias)
{
    return alias ? find(xml_child(dom_override(doc), QEMU_NS, "device"),
                        "alias", alias) : NULL;
}

xmlNode *dom_frontend(const xmlNode *override_device)
{
    return xml_child(override_device, QEMU_NS, "frontend");
}

xmlNode *dom_property(const xmlNode *frontend, const char *name)
{
    return find(xml_child(frontend, QEMU_NS, "property"), "name", name);
}

xmlNode *dom_state(xmlDoc *doc)
{
    return xml_child(xml_child(xmlDocGetRootElement(doc), NULL, "metadata"),
                     STATE_NS, "traced");
}

xmlNode *dom_state_log(const xmlNode *state)
{
    return xml_child(state, STATE_NS, "log");
}

xmlNode *dom_state_device(const xmlNode *state, const char *alias)
{
    return alias ? find(xml_child(state, STATE_NS, "device"), "alias",
                        alias) : NULL;
}

void dom_add_word(xmlNode *node, const char *attribute, const char *word)
{
    g_autofree char *old = xml_get(node, attribute);
    g_autofree char *new = old && *old ? g_strconcat(old, " ", word, NULL) :
                           g_strdup(word);

    xml_set(node, attribute, new);
}

gboolean dom_has_word(const xmlNode *node, const char *attribute,
                      const char *word)
{
    g_autofree char *text = xml_get(node, attribute);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);

    return g_strv_contains((const char *const *)words, word);
}
