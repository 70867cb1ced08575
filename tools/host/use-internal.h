/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what host_pci_uses() is made of
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_PARTS_H
#define VFIO_TRACE_HOSTPCI_USE_PARTS_H

#include "tools/host/use.h"

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

/**
 * host_pci_find_disks() - file systems, swap, and what else holds a disk
 * @user: the search
 */
void host_pci_find_disks(HostPciUser *user);

/**
 * host_pci_find_networks() - interfaces that lead somewhere
 * @user: the search
 */
void host_pci_find_networks(HostPciUser *user);

/**
 * host_pci_find_programs() - programs that draw or play on it
 * @user: the search
 */
void host_pci_find_programs(HostPciUser *user);

#endif /* VFIO_TRACE_HOSTPCI_USE_PARTS_H */
