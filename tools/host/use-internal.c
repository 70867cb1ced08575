/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: search for the uses of a PCI device (see use-internal.h)
 */
#include "tools/host/use-internal.h"
#include "tools/host/fs.h"

#include <string.h>

static void free_use(gpointer data)
{
    HostPciUse *use = data;

    g_free(use->what);
    g_free(use->remedy);
    g_free(use);
}

/* Add the directories of a device and of its virtual functions. */
static void add_paths(GPtrArray *paths, const HostPci *dev)
{
    g_auto(GStrv) names = dev->vfs ? host_fs_names(dev->path) : NULL;
    size_t i;

    g_ptr_array_add(paths, g_strdup(dev->path));
    for (i = 0; names && names[i]; i++) {
        if (g_str_has_prefix(names[i], "virtfn")) {
            g_autofree char *link = g_build_filename(dev->path, names[i],
                                                     NULL);
            char *path = host_fs_real(link);

            if (path) {
                g_ptr_array_add(paths, path);
            }
        }
    }
}

HostPciUser host_pci_begin_uses(const HostPciPlaces *at, const HostPci *dev,
                                const GPtrArray *with)
{
    HostPciUser user = {
        .at = at,
        .dev = dev,
        .paths = g_ptr_array_new_with_free_func(g_free),
        .taken = g_ptr_array_new_with_free_func(g_free),
        .uses = g_ptr_array_new_with_free_func(free_use),
    };
    guint i;

    add_paths(user.paths, dev);
    for (i = 0; with && i < with->len; i++) {
        add_paths(user.taken, with->pdata[i]);
    }
    return user;
}

GPtrArray *host_pci_end_uses(HostPciUser *user)
{
    g_clear_pointer(&user->paths, g_ptr_array_unref);
    g_clear_pointer(&user->taken, g_ptr_array_unref);
    return user->uses;
}

void host_pci_add_use(HostPciUser *user, HostPciUseKind kind, HostPciNeed need,
                      const char *remedy, const char *fmt, ...)
{
    HostPciUse *use = g_new(HostPciUse, 1);
    va_list ap;

    use->kind = kind;
    use->need = need;
    use->remedy = g_strdup(remedy);
    va_start(ap, fmt);
    use->what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_ptr_array_add(user->uses, use);
}

static bool is_inside(const GPtrArray *dirs, const char *path)
{
    guint i;

    for (i = 0; i < dirs->len; i++) {
        const char *own = dirs->pdata[i];
        size_t len = strlen(own);

        if (g_str_has_prefix(path, own) && (!path[len] || path[len] == '/')) {
            return true;
        }
    }
    return false;
}

bool host_pci_owns(const HostPciUser *user, const char *path)
{
    return is_inside(user->paths, path);
}

bool host_pci_leaves_host(const HostPciUser *user, const char *path)
{
    return is_inside(user->paths, path) || is_inside(user->taken, path);
}

char *host_pci_class_path(const char *root, const char *class,
                          const char *name)
{
    g_autofree char *link = host_fs_path(root, "/sys/class/%s/%s", class, name);

    return host_fs_real(link);
}
