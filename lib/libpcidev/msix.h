/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: the MSI-X capability of a PCI device
 */
#ifndef LIBPCIDEV_MSIX_H
#define LIBPCIDEV_MSIX_H

#include "libpcidev/device.h"

/**
 * struct HostPciMsix: a device's MSI-X capability
 * @vectors: entries of the table
 * @table_bar: the BAR that the table is in
 * @table_offset: offset of the table in @table_bar
 * @pba_bar: the BAR that the pending bits are in
 * @pba_offset: offset of the pending bits in @pba_bar
 */
typedef struct HostPciMsix {
    unsigned vectors;
    unsigned table_bar;
    uint32_t table_offset;
    unsigned pba_bar;
    uint32_t pba_offset;
} HostPciMsix;

/* Bytes of an entry of the table */
#define HOST_PCI_MSIX_ENTRY 16

typedef enum HostPciMsixState {
    HOST_PCI_MSIX_NONE,
    HOST_PCI_MSIX_FOUND,
    HOST_PCI_MSIX_HIDDEN,   /* only root can read that much of config space */
    HOST_PCI_MSIX_UNREAD,   /* config space can't be read */
    HOST_PCI_MSIX_SILENT,   /* the device does not answer */
    HOST_PCI_MSIX_BROKEN,   /* it, or the list of capabilities, is invalid */
} HostPciMsixState;

/**
 * host_pci_msix() - find the MSI-X capability
 * @dev: the device
 * @msix: where to store it if there is one
 *
 * Return: whether there is one, or whether that is unknown
 */
HostPciMsixState host_pci_msix(const HostPci *dev, HostPciMsix *msix);

#endif /* LIBPCIDEV_MSIX_H */
