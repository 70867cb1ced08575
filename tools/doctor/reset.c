/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of the device's reset
 */
#include "tools/doctor/finding.h"
#include "tools/doctor/reset.h"
#include "libpcidev/group.h"

#include <string.h>

#define VENDOR_AMD 0x1002

#define AMD_REMEDY "reboot between guests, or install the module vendor-reset"

/*
 * AMD's GPUs that do not come back from a bus reset: Polaris, Vega, and Navi
 * before RDNA 2.  The module vendor-reset adds a method for them, which the
 * kernel calls device_specific.
 */
static bool is_lost_by_reset(const HostPci *dev)
{
    static const struct {
        uint16_t first;
        uint16_t last;
    } gpus[] = {
        { 0x66a0, 0x66af }, { 0x67c0, 0x67ff }, { 0x6860, 0x687f },
        { 0x6980, 0x699f }, { 0x6fdf, 0x6fdf }, { 0x7310, 0x731f },
        { 0x7340, 0x734f }, { 0x7360, 0x7362 },
    };
    size_t i;

    if (dev->vendor != VENDOR_AMD || !host_pci_is_display(dev) ||
        (dev->reset_methods && strstr(dev->reset_methods, "device_specific"))) {
        return false;
    }
    for (i = 0; i < G_N_ELEMENTS(gpus); i++) {
        if (dev->device >= gpus[i].first && dev->device <= gpus[i].last) {
            return true;
        }
    }
    return false;
}

/*
 * Is the device on a bus behind a bridge?  VFIO resets this bus if one QEMU has
 * all functions on it; reset_method does not list that.
 */
static bool has_hot_reset(const Doctor *doctor)
{
    g_autofree char *bridge = host_pci_parent(doctor->dev);

    return bridge != NULL;
}

/* Report what keeps the check from telling how the device can be reset. */
static bool say_reset_unknown(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;
    g_autofree char *remedy = g_strdup_printf("echo default | sudo tee %s/reset_method",
                                              dev->path);

    if (!dev->reset_known) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known whether it can be reset: %s/reset_method can't be read",
                   dev->path);
    } else if (dev->answer == HOST_PCI_ANSWER_NO) {
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'device'",
                   "it is not known whether a reset (%s) works: the device does not answer",
                   dev->reset_methods ? dev->reset_methods :
                   dev->can_reset ? "method unknown" : "with its bus");
    } else if (dev->reset_off) {
        doctor_say(doctor, DOCTOR_WARN, remedy,
                   "its reset methods are switched off: reset_method is empty");
    } else {
        return false;
    }
    return true;
}

/* QEMU can reset the bus if it has all devices on it, of whatever group. */
static void say_hot_reset(Doctor *doctor)
{
    g_autofree char *bridge = host_pci_parent(doctor->dev);
    g_autoptr(GPtrArray) all = host_pci_list(doctor->root, NULL);
    g_autoptr(GString) others = g_string_new(NULL);
    g_autoptr(GString) remedy = g_string_new(NULL);
    guint i;

    g_string_printf(remedy, "give all of them to the same guest: vfio-trace run %s",
                    doctor->dev->bdf);
    for (i = 0; all && i < all->len; i++) {
        const HostPci *dev = all->pdata[i];
        g_autofree char *above = host_pci_parent(dev);

        if (strcmp(dev->bdf, doctor->dev->bdf) && !g_strcmp0(above, bridge)) {
            g_string_append_printf(others, "%s%s", others->len ? ", " : ": also ",
                                   dev->bdf);
            if (dev->iommu_group >= 0 &&
                dev->iommu_group != doctor->dev->iommu_group) {
                g_string_append_printf(others, " of group %d",
                                       dev->iommu_group);
            }
            g_string_append_printf(remedy, " %s", dev->bdf);
        }
    }
    doctor_say(doctor, DOCTOR_NOTE, others->len ? remedy->str : NULL,
               "can't be reset alone, only with all devices on its bus%s",
               others->str);
}

void doctor_check_reset(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;
    const char *methods = dev->reset_methods ? dev->reset_methods
                                             : "method unknown";

    if (say_reset_unknown(doctor)) {
        return;
    }
    if (dev->can_reset && is_lost_by_reset(dev)) {
        doctor_say(doctor, DOCTOR_WARN, AMD_REMEDY,
                   "can be reset (%s), but GPUs of this kind often do not come back from that",
                   methods);
    } else if (dev->can_reset) {
        doctor_say(doctor, DOCTOR_OK, NULL, "can be reset (%s)", methods);
    } else if (has_hot_reset(doctor)) {
        say_hot_reset(doctor);
    } else {
        doctor_say(doctor, DOCTOR_WARN, dev->vendor == VENDOR_AMD
                   ? AMD_REMEDY : "reboot between guests",
                   "can't be reset: each guest gets it in the state in which the last one left it");
    }
}
