/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: file systems of servers, netconsole (see use-remote.h)
 */
#include "tools/host/use-remote.h"
#include "tools/host/fs.h"
#include "tools/host/use-carrier.h"

#include <stdio.h>
#include <string.h>

/**
 * struct Remote: something that comes over the network
 * @what: its description
 * @note: the host only loses a function without it
 * @carrier: the interfaces
 */
typedef struct Remote {
    char *what;
    bool note;
    HostPciCarrier *carrier;
} Remote;

struct HostPciRemotes {
    GPtrArray *list;
};

static void free_remote(gpointer data)
{
    Remote *remote = data;

    g_free(remote->what);
    host_pci_carrier_free(remote->carrier);
    g_free(remote);
}

static bool is_network_type(const HostMount *mount)
{
    static const char *const types[] = {
        "nfs", "nfs4", "cifs", "smb3", "ceph", "afs", "lustre", "beegfs",
        "gpfs", "pvfs2", "ncpfs", "coda", "fuse.ceph", "fuse.sshfs",
        "fuse.glusterfs", "fuse.moosefs", "fuse.curlftpfs", "fuse.davfs",
        "fuse.s3fs", "fuse.rclone", "davfs",
    };
    g_autofree char *trans = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(types); i++) {
        if (!strcmp(mount->type, types[i])) {
            return true;
        }
    }
    trans = !strcmp(mount->type, "9p") ? host_mount_option(mount, "trans=")
                                       : NULL;
    return !g_strcmp0(trans, "tcp") || !g_strcmp0(trans, "rdma");
}

/* The server in "user@192.0.2.1:/path", "[2001:db8::1]:/path", "//server/x" */
static char *source_host(const char *source)
{
    const char *at = strchr(source, '@');
    const char *end = strpbrk(source, ":/");

    /* "192.0.2.1@tcp:/name" has the '@' after the address. */
    if (at && (!end || at < end) && !g_str_has_prefix(at, "@tcp") &&
        !g_str_has_prefix(at, "@o2ib")) {
        source = at + 1;
    }
    source += strspn(source, "/");
    if (*source == '[') {
        return g_strndup(source + 1, strcspn(source + 1, "]"));
    }
    return g_strndup(source, strcspn(source, ":/@,"));
}

static HostPciCarrier *add(HostPciRemotes *remotes, char *what, bool note)
{
    Remote *remote = g_new0(Remote, 1);

    remote->what = what;
    remote->note = note;
    remote->carrier = host_pci_carrier_new();
    g_ptr_array_add(remotes->list, remote);
    return remote->carrier;
}

static void add_mount(HostPciRemotes *remotes, const HostPciPlaces *at,
                      const HostMount *mount)
{
    g_autofree char *address = host_mount_option(mount, "addr=");
    /* Ceph: "192.0.2.1:3300/192.0.2.2:3300" */
    g_autofree char *monitor = host_mount_option(mount, "mon_addr=");
    g_autofree char *host = address ? NULL :
                            source_host(monitor ? monitor : mount->source);
    char *what = g_strdup_printf("file system %s (%s)", mount->where,
                                 mount->source);

    host_pci_carrier_add(add(remotes, what, false), at->net,
                         address ? address : host);
}

/* Documentation/networking/netconsole.rst: one directory a target */
static void add_netconsole(HostPciRemotes *remotes, const HostPciPlaces *at)
{
    g_autofree char *dir = host_fs_path(at->root,
                                        "/sys/kernel/config/netconsole");
    g_auto(GStrv) names = host_fs_names(dir);
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autofree char *target = g_build_filename(dir, names[i], NULL);
        g_autofree char *interface = host_fs_attr(target, "dev_name");

        if (interface && host_fs_attr_number(target, "enabled", 10, 0) == 1) {
            char *what = g_strdup("netconsole sends the kernel's messages");

            host_net_add(at->net, add(remotes, what, true)->set, interface);
        }
    }
}

HostPciRemotes *host_pci_remotes_new(const HostPciPlaces *at)
{
    HostPciRemotes *remotes = g_new0(HostPciRemotes, 1);
    guint i;

    remotes->list = g_ptr_array_new_with_free_func(free_remote);
    for (i = 0; i < at->mounts->len; i++) {
        if (is_network_type(at->mounts->pdata[i])) {
            add_mount(remotes, at, at->mounts->pdata[i]);
        }
    }
    add_netconsole(remotes, at);
    return remotes;
}

void host_pci_remotes_find(HostPciUser *user, const HostPciRemotes *remotes)
{
    guint i;

    for (i = 0; i < remotes->list->len; i++) {
        const Remote *remote = remotes->list->pdata[i];
        HostPciNeed need;
        const HostInterface *interface =
            host_pci_carried(user, remote->carrier, &need);

        if (interface && remote->note) {
            host_pci_add_use(user, HOST_PCI_USE_NETWORK, HOST_PCI_NEED_NO,
                             "send them by another interface",
                             "%s over network interface %s", remote->what,
                             interface->name);
        } else if (interface) {
            host_pci_add_use(user, HOST_PCI_USE_NETWORK, need,
                             "unmount it first, or reach its server by another interface",
                             "%s comes over network interface %s",
                             remote->what, interface->name);
        }
    }
}

void host_pci_remotes_free(HostPciRemotes *remotes)
{
    g_ptr_array_unref(remotes->list);
    g_free(remotes);
}
