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

HostPciUser host_pci_begin_uses(const HostPciPlaces *at, const HostPci *dev)
{
    HostPciUser user = {
        .at = at,
        .dev = dev,
        .paths = g_ptr_array_new_with_free_func(g_free),
        .uses = g_ptr_array_new_with_free_func(free_use),
    };
    g_auto(GStrv) names = host_fs_names(dev->path);
    size_t i;

    g_ptr_array_add(user.paths, g_strdup(dev->path));
    for (i = 0; names[i]; i++) {
        if (g_str_has_prefix(names[i], "virtfn")) {
            g_autofree char *link = g_build_filename(dev->path, names[i],
                                                     NULL);
            char *path = host_fs_real(link);

            if (path) {
                g_ptr_array_add(user.paths, path);
            }
        }
    }
    return user;
}

GPtrArray *host_pci_end_uses(HostPciUser *user)
{
    g_clear_pointer(&user->paths, g_ptr_array_unref);
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

bool host_pci_owns(const HostPciUser *user, const char *path)
{
    guint i;

    for (i = 0; i < user->paths->len; i++) {
        const char *own = user->paths->pdata[i];
        size_t len = strlen(own);

        if (g_str_has_prefix(path, own) && (!path[len] || path[len] == '/')) {
            return true;
        }
    }
    return false;
}

char *host_pci_class_path(const char *root, const char *class,
                          const char *name)
{
    g_autofree char *link = host_fs_path(root, "/sys/class/%s/%s", class, name);

    return host_fs_real(link);
}
