/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: ports for markers in a new domain (see new-guest.h)
 *
 * libvirt knows QEMU's own ports only: the domain has one of these, which
 * libvirt gives its number, and an override makes it a vfio-trace-marker.
 */
#include "tools/virt/build.h"
#include "tools/virt/dom.h"
#include "tools/virt/new-internal.h"
#include "tools/virt/xml-edit.h"

#define BUS_ALIAS "ua-vfio-trace-serial"
#define MARKER_ALIAS "ua-vfio-trace-marker"

/* Other systems may not work with an additional virtio device. */
static bool has_ports(const VirtNew *new)
{
    return new->guest->system != VIRT_SYSTEM_OTHER;
}

void virt_new_serial_bus(const VirtNew *new)
{
    if (has_ports(new)) {
        xmlNode *bus = build_add(new->devices, "controller", "type",
                                 "virtio-serial", "index", "0", NULL);

        build_add(bus, "alias", "name", BUS_ALIAS, NULL);
        virt_new_place(bus, VIRT_NEW_FIRST_SLOT +
                       virt_new_virtio_disks(new->guest));
    }
}

void virt_new_ports(const VirtNew *new)
{
    if (has_ports(new)) {
        xmlNode *port = build_add(new->devices, "channel", "type", "null",
                                  NULL);

        build_add(port, "target", "type", "virtio", "name",
                  "org.vfio-trace.mark.0", NULL);
        build_add(port, "alias", "name", MARKER_ALIAS, NULL);
    }
}

xmlNode *virt_new_override(const VirtNew *new, const char *alias)
{
    xmlNode *override = xml_child(new->root, QEMU_NS, "override");
    xmlNode *device;

    if (!override) {
        override = xml_append(new->root, new->qemu, "override");
    }
    device = xml_append(override, new->qemu, "device");
    xml_set(device, "alias", alias);
    return xml_append(device, new->qemu, "frontend");
}

void virt_new_property(const VirtNew *new, xmlNode *frontend, const char *name,
                       const char *type, const char *value)
{
    xmlNode *property = xml_append(frontend, new->qemu, "property");

    xml_set(property, "name", name);
    xml_set(property, "type", type);
    xml_set(property, "value", value);
}

void virt_new_port_overrides(const VirtNew *new)
{
    xmlNode *frontend;

    if (!has_ports(new)) {
        return;
    }
    /* With ioeventfd another thread reads the text, and marks are late. */
    frontend = virt_new_override(new, BUS_ALIAS);
    virt_new_property(new, frontend, "ioeventfd", "bool", "false");
    frontend = virt_new_override(new, MARKER_ALIAS);
    virt_new_property(new, frontend, "driver", "string", "vfio-trace-marker");
    virt_new_property(new, frontend, "chardev", "remove", NULL);
}
