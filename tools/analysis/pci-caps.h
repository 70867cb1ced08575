/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where a device has its capabilities, from what the guest reads
 *
 * The capabilities of a PCI device are a list in its configuration space (PCI
 * Local Bus 3.0, 6.7; PCI Express 3.0, 7.9): where they are is known when the
 * guest has read the list.
 */
#ifndef VFIO_TRACE_ANALYSIS_PCI_CAPS_H
#define VFIO_TRACE_ANALYSIS_PCI_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "libregdb/region-of.h"

/* Capabilities of a device, extended ones included */
#define PCI_CAPS_MAX 64

#define PCI_CAPS_MSI 0x05
#define PCI_CAPS_MSIX 0x11

typedef struct PciCaps PciCaps;

/**
 * struct PciCap: a capability
 * @id: its ID, with REGDB_CAPABILITY_EXTENDED, or REGDB_CAPABILITY_ANY in its
 *      place: something refers to it, and the guest has not read it yet
 * @offset: its offset
 */
typedef struct PciCap {
    uint32_t id;
    uint32_t offset;
} PciCap;

/**
 * struct PciCapsPlace: where a BAR has the MSI-X table or the pending bits
 * @known: has the guest read it?
 * @bar: number of the BAR
 * @offset: offset in the BAR
 */
typedef struct PciCapsPlace {
    bool known;
    unsigned bar;
    uint32_t offset;
} PciCapsPlace;

/**
 * pci_caps_new() - begin to watch a device's configuration space
 *
 * Return: to be freed with g_free()
 */
PciCaps *pci_caps_new(void);

/**
 * pci_caps_read() - take a read of configuration space
 * @caps: the device's capabilities
 * @offset: the read's offset
 * @width: its bytes
 * @value: its value
 *
 * Return: is more known now, or something else?
 */
bool pci_caps_read(PciCaps *caps, uint64_t offset, unsigned width,
                   uint64_t value);

/**
 * pci_caps_get() - get the capabilities
 * @caps: the device's capabilities
 * @n: where to store their number
 *
 * Return: the capabilities, until pci_caps_read() returns true
 */
const PciCap *pci_caps_get(const PciCaps *caps, unsigned *n);

/**
 * pci_caps_msix_table() - find the MSI-X table
 * @caps: the device's capabilities
 */
PciCapsPlace pci_caps_msix_table(const PciCaps *caps);

/**
 * pci_caps_msix_pba() - find the MSI-X pending bits
 * @caps: the device's capabilities
 */
PciCapsPlace pci_caps_msix_pba(const PciCaps *caps);

#endif /* VFIO_TRACE_ANALYSIS_PCI_CAPS_H */
