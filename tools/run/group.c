/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: IOMMU groups of the devices (see group.h)
 */
#include "tools/run/group.h"

#include "tools/host/refusal.h"
#include "tools/run/error.h"

#include <string.h>

static bool contains(const GPtrArray *devices, const char *bdf)
{
    guint i;

    for (i = 0; i < devices->len; i++) {
        const HostPci *dev = devices->pdata[i];

        if (!strcmp(dev->bdf, bdf)) {
            return true;
        }
    }
    return false;
}

static char *list_others(const GPtrArray *others)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < others->len; i++) {
        const HostPci *dev = others->pdata[i];
        g_autofree char *silence = host_pci_silence(dev);

        g_string_append_printf(text, "%s%s (%s, driver %s%s%s)", i ? ", " : "",
                               dev->bdf, host_pci_class_name(dev),
                               dev->driver, silence ? "; it " : "",
                               silence ? silence : "");
    }
    return g_string_free(text, FALSE);
}

static bool add_member(RunPlan *plan, const HostPci *guest,
                       const HostPci *member, GError **error)
{
    HostPciMember meaning = host_pci_member(guest, member);

    if (contains(plan->guests, member->bdf) ||
        contains(plan->others, member->bdf)) {
        return true;
    }
    if (meaning == HOST_PCI_MEMBER_BLOCKS) {
        g_autoptr(HostPciRefusal) refusal = host_pci_member_refusal(guest,
                                                                    member);

        return run_error(error, "%s: %s", refusal->why, refusal->remedy);
    }
    if (meaning == HOST_PCI_MEMBER_UNKNOWN) {
        run_note(
            "group %d also has %s, whose driver can't be read: VFIO may refuse the group",
            guest->iommu_group, member->bdf);
    } else if (meaning == HOST_PCI_MEMBER_TAKE &&
               !host_pci_leaves(member, plan->guests)) {
        HostPci *dev = host_pci_get(plan->root, member->bdf, error);

        if (!dev) {
            return false;
        }
        g_ptr_array_add(plan->others, dev);
    }
    return true;
}

static bool add_group(RunPlan *plan, const HostPci *guest, GError **error)
{
    g_autoptr(GPtrArray) group = host_pci_group(plan->root, guest);
    bool blocks;
    g_autofree char *gap = host_pci_group_gap(plan->root, guest, &blocks);
    guint i;

    if (guest->iommu_group == HOST_PCI_GROUP_UNKNOWN) {
        run_note(
            "it is not known which IOMMU group %s is in: %s/iommu_group can't be read",
            guest->bdf, guest->path);
    }
    if (gap && blocks) {
        return run_error(error, "group %d can't be given to a guest: %s",
                         guest->iommu_group, gap);
    }
    if (gap) {
        run_note(
            "not all devices of group %d are known: %s", guest->iommu_group,
            gap);
    }
    for (i = 0; i < group->len; i++) {
        if (!add_member(plan, guest, group->pdata[i], error)) {
            return false;
        }
    }
    return true;
}

bool run_group_add(RunPlan *plan, GError **error)
{
    const char *them = NULL;
    g_autofree char *list = NULL;
    guint i;

    for (i = 0; i < plan->guests->len; i++) {
        if (!add_group(plan, plan->guests->pdata[i], error)) {
            return false;
        }
    }
    host_pci_drop_leaving(plan->others);
    if (!plan->others->len || plan->vm.with_group) {
        return true;
    }
    list = list_others(plan->others);
    them = plan->others->len > 1 ? "them" : "it";
    if (plan->play) {
        return run_error(error,
                         "the same IOMMU group has %s: use --with-group to take %s from the host meanwhile",
                         list, them);
    }
    return run_error(error,
                     "the same IOMMU group has %s: name %s as well for the guest, or use --with-group to only take %s from the host during the run",
                     list, them, them);
}
