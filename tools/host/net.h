/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the host's network interfaces and routes
 */
#ifndef VFIO_TRACE_HOST_NET_H
#define VFIO_TRACE_HOST_NET_H

#include <glib.h>
#include <stdbool.h>

/**
 * struct HostInterface: a network interface
 * @name: its name
 * @path: its directory in sysfs, without links in it
 * @hardware: it is an interface of hardware, not a bridge, bond, tunnel
 * @up: it has a link
 * @lower: names of the interfaces under it
 */
typedef struct HostInterface {
    char *name;
    char *path;
    bool hardware;
    bool up;
    GPtrArray *lower;
} HostInterface;

/**
 * struct HostNet: interfaces and routes
 * @list: HostInterface, by name
 * @by_name: the same, to look up
 * @routes: net.c's
 */
typedef struct HostNet {
    GPtrArray *list;
    GHashTable *by_name;
    GArray *routes;
} HostNet;

/**
 * host_net_new() - read the host's interfaces and routes
 * @root: where the host's files are
 */
HostNet *host_net_new(const char *root);

/**
 * host_net_free() - free them
 * @net: what to free
 */
void host_net_free(HostNet *net);

/**
 * host_net_add() - add the hardware that an interface uses
 * @net: the network
 * @set: a set of HostInterface
 * @name: the interface: also a bridge, a bond, a VLAN and so on
 */
void host_net_add(const HostNet *net, GHashTable *set, const char *name);

/**
 * host_net_add_default() - add the hardware of all default routes
 * @net: the network
 * @set: a set of HostInterface
 */
void host_net_add_default(const HostNet *net, GHashTable *set);

/**
 * host_net_add_to() - add the hardware by which an address is reached
 * @net: the network
 * @set: a set of HostInterface
 * @address: an IPv4 or IPv6 address; "fe80::1%eth0" names its interface
 *
 * Return: false if that is not known
 */
bool host_net_add_to(const HostNet *net, GHashTable *set, const char *address);

/**
 * host_net_is_local() - is an address one of the machine's loopback addresses?
 * @address: the address
 */
bool host_net_is_local(const char *address);

#endif /* VFIO_TRACE_HOST_NET_H */
