/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: a device by VFIO's group and container (see vfio-group.h)
 *
 * The container is an address space, the group is put into it, and gives the
 * device's file.
 */
#include "tools/play/vfio-group.h"

#include "tools/host/fs.h"
#include "tools/host/pci.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The kernel's answer has a few ranges; more is none of it. */
#define INFO_BYTES_MAX (64u * 1024)

typedef struct vfio_iommu_type1_info Info;
typedef struct vfio_iommu_type1_info_cap_iova_range IovaRanges;

static char *container_path(const char *root)
{
    return host_fs_path(root, "/dev/vfio/vfio");
}

bool vfio_group_is_there(const char *root, const HostPci *dev)
{
    g_autofree char *container = container_path(root);
    g_autofree char *group = host_pci_vfio_node(root, dev);

    return group && !access(container, F_OK) && !access(group, F_OK);
}

static bool fail(GError **error, const char *what)
{
    return play_error(error, "%s: %s", what, g_strerror(errno));
}

static bool open_container(PlayVfio *vfio, const char *root, GError **error)
{
    g_autofree char *path = container_path(root);

    vfio->iommu = open(path, O_RDWR | O_CLOEXEC);
    if (vfio->iommu < 0) {
        return play_error(error, "can not open %s: %s", path,
                          g_strerror(errno));
    }
    if (ioctl(vfio->iommu, VFIO_GET_API_VERSION) != VFIO_API_VERSION ||
        !ioctl(vfio->iommu, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU)) {
        return play_error(error,
                          "this kernel's VFIO has no IOMMU of type 1: is the module vfio_iommu_type1 loaded?");
    }
    return true;
}

static bool open_group(PlayVfio *vfio, const char *root, const HostPci *dev,
                       GError **error)
{
    g_autofree char *path = host_pci_vfio_node(root, dev);
    struct vfio_group_status status = { .argsz = sizeof(status) };

    vfio->group = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (vfio->group < 0) {
        return play_error(error, "can not open %s: %s",
                          path ? path : "the device's group",
                          path ? g_strerror(errno) : "it is in none");
    }
    if (ioctl(vfio->group, VFIO_GROUP_GET_STATUS, &status)) {
        return fail(error, "VFIO does not tell of the device's group");
    }
    if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
        return play_error(error,
                          "the IOMMU group of %s has another device that is not bound to vfio-pci: 'vfio-trace doctor %s' says which",
                          dev->bdf, dev->bdf);
    }
    if (ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->iommu)) {
        return fail(error, "VFIO does not take the device's group");
    }
    return !ioctl(vfio->iommu, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) ||
           play_error(error,
                      "VFIO does not set up the IOMMU for %s: %s; 'vfio-trace doctor %s' may say why",
                      dev->bdf, g_strerror(errno), dev->bdf);
}

/* The kernel's vfio_pci_core_match() reads the token behind the address. */
static bool open_device(PlayVfio *vfio, const VfioTarget *target,
                        GError **error)
{
    g_autofree char *name = g_strdup_printf("%s%s%s", vfio->bdf,
                                            target->token ? " vf_token=" : "",
                                            target->token ? target->token
                                                          : "");

    vfio->device = ioctl(vfio->group, VFIO_GROUP_GET_DEVICE_FD, name);
    return vfio->device >= 0 || vfio_refused(vfio, target, error);
}

static bool group_open(PlayVfio *vfio, const VfioTarget *target,
                       GError **error)
{
    return open_container(vfio, target->root, error) &&
           open_group(vfio, target->root, target->dev, error) &&
           open_device(vfio, target, error);
}

static Info *ask_iommu(const PlayVfio *vfio)
{
    Info *info = g_malloc0(INFO_BYTES_MAX);

    info->argsz = INFO_BYTES_MAX;
    if (ioctl(vfio->iommu, VFIO_IOMMU_GET_INFO, info)) {
        memset(info, 0, sizeof(*info));
    }
    return info;
}

/* Return: the ranges of addresses that the IOMMU maps, or NULL if not told */
static const IovaRanges *find_ranges(const Info *info)
{
    const uint8_t *bytes = (const uint8_t *)info;
    uint32_t at = info->flags & VFIO_IOMMU_INFO_CAPS ? info->cap_offset : 0;

    while (at && at <= INFO_BYTES_MAX - sizeof(IovaRanges)) {
        const struct vfio_info_cap_header *header = (const void *)(bytes + at);

        if (header->id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE) {
            return (const IovaRanges *)header;
        }
        if (header->next <= at) {
            break;
        }
        at = header->next;
    }
    return NULL;
}

/* Return: how many of the ranges are inside of the answer */
static size_t count_ranges(const Info *info, const IovaRanges *told)
{
    size_t room = INFO_BYTES_MAX - ((const uint8_t *)told->iova_ranges -
                                    (const uint8_t *)info);

    return MIN(told->nr_iovas, room / sizeof(told->iova_ranges[0]));
}

static GArray *group_ranges(const PlayVfio *vfio, uint64_t *page)
{
    g_autofree Info *info = ask_iommu(vfio);
    const IovaRanges *told = find_ranges(info);
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(PlayRange));
    size_t i, n = told ? count_ranges(info, told) : 0;

    if (info->flags & VFIO_IOMMU_INFO_PGSIZES) {
        *page = info->iova_pgsizes & -info->iova_pgsizes;
    }
    for (i = 0; i < n; i++) {
        PlayRange range = {
            told->iova_ranges[i].start, told->iova_ranges[i].end,
        };

        g_array_append_val(ranges, range);
    }
    return ranges;
}

static bool group_map(const PlayVfio *vfio, const VfioBuffer *buffer)
{
    struct vfio_iommu_type1_dma_map map = {
        .argsz = sizeof(map),
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .vaddr = (uintptr_t)buffer->bytes,
        .iova = buffer->iova,
        .size = buffer->size,
    };

    return !ioctl(vfio->iommu, VFIO_IOMMU_MAP_DMA, &map);
}

static void group_unmap(const PlayVfio *vfio, const VfioBuffer *buffer)
{
    struct vfio_iommu_type1_dma_unmap unmap = {
        .argsz = sizeof(unmap), .iova = buffer->iova, .size = buffer->size,
    };

    ioctl(vfio->iommu, VFIO_IOMMU_UNMAP_DMA, &unmap);
}

const VfioWay vfio_group = {
    .open = group_open,
    .ranges = group_ranges,
    .map = group_map,
    .unmap = group_unmap,
};
