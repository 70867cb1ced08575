/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: search for the program that has a device open by VFIO (see
 * bind-holder.h)
 *
 * When a device is unbound from vfio-pci, the kernel waits for the last program
 * that has it open, and can not be interrupted.  So this is checked first.
 */
#include "tools/session/bind-holder.h"

#include "tools/host/fs.h"

#include <string.h>

/* Paths of the device files that open the device */
static GPtrArray *device_nodes(const char *root, const HostPci *dev)
{
    g_autofree char *dir = g_build_filename(dev->path, "vfio-dev", NULL);
    g_auto(GStrv) names = host_fs_names(dir);
    GPtrArray *nodes = g_ptr_array_new_with_free_func(g_free);
    char *group = host_pci_vfio_node(root, dev);
    size_t i;

    if (group) {
        g_ptr_array_add(nodes, group);
    }
    for (i = 0; names[i]; i++) {
        g_ptr_array_add(nodes, host_fs_path(root, "/dev/vfio/devices/%s",
                                            names[i]));
    }
    return nodes;
}

static bool has_open(const char *fd_dir, const GPtrArray *nodes)
{
    g_auto(GStrv) fds = host_fs_names(fd_dir);
    size_t i;

    for (i = 0; fds[i]; i++) {
        g_autofree char *link = g_build_filename(fd_dir, fds[i], NULL);
        g_autofree char *target = g_file_read_link(link, NULL);

        if (target && g_str_has_prefix(target, "/dev/vfio/") &&
            g_ptr_array_find_with_equal_func((GPtrArray *)nodes, target,
                                             g_str_equal, NULL)) {
            return true;
        }
    }
    return false;
}

char *bind_holder(const char *root, const HostPci *dev)
{
    g_autoptr(GPtrArray) nodes = device_nodes(root, dev);
    g_autofree char *proc = host_fs_path(root, "/proc");
    g_auto(GStrv) names = host_fs_names(proc);
    size_t i;

    for (i = 0; nodes->len && names[i]; i++) {
        g_autofree char *dir = g_build_filename(proc, names[i], NULL);
        g_autofree char *fd_dir = g_build_filename(dir, "fd", NULL);

        if (g_ascii_isdigit(names[i][0]) && has_open(fd_dir, nodes)) {
            g_autofree char *name = host_fs_attr(dir, "comm");

            return g_strdup_printf("%s (process %s)", name ? name : "?",
                                   names[i]);
        }
    }
    return NULL;
}
