/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the device, its group and the host's uses of it
 */
#include "tools/doctor/device.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/iommu.h"
#include "tools/host/fs.h"
#include "tools/host/refusal.h"
#include "tools/host/ungrouped.h"
#include "tools/host/use.h"

#include <string.h>

#define VFS_REMEDY "echo 0 | sudo tee %s/sriov_numvfs"
#define SEE_DEVICE "see the finding 'device'"
#define SEE_GROUP "see the finding 'group'"

void doctor_check_device(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;
    g_autoptr(HostPciRefusal) refusal = host_pci_refusal(doctor->root, dev);
    g_autofree char *ids = host_pci_ids(dev);

    if (refusal) {
        doctor_say(doctor, DOCTOR_FAIL, refusal->remedy, "%s", refusal->why);
    } else if (dev->answer == HOST_PCI_ANSWER_UNKNOWN) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "%s: %s, %s; its config space can't be read, so it is not known whether it answers",
                   dev->bdf, host_pci_class_name(dev), ids);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "%s: %s, %s", dev->bdf,
                   host_pci_class_name(dev), ids);
    }
}

/* Can no guest have the device?  Then there is nothing to bind. */
static bool is_refused(const Doctor *doctor)
{
    g_autoptr(HostPciRefusal) refusal = host_pci_refusal(doctor->root,
                                                         doctor->dev);

    return refusal;
}

HostPciMember doctor_member(const Doctor *doctor, const HostPci *dev)
{
    HostPciMember meaning = host_pci_member(doctor->dev, dev);

    if (strcmp(dev->bdf, doctor->dev->bdf)) {
        return meaning == HOST_PCI_MEMBER_TAKE &&
               host_pci_leaves(dev, doctor->taken) ? HOST_PCI_MEMBER_LEAVES
                                                   : meaning;
    }
    return host_pci_hinders_group(dev) ? HOST_PCI_MEMBER_TAKE
                                       : HOST_PCI_MEMBER_FREE;
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

        if (doctor_member(doctor, dev) == HOST_PCI_MEMBER_TAKE) {
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

/*
 * "0000:01:00.1 (audio, snd_hda_intel)" for each member with this meaning;
 * bridges without a driver of their own are not worth a word
 */
static char *list_members(const Doctor *doctor, HostPciMember wanted)
{
    GString *list = g_string_new(NULL);
    guint i;

    for (i = 0; i < doctor->group->len; i++) {
        const HostPci *dev = doctor->group->pdata[i];
        g_autofree char *silence = host_pci_silence(dev);

        if (strcmp(dev->bdf, doctor->dev->bdf) &&
            doctor_member(doctor, dev) == wanted &&
            !(wanted == HOST_PCI_MEMBER_FREE && host_pci_is_bridge(dev))) {
            g_string_append_printf(list, "%s%s (%s, %s%s%s)",
                                   list->len ? ", " : "", dev->bdf,
                                   host_pci_class_name(dev),
                                   dev->driver ? dev->driver :
                                   dev->driver_known ? "no driver" :
                                   "driver unknown",
                                   silence ? "; it " : "",
                                   silence ? silence : "");
        }
    }
    return g_string_free(list, FALSE);
}

/* Is a member on the same card, or is the device part of the chipset? */
static bool can_not_move(const HostPci *dev, const HostPci *member)
{
    g_autofree char *parent = host_pci_parent(dev);

    return !parent || !strncmp(dev->bdf, member->bdf,
                               strcspn(dev->bdf, "."));
}

/* Report members that must be taken as well, but that the host needs. */
static bool say_needed_members(Doctor *doctor)
{
    bool found = false;
    guint i;

    for (i = 0; i < doctor->group->len; i++) {
        const HostPci *dev = doctor->group->pdata[i];
        g_autofree char *remedy = NULL;
        g_autoptr(GPtrArray) uses = NULL;
        const HostPciUse *use;

        if (!strcmp(dev->bdf, doctor->dev->bdf) ||
            doctor_member(doctor, dev) != HOST_PCI_MEMBER_TAKE) {
            continue;
        }
        if (dev->vfs > 0) {
            remedy = g_strdup_printf(VFS_REMEDY, dev->path);
            doctor_say(doctor, DOCTOR_FAIL, remedy,
                       "group %d also has %s, which has %d virtual functions: they would disappear with its driver",
                       doctor->dev->iommu_group, dev->bdf, dev->vfs);
            found = true;
            continue;
        }
        uses = host_pci_survey_uses(doctor->survey, dev, doctor->taken);
        use = host_pci_needed(uses);
        if (use) {
            remedy = can_not_move(doctor->dev, dev) ?
                g_strdup_printf(
                    "'vfio-trace doctor %s' says how the host can do without it",
                    dev->bdf) :
                g_strdup(
                    "put the card into another slot, since groups differ by slot; or switch on ACS in the firmware's setup, if it has that");
            doctor_say(doctor, DOCTOR_FAIL, remedy,
                       "group %d also has %s, which the host needs: %s",
                       doctor->dev->iommu_group, dev->bdf, use->what);
            found = true;
        }
    }
    return found;
}

/* Report a member that keeps VFIO from the group, and can't be taken. */
static bool say_blocking_member(Doctor *doctor)
{
    guint i;

    for (i = 0; i < doctor->group->len; i++) {
        const HostPci *dev = doctor->group->pdata[i];

        if (doctor_member(doctor, dev) == HOST_PCI_MEMBER_BLOCKS) {
            g_autoptr(HostPciRefusal) refusal =
                host_pci_member_refusal(doctor->dev, dev);

            doctor_say(doctor, DOCTOR_FAIL, refusal->remedy, "%s",
                       refusal->why);
            return true;
        }
    }
    return false;
}

/* Other devices are in groups: why is this one not? */
static const char *other_remedy(const Doctor *doctor)
{
    static const char igfx[] =
        "remove igfx_off from intel_iommu= on the kernel's command line; then reboot";
    g_autofree char *parent = host_pci_parent(doctor->dev);

    if (parent) {
        return "put the card into another slot";
    }
    return host_pci_is_display(doctor->dev) &&
           doctor_has_parameter(doctor, "intel_iommu", "igfx_off", "none") ?
           igfx : "sudo dmesg | grep -iE 'iommu|dmar|amd-vi|smmu|iort'";
}

static void say_no_group(Doctor *doctor)
{
    g_autofree char *yet = host_ungrouped_yet(doctor->root, doctor->dev);

    if (doctor->dev->iommu_group == HOST_PCI_GROUP_UNKNOWN) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known which IOMMU group %s is in: %s/iommu_group can't be read",
                   doctor->dev->bdf, doctor->dev->path);
    } else {
        doctor_say(doctor, DOCTOR_FAIL, yet ? yet :
                   doctor_count_groups(doctor) ? other_remedy(doctor)
                   : "see the finding 'IOMMU'",
                   "%s is in no IOMMU group", doctor->dev->bdf);
    }
}

