/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the device, its group and the host's uses of it
 */
#include "tools/doctor/device.h"
#include "tools/doctor/finding.h"
#include "tools/host/fs.h"
#include "tools/host/use.h"

#include <string.h>

#define VENDOR_AMD 0x1002

void doctor_check_device(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;

    if (host_pci_is_bridge(dev)) {
        doctor_say(doctor, DOCTOR_FAIL, "name a device behind it",
                   "%s is a bridge: a guest can't have a bridge", dev->bdf);
    } else if (dev->config_known && dev->command == 0xffff) {
        doctor_say(doctor, DOCTOR_FAIL, "switch the machine off and on",
                   "%s does not answer: its config space reads as all ones",
                   dev->bdf);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "%s: %s, %04x:%04x", dev->bdf,
                   host_pci_class_name(dev), dev->vendor, dev->device);
    }
}

/*
 * Bind all devices that keep the group from VFIO to vfio-pci.
 *
 * Return: a shell command, to be freed; or NULL if there is nothing to do
 */
static char *bind_command(const Doctor *doctor, const GPtrArray *devices)
{
    g_autoptr(GString) list = g_string_new(NULL);
    guint i;

    for (i = 0; i < devices->len; i++) {
        const HostPci *dev = devices->pdata[i];

        if (host_pci_hinders_group(dev)) {
            g_string_append_printf(list, "%s%s", list->len ? " " : "",
                                   dev->bdf);
        }
    }
    if (!list->len) {
        return NULL;
    }
    return g_strdup_printf(
        "use vfio-trace run %s%s; or, by hand: sudo modprobe vfio-pci; for d in %s; do p=/sys/bus/pci/devices/$d; echo vfio-pci | sudo tee $p/driver_override; echo $d | sudo tee $p/driver/unbind; echo $d | sudo tee /sys/bus/pci/drivers_probe; done",
        devices == doctor->group ? "--with-group " : "", doctor->dev->bdf,
        list->str);
}

/* "0000:01:00.1 (audio, snd_hda_intel)" for each member that @keep wants */
static char *list_members(const Doctor *doctor,
                          bool (*keep)(const HostPci *dev))
{
    GString *list = g_string_new(NULL);
    guint i;

    for (i = 0; i < doctor->group->len; i++) {
        const HostPci *dev = doctor->group->pdata[i];

        if (strcmp(dev->bdf, doctor->dev->bdf) && keep(dev)) {
            g_string_append_printf(list, "%s%s (%s, %s)",
                                   list->len ? ", " : "", dev->bdf,
                                   host_pci_class_name(dev),
                                   dev->driver ? dev->driver : "no driver");
        }
    }
    return g_string_free(list, FALSE);
}

/* Report a member that must be taken as well, but that the host needs. */
static bool say_needed_member(Doctor *doctor)
{
    guint i;

    for (i = 0; i < doctor->group->len; i++) {
        const HostPci *dev = doctor->group->pdata[i];
        g_autoptr(GPtrArray) uses = NULL;
        const HostPciUse *use;

        if (!strcmp(dev->bdf, doctor->dev->bdf) ||
            !host_pci_hinders_group(dev)) {
            continue;
        }
        uses = host_pci_uses(doctor->root, dev);
        use = host_pci_needed(uses);
        if (use) {
            doctor_say(doctor, DOCTOR_FAIL,
                       "put the card into another slot: groups differ by slot",
                       "group %d also has %s, which the host needs: %s",
                       doctor->dev->iommu_group, dev->bdf, use->what);
            return true;
        }
    }
    return false;
}

static bool goes_quietly(const HostPci *dev)
{
    return !host_pci_hinders_group(dev) && !host_pci_is_bridge(dev);
}

