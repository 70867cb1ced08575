/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's PCI devices in a new domain (see new-guest.h)
 *
 * Each card is behind a root port at the place where it is in a guest of
 * 'vfio-trace run', so that the guest finds it again.
 */
#include "tools/host/pci.h"
#include "tools/run/port.h"
#include "tools/virt/build.h"
#include "tools/virt/new-internal.h"
#include "tools/virt/xml-edit.h"

#include <stdio.h>
#include <string.h>

void virt_new_roots(const VirtNew *new)
{
    unsigned ports = run_port_count(new->guest->guests);
    unsigned i;

    /* Without it, libvirt adds it elsewhere when the domain is changed. */
    build_add(new->devices, "controller", "type", "pci", "index", "0", "model",
              "pcie-root", NULL);
    for (i = 0; i < ports; i++) {
        g_autofree char *place = run_port_place(i, ports);
        const char *function = strchr(place, '.');
        xmlNode *port = build_add(new->devices, "controller", "type", "pci",
                                  NULL);

        build_set(port, "index", "%u", i + 1);
        build_set(port, "model", "pcie-root-port");
        build_pci_address(port, 0, g_ascii_strtoull(place, NULL, 16),
                    function ? function[1] - '0' : 0, strchr(place, ','));
    }
}

/* Return: a <hostdev> of a device */
static xmlNode *add_hostdev(const VirtNew *new, const HostPci *dev)
{
    unsigned domain = 0;
    unsigned bus = 0;
    unsigned slot = 0;
    unsigned function = 0;
    xmlNode *hostdev = build_add(new->devices, "hostdev", "mode", "subsystem",
                                 "type", "pci", "managed", "yes", NULL);
    xmlNode *address;

    build_add(hostdev, "driver", "name", "vfio", NULL);
    address = build_add(build_add(hostdev, "source", NULL), "address", NULL);
    sscanf(dev->bdf, "%x:%x:%x.%x", &domain, &bus, &slot, &function);
    build_set(address, "domain", "0x%04x", domain);
    build_set(address, "bus", "0x%02x", bus);
    build_set(address, "slot", "0x%02x", slot);
    build_set(address, "function", "0x%x", function);
    return hostdev;
}

/* Return: the device's first property from @from on, of an override or not */
static const VirtProperty *find_property(const VirtNew *new, const char *host,
                                         bool override, guint *from)
{
    const GPtrArray *properties = new->guest->properties;

    for (; properties && *from < properties->len; (*from)++) {
        const VirtProperty *property = properties->pdata[*from];

        if (!strcmp(property->host, host) &&
            override != g_str_has_prefix(property->type, "rom-")) {
            return property;
        }
    }
    return NULL;
}

/* Return: the alias of a device that has an override, to be freed; or NULL */
static char *alias_of(const VirtNew *new, const char *host)
{
    g_autofree char *alias = g_strdup_printf("ua-host-%s", host);
    guint i = 0;

    return find_property(new, host, true, &i) ?
           g_strdup(g_strdelimit(alias, ":.", '-')) : NULL;
}

static void add_rom(const VirtNew *new, xmlNode *hostdev, const char *host)
{
    const VirtProperty *property;
    xmlNode *rom = NULL;
    guint i;

    for (i = 0; (property = find_property(new, host, false, &i)); i++) {
        if (!rom) {
            rom = build_add(hostdev, "rom", NULL);
        }
        if (!*property->value) {
            xml_set(rom, "enabled", "no");
        } else {
            xml_set(rom, !strcmp(property->type, VIRT_PROPERTY_ROM_BAR) ?
                    "bar" : "file", property->value);
        }
    }
}

void virt_new_card_overrides(const VirtNew *new)
{
    const GPtrArray *guests = new->guest->guests;
    guint i;

    for (i = 0; i < guests->len; i++) {
        const char *host = ((HostPci *)guests->pdata[i])->bdf;
        g_autofree char *alias = alias_of(new, host);
        xmlNode *frontend = alias ? virt_new_override(new, alias) : NULL;
        const VirtProperty *property;
        guint k;

        for (k = 0; (property = find_property(new, host, true, &k)); k++) {
            virt_new_property(new, frontend, property->name, property->type,
                              property->value);
        }
    }
}

static unsigned function_of(const HostPci *dev)
{
    return strrchr(dev->bdf, '.')[1] - '0';
}

void virt_new_cards(const VirtNew *new)
{
    const GPtrArray *guests = new->guest->guests;
    const GPtrArray *others = new->guest->others;
    unsigned port = 0;
    guint first;
    guint n;
    guint i;

    for (first = 0; first < guests->len; first += n) {
        bool keep = function_of(guests->pdata[first]) == 0;

        n = run_port_card(guests, first);
        port++;
        for (i = 0; i < n; i++) {
            const HostPci *dev = guests->pdata[first + i];
            g_autofree char *alias = alias_of(new, dev->bdf);
            xmlNode *hostdev = add_hostdev(new, dev);

            if (alias) {
                build_add(hostdev, "alias", "name", alias, NULL);
            }
            add_rom(new, hostdev, dev->bdf);
            build_pci_address(hostdev, port, 0, keep ? function_of(dev) : i,
                              i == 0 && n > 1);
        }
    }
    for (i = 0; others && i < others->len; i++) {
        build_add(add_hostdev(new, others->pdata[i]), "address", "type",
                  "unassigned", NULL);
    }
}
