/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a search for the uses of a PCI device
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_INTERNAL_H
#define VFIO_TRACE_HOSTPCI_USE_INTERNAL_H

#include "tools/host/pci.h"
#include "tools/host/use-types.h"

/**
 * struct HostPciUser: a search under way
 * @root: where the host's files are
 * @dev: whose uses
 * @uses: what was found
 */
typedef struct HostPciUser {
    const char *root;
    const HostPci *dev;
    GPtrArray *uses;
} HostPciUser;

/**
 * host_pci_begin_uses() - begin a search
 * @root: as in pci.h
 * @dev: whose uses
 */
HostPciUser host_pci_begin_uses(const char *root, const HostPci *dev);

/**
 * host_pci_add_use() - found one
 * @user: the search
 * @kind: of what
 * @needed: see HostPciUse
 * @fmt: what for
 */
void host_pci_add_use(HostPciUser *user, HostPciUseKind kind, bool needed,
                      const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/**
 * host_pci_owns() - is something in sysfs a part of a device?
 * @dev: the device
 * @path: the thing's directory, without links in it
 */
bool host_pci_owns(const HostPci *dev, const char *path);

#endif /* VFIO_TRACE_HOSTPCI_USE_INTERNAL_H */