void doctor_check_group(Doctor *doctor)
{
    int group = doctor->dev->iommu_group;
    g_autofree char *hinder = list_members(doctor, host_pci_hinders_group);
    g_autofree char *quiet = list_members(doctor, goes_quietly);
    g_autofree char *dir = host_fs_path(doctor->root,
                                        "/sys/kernel/iommu_groups");
    g_auto(GStrv) groups = host_fs_names(dir);
    g_autofree char *command = NULL;

    if (group < 0) {
        doctor_say(doctor, DOCTOR_FAIL, groups[0]
                   ? "put the card into another slot"
                   : "see the finding 'IOMMU'",
                   "%s is in no IOMMU group", doctor->dev->bdf);
    } else if (say_needed_member(doctor)) {
        return;
    } else if (*hinder) {
        command = bind_command(doctor, doctor->group);
        doctor_say(doctor, DOCTOR_WARN, command,
                   "group %d has other devices, which must be taken as well: %s",
                   group, hinder);
    } else if (*quiet) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "group %d has other devices, which need not be taken: %s",
                   group, quiet);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "the only device in group %d", group);
    }
}

void doctor_check_driver(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;
    g_autoptr(GPtrArray) alone = g_ptr_array_new();
    g_autofree char *command = NULL;

    g_ptr_array_add(alone, doctor->dev);
    command = bind_command(doctor, alone);
    if (host_pci_is_vfios(dev)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "bound to %s",
                   dev->driver ? dev->driver : "VFIO");
    } else if (dev->driver) {
        doctor_say(doctor, DOCTOR_NOTE, command, "bound to %s%s%s",
                   dev->driver, dev->driver_override ? ", driver_override=" :
                   "", dev->driver_override ? dev->driver_override : "");
    } else {
        doctor_say(doctor, DOCTOR_NOTE, "vfio-trace run binds it to vfio-pci",
                   "bound to no driver%s%s",
                   dev->driver_override ? ", driver_override=" : "",
                   dev->driver_override ? dev->driver_override : "");
    }
}

void doctor_check_use(Doctor *doctor)
{
    static const char *const remedies[] = {
        [HOST_PCI_USE_DISPLAY] =
            "let the firmware use another GPU; or use 'run --force'",
        [HOST_PCI_USE_DISK] =
            "unmount or swapoff it first, if the host does not need it",
        [HOST_PCI_USE_NETWORK] =
            "use another interface for the host's network",
        [HOST_PCI_USE_PROGRAM] =
            "end the program first, or keep it from this device",
    };
    g_autoptr(GPtrArray) uses = host_pci_uses(doctor->root, doctor->dev);
    guint i;

    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];

        doctor_say(doctor, use->needed ? DOCTOR_FAIL : DOCTOR_NOTE,
                   remedies[use->kind], "%s%s",
                   use->needed ? "the host needs it: " : "", use->what);
    }
    if (!uses->len) {
        doctor_say(doctor, DOCTOR_OK, NULL, "the host does not need it");
    }
}

/*
 * Is the device on a bus behind a bridge?  VFIO resets this bus if one QEMU has
 * all functions on it; reset_method does not list that.
 */
static bool has_hot_reset(const Doctor *doctor)
{
    g_autofree char *parent = g_path_get_dirname(doctor->dev->path);
    g_autofree char *name = g_path_get_basename(parent);
    g_autofree char *bridge = host_pci_parse_bdf(name, NULL);

    return bridge != NULL;
}

void doctor_check_reset(Doctor *doctor)
{
    static const char amd_remedy[] =
        "reboot between guests, or install the module vendor-reset";
    const HostPci *dev = doctor->dev;

    if (dev->can_reset) {
        doctor_say(doctor, DOCTOR_OK, NULL, "can be reset (%s)",
                   dev->reset_methods ? dev->reset_methods
                                      : "method unknown");
    } else if (has_hot_reset(doctor)) {
        doctor_say(doctor, DOCTOR_NOTE,
                   "give all functions of the card to the same guest",
                   "can't be reset alone, only with all devices on its bus");
    } else {
        doctor_say(doctor, DOCTOR_WARN, dev->vendor == VENDOR_AMD
                   ? amd_remedy : "reboot between guests",
                   "can't be reset: each guest gets it in the state in which the last one left it");
    }
}
