/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: a device through VFIO (see vfio.h)
 */
#include "tools/play/vfio.h"
#include "tools/play/vfio-group.h"
#include "tools/play/vfio-internal.h"
#include "tools/play/vfio-iommufd.h"
#include "tools/play/vfio-irq.h"
#include "tools/play/vfio-memory.h"
#include "tools/play/vfio-region.h"

#include <errno.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* PCI Local Bus Specification: the command register */
#define CONFIG_COMMAND 4
#define COMMAND_IO 0x0001
#define COMMAND_MEMORY 0x0002
#define COMMAND_MASTER 0x0004

/* Below this, sleeping takes longer than it should. */
#define SPIN_NS 50000

static uint64_t vfio_now(PlayBackend *backend)
{
    struct timespec ts;

    (void)backend;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void vfio_sleep(PlayBackend *backend, uint64_t ns)
{
    PlayVfio *vfio = (PlayVfio *)backend;
    uint64_t start = vfio_now(backend);
    uint64_t passed;

    if (ns > SPIN_NS) {
        play_stop_wait(vfio->stop, -1, ns);
    }
    do {
        passed = vfio_now(backend) - start;
    } while (passed < ns && ns - passed < SPIN_NS);
}

static bool vfio_stopped(PlayBackend *backend)
{
    return play_stop_came(((PlayVfio *)backend)->stop);
}

static uint64_t vfio_address(PlayBackend *backend, uint32_t buffer)
{
    PlayVfio *vfio = (PlayVfio *)backend;

    return g_array_index(vfio->buffers, VfioBuffer, buffer).iova;
}

/* The device sees it before the next access that tells of it. */
static void vfio_fill(PlayBackend *backend, uint32_t buffer, uint64_t offset,
                      const void *bytes, size_t len)
{
    PlayVfio *vfio = (PlayVfio *)backend;
    uint8_t *to = g_array_index(vfio->buffers, VfioBuffer, buffer).bytes;

    memcpy(to + offset, bytes, len);
    __sync_synchronize();
}

bool vfio_refused(const PlayVfio *vfio, const VfioTarget *target,
                  GError **error)
{
    if (errno == EACCES && target->token) {
        return play_error(error,
                          "VFIO refuses the token of %s: it must be the UUID that the user of its physical function has set (dmesg has more)",
                          vfio->bdf);
    }
    if (errno == E2BIG && target->token) {
        return play_error(error,
                          "this kernel takes no token by /dev/iommu: the first ones of Linux 6.17 do not, use a newer one");
    }
    if (errno == EPERM) {
        return play_error(error,
                          "VFIO does not open %s: %s; the host may have no interrupt remapping: 'vfio-trace doctor %s' says more",
                          vfio->bdf, g_strerror(errno), vfio->bdf);
    }
    return play_error(error,
                      "VFIO does not open %s: %s; the kernel's log may say why (dmesg)",
                      vfio->bdf, g_strerror(errno));
}

/* Groups are the usual way: newer kernels may have both. */
static const VfioWay *choose_way(const VfioTarget *target)
{
    return !vfio_group_is_there(target->root, target->dev) &&
           vfio_iommufd_is_there(target->root, target->dev) ? &vfio_iommufd
                                                            : &vfio_group;
}

static bool open_device(PlayVfio *vfio, const VfioTarget *target,
                        GError **error)
{
    struct vfio_device_info info = { .argsz = sizeof(info) };

    vfio->way = choose_way(target);
    if (!vfio->way->open(vfio, target, error)) {
        return false;
    }
    if (ioctl(vfio->device, VFIO_DEVICE_GET_INFO, &info)) {
        return play_error(error, "VFIO does not tell of %s: %s", vfio->bdf,
                          g_strerror(errno));
    }
    vfio->can_reset = info.flags & VFIO_DEVICE_FLAGS_RESET;
    return true;
}

static void reset(PlayVfio *vfio)
{
    vfio->was_reset = vfio->can_reset &&
                      !ioctl(vfio->device, VFIO_DEVICE_RESET);
}

/* Switch bits of the command register on or off. */
static bool set_command(PlayVfio *vfio, uint16_t on, uint16_t off,
                        GError **error)
{
    PlayBackend *backend = &vfio->backend;
    uint64_t command;

    return vfio_region_read(backend, SEQUENCE_REGION_CONFIG, CONFIG_COMMAND, 2,
                            &command, error) &&
           vfio_region_write(backend, SEQUENCE_REGION_CONFIG, CONFIG_COMMAND,
                             2, (command & ~off) | on, error);
}

static bool open_regions(PlayVfio *vfio, const Sequence *seq, GError **error)
{
    unsigned i;

    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        uint64_t needed = seq->regions[i].size;

        if ((needed || i == SEQUENCE_REGION_CONFIG) &&
            !vfio_region_open(vfio, i, needed, error)) {
            return false;
        }
    }
    return true;
}

static bool set_up(PlayVfio *vfio, const VfioTarget *target,
                   const Sequence *seq, GError **error)
{
    if (!open_device(vfio, target, error)) {
        return false;
    }
    reset(vfio);
    return open_regions(vfio, seq, error) &&
           vfio_memory_open(vfio, seq, error) &&
           set_command(vfio, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER, 0,
                       error) &&
           vfio_irq_open(vfio, seq, error);
}

PlayVfio *play_vfio_open(const PlayPlan *plan, PlayStop *stop, GError **error)
{
    g_autoptr(PlayVfio) vfio = g_new0(PlayVfio, 1);
    const VfioTarget target = {
        .root = plan->host.root, .dev = play_plan_device(plan),
        .token = plan->token,
    };

    vfio->backend = (PlayBackend) {
        .read = vfio_region_read,
        .write = vfio_region_write,
        .irq = vfio_irq_wait,
        .sleep = vfio_sleep,
        .stopped = vfio_stopped,
        .now = vfio_now,
        .address = vfio_address,
        .fill = vfio_fill,
    };
    vfio->bdf = g_strdup(target.dev->bdf);
    vfio->iommu = -1;
    vfio->group = -1;
    vfio->device = -1;
    vfio->stop = stop;
    return set_up(vfio, &target, plan->seq, error) ? g_steal_pointer(&vfio)
                                                   : NULL;
}

PlayBackend *play_vfio_backend(PlayVfio *vfio)
{
    return &vfio->backend;
}

bool play_vfio_was_reset(const PlayVfio *vfio)
{
    return vfio->was_reset;
}

void play_vfio_quiet(PlayVfio *vfio)
{
    set_command(vfio, 0, COMMAND_MASTER, NULL);
    reset(vfio);
    set_command(vfio, 0, COMMAND_MASTER, NULL);
}

const void *play_vfio_buffer(const PlayVfio *vfio, uint32_t i)
{
    return g_array_index(vfio->buffers, VfioBuffer, i).bytes;
}

static void close_file(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

/* The device's file first: the kernel then stops its DMA and resets it. */
void play_vfio_close(PlayVfio *vfio)
{
    if (!vfio) {
        return;
    }
    vfio_irq_close(vfio);
    vfio_region_close(vfio);
    close_file(vfio->device);
    vfio_memory_close(vfio);
    close_file(vfio->group);
    close_file(vfio->iommu);
    g_free(vfio->bdf);
    g_free(vfio);
}
