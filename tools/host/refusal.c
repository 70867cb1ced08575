/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: devices that can't be given to a guest (see refusal.h)
 */
#include "tools/host/refusal.h"
#include "tools/host/fs.h"
#include "tools/host/vf.h"

#include <string.h>

static HostPciRefusal *refusal_new(char *why, char *remedy)
{
    HostPciRefusal *refusal = g_new(HostPciRefusal, 1);

    refusal->why = why;
    refusal->remedy = remedy;
    return refusal;
}

/* ---- it does not answer --------------------------------------------------*/

char *host_pci_silence(const HostPci *dev)
{
    if (dev->answer != HOST_PCI_ANSWER_NO) {
        return NULL;
    }
    return g_strdup_printf(
        "does not answer: its config space reads as %s (power state %s%s%s)",
        dev->command == 0xffff ? "all ones" : "no valid header",
        dev->power_state ? dev->power_state : "unknown",
        dev->runtime_status ? ", runtime status " : "",
        dev->runtime_status ? dev->runtime_status : "");
}

/* Is it asleep, as far as the kernel knows? */
static bool refusal_sleeps(const HostPci *dev)
{
    return (dev->power_state && g_str_has_prefix(dev->power_state, "D3")) ||
           !g_strcmp0(dev->runtime_status, "suspended");
}

/* Without power, it is the port above that switches the power on. */
static char *refusal_wake(const HostPci *dev)
{
    g_autofree char *port = host_pci_parent(dev);

    return g_strdup_printf(
        "wake it, and keep it and its port awake: for d in %s%s%s; do echo on | sudo tee /sys/bus/pci/devices/$d/power/control; echo 0 | sudo tee /sys/bus/pci/devices/$d/d3cold_allowed; done (and, for vfio-pci, its option disable_idle_d3=1); if it still does not answer, ",
        port ? port : "", port ? " " : "", dev->bdf);
}

/* Return: the bridge furthest above that does not answer either, or NULL */
static HostPci *refusal_silent_bridge(const char *root, const HostPci *dev)
{
    g_autofree char *parent = host_pci_parent(dev);
    HostPci *bridge = parent ? host_pci_get(root, parent, NULL) : NULL;
    HostPci *above;

    if (!bridge || bridge->answer != HOST_PCI_ANSWER_NO) {
        host_pci_free(bridge);
        return NULL;
    }
    above = refusal_silent_bridge(root, bridge);
    if (above) {
        host_pci_free(bridge);
        return above;
    }
    return bridge;
}

/*
 * Return: the device that is the reason why a device does not answer, or NULL if
 *         none is known
 */
static HostPci *refusal_cause(const char *root, const HostPci *dev,
                              const char **relation)
{
    /* Nothing behind a bridge answers if the bridge does not. */
    HostPci *cause = refusal_silent_bridge(root, dev);

    *relation = ", nor does the bridge above it, ";
    if (!cause && dev->is_vf) {
        cause = host_vf_pf(root, dev);
        *relation = ", nor does its physical function ";
    }
    if (!cause || cause->answer != HOST_PCI_ANSWER_NO) {
        *relation = "";
        host_pci_free(cause);
        return NULL;
    }
    return cause;
}

static HostPciRefusal *refusal_of_silence(const char *root, const HostPci *dev)
{
    g_autofree char *silence = host_pci_silence(dev);
    const char *relation = "";
    g_autoptr(HostPci) other = silence ? refusal_cause(root, dev, &relation)
                                       : NULL;
    const HostPci *cause = other ? other : dev;
    g_autofree char *wake = refusal_sleeps(cause) ? refusal_wake(cause) : NULL;

    if (!silence) {
        return NULL;
    }
    return refusal_new(
        g_strdup_printf("%s %s%s%s", dev->bdf, silence, relation,
                        other ? other->bdf : ""),
        g_strdup_printf(
            "%slet the kernel find it again: echo 1 | sudo tee /sys/bus/pci/devices/%s/remove; echo 1 | sudo tee /sys/bus/pci/rescan; or switch the machine off and on: a reboot does not always take the power from a device",
            wake ? wake : "", cause->bdf));
}

/* ---- QEMU can't name it --------------------------------------------------*/

static bool refusal_is_vmd(const char *root, const char *bdf)
{
    g_autoptr(HostPci) dev = host_pci_get(root, bdf, NULL);

    return dev && !g_strcmp0(dev->driver, "vmd");
}

static char *refusal_vmd_remedy(const char *controller)
{
    return g_strdup_printf(
        "switch VMD off in the firmware's setup, so that the device is in an ordinary domain (a host that boots from a VMD RAID needs it); or give the guest the whole controller: vfio-trace run %s",
        controller);
}

