/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a kernel with VFIO, as far as a sequence's programs ask
 *
 * It is loaded before the C library.  The device at FAKE_VFIO_BDF is in the
 * directory $FAKE_VFIO: its regions are in the file "device", of 64 KiB each, at
 * FAKE_VFIO_OFFSET().  BAR 0 can be mapped, BAR 2 in parts only.  The file
 * "log" gets what is asked.  $FAKE_VFIO_HAS has words: "noreset", "quiet" (no
 * interrupts come), "twice" (each comes two times at once), and "irq2=4": four
 * interrupts of VFIO's index 2, MSI-X.
 */
/* Both names of a function are defined here; the headers make them one. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include "fake-vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAPS_MAX 64

static int container = -1;
static int group = -1;
static int device = -1;
static int line = -1;       /* INTx */

static struct {
    uint64_t first;
    uint64_t last;
} maps[MAPS_MAX];

static unsigned n_maps;

static int open_file(const char *name, int flags)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", getenv("FAKE_VFIO"), name);
    return syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

static void __attribute__((format(printf, 1, 2)))
put_log(const char *fmt, ...)
{
    int fd = open_file("log", O_WRONLY | O_CREAT | O_APPEND);
    va_list ap;

    va_start(ap, fmt);
    vdprintf(fd, fmt, ap);
    va_end(ap);
    close(fd);
}

