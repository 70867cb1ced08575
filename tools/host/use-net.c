/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: network interfaces that the host uses (see use-net.h)
 *
 * File systems of a server are use-remote.c's.
 */
#include "tools/host/use-net.h"
#include "tools/host/fs.h"
#include "tools/host/use-carrier.h"
#include "tools/host/use-remote.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A shell in sudo in a shell in a terminal multiplexer */
#define ANCESTORS_MAX 32

static const char net_remedy[] =
    "use another interface for the host's network";

/**
 * struct Seen: what comes over the network
 * @defaults: hardware with a default route
 * @shell: the caller's SSH session, or NULL
 * @client: its client's address
 * @remotes: file systems, and other things that come from a server
 */
typedef struct Seen {
    GHashTable *defaults;
    HostPciCarrier *shell;
    char *client;
    HostPciRemotes *remotes;
} Seen;

/* In the environment of the first ancestor that has it: sudo removes it. */
static char *find_connection(const char *root)
{
    const char *own = g_getenv("SSH_CONNECTION");
    unsigned pid = getppid();
    unsigned i;

    for (i = 0; !own && pid > 1 && i < ANCESTORS_MAX; i++) {
        g_autofree char *dir = host_fs_path(root, "/proc/%u", pid);
        g_autofree char *path = g_build_filename(dir, "environ", NULL);
        g_autofree char *status = host_fs_attr(dir, "stat");
        const char *tail = status ? strrchr(status, ')') : NULL;
        g_autofree char *text = NULL;
        gsize len = 0;
        const char *at;

        g_file_get_contents(path, &text, &len, NULL);
        for (at = text; at && at < text + len; at += strlen(at) + 1) {
            if (g_str_has_prefix(at, "SSH_CONNECTION=")) {
                return g_strdup(strchr(at, '=') + 1);
            }
        }
        /* "1234 (name) S 1233 ...": the parent */
        if (!tail || sscanf(tail, ") %*c %u", &pid) != 1) {
            return NULL;
        }
    }
    return g_strdup(own);
}

/* "192.0.2.7 51234 192.0.2.1 22": the client and this machine */
static void look_at_shell(const HostPciPlaces *at, Seen *seen)
{
    g_autofree char *text = find_connection(at->root);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);

    if (g_strv_length(words) == 4 && !host_net_is_local(words[0])) {
        seen->client = g_strdup(words[0]);
        seen->shell = host_pci_carrier_new();
        host_pci_carrier_add(seen->shell, at->net, words[0]);
    }
}

static void *look(const HostPciPlaces *at)
{
    Seen *seen = g_new0(Seen, 1);

    seen->defaults = g_hash_table_new(NULL, NULL);
    host_net_add_default(at->net, seen->defaults);
    look_at_shell(at, seen);
    seen->remotes = host_pci_remotes_new(at);
    return seen;
}

static void find_shell(HostPciUser *user, const Seen *seen)
{
    HostPciNeed need;
    const HostInterface *interface =
        seen->shell ? host_pci_carried(user, seen->shell, &need) : NULL;

    if (interface) {
        host_pci_add_use(user, HOST_PCI_USE_NETWORK, need,
                         "log in on the machine itself, or by another interface",
                         "your SSH session from %s comes over network interface %s",
                         seen->client, interface->name);
    }
}

static void find(HostPciUser *user, const void *data)
{
    const GPtrArray *list = user->at->net->list;
    const Seen *seen = data;
    bool other_routes = false;
    bool other_up = false;
    bool taken_routes = false;
    bool taken_up = false;
    guint i;

    for (i = 0; i < list->len; i++) {
        HostInterface *interface = list->pdata[i];

        bool routes = g_hash_table_contains(seen->defaults, interface);

        if (!interface->hardware || !interface->up ||
            host_pci_owns(user, interface->path)) {
            continue;
        }
        if (host_pci_leaves_host(user, interface->path)) {
            taken_up = true;
            taken_routes |= routes;
        } else {
            other_up = true;
            other_routes |= routes;
        }
    }
    for (i = 0; i < list->len; i++) {
        HostInterface *interface = list->pdata[i];

        if (!host_pci_owns(user, interface->path)) {
            continue;
        }
        if (g_hash_table_contains(seen->defaults, interface)) {
            host_pci_add_use(user, HOST_PCI_USE_NETWORK,
                             other_routes ? HOST_PCI_NEED_NO
                                          : HOST_PCI_NEED_YES, net_remedy,
                             "network interface %s has %s default route",
                             interface->name,
                             other_routes ? "a" :
                             taken_routes ? "the host's last" : "the only");
        } else if (interface->up) {
            host_pci_add_use(user, HOST_PCI_USE_NETWORK,
                             other_up ? HOST_PCI_NEED_NO : HOST_PCI_NEED_YES,
                             net_remedy, "network interface %s %s",
                             interface->name, other_up ? "has a link" :
                             taken_up ? "is the host's last one with a link" :
                             "is the only one with a link");
        }
    }
    find_shell(user, seen);
    host_pci_remotes_find(user, seen->remotes);
}

static void free_seen(void *data)
{
    Seen *seen = data;

    g_hash_table_unref(seen->defaults);
    host_pci_carrier_free(seen->shell);
    host_pci_remotes_free(seen->remotes);
    g_free(seen->client);
    g_free(seen);
}

const HostPciSubject host_pci_networks = {
    .look = look,
    .find = find,
    .free = free_seen,
};