/* Report what is not known of the group. */
static bool say_unknown_members(Doctor *doctor)
{
    g_autofree char *unknown = list_members(doctor, HOST_PCI_MEMBER_UNKNOWN);
    bool blocks;
    g_autofree char *gap = host_pci_group_gap(doctor->root, doctor->dev,
                                              &blocks);

    if (gap) {
        doctor_say(doctor, blocks ? DOCTOR_FAIL : DOCTOR_WARN, NULL,
                   "not all devices of group %d are known: %s",
                   doctor->dev->iommu_group, gap);
    } else if (*unknown) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "group %d has devices whose drivers can't be read: %s",
                   doctor->dev->iommu_group, unknown);
    }
    return gap || *unknown;
}

void doctor_check_group(Doctor *doctor)
{
    int group = doctor->dev->iommu_group;
    g_autofree char *take = list_members(doctor, HOST_PCI_MEMBER_TAKE);
    g_autofree char *leave = list_members(doctor, HOST_PCI_MEMBER_LEAVES);
    g_autofree char *quiet = list_members(doctor, HOST_PCI_MEMBER_FREE);
    g_autofree char *command = NULL;
    bool refused = is_refused(doctor);
    bool unknown;

    if (group < 0) {
        say_no_group(doctor);
        return;
    }
    if (say_blocking_member(doctor) || say_needed_members(doctor)) {
        return;
    }
    unknown = say_unknown_members(doctor);
    if (*leave) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "devices that the host loses with the drivers that are taken: %s",
                   leave);
    }
    if (*take) {
        command = bind_command(doctor, doctor->group);
        doctor_say(doctor, DOCTOR_WARN, refused ? SEE_DEVICE : command,
                   "group %d has other devices, which must be taken as well: %s",
                   group, take);
    } else if (*quiet) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "group %d has other devices, which need not be taken: %s",
                   group, quiet);
    } else if (!unknown && !*leave) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "the only device in group %d", group);
    }
}

