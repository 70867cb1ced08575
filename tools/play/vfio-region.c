/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: regions of a device through VFIO (see vfio-region.h)
 *
 * Theory of operation
 *
 * A BAR of memory is mapped, as a driver maps it: one load or store is one
 * access of that width.  Whatever VFIO does not let us map is read and written
 * by the device's file: config space, I/O ports, the ROM.
 *
 * A sequence may switch the device's memory off, by its command register or by
 * a reset.  The kernel then takes our mapping away, and the next access raises
 * SIGBUS.  That must not end this process, which has to give the device back:
 * the handler goes back to the access, which fails.
 */
#include "tools/play/vfio-region.h"

#include <errno.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* The kernel's answer is short; more is none of it. */
#define INFO_BYTES_MAX (64u * 1024)

static sigjmp_buf bus_error;
static volatile sig_atomic_t in_access;

static void on_bus_error(int number)
{
    if (in_access) {
        siglongjmp(bus_error, 1);
    }
    /* Not ours: end as without a handler. */
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_bus_errors(void)
{
    /* The handler does not return, so the signal must not stay blocked. */
    struct sigaction action = {
        .sa_handler = on_bus_error, .sa_flags = SA_NODEFER,
    };

    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

/* An atomic access is one instruction of that width. */
static uint64_t load(const uint8_t *at, unsigned width)
{
    switch (width) {
    case 1:
        return __atomic_load_n((const uint8_t *)at, __ATOMIC_RELAXED);
    case 2:
        return __atomic_load_n((const uint16_t *)at, __ATOMIC_RELAXED);
    case 4:
        return __atomic_load_n((const uint32_t *)at, __ATOMIC_RELAXED);
    default:
        return __atomic_load_n((const uint64_t *)at, __ATOMIC_RELAXED);
    }
}

static void store(uint8_t *at, unsigned width, uint64_t value)
{
    switch (width) {
    case 1:
        __atomic_store_n((uint8_t *)at, value, __ATOMIC_RELAXED);
        break;
    case 2:
        __atomic_store_n((uint16_t *)at, value, __ATOMIC_RELAXED);
        break;
    case 4:
        __atomic_store_n((uint32_t *)at, value, __ATOMIC_RELAXED);
        break;
    default:
        __atomic_store_n((uint64_t *)at, value, __ATOMIC_RELAXED);
        break;
    }
}

/*
 * The buffers are ordinary memory, which must be written before the device is
 * told to read them, and must not be read before it says that it is done.
 */
static void order(void)
{
#ifndef __SANITIZE_THREAD__     /* it has no fences: -Wtsan */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/* Return: false if the device's memory is switched off */
static bool access_map(uint8_t *at, unsigned width, uint64_t *value, bool write)
{
    if (sigsetjmp(bus_error, 0)) {
        in_access = 0;
        return false;
    }
    in_access = 1;
    order();
    if (write) {
        store(at, width, *value);
    } else {
        *value = load(at, width);
    }
    order();
    in_access = 0;
    return true;
}

static bool access_file(const PlayVfio *vfio, const VfioRegion *region,
                        uint64_t offset, unsigned width, uint64_t *value,
                        bool write)
{
    uint64_t le = GUINT64_TO_LE(*value);
    ssize_t n = write ? pwrite(vfio->device, &le, width, region->at + offset)
                      : pread(vfio->device, &le, width, region->at + offset);

    if (n != (ssize_t)width) {
        errno = n < 0 ? errno : EIO;
        return false;
    }
    *value = GUINT64_FROM_LE(le);
    return true;
}

static bool access_region(PlayBackend *backend, unsigned i, uint64_t offset,
                          unsigned width, uint64_t *value, bool write,
                          GError **error)
{
    PlayVfio *vfio = (PlayVfio *)backend;
    const VfioRegion *region = &vfio->regions[i];
    bool ok;

    if (offset > region->size || width > region->size - offset) {
        return play_error(error, "it is outside of %s",
                          sequence_region_name(i));
    }
    if (region->map) {
        ok = access_map(region->map + offset, width, value, write);
        return ok || play_error(error,
                                "the device's memory is switched off, by a write to its command register or by a reset");
    }
    ok = access_file(vfio, region, offset, width, value, write);
    return ok || play_error(error, "the device does not answer: %s",
                            g_strerror(errno));
}

bool vfio_region_read(PlayBackend *backend, unsigned region, uint64_t offset,
                      unsigned width, uint64_t *value, GError **error)
{
    *value = 0;
    return access_region(backend, region, offset, width, value, false, error);
}

bool vfio_region_write(PlayBackend *backend, unsigned region, uint64_t offset,
                       unsigned width, uint64_t value, GError **error)
{
    return access_region(backend, region, offset, width, &value, true, error);
}

/*
 * The kernel describes a region with the MSI-X table either as one that can be
 * mapped as a whole, or by areas that can be.
 */
static bool is_whole(const PlayVfio *vfio, const struct vfio_region_info *info)
{
    g_autofree struct vfio_region_info *all = NULL;
    const struct vfio_info_cap_header *header;
    uint32_t at;

    if (!(info->flags & VFIO_REGION_INFO_FLAG_CAPS)) {
        return true;
    }
    if (info->argsz > INFO_BYTES_MAX) {
        return false;
    }
    all = g_malloc0(info->argsz + sizeof(*header));
    all->argsz = info->argsz;
    all->index = info->index;
    if (ioctl(vfio->device, VFIO_DEVICE_GET_REGION_INFO, all)) {
        return false;
    }
    for (at = all->cap_offset; at && at < info->argsz; at = header->next) {
        header = (const void *)((const uint8_t *)all + at);
        if (header->id == VFIO_REGION_INFO_CAP_SPARSE_MMAP) {
            return false;
        }
        if (header->next <= at) {
            break;
        }
    }
    return true;
}

static void map_region(PlayVfio *vfio, VfioRegion *region)
{
    void *map = mmap(NULL, region->size, PROT_READ | PROT_WRITE, MAP_SHARED,
                     vfio->device, region->at);

    if (map != MAP_FAILED) {
        region->map = map;
        catch_bus_errors();
    }
}

bool vfio_region_open(PlayVfio *vfio, unsigned i, uint64_t needed,
                      GError **error)
{
    VfioRegion *region = &vfio->regions[i];
    struct vfio_region_info info = { .argsz = sizeof(info), .index = i };

    if (ioctl(vfio->device, VFIO_DEVICE_GET_REGION_INFO, &info)) {
        if (i == SEQUENCE_REGION_VGA) {
            return play_error(error,
                              "%s has no legacy VGA, or this kernel's VFIO does not (CONFIG_VFIO_PCI_VGA)",
                              vfio->bdf);
        }
        return play_error(error, "VFIO does not tell of %s of %s: %s",
                          sequence_region_name(i), vfio->bdf,
                          g_strerror(errno));
    }
    if (info.size < needed) {
        return play_error(error,
                          "%s of %s has 0x%llx bytes, and the sequence needs 0x%llx",
                          sequence_region_name(i), vfio->bdf,
                          (unsigned long long)info.size,
                          (unsigned long long)needed);
    }
    region->size = info.size;
    region->at = info.offset;
    if (info.flags & VFIO_REGION_INFO_FLAG_MMAP && is_whole(vfio, &info)) {
        map_region(vfio, region);
    }
    return true;
}

void vfio_region_close(PlayVfio *vfio)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(vfio->regions); i++) {
        VfioRegion *region = &vfio->regions[i];

        if (region->map) {
            munmap(region->map, region->size);
        }
    }
}