static HostPciRefusal *refusal_of_domain(const char *root, const HostPci *dev)
{
    uint32_t domain = host_pci_domain(dev->bdf);
    g_autofree char *controller = host_pci_domain_parent(dev);
    bool vmd = controller && refusal_is_vmd(root, controller);

    if (domain <= HOST_PCI_DOMAIN_MAX) {
        return NULL;
    }
    return refusal_new(
        g_strdup_printf(
            "QEMU takes addresses with a PCI domain of up to %x, but %s is in domain %x%s%s",
            HOST_PCI_DOMAIN_MAX, dev->bdf, domain,
            !controller ? "" : vmd ?
            ", behind the Intel VMD controller " :
            ", behind the controller ",
            controller ? controller : ""),
        vmd ? refusal_vmd_remedy(controller) : controller ?
        g_strdup_printf("give the guest the whole controller: vfio-trace run %s",
                        controller) :
        g_strdup_printf(
            "bind it to vfio-pci by hand, and start QEMU by hand with the device's directory instead of its address: -device vfio-pci-trace,sysfsdev=/sys/bus/pci/devices/%s",
            dev->bdf));
}

/* ---- its IOMMU group -----------------------------------------------------*/

static char *refusal_group_file(const char *root, const HostPci *dev,
                                const char *name)
{
    g_autofree char *dir = host_fs_path(root, "/sys/kernel/iommu_groups/%d",
                                        dev->iommu_group);

    return dev->iommu_group < 0 ? NULL : host_fs_attr(dir, name);
}

/*
 * Graphics and USB controllers are exempt, whose firmware needs the memory only
 * until the kernel has taken over (device_rmrr_is_relaxable() in the kernel).
 */
static bool refusal_is_exempt(const HostPci *dev)
{
    return host_pci_is_display(dev) ||
           dev->class_code >> 8 == HOST_PCI_CLASS_USB;
}

/* Lines "0x00000000bdf83000 0x00000000bdf84fff direct"; also -relaxable */
static HostPciRefusal *refusal_of_reserved(const char *root,
                                           const HostPci *dev)
{
    g_autofree char *text = refusal_group_file(root, dev, "reserved_regions");
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    size_t i;

    for (i = 0; lines[i] && !refusal_is_exempt(dev); i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);

        if (g_strv_length(words) == 3 && !strcmp(words[2], "direct")) {
            return refusal_new(
                g_strdup_printf(
                    "the firmware accesses memory by a device of group %d (%s to %s, an RMRR), so the kernel keeps the group from VFIO",
                    dev->iommu_group, words[0], words[1]),
                g_strdup_printf(
                    "put %s into another slot, or switch off what uses the memory in the firmware's setup (on HP's servers: the slot's 'shared memory features')",
                    dev->bdf));
        }
    }
    return NULL;
}

/* ---- all reasons ---------------------------------------------------------*/

static HostPciRefusal *refusal_of_bridge(const HostPci *dev)
{
    return !host_pci_is_bridge(dev) ? NULL :
           refusal_new(g_strdup_printf("%s is a bridge: a guest can't have a bridge",
                                       dev->bdf),
                       g_strdup("name a device behind it"));
}

HostPciRefusal *host_pci_refusal(const char *root, const HostPci *dev)
{
    static HostPciRefusal *(*const reasons[])(const char *root,
                                              const HostPci *dev) = {
        refusal_of_domain, refusal_of_reserved,
    };
    HostPciRefusal *refusal = refusal_of_bridge(dev);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(reasons) && !refusal; i++) {
        refusal = reasons[i](root, dev);
    }
    return refusal ? refusal : refusal_of_silence(root, dev);
}

/* ---- members of its group ------------------------------------------------*/

static char *refusal_member_remedy(const HostPci *dev, const HostPci *member)
{
    if (!host_pci_depends(dev, member)) {
        return g_strdup_printf(
            "take the driver from it, if the host can do without: echo %s | sudo tee /sys/bus/pci/devices/%s/driver/unbind",
            member->bdf, member->bdf);
    }
    if (!g_strcmp0(member->driver, "vmd")) {
        return refusal_vmd_remedy(member->bdf);
    }
    return host_pci_is_bridge(member) ?
           g_strdup("put the card into another slot: groups differ by slot") :
           g_strdup_printf(
               "give the guest that device instead: vfio-trace run %s; or put the card into another slot: groups differ by slot",
               member->bdf);
}

HostPciRefusal *host_pci_member_refusal(const HostPci *dev,
                                        const HostPci *member)
{
    static const char *const reasons[] = {
        "a bridge whose driver keeps VFIO from the group",
        "whose driver keeps VFIO from the group, and can't be replaced: without it, the device would not exist",
    };

    return refusal_new(
        g_strdup_printf("group %d also has %s (%s, driver %s), %s",
                        dev->iommu_group, member->bdf,
                        host_pci_class_name(member), member->driver,
                        reasons[host_pci_depends(dev, member)]),
        refusal_member_remedy(dev, member));
}

void host_pci_refusal_free(HostPciRefusal *refusal)
{
    if (refusal) {
        g_free(refusal->why);
        g_free(refusal->remedy);
        g_free(refusal);
    }
}
