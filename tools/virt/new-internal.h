/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parts of a new domain's XML
 */
#ifndef VFIO_TRACE_VIRT_NEW_INTERNAL_H
#define VFIO_TRACE_VIRT_NEW_INTERNAL_H

#include "tools/virt/new-guest.h"

#include <libxml/tree.h>

/*
 * Slots of the root bus, as in a guest of 'vfio-trace run' (run/slot.h): disks
 * from the first on, then the virtio-serial controller
 */
#define VIRT_NEW_FIRST_SLOT 1
#define VIRT_NEW_LAST_SLOT 12

/**
 * virt_new_virtio_disks() - count the virtio disks
 * @guest: the guest
 */
unsigned virt_new_virtio_disks(const VirtNewGuest *guest);

/**
 * virt_new_place() - give a device its slot of the root bus
 * @node: the device's element
 * @slot: the slot; libvirt chooses one if it is above VIRT_NEW_LAST_SLOT
 */
void virt_new_place(xmlNode *node, unsigned slot);

/**
 * struct VirtNew: the document
 * @guest: the guest
 * @root: <domain>
 * @devices: <devices>
 * @qemu: namespace of <qemu:override> and <qemu:commandline>
 */
typedef struct VirtNew {
    const VirtNewGuest *guest;
    xmlNode *root;
    xmlNode *devices;
    xmlNs *qemu;
} VirtNew;

/**
 * virt_new_drives() - add the disks and CDs
 * @new: the document
 */
void virt_new_drives(const VirtNew *new);

/**
 * virt_new_roots() - add the root ports for the host's devices
 * @new: the document
 */
void virt_new_roots(const VirtNew *new);

/**
 * virt_new_cards() - add the host's devices
 * @new: the document
 */
void virt_new_cards(const VirtNew *new);

/**
 * virt_new_serial_bus() - add the controller of the ports for markers
 * @new: the document
 */
void virt_new_serial_bus(const VirtNew *new);

/**
 * virt_new_ports() - add the ports for markers
 * @new: the document
 */
void virt_new_ports(const VirtNew *new);

/**
 * virt_new_port_overrides() - make these ports ours
 * @new: the document
 */
void virt_new_port_overrides(const VirtNew *new);

/**
 * virt_new_card_overrides() - add the properties of the host's devices
 * @new: the document
 */
void virt_new_card_overrides(const VirtNew *new);

/**
 * virt_new_override() - add an override for a device
 * @new: the document
 * @alias: the device's alias
 *
 * Return: its <qemu:frontend>
 */
xmlNode *virt_new_override(const VirtNew *new, const char *alias);

/**
 * virt_new_property() - add a property to an override
 * @new: the document
 * @frontend: result of virt_new_override()
 * @name: the property
 * @type: its type
 * @value: its value, or NULL with the type "remove"
 */
void virt_new_property(const VirtNew *new, xmlNode *frontend, const char *name,
                       const char *type, const char *value);

/**
 * virt_new_usb_bus() - add the USB controller, or remove libvirt's
 * @new: the document
 */
void virt_new_usb_bus(const VirtNew *new);

/**
 * virt_new_screen() - add the display and its input devices
 * @new: the document
 */
void virt_new_screen(const VirtNew *new);

/**
 * virt_new_usb() - add USB devices of the host
 * @new: the document
 */
void virt_new_usb(const VirtNew *new);

#endif /* VFIO_TRACE_VIRT_NEW_INTERNAL_H */
