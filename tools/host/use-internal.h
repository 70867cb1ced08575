/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: search for the uses of a PCI device
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_INTERNAL_H
#define VFIO_TRACE_HOSTPCI_USE_INTERNAL_H

#include "tools/host/pci.h"
#include "tools/host/use-types.h"

/**
 * struct HostPciUser: a search
 * @root: where the host's files are
 * @dev: the device
 * @uses: HostPciUse: the uses found so far
 */
typedef struct HostPciUser {
    const char *root;
    const HostPci *dev;
    GPtrArray *uses;
} HostPciUser;

/**
 * host_pci_begin_uses() - begin a search
 * @root: as in pci.h
 * @dev: the device
 */
HostPciUser host_pci_begin_uses(const char *root, const HostPci *dev);

/**
 * host_pci_add_use() - add a use
 * @user: the search
 * @kind: its kind
 * @needed: see HostPciUse
 * @fmt: its description
 */
void host_pci_add_use(HostPciUser *user, HostPciUseKind kind, bool needed,
                      const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/**
 * host_pci_owns() - is a directory in sysfs a part of a device?
 * @dev: the device
 * @path: the directory's path, with links resolved
 */
bool host_pci_owns(const HostPci *dev, const char *path);

#endif /* VFIO_TRACE_HOSTPCI_USE_INTERNAL_H */
