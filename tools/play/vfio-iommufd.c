/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: a device by iommufd (see vfio-iommufd.h)
 *
 * /dev/iommu has an address space, and the device has a file of its own, which
 * is bound to it.
 */
#include "tools/play/vfio-iommufd.h"
#include "tools/play/iommufd-abi.h"

#include "tools/host/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* An IOMMU has a few ranges; more are not looked at. */
#define RANGES_MAX 1024

#define UUID_BYTES 16

static char *iommu_path(const char *root)
{
    return host_fs_path(root, "/dev/iommu");
}

/* Return: the device's own file; NULL if it has none */
static char *device_path(const char *root, const HostPci *dev)
{
    g_autofree char *dir = g_build_filename(dev->path, "vfio-dev", NULL);
    g_auto(GStrv) names = host_fs_names(dir);

    return names[0] ? host_fs_path(root, "/dev/vfio/devices/%s", names[0])
                    : NULL;
}

bool vfio_iommufd_is_there(const char *root, const HostPci *dev)
{
    g_autofree char *iommu = iommu_path(root);
    g_autofree char *device = device_path(root, dev);

    return device && !access(iommu, F_OK) && !access(device, F_OK);
}

static int open_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0) {
        play_error(error, "can not open %s: %s", path, g_strerror(errno));
    }
    return fd;
}

/* The digits of a UUID, as bytes in their order */
static void parse_uuid(const char *uuid, uint8_t *bytes)
{
    size_t n = 0;

    for (; *uuid && n < 2 * UUID_BYTES; uuid++) {
        int digit = g_ascii_xdigit_value(*uuid);

        if (digit >= 0) {
            bytes[n / 2] = n % 2 ? bytes[n / 2] | digit : digit << 4;
            n++;
        }
    }
}

/* Before Linux 6.17, a device by iommufd needs no token, and takes none. */
static bool bind_device(const PlayVfio *vfio, const char *token)
{
    uint8_t uuid[UUID_BYTES] = { 0 };
    VfioCdevBind bind = {
        .size = VFIO_CDEV_BIND_SIZE, .iommufd = vfio->iommu,
    };
    VfioCdevBind with_token = {
        .size = sizeof(bind), .flags = VFIO_CDEV_BIND_TOKEN,
        .iommufd = vfio->iommu, .token = (uintptr_t)uuid,
    };

    if (token) {
        parse_uuid(token, uuid);
        if (!ioctl(vfio->device, VFIO_CDEV_BIND, &with_token)) {
            return true;
        }
        if (errno != EINVAL) {
            return false;
        }
    }
    return !ioctl(vfio->device, VFIO_CDEV_BIND, &bind);
}

static bool attach_device(PlayVfio *vfio, GError **error)
{
    IommufdAlloc alloc = { .size = sizeof(alloc) };
    VfioCdevAttach attach = { .size = sizeof(attach) };

    if (ioctl(vfio->iommu, IOMMUFD_ALLOC, &alloc)) {
        return play_error(error, "/dev/iommu makes no address space: %s",
                          g_strerror(errno));
    }
    vfio->ioas = alloc.id;
    attach.id = alloc.id;
    return !ioctl(vfio->device, VFIO_CDEV_ATTACH, &attach) ||
           play_error(error,
                      "VFIO does not set up the IOMMU for %s: %s; 'vfio-trace doctor %s' may say why",
                      vfio->bdf, g_strerror(errno), vfio->bdf);
}

static bool iommufd_open(PlayVfio *vfio, const VfioTarget *target,
                         GError **error)
{
    g_autofree char *iommu = iommu_path(target->root);
    g_autofree char *device = device_path(target->root, target->dev);

    vfio->iommu = open_file(iommu, error);
    if (vfio->iommu < 0) {
        return false;
    }
    vfio->device = open_file(device, error);
    if (vfio->device < 0) {
        return false;
    }
    if (!bind_device(vfio, target->token)) {
        return vfio_refused(vfio, target, error);
    }
    return attach_device(vfio, error);
}

static GArray *iommufd_ranges(const PlayVfio *vfio, uint64_t *page)
{
    g_autofree IommufdRange *found = g_new0(IommufdRange, RANGES_MAX);
    IommufdRanges ask = {
        .size = sizeof(ask), .id = vfio->ioas, .count = RANGES_MAX,
        .ranges = (uintptr_t)found,
    };
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(PlayRange));
    uint32_t i;

    if (!ioctl(vfio->iommu, IOMMUFD_RANGES, &ask)) {
        *page = ask.alignment;
        for (i = 0; i < MIN(ask.count, RANGES_MAX); i++) {
            PlayRange range = { found[i].first, found[i].last };

            g_array_append_val(ranges, range);
        }
    }
    return ranges;
}

static bool iommufd_map(const PlayVfio *vfio, const VfioBuffer *buffer)
{
    IommufdMap map = {
        .size = sizeof(map),
        .flags = IOMMUFD_MAP_FIXED | IOMMUFD_MAP_WRITE | IOMMUFD_MAP_READ,
        .id = vfio->ioas, .memory = (uintptr_t)buffer->bytes,
        .length = buffer->size, .iova = buffer->iova,
    };

    return !ioctl(vfio->iommu, IOMMUFD_MAP, &map);
}

static void iommufd_unmap(const PlayVfio *vfio, const VfioBuffer *buffer)
{
    IommufdUnmap unmap = {
        .size = sizeof(unmap), .id = vfio->ioas, .iova = buffer->iova,
        .length = buffer->size,
    };

    ioctl(vfio->iommu, IOMMUFD_UNMAP, &unmap);
}

const VfioWay vfio_iommufd = {
    .open = iommufd_open,
    .ranges = iommufd_ranges,
    .map = iommufd_map,
    .unmap = iommufd_unmap,
};
