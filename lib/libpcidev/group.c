/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcidev: members of an IOMMU group (see group.h)
 */
#include "libpcidev/group.h"
#include "libpcidev/fs.h"

#include <string.h>

bool host_pci_hinders_group(const HostPci *dev)
{
    static const char *const harmless[] = { "pcieport", "pci-stub", "shpchp" };
    size_t i;

    if (!dev->driver || host_pci_is_vfios(dev)) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(harmless); i++) {
        if (!strcmp(dev->driver, harmless[i])) {
            return false;
        }
    }
    return true;
}

/* In sysfs, a device's directory is in that of its parent. */
static bool host_pci_is_below(const HostPci *dev, const HostPci *parent)
{
    size_t len = strlen(parent->path);

    return !strncmp(dev->path, parent->path, len) && dev->path[len] == '/';
}

bool host_pci_depends(const HostPci *dev, const HostPci *other)
{
    g_autofree char *physical = host_fs_link_name(dev->path, "physfn");

    return host_pci_is_below(dev, other) || !g_strcmp0(physical, other->bdf);
}

bool host_pci_leaves(const HostPci *dev, const GPtrArray *taken)
{
    guint i;

    for (i = 0; i < taken->len; i++) {
        if (host_pci_depends(dev, taken->pdata[i])) {
            return true;
        }
    }
    return false;
}

void host_pci_drop_leaving(GPtrArray *taken)
{
    guint i;

    for (i = taken->len; i-- > 0; ) {
        if (host_pci_leaves(taken->pdata[i], taken)) {
            g_ptr_array_remove_index(taken, i);
        }
    }
}

HostPciMember host_pci_member(const HostPci *dev, const HostPci *member)
{
    if (!host_pci_hinders_group(member)) {
        return member->driver_known || host_pci_is_vfios(member) ?
               HOST_PCI_MEMBER_FREE : HOST_PCI_MEMBER_UNKNOWN;
    }
    if (host_pci_depends(member, dev)) {
        return HOST_PCI_MEMBER_LEAVES;
    }
    return host_pci_depends(dev, member) || host_pci_is_bridge(member) ?
           HOST_PCI_MEMBER_BLOCKS : HOST_PCI_MEMBER_TAKE;
}

/* Return: the closest parent that is a PCI device and, perhaps, elsewhere */
static char *host_pci_find_parent(const HostPci *dev, bool other_domain)
{
    g_auto(GStrv) parts = g_strsplit(dev->path, "/", -1);
    guint i;

    for (i = g_strv_length(parts); i-- > 1; ) {
        const char *name = parts[i - 1];

        if (host_pci_is_bdf(name) &&
            (!other_domain ||
             host_pci_domain(name) != host_pci_domain(dev->bdf))) {
            return g_strdup(name);
        }
    }
    return NULL;
}

char *host_pci_parent(const HostPci *dev)
{
    return host_pci_find_parent(dev, false);
}

char *host_pci_domain_parent(const HostPci *dev)
{
    return host_pci_find_parent(dev, true);
}

/* Return: what is wrong with a member that is not PCI, or can't be read */
static char *host_pci_stranger(const char *root, const char *dir,
                               const char *name, bool *blocks)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *driver = NULL;
    g_autoptr(HostPci) dev = NULL;

    if (host_pci_is_bdf(name)) {
        dev = host_pci_get(root, name, NULL);
        return dev ? NULL : g_strdup_printf("%s can't be read", name);
    }
    if (!host_fs_link(path, "driver", &driver)) {
        return g_strdup_printf("the driver of %s can't be read", name);
    }
    if (!driver || g_str_has_prefix(driver, "vfio-")) {
        return NULL;
    }
    *blocks = true;
    return g_strdup_printf(
        "%s is not a PCI device, and its driver %s keeps VFIO from the group",
        name, driver);
}

char *host_pci_group_gap(const char *root, const HostPci *dev, bool *blocks)
{
    g_autofree char *dir = dev->iommu_group < 0 ? NULL :
        host_fs_path(root, "/sys/kernel/iommu_groups/%d/devices",
                     dev->iommu_group);
    g_auto(GStrv) names = dir ? host_fs_names(dir) : NULL;
    g_autoptr(GString) list = g_string_new(NULL);
    size_t i;

    *blocks = false;
    if (names && !names[0]) {
        return g_strdup_printf("%s can't be read", dir);
    }
    for (i = 0; names && names[i]; i++) {
        g_autofree char *wrong = host_pci_stranger(root, dir, names[i],
                                                   blocks);

        if (wrong) {
            g_string_append_printf(list, "%s%s", list->len ? "; " : "", wrong);
        }
    }
    return list->len ? g_strdup(list->str) : NULL;
}