static const char *has(const char *word)
{
    const char *words = getenv("FAKE_VFIO_HAS");
    const char *found = words ? strstr(words, word) : NULL;

    return found ? found + strlen(word) : NULL;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

/* --- the container -------------------------------------------------------- */

static int map_dma(const struct vfio_iommu_type1_dma_map *map)
{
    uint64_t last = map->iova + map->size - 1;
    unsigned i;

    if (map->argsz != sizeof(*map) || map->flags != 3 || !map->size ||
        (map->iova | map->vaddr | map->size) % 4096 || last < map->iova ||
        last >> 39 || (last >= 0xfee00000 && map->iova < 0xfef00000)) {
        return fail(EINVAL);
    }
    for (i = 0; i < n_maps; i++) {
        if (map->iova <= maps[i].last && last >= maps[i].first) {
            return fail(EEXIST);
        }
    }
    if (n_maps == MAPS_MAX) {
        return fail(ENOSPC);
    }
    maps[n_maps].first = map->iova;
    maps[n_maps++].last = last;
    put_log("map 0x%llx 0x%llx\n", (unsigned long long)map->iova,
            (unsigned long long)map->size);
    return 0;
}

static int ask_container(unsigned long request, void *arg)
{
    switch (request) {
    case VFIO_GET_API_VERSION:
        return VFIO_API_VERSION;
    case VFIO_CHECK_EXTENSION:
        return (uintptr_t)arg == VFIO_TYPE1v2_IOMMU;
    case VFIO_SET_IOMMU:
        return (uintptr_t)arg == VFIO_TYPE1v2_IOMMU ? 0 : fail(EINVAL);
    case VFIO_IOMMU_MAP_DMA:
        return map_dma(arg);
    default:
        return fail(ENOTTY);
    }
}

/* --- the group ------------------------------------------------------------ */

static int ask_group(unsigned long request, void *arg)
{
    struct vfio_group_status *status = arg;

    switch (request) {
    case VFIO_GROUP_GET_STATUS:
        status->flags = VFIO_GROUP_FLAGS_VIABLE;
        return 0;
    case VFIO_GROUP_SET_CONTAINER:
        return *(int *)arg == container ? 0 : fail(EINVAL);
    case VFIO_GROUP_GET_DEVICE_FD:
        if (strcmp(arg, FAKE_VFIO_BDF)) {
            return fail(ENODEV);
        }
        device = open_file("device", O_RDWR);
        return device;
    default:
        return fail(ENOTTY);
    }
}

/* --- the device ----------------------------------------------------------- */

/* A capability that says nothing, and one that says that parts can be mapped */
static int get_region(struct vfio_region_info *info)
{
    struct {
        struct vfio_region_info info;
        struct vfio_info_cap_header head[2];
    } all = { .info = *info };
    bool bar = info->index == 0 || info->index == 2;
    uint32_t given = info->argsz;

    all.info.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
    all.info.size = FAKE_VFIO_REGION_SIZE;
    all.info.offset = FAKE_VFIO_OFFSET(info->index);
    all.info.argsz = sizeof(all.info);
    if (!bar) {
        *info = all.info;
        return 0;
    }
    all.info.flags |= VFIO_REGION_INFO_FLAG_MMAP | VFIO_REGION_INFO_FLAG_CAPS;
    all.info.argsz = sizeof(all);
    all.head[0].id = VFIO_REGION_INFO_CAP_MSIX_MAPPABLE;
    all.head[0].next = sizeof(all.info) + sizeof(all.head[0]);
    all.head[1].id = info->index == 2 ? VFIO_REGION_INFO_CAP_SPARSE_MMAP
                                      : VFIO_REGION_INFO_CAP_TYPE;
    if (given < sizeof(all)) {
        *info = all.info;
        return 0;
    }
    all.info.cap_offset = sizeof(all.info);
    memcpy(info, &all, sizeof(all));
    return 0;
}

static int get_irq(struct vfio_irq_info *info)
{
    char word[16];
    const char *count;

    snprintf(word, sizeof(word), "irq%u=", info->index);
    count = has(word);
    info->count = count ? atoi(count) : 0;
    info->flags = info->count ? VFIO_IRQ_INFO_EVENTFD : 0;
    return 0;
}

static void raise_irq(int fd)
{
    const uint64_t count = has("twice") ? 2 : 1;

    if (!has("quiet") && write(fd, &count, sizeof(count)) != sizeof(count)) {
        abort();
    }
}

/* An interrupt comes at once, and as soon as INTx is unmasked. */
static int set_irqs(const struct vfio_irq_set *set)
{
    const int *fds = (const int *)set->data;
    unsigned i;

    put_log("irqs %u flags 0x%x count %u\n", set->index, set->flags,
            set->count);
    if (set->flags & VFIO_IRQ_SET_ACTION_UNMASK) {
        raise_irq(line);
        return 0;
    }
    if (set->argsz != sizeof(*set) + set->count * sizeof(*fds)) {
        return fail(EINVAL);
    }
    line = fds[0];
    for (i = 0; i < set->count; i++) {
        raise_irq(fds[i]);
    }
    return 0;
}

static int ask_device(unsigned long request, void *arg)
{
    switch (request) {
    case VFIO_DEVICE_GET_INFO:
        ((struct vfio_device_info *)arg)->flags = VFIO_DEVICE_FLAGS_RESET;
        return 0;
    case VFIO_DEVICE_RESET:
        put_log("reset\n");
        return has("noreset") ? fail(EIO) : 0;
    case VFIO_DEVICE_GET_REGION_INFO:
        return get_region(arg);
    case VFIO_DEVICE_GET_IRQ_INFO:
        return get_irq(arg);
    case VFIO_DEVICE_SET_IRQS:
        return set_irqs(arg);
    default:
        return fail(ENOTTY);
    }
}

/* --- in the place of the C library's -------------------------------------- */

static int open_any(const char *path, int flags, int mode)
{
    if (!strcmp(path, "/dev/vfio/vfio")) {
        return container = open_file("container", O_RDWR | O_CREAT);
    }
    if (!strcmp(path, "/dev/vfio/" FAKE_VFIO_GROUP)) {
        return group = open_file("group", O_RDWR | O_CREAT);
    }
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list ap; \
        int mode; \
        va_start(ap, flags); \
        mode = flags & O_CREAT ? va_arg(ap, int) : 0; \
        va_end(ap); \
        return open_any(path, flags, mode); \
    }

OPEN(open)
OPEN(open64)

#define MMAP(name) \
    void *name(void *at, size_t size, int prot, int flags, int fd, \
               off_t offset) \
    { \
        if (fd >= 0 && device >= 0 && offset) { \
            put_log("mmap 0x%zx at 0x%llx\n", size, \
                    (unsigned long long)offset); \
        } \
        return (void *)syscall(SYS_mmap, at, size, prot, flags, fd, offset); \
    }

MMAP(mmap)
MMAP(mmap64)

ssize_t readlink(const char *path, char *to, size_t size)
{
    static const char target[] = "../../../kernel/iommu_groups/" FAKE_VFIO_GROUP;

    if (strcmp(path, "/sys/bus/pci/devices/" FAKE_VFIO_BDF "/iommu_group")) {
        return syscall(SYS_readlink, path, to, size);
    }
    memcpy(to, target, sizeof(target) - 1);
    return sizeof(target) - 1;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list ap;
    void *arg;

    va_start(ap, request);
    arg = va_arg(ap, void *);
    va_end(ap);
    if (fd >= 0 && fd == container) {
        return ask_container(request, arg);
    }
    if (fd >= 0 && fd == group) {
        return ask_group(request, arg);
    }
    if (fd >= 0 && fd == device) {
        return ask_device(request, arg);
    }
    return syscall(SYS_ioctl, fd, request, arg);
}
