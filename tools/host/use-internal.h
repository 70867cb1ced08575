/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: search for the uses of a PCI device
 *
 * The host is read once; then the uses of any number of devices are found in
 * what was read.
 */
#ifndef VFIO_TRACE_HOSTPCI_USE_INTERNAL_H
#define VFIO_TRACE_HOSTPCI_USE_INTERNAL_H

#include "tools/host/block.h"
#include "tools/host/mounts.h"
#include "tools/host/net.h"
#include "tools/host/pci.h"
#include "tools/host/use-types.h"

/**
 * struct HostPciPlaces: what several subjects need to know of the host
 * @root: where the host's files are
 * @blocks: its block devices
 * @net: its network interfaces and routes
 * @mounts: HostMount: its file systems
 */
typedef struct HostPciPlaces {
    const char *root;
    HostBlocks *blocks;
    HostNet *net;
    GPtrArray *mounts;
} HostPciPlaces;

/**
 * struct HostPciUser: a search
 * @at: the host
 * @dev: the device
 * @paths: the directory of the device, and those of its virtual functions,
 *      which end with its driver
 * @taken: likewise of the devices that are taken with it
 * @uses: HostPciUse: the uses found so far
 */
typedef struct HostPciUser {
    const HostPciPlaces *at;
    const HostPci *dev;
    GPtrArray *paths;
    GPtrArray *taken;
    GPtrArray *uses;
} HostPciUser;

/**
 * struct HostPciSubject: a subject of the search
 * @with_vfio: its uses continue when the device is bound to VFIO
 * @look: read the host; the result is passed to the other functions
 * @find: find the uses of the device
 * @free: free the result of @look
 */
typedef struct HostPciSubject {
    bool with_vfio;
    void *(*look)(const HostPciPlaces *at);
    void (*find)(HostPciUser *user, const void *seen);
    void (*free)(void *seen);
} HostPciSubject;

/**
 * host_pci_begin_uses() - begin a search
 * @at: the host
 * @dev: the device
 * @with: HostPci: devices that are taken with it, or NULL
 */
HostPciUser host_pci_begin_uses(const HostPciPlaces *at, const HostPci *dev,
                                const GPtrArray *with);

/**
 * host_pci_end_uses() - end a search
 * @user: the search
 *
 * Return: its uses
 */
GPtrArray *host_pci_end_uses(HostPciUser *user);

/**
 * host_pci_add_use() - add a use
 * @user: the search
 * @kind: its kind
 * @need: see HostPciUse
 * @remedy: what to do about it
 * @fmt: its description
 */
void host_pci_add_use(HostPciUser *user, HostPciUseKind kind, HostPciNeed need,
                      const char *remedy, const char *fmt, ...)
    G_GNUC_PRINTF(5, 6);

/**
 * host_pci_owns() - is a directory in sysfs a part of the device?
 * @user: the search
 * @path: the directory's path, with links resolved
 */
bool host_pci_owns(const HostPciUser *user, const char *path);

/**
 * host_pci_leaves_host() - is it a part of the device, or of one that is taken
 * with it?
 * @user: the search
 * @path: the directory's path, with links resolved
 *
 * What does not leave can serve the host in place of a part of the device.
 */
bool host_pci_leaves_host(const HostPciUser *user, const char *path);

/**
 * host_pci_class_path() - get the directory of a member of a class
 * @root: where the host's files are
 * @class: the class: "net"
 * @name: the member: "eth0"
 *
 * Return: the path with links resolved, to be freed; or NULL
 */
char *host_pci_class_path(const char *root, const char *class,
                          const char *name);

#endif /* VFIO_TRACE_HOSTPCI_USE_INTERNAL_H */
