/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: network interfaces that the host uses (see use-net.h)
 */
#include "libpcidev/fs.h"
#include "tools/host/use-net.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Maximum depth of a VLAN on a bridge on a bond */
#define STACK_DEPTH 8

#define NAME_BYTES 64

/* include/uapi/linux/route.h */
#define RTF_UP      0x0001u
#define RTF_REJECT  0x0200u

/* Add the interface and its underlying interfaces. */
static void add_interface(const HostPciUser *user, GHashTable *set,
                          const char *name, unsigned depth)
{
    g_autofree char *dir = host_fs_path(user->root, "/sys/class/net/%s", name);
    g_auto(GStrv) names = NULL;
    size_t i;

    if (depth == STACK_DEPTH || !g_hash_table_add(set, g_strdup(name))) {
        return;
    }
    names = host_fs_names(dir);
    for (i = 0; names[i]; i++) {
        if (g_str_has_prefix(names[i], "lower_")) {
            add_interface(user, set, names[i] + strlen("lower_"), depth + 1);
        }
    }
}

/* Interface, destination, gateway, flags, three numbers, mask, ... */
static bool is_default_v4(const char *line, char *name)
{
    uint32_t destination;
    uint32_t mask;
    unsigned flags;

    return sscanf(line, "%63s %" SCNx32 " %*x %x %*d %*d %*d %" SCNx32,
                  name, &destination, &flags, &mask) == 4 &&
           !destination && !mask && (flags & RTF_UP) && !(flags & RTF_REJECT);
}

/* Destination and its length, source likewise, ..., flags, interface */
static bool is_default_v6(const char *line, char *name)
{
    char destination[33];
    unsigned len;
    unsigned flags;

    return sscanf(line, "%32s %x %*s %*x %*s %*x %*x %*x %x %63s",
                  destination, &len, &flags, name) == 4 &&
           !len && strspn(destination, "0") == 32 && (flags & RTF_UP) &&
           !(flags & RTF_REJECT);
}

static void add_routes(const HostPciUser *user, GHashTable *set,
                       const char *file,
                       bool (*is_default)(const char *line, char *name))
{
    g_autofree char *path = host_fs_path(user->root, "%s", file);
    g_autofree char *text = host_fs_text(path);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    size_t i;

    for (i = 0; lines[i]; i++) {
        char name[NAME_BYTES];

        if (is_default(lines[i], name)) {
            add_interface(user, set, name, 0);
        }
    }
}

/**
 * struct Interface: an interface of hardware
 * @name: its name
 * @ours: it is on the device of the search
 * @up: it has a link
 * @routes: it has a default route
 */
typedef struct Interface {
    const char *name;
    bool ours;
    bool up;
    bool routes;
} Interface;

static bool look_at(const HostPciUser *user, const char *name,
                    GHashTable *routes, Interface *interface)
{
    g_autofree char *dir = host_fs_path(user->root, "/sys/class/net/%s", name);
    g_autofree char *state = NULL;
    char *path = realpath(dir, NULL);

    interface->name = name;
    interface->ours = path && host_pci_owns(user->dev, path);
    free(path);
    /* A virtual interface has no device. */
    if (!interface->ours && !host_fs_exists(dir, "device")) {
        return false;
    }
    state = host_fs_attr(dir, "operstate");
    /* Some drivers do not report a state; then the carrier counts. */
    interface->up = state && (!strcmp(state, "up") ||
                              (!strcmp(state, "unknown") &&
                               host_fs_attr_number(dir, "carrier", 10, 0) == 1));
    interface->routes = g_hash_table_contains(routes, name);
    return true;
}

void host_pci_find_networks(HostPciUser *user)
{
    g_autofree char *dir = host_fs_path(user->root, "/sys/class/net");
    g_auto(GStrv) names = host_fs_names(dir);
    g_autoptr(GHashTable) routes =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) ours = g_array_new(FALSE, FALSE, sizeof(Interface));
    bool other_routes = false;
    bool other_up = false;
    Interface interface;
    size_t i;

    add_routes(user, routes, "/proc/net/route", is_default_v4);
    add_routes(user, routes, "/proc/net/ipv6_route", is_default_v6);
    for (i = 0; names[i]; i++) {
        if (!look_at(user, names[i], routes, &interface)) {
            continue;
        }
        if (interface.ours) {
            g_array_append_val(ours, interface);
        } else {
            other_up |= interface.up;
            other_routes |= interface.up && interface.routes;
        }
    }
    for (i = 0; i < ours->len; i++) {
        interface = g_array_index(ours, Interface, i);
        if (interface.routes) {
            host_pci_add_use(user, HOST_PCI_USE_NETWORK, !other_routes,
                             "network interface %s has %s default route",
                             interface.name,
                             other_routes ? "a" : "the only");
        } else if (interface.up) {
            host_pci_add_use(user, HOST_PCI_USE_NETWORK, !other_up,
                             "network interface %s %s", interface.name,
                             other_up ? "has a link"
                                      : "is the only one with a link");
        }
    }
}
