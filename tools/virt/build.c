/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: elements of an XML document that is made from nothing (see
 * build.h)
 */
#include "tools/virt/build.h"
#include "tools/virt/xml-edit.h"

xmlNode *build_add(xmlNode *parent, const char *name, ...)
{
    xmlNode *node = xml_append(parent, NULL, name);
    const char *attribute;
    va_list ap;

    va_start(ap, name);
    while ((attribute = va_arg(ap, const char *))) {
        xml_set(node, attribute, va_arg(ap, const char *));
    }
    va_end(ap);
    return node;
}

xmlNode *build_text(xmlNode *parent, const char *name, const char *text)
{
    xmlNode *node = xml_append(parent, NULL, name);

    xml_set_content(node, text);
    return node;
}

void build_set(xmlNode *node, const char *name, const char *fmt, ...)
{
    g_autofree char *value = NULL;
    va_list ap;

    va_start(ap, fmt);
    value = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    xml_set(node, name, value);
}

void build_pci_address(xmlNode *node, unsigned bus, unsigned slot,
                       unsigned function, bool multifunction)
{
    xmlNode *address = build_add(node, "address", "type", "pci", "domain",
                                 "0x0000", NULL);

    build_set(address, "bus", "0x%02x", bus);
    build_set(address, "slot", "0x%02x", slot);
    build_set(address, "function", "0x%x", function);
    if (multifunction) {
        build_set(address, "multifunction", "on");
    }
}

void build_slot(xmlNode *node, const char *slot)
{
    build_pci_address(node, 0, g_ascii_strtoull(slot, NULL, 16), 0, false);
}
