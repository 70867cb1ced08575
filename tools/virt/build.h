/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: elements of an XML document that is made from nothing
 */
#ifndef VFIO_TRACE_VIRT_BUILD_H
#define VFIO_TRACE_VIRT_BUILD_H

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

/**
 * build_add() - add an element with attributes
 * @parent: its parent
 * @name: its name; it has no namespace
 * Then names and values of attributes, terminated by NULL.
 *
 * Return: the element
 */
xmlNode *build_add(xmlNode *parent, const char *name, ...)
    G_GNUC_NULL_TERMINATED;

/**
 * build_text() - add an element that has a text
 * @parent: its parent
 * @name: its name
 * @text: the text
 *
 * Return: the element
 */
xmlNode *build_text(xmlNode *parent, const char *name, const char *text);

/**
 * build_set() - set an attribute to a formatted value
 * @node: the element
 * @name: the attribute
 * @fmt: the value
 */
void build_set(xmlNode *node, const char *name, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * build_pci_address() - add an address on a PCI bus of the guest
 * @node: the device's element
 * @bus: the number of the bus
 * @slot: the slot
 * @function: the function
 * @multifunction: the slot has more functions
 */
void build_pci_address(xmlNode *node, unsigned bus, unsigned slot,
                       unsigned function, bool multifunction);

/**
 * build_slot() - add an address on the root bus of the guest
 * @node: the device's element
 * @slot: the slot, as QEMU's addr= has it: "0xf"
 */
void build_slot(xmlNode *node, const char *slot);

#endif /* VFIO_TRACE_VIRT_BUILD_H */
