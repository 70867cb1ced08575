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
 * @table_offset: where in it
 * @pba_bar: the BAR that the pending bits are in
 * @pba_offset: where in it
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
    HOST_PCI_MSIX_HIDDEN,   /* only root is shown that much of config space */
} HostPciMsixState;

/**
 * host_pci_msix() - look for the MSI-X capability
 * @dev: the device
 * @msix: where to store it if there is one
 */
HostPciMsixState host_pci_msix(const HostPci *dev, HostPciMsix *msix);

#endif /* LIBPCIDEV_MSIX_H */
