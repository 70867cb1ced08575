/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of the device by VFIO itself (see ask.h)
 *
 * The state of the IOMMU group can be read without opening the device.  The
 * parts of a BAR that can be mapped can be read only from an open device, and
 * the kernel resets a device that is opened and closed: so this is done only on
 * request.
 */
#include "tools/doctor/ask.h"
#include "tools/doctor/finding.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Room for a region's capabilities, more than any kernel returns */
#define INFO_BYTES 4096

/* Return: the mmappable areas of a region, as text */
static char *describe_areas(const struct vfio_region_info *info)
{
    const struct vfio_region_info_cap_sparse_mmap *sparse = NULL;
    const struct vfio_info_cap_header *cap;
    GString *text = g_string_new(NULL);
    uint32_t at = info->cap_offset;
    uint32_t i;

    if (!(info->flags & VFIO_REGION_INFO_FLAG_MMAP)) {
        return g_string_free(g_string_append(text, "nothing"), FALSE);
    }
    while ((info->flags & VFIO_REGION_INFO_FLAG_CAPS) && at &&
           at + sizeof(*cap) <= info->argsz) {
        cap = (const void *)((const char *)info + at);
        if (cap->id == VFIO_REGION_INFO_CAP_SPARSE_MMAP) {
            sparse = (const void *)cap;
        }
        /* Capabilities follow each other; a chain that goes back is broken. */
        at = cap->next > at ? cap->next : 0;
    }
    if (!sparse) {
        return g_string_free(g_string_append(text, "all"), FALSE);
    }
    for (i = 0; i < sparse->nr_areas; i++) {
        g_string_append_printf(text, "%s0x%" PRIx64 "+0x%" PRIx64,
                               i ? ", " : "", (uint64_t)sparse->areas[i].offset,
                               (uint64_t)sparse->areas[i].size);
    }
    return g_string_free(text, FALSE);
}

static void ask_regions(Doctor *doctor, int device)
{
    unsigned i;

    for (i = 0; i < HOST_PCI_BARS; i++) {
        g_autofree struct vfio_region_info *info = g_malloc0(INFO_BYTES);

        info->argsz = INFO_BYTES;
        info->index = VFIO_PCI_BAR0_REGION_INDEX + i;
        if (!ioctl(device, VFIO_DEVICE_GET_REGION_INFO, info) && info->size &&
            info->argsz <= INFO_BYTES) {
            doctor->mmappable[i] = describe_areas(info);
        }
    }
}

static void ask_device(Doctor *doctor, int group)
{
    g_autofree char *path = g_strconcat(doctor->root, "/dev/vfio/vfio", NULL);
    int container = open(path, O_RDWR | O_CLOEXEC);
    /* As QEMU's vfio_open_device() and the kernel's vfio_pci_core_match() do */
    g_autofree char *name = g_strdup_printf("%s%s%s", doctor->dev->bdf,
                                            doctor->token ? " vf_token=" : "",
                                            doctor->token ? doctor->token : "");
    int device = -1;

    if (container >= 0 &&
        !ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) &&
        !ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU)) {
        device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name);
    }
    if (device >= 0) {
        ask_regions(doctor, device);
        doctor_say(doctor, DOCTOR_OK, NULL, "the device can be opened");
        close(device);
    } else if (errno == EACCES) {
        doctor_say(doctor, DOCTOR_FAIL, doctor->token ?
                   "give the token that the physical function's user has set" :
                   "see the finding 'VF token'; give the token with --vf-token",
                   "the device can not be opened: %s",
                   doctor->token ? "this is not its token" :
                   g_strerror(EACCES));
    } else {
        doctor_say(doctor, DOCTOR_FAIL, "sudo dmesg | grep -i vfio",
                   "the device can not be opened: %s", g_strerror(errno));
    }
    if (container >= 0) {
        close(container);
    }
}

void doctor_check_vfio(Doctor *doctor)
{
    struct vfio_group_status status = { .argsz = sizeof(status) };
    g_autofree char *path = host_pci_vfio_node(doctor->root, doctor->dev);
    int group = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    int err = errno;

    if (!host_pci_is_vfios(doctor->dev) || !path) {
        if (doctor->ask) {
            doctor_say(doctor, DOCTOR_NOTE, NULL,
                       "VFIO can be asked only when the device is bound to it");
        }
    } else if (group < 0 && err == EBUSY) {
        doctor_say(doctor, DOCTOR_FAIL, "end the program that uses it",
                   "the group is in use already");
    } else if (group < 0) {
        doctor_say(doctor, DOCTOR_NOTE, NULL, "VFIO can't be asked: %s: %s",
                   path, g_strerror(err));
    } else if (ioctl(group, VFIO_GROUP_GET_STATUS, &status)) {
        doctor_say(doctor, DOCTOR_NOTE, NULL, "%s is not a VFIO group", path);
    } else if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
        doctor_say(doctor, DOCTOR_FAIL, "see the finding 'group'",
                   "VFIO refuses the group: one of its devices is bound to a host driver");
    } else if (doctor->ask) {
        ask_device(doctor, group);
    } else {
        doctor_say(doctor, DOCTOR_OK, NULL, "VFIO accepts the group");
    }
    if (group >= 0) {
        close(group);
    }
}
