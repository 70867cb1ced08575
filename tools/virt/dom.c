/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: access to a libvirt domain's XML, as far as tracing needs it (see
 * dom.h)
 */
#include "tools/virt/dom.h"
#include "libpcidev/device.h"

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

static gboolean is_pci(const xmlNode *node)
{
    if (xml_is_named(node, NULL, "hostdev")) {
        g_autofree char *mode = xml_get(node, "mode");

        return (!mode || !strcmp(mode, "subsystem")) &&
               xml_is(node, "type", "pci");
    }
    return xml_is_named(node, NULL, "interface") &&
           xml_is(node, "type", "hostdev");
}

/* Return: the first element at or after @node that is a PCI device */
static xmlNode *skip_others(xmlNode *node)
{
    while (node && !(is_pci(node) &&
                     dom_host_domain(node) <= HOST_PCI_DOMAIN_MAX)) {
        node = node->next;
    }
    return node;
}

xmlNode *dom_first_hostdev(xmlDoc *doc)
{
    return skip_others(dom_devices(doc)->children);
}

xmlNode *dom_next_hostdev(const xmlNode *hostdev)
{
    return skip_others(hostdev->next);
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

/* Characters that libvirt permits in a user's alias */
#define ALIAS_CHARS \
    G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-"

/* Parse a number in any base, by its prefix, as libvirt does. */
static unsigned get_number(const xmlNode *address, const char *name)
{
    g_autofree char *text = xml_get(address, name);

    return text ? MIN(g_ascii_strtoull(text, NULL, 0), G_MAXUINT) : 0;
}

static xmlNode *source_address(const xmlNode *hostdev)
{
    return xml_child(xml_child(hostdev, NULL, "source"), NULL, "address");
}

guint64 dom_host_domain(const xmlNode *hostdev)
{
    return get_number(source_address(hostdev), "domain");
}

char *dom_host(const xmlNode *hostdev)
{
    xmlNode *address = source_address(hostdev);

    return g_strdup_printf("%04x:%02x:%02x.%x", get_number(address, "domain"),
                           get_number(address, "bus"),
                           get_number(address, "slot"),
                           get_number(address, "function"));
}

char *dom_alias(const xmlNode *hostdev)
{
    char *name = xml_get(xml_child(hostdev, NULL, "alias"), "name");

    /* libvirt ignores others, and creates its own aliases at each start */
    if (name && (!g_str_has_prefix(name, "ua-") ||
                 strspn(name, ALIAS_CHARS) != strlen(name))) {
        g_clear_pointer(&name, g_free);
    }
    return name;
}

char *dom_network(const xmlNode *interface)
{
    return xml_is(interface, "type", "network") ?
           xml_get(xml_child(interface, NULL, "source"), "network") : NULL;
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

/* Return: the first @name in @section or in one after it */
static xmlNode *first_in(const xmlNode *section, const char *name)
{
    xmlNode *node = NULL;

    for (; section && !node; section = xml_next(section)) {
        node = xml_child(section, QEMU_NS, name);
    }
    return node;
}

/* Return: the next element of its name in this section or in one after it */
static xmlNode *next_in(const xmlNode *node)
{
    xmlNode *next = xml_next(node);

    return next ? next : first_in(xml_next(node->parent),
                                  (const char *)node->name);
}

xmlNode *dom_first_override(xmlDoc *doc)
{
    return first_in(dom_override(doc), "device");
}

xmlNode *dom_next_override(const xmlNode *override_device)
{
    return next_in(override_device);
}

xmlNode *dom_override_device(xmlDoc *doc, const char *alias)
{
    xmlNode *device = alias ? dom_first_override(doc) : NULL;

    while (device && !xml_is(device, "alias", alias)) {
        device = dom_next_override(device);
    }
    return device;
}

xmlNode *dom_frontend(const xmlNode *override_device)
{
    return xml_child(override_device, QEMU_NS, "frontend");
}

xmlNode *dom_property(const xmlNode *frontend, const char *name)
{
    return find(xml_child(frontend, QEMU_NS, "property"), "name", name);
}

xmlNode *dom_override_property(xmlDoc *doc, const char *alias,
                               const char *name)
{
    xmlNode *device = alias ? dom_first_override(doc) : NULL;
    xmlNode *found = NULL;

    for (; device; device = dom_next_override(device)) {
        xmlNode *frontend = xml_is(device, "alias", alias) ?
                            dom_frontend(device) : NULL;

        for (; frontend; frontend = xml_next(frontend)) {
            xmlNode *property = dom_property(frontend, name);

            for (; property; property = find(xml_next(property), "name",
                                             name)) {
                found = property;
            }
        }
    }
    return found;
}

xmlNode *dom_first_arg(xmlDoc *doc)
{
    return first_in(xml_child(xmlDocGetRootElement(doc), QEMU_NS,
                              "commandline"), "arg");
}

xmlNode *dom_next_arg(const xmlNode *arg)
{
    return next_in(arg);
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

xmlNode *dom_state_pool(const xmlNode *state, const char *network)
{
    return find(xml_child(state, STATE_NS, "pool"), "network", network);
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
