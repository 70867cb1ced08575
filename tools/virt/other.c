/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: host devices of a domain that can't be traced (see other.h)
 *
 * A table has the ways in which libvirt gives a host's device to a domain.
 */
#include "tools/virt/other.h"
#include "libpcidev/device.h"
#include "tools/virt/dom.h"
#include "tools/virt/other-args.h"

#include <string.h>

/* What to do in most cases */
#define AS_HOSTDEV \
    "<hostdev mode='subsystem' type='pci' managed='yes'>"

/* ---- how to name them: each returns NULL if the element is not meant -----*/

static char *other_attribute(const xmlNode *node, const char *child,
                             const char *name)
{
    return xml_get(xml_child(xml_child(node, NULL, "source"), NULL, child),
                   name);
}

static char *other_uuid(const xmlNode *node)
{
    return other_attribute(node, "address", "uuid");
}

static char *other_usb(const xmlNode *node)
{
    g_autofree char *vendor = other_attribute(node, "vendor", "id");
    g_autofree char *product = other_attribute(node, "product", "id");
    g_autofree char *bus = other_attribute(node, "address", "bus");
    g_autofree char *device = other_attribute(node, "address", "device");

    if (vendor && product) {
        return g_strdup_printf("USB %s:%s", vendor, product);
    }
    return bus && device ?
           g_strdup_printf("USB bus %s device %s", bus, device) :
           g_strdup("USB");
}

static char *other_scsi(const xmlNode *node)
{
    char *name = other_attribute(node, "adapter", "name");

    return name ? name : g_strdup("iSCSI");
}

static char *other_wwpn(const xmlNode *node)
{
    return xml_get(xml_child(node, NULL, "source"), "wwpn");
}

static char *other_dev(const xmlNode *node)
{
    return xml_get(xml_child(node, NULL, "source"), "dev");
}

static char *other_passthrough(const xmlNode *node)
{
    const xmlNode *source = xml_child(node, NULL, "source");

    return xml_is(source, "mode", "passthrough") ? xml_get(source, "dev") :
           NULL;
}

static char *other_mac(const xmlNode *node)
{
    return xml_get(xml_child(node, NULL, "mac"), "address");
}

/* An <interface> of a network, but only if the network has a pool of devices */
static char *other_pool(const xmlNode *node)
{
    g_autofree char *network = dom_network(node);
    g_autofree char *mac = other_mac(node);

    return network ? g_strdup_printf("network %s%s%s", network,
                                     mac ? ", MAC address " : "",
                                     mac ? mac : "") : NULL;
}

/* The others with such an address are traced. */
static char *other_far_domain(const xmlNode *node)
{
    return dom_host_domain(node) > HOST_PCI_DOMAIN_MAX ? dom_host(node) : NULL;
}

/* ---- the ways ------------------------------------------------------------*/

/**
 * struct Way: a way to give a device of the host to a domain
 * @element: child of <devices>
 * @type: its attribute type=
 * @name: how the device is named; NULL if this element is not meant
 * @has_host: the name is the device's address on the host
 * @what: what it is
 * @remedy: what to do to trace it
 */
typedef struct Way {
    const char *element;
    const char *type;
    char *(*name)(const xmlNode *node);
    gboolean has_host;
    const char *what;
    const char *remedy;
} Way;

static const Way ways[] = {
    { "hostdev", "pci", other_far_domain, TRUE,
      "a PCI device in a domain above ffff, such as a disk behind Intel VMD",
      "QEMU takes no such address; switch VMD off in the host's firmware, and the device gets another one"
    },
    { "interface", "hostdev", other_far_domain, TRUE,
      "a PCI device in a domain above ffff",
      "QEMU takes no such address"
    },
    { "hostdev", "mdev", other_uuid, FALSE,
      "a mediated device, that is, a share of a PCI device that a driver of the host makes",
      "only whole PCI devices and virtual functions can be traced; pass one with "
      AS_HOSTDEV
    },
    { "hostdev", "usb", other_usb, FALSE,
      "a USB device, which the guest reaches through QEMU's own controller",
      "to trace a controller, pass the host's USB controller with " AS_HOSTDEV
    },
    { "hostdev", "scsi", other_scsi, FALSE,
      "a SCSI device, which the guest reaches through QEMU's own controller",
      "to trace a controller, pass the host's storage controller with "
      AS_HOSTDEV
    },
    { "hostdev", "scsi_host", other_wwpn, FALSE,
      "a SCSI target of the host's kernel (vhost-scsi)",
      "the guest has a virtio device that is not hardware; pass the host's storage controller with "
      AS_HOSTDEV
    },
    { "disk", "nvme", dom_host, TRUE,
      "an NVMe controller that QEMU itself drives (<disk type='nvme'>)",
      "the guest does not see its registers; to trace it, replace this <disk> by "
      AS_HOSTDEV " with the same <address>"
    },
    { "disk", "vhostvdpa", other_dev, FALSE,
      "a vDPA disk",
      "the guest has a virtio device, and libvirt no PCI device to trace; pass the PCI device behind it with "
      AS_HOSTDEV
    },
    { "interface", "vdpa", other_dev, FALSE,
      "a vDPA network device",
      "the guest has a virtio device, and libvirt no PCI device to trace; pass the virtual function behind it with <interface type='hostdev'>"
    },
    { "interface", "direct", other_passthrough, FALSE,
      "a network device in macvtap's mode passthrough",
      "the guest has a card of QEMU's; to trace the host's card, pass it with "
      AS_HOSTDEV ", or a virtual function with <interface type='hostdev'>" },
    { "interface", "network", other_pool, FALSE,
      "an interface of a network with a pool of host devices (<forward mode='hostdev'>)",
      "libvirt chooses a device at each start; to trace one, change this to <interface type='hostdev' managed='yes'>, with that device's address: <source><address type='pci' domain='...' bus='...' slot='...' function='...'/></source>"
    },
};

static void other_free(gpointer data)
{
    VirtXmlOther *other = data;

    g_free(other->name);
    g_free(other->host);
    g_free(other->network);
    g_free(other);
}

static const Way *other_way(const xmlNode *node, char **name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (!xml_is_named(node, NULL, ways[i].element) ||
            !xml_is(node, "type", ways[i].type)) {
            continue;
        }
        *name = ways[i].name(node);
        if (*name) {
            return &ways[i];
        }
    }
    return NULL;
}

static void other_add(GPtrArray *others, const xmlNode *node,
                      const char *const *pools)
{
    g_autofree char *network = dom_network(node);
    char *name = NULL;
    const Way *way = other_way(node, &name);
    VirtXmlOther *other;

    if (!way || (network && !g_strv_contains(pools, network))) {
        g_free(name);
        return;
    }
    other = g_new0(VirtXmlOther, 1);
    other->name = name;
    other->host = way->has_host ? g_strdup(name) : NULL;
    other->network = g_steal_pointer(&network);
    other->what = way->what;
    other->remedy = way->remedy;
    g_ptr_array_add(others, other);
}

GPtrArray *virt_other_all(xmlDoc *doc, const char *const *pools)
{
    static const char *const none[] = { NULL };
    GPtrArray *others = g_ptr_array_new_with_free_func(other_free);
    const xmlNode *node;

    for (node = dom_devices(doc)->children; node; node = node->next) {
        other_add(others, node, pools ? pools : none);
    }
    virt_other_args(doc, others);
    return others;
}