/* Virtual functions disappear with the driver of their physical function. */
static void say_virtual_functions(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;
    g_autofree char *remedy = g_strdup_printf(VFS_REMEDY, dev->path);

    if (dev->vfs > 0) {
        doctor_say(doctor, DOCTOR_FAIL, remedy,
                   "it has %d virtual functions, which would disappear with its driver",
                   dev->vfs);
    } else if (dev->vfs < 0) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known whether it has virtual functions, which would disappear with its driver: %s/sriov_numvfs can't be read",
                   dev->path);
    }
}

/* Does the finding 'group' say what to do? */
static bool is_not_alone(const Doctor *doctor)
{
    g_autofree char *take = list_members(doctor, HOST_PCI_MEMBER_TAKE);
    g_autofree char *block = list_members(doctor, HOST_PCI_MEMBER_BLOCKS);

    return *take || *block;
}

void doctor_check_driver(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;
    g_autoptr(GPtrArray) alone = g_ptr_array_new();
    g_autofree char *command = NULL;

    g_ptr_array_add(alone, doctor->dev);
    command = is_refused(doctor) ? g_strdup(SEE_DEVICE) :
              is_not_alone(doctor) ? g_strdup(SEE_GROUP) :
                                     bind_command(doctor, alone);
    if (host_pci_is_vfios(dev)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "bound to %s",
                   dev->driver ? dev->driver : "VFIO");
        return;
    }
    say_virtual_functions(doctor);
    if (dev->driver) {
        doctor_say(doctor, DOCTOR_NOTE, command, "bound to %s%s%s",
                   dev->driver, dev->driver_override ? ", driver_override=" :
                   "", dev->driver_override ? dev->driver_override : "");
    } else if (!dev->driver_known) {
        doctor_say(doctor, DOCTOR_FAIL,
                   "ask as root: sudo vfio-trace doctor ...",
                   "it is not known which driver has it: %s/driver can't be read",
                   dev->path);
    } else {
        doctor_say(doctor, DOCTOR_NOTE, command ? command :
                   "vfio-trace run binds it to vfio-pci",
                   "bound to no driver%s%s",
                   dev->driver_override ? ", driver_override=" : "",
                   dev->driver_override ? dev->driver_override : "");
    }
}

void doctor_check_use(Doctor *doctor)
{
    static const struct {
        DoctorState state;
        const char *before;
        const char *or_else;
    } needs[] = {
        [HOST_PCI_NEED_NO] = { DOCTOR_NOTE, "", "" },
        [HOST_PCI_NEED_UNKNOWN] = {
            DOCTOR_NOTE, "it is not known whether the host needs it: ", "" },
        [HOST_PCI_NEED_YES] = {
            DOCTOR_FAIL, "the host needs it: ",
            "; or take it all the same: 'vfio-trace run --force'" },
    };
    g_autoptr(GPtrArray) uses = host_pci_survey_uses(doctor->survey,
                                                     doctor->dev,
                                                     doctor->taken);
    guint i;

    for (i = 0; i < uses->len; i++) {
        const HostPciUse *use = uses->pdata[i];
        g_autofree char *remedy = g_strconcat(use->remedy,
                                              needs[use->need].or_else, NULL);

        doctor_say(doctor, needs[use->need].state, remedy, "%s%s",
                   needs[use->need].before, use->what);
    }
    if (host_pci_is_bridge(doctor->dev)) {
        doctor_say(doctor, DOCTOR_NOTE, SEE_DEVICE,
                   "the host reaches the devices behind it by this bridge");
    } else if (!uses->len && doctor->dev->answer == HOST_PCI_ANSWER_NO) {
        doctor_say(doctor, DOCTOR_NOTE, SEE_DEVICE,
                   "no use of it is known, but it does not answer");
    } else if (!uses->len) {
        doctor_say(doctor, DOCTOR_OK, NULL, "the host does not need it");
    }
}
