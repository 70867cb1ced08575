/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: search for the uses of a PCI device (see use-internal.h)
 */
#include "tools/host/use-internal.h"

#include <string.h>

static void free_use(gpointer data)
{
    HostPciUse *use = data;

    g_free(use->what);
    g_free(use);
}

HostPciUser host_pci_begin_uses(const char *root, const HostPci *dev)
{
    return (HostPciUser) {
        .root = root,
        .dev = dev,
        .uses = g_ptr_array_new_with_free_func(free_use),
    };
}

void host_pci_add_use(HostPciUser *user, HostPciUseKind kind, bool needed,
                      const char *fmt, ...)
{
    HostPciUse *use = g_new(HostPciUse, 1);
    va_list ap;

    use->kind = kind;
    use->needed = needed;
    va_start(ap, fmt);
    use->what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_ptr_array_add(user->uses, use);
}

bool host_pci_owns(const HostPci *dev, const char *path)
{
    size_t len = strlen(dev->path);

    return g_str_has_prefix(path, dev->path) &&
           (!path[len] || path[len] == '/');
}
