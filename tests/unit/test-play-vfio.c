/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace play: how a device is opened, on a simulated kernel
 *
 * The program is linked with -Wl,--wrap=ioctl.  The kernel's files are ordinary
 * ones; the device's has the config space.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "fake-host.h"
#include "play-memory.h"
#include "tools/play/iommufd-abi.h"
#include "tools/play/vfio.h"
#include "wrap-ioctl.h"

#define CARD "0000:01:00.0"
#define TOKEN "00112233-4455-6677-8899-aabbccddeeff"
#define IOAS 7
#define CONFIG_BYTES 4096

/*
 * The kernel: what it was asked, in words; what it knows.  @wrong is the error
 * by which it refuses the device; @old has no token for iommufd.
 */
static struct {
    GString *said;
    const char *root;
    int wrong;
    bool old;
    bool has_ranges;
} kernel;

static int refuse(int error)
{
    errno = error;
    return -1;
}

static void say(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

static void say(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_string_append_vprintf(kernel.said, fmt, ap);
    va_end(ap);
    g_string_append_c(kernel.said, '\n');
}

static int open_in_root(const char *path)
{
    g_autofree char *full = g_strconcat(kernel.root, path, NULL);

    return open(full, O_RDWR | O_CLOEXEC);
}

static int answer_type1(void *arg)
{
    struct {
        struct vfio_iommu_type1_info info;
        struct vfio_iommu_type1_info_cap_iova_range ranges;
        struct vfio_iova_range range[2];
    } *told = arg;

    g_assert_cmpuint(told->info.argsz, >=, sizeof(*told));
    told->info.flags = VFIO_IOMMU_INFO_PGSIZES;
    told->info.iova_pgsizes = 0x40001000;
    if (kernel.has_ranges) {
        told->info.flags |= VFIO_IOMMU_INFO_CAPS;
        told->info.cap_offset = (char *)&told->ranges - (char *)told;
        told->ranges.header.id = VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE;
        told->ranges.nr_iovas = 2;
        told->range[0] = (struct vfio_iova_range) { 0, 0x1fffff };
        told->range[1] = (struct vfio_iova_range) { 0x900000, 0x9fffff };
    }
    return 0;
}

static int answer_ranges(IommufdRanges *ask)
{
    IommufdRange *ranges = (IommufdRange *)(uintptr_t)ask->ranges;

    g_assert_cmpuint(ask->size, ==, sizeof(*ask));
    g_assert_cmpuint(ask->id, ==, IOAS);
    g_assert_cmpuint(ask->count, >=, 2);
    ask->count = 2;
    ask->alignment = 0x1000;
    ranges[0] = (IommufdRange) { 0, 0x1fffff };
    ranges[1] = (IommufdRange) { 0x900000, 0x9fffff };
    return 0;
}

static int answer_bind(const VfioCdevBind *bind)
{
    const uint8_t *uuid = (const uint8_t *)(uintptr_t)bind->token;
    bool has_token = bind->flags & VFIO_CDEV_BIND_TOKEN;

    g_assert_cmpuint(bind->size, ==, has_token ? sizeof(*bind)
                                               : VFIO_CDEV_BIND_SIZE);
    say("bind%s", has_token ? " with a token" : "");
    if (has_token) {
        g_assert_cmpuint(uuid[0], ==, 0);
        g_assert_cmpuint(uuid[1], ==, 0x11);
        g_assert_cmpuint(uuid[15], ==, 0xff);
    }
    return kernel.wrong ? refuse(kernel.wrong) :
           has_token && kernel.old ? refuse(EINVAL) : 0;
}

static int answer_map(const void *memory, uint64_t iova, uint64_t size)
{
    say("map %" PRIx64 " %" PRIx64 " %02x", iova, size,
        *(const uint8_t *)memory);
    return 0;
}

static int answer_iommufd(unsigned long request, void *arg)
{
    switch (request) {
    case IOMMUFD_ALLOC:
        ((IommufdAlloc *)arg)->id = IOAS;
        return 0;
    case IOMMUFD_RANGES:
        return answer_ranges(arg);
    case IOMMUFD_MAP: {
        const IommufdMap *map = arg;

        g_assert_cmpuint(map->size, ==, sizeof(*map));
        g_assert_cmpuint(map->id, ==, IOAS);
        g_assert_cmpuint(map->flags, ==, 7);
        return answer_map((void *)(uintptr_t)map->memory, map->iova,
                          map->length);
    }
    case IOMMUFD_UNMAP:
        say("unmap %" PRIx64, ((IommufdUnmap *)arg)->iova);
        return 0;
    case VFIO_CDEV_BIND:
        return answer_bind(arg);
    case VFIO_CDEV_ATTACH:
        g_assert_cmpuint(((VfioCdevAttach *)arg)->id, ==, IOAS);
        say("attach");
        return 0;
    }
    return refuse(ENOTTY);
}

static int answer_group(unsigned long request, void *arg)
{
    switch (request) {
    case VFIO_GET_API_VERSION:
        return VFIO_API_VERSION;
    case VFIO_CHECK_EXTENSION:
        return 1;
    case VFIO_GROUP_GET_STATUS:
        ((struct vfio_group_status *)arg)->flags = VFIO_GROUP_FLAGS_VIABLE;
        return 0;
    case VFIO_GROUP_SET_CONTAINER:
    case VFIO_SET_IOMMU:
        return 0;
    case VFIO_GROUP_GET_DEVICE_FD:
        say("get %s", (const char *)arg);
        return kernel.wrong ? refuse(kernel.wrong)
                            : open_in_root("/dev/vfio/devices/vfio3");
    case VFIO_IOMMU_GET_INFO:
        return answer_type1(arg);
    case VFIO_IOMMU_MAP_DMA: {
        const struct vfio_iommu_type1_dma_map *map = arg;

        g_assert_cmpuint(map->flags, ==, 3);
        return answer_map((void *)(uintptr_t)map->vaddr, map->iova, map->size);
    }
    case VFIO_IOMMU_UNMAP_DMA:
        say("unmap %" PRIx64,
            (uint64_t)((struct vfio_iommu_type1_dma_unmap *)arg)->iova);
        return 0;
    }
    return answer_iommufd(request, arg);
}

static int answer_region(struct vfio_region_info *info)
{
    if (info->index == VFIO_PCI_VGA_REGION_INDEX) {
        return refuse(EINVAL);
    }
    info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
    info->size = info->index == VFIO_PCI_CONFIG_REGION_INDEX ? CONFIG_BYTES
                                                             : 0x20;
    info->offset = info->index == VFIO_PCI_CONFIG_REGION_INDEX ? 0 : 0x800;
    return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list ap;
    void *arg;

    va_start(ap, request);
    arg = va_arg(ap, void *);
    va_end(ap);
    g_assert_cmpint(fd, >=, 0);
    switch (request) {
    case VFIO_DEVICE_GET_INFO:
        ((struct vfio_device_info *)arg)->flags = VFIO_DEVICE_FLAGS_RESET;
        return 0;
    case VFIO_DEVICE_RESET:
        say("reset");
        return 0;
    case VFIO_DEVICE_GET_REGION_INFO:
        return answer_region(arg);
    case VFIO_DEVICE_GET_IRQ_INFO:
        ((struct vfio_irq_info *)arg)->flags = VFIO_IRQ_INFO_EVENTFD;
        return 0;
    }
    return answer_group(request, arg);
}

/* A host whose kernel has groups, iommufd, or both */
static char *host(bool groups, bool iommufd)
{
    static const uint8_t config[CONFIG_BYTES];
    char *root = fake_host_new();

    /* With groups only, the simulated group opens this one, too. */
    fake_bytes(root, "/dev/vfio/devices/vfio3", config, sizeof(config));
    if (groups) {
        fake_file(root, "/dev/vfio/vfio", "%s", "");
        fake_file(root, "/dev/vfio/12", "%s", "");
    }
    if (iommufd) {
        fake_file(root, "/dev/iommu", "%s", "");
        fake_file(root, "/card/vfio-dev/vfio3/dev", "%s", "510:3\n");
    }
    return root;
}

/* Buffers at its address in the guest, and where there is room */
static Sequence *two_buffers(void)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("Z", 1);
    Sequence *seq = play_sequence();

    seq->regions[0].size = 0;
    g_array_index(seq->buffers, SeqBuffer, 0).address = 0x1fe000;
    g_array_index(seq->buffers, SeqBuffer, 0).file =
        sequence_file(seq, "first", bytes);
    play_add_buffer(seq, 0xfe000);
    return seq;
}

/* Open and close the device; return what the kernel was asked, or the error. */
static char *opened(const char *root, Sequence *seq, const char *token,
                    GError **error)
{
    g_autofree char *path = g_strconcat(root, "/card", NULL);
    HostPci dev = { .bdf = (char *)CARD, .path = path, .iommu_group = 12 };
    g_autoptr(GPtrArray) guests = g_ptr_array_new();
    PlayPlan plan = {
        .seq = seq, .host = { .root = root, .guests = guests },
        .token = (char *)token,
    };
    PlayStop stop = { .fd = -1 };
    PlayVfio *vfio;

    g_ptr_array_add(guests, &dev);
    kernel.root = root;
    kernel.said = g_string_new(NULL);
    vfio = play_vfio_open(&plan, &stop, error);
    if (vfio) {
        play_vfio_close(vfio);
    }
    return g_string_free(kernel.said, FALSE);
}

static void assert_opened(bool groups, bool iommufd, const char *token,
                          const char *first)
{
    char *root = host(groups, iommufd);
    g_autoptr(Sequence) seq = two_buffers();
    g_autoptr(GError) error = NULL;
    g_autofree char *said = opened(root, seq, token, &error);
    g_autofree char *whole = g_strconcat(first, "reset\n"
        "map 1fe000 1000 5a\n"
        "map 901000 fe000 00\n"
        "unmap 1fe000\n"
        "unmap 901000\n", NULL);

    g_assert_no_error(error);
    g_assert_cmpstr(said, ==, whole);
    fake_host_free(root);
}

static void test_ways(void)
{
    kernel.has_ranges = true;
    assert_opened(true, false, NULL, "get " CARD "\n");
    assert_opened(true, true, NULL, "get " CARD "\n");
    assert_opened(false, true, NULL, "bind\nattach\n");
}

static void test_tokens(void)
{
    kernel.has_ranges = true;
    assert_opened(true, true, TOKEN, "get " CARD " vf_token=" TOKEN "\n");
    assert_opened(false, true, TOKEN, "bind with a token\nattach\n");
    kernel.old = true;
    assert_opened(false, true, TOKEN, "bind with a token\nbind\nattach\n");
    kernel.old = false;
}

static void assert_refused(bool groups, int wrong, const char *token,
                           const char *message)
{
    char *root = host(groups, true);
    g_autoptr(Sequence) seq = two_buffers();
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;

    kernel.wrong = wrong;
    said = opened(root, seq, token, &error);
    kernel.wrong = 0;
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_null(strstr(said, "reset"));
    fake_host_free(root);
}

static void test_refused(void)
{
    int way;

    for (way = 0; way < 2; way++) {
        assert_refused(way, EACCES, TOKEN,
                       "VFIO refuses the token of 0000:01:00.0: it must be the UUID that the user of its physical function has set (dmesg has more)");
        assert_refused(way, EBUSY, NULL,
                       "VFIO does not open 0000:01:00.0: Device or resource busy; the kernel's log may say why (dmesg)");
    }
}

/* Neither is there: the usual way says what is missing. */
static void test_none(void)
{
    char *root = host(false, false);
    g_autoptr(Sequence) seq = two_buffers();
    g_autoptr(GError) error = NULL;
    g_autofree char *said = opened(root, seq, NULL, &error);
    g_autofree char *message =
        g_strdup_printf("can not open %s/dev/vfio/vfio: No such file or directory",
                        root);

    g_assert_cmpstr(error->message, ==, message);
    g_assert_cmpstr(said, ==, "");
    fake_host_free(root);
}

/* What the device lacks */
static void test_lacks(void)
{
    char *root = host(true, false);
    g_autoptr(Sequence) seq = play_sequence();
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    g_autofree char *irq = NULL;

    seq->regions[0].size = 0;
    seq->regions[SEQUENCE_REGION_VGA].size = 0x400;
    said = opened(root, seq, NULL, &error);
    g_assert_cmpstr(error->message, ==,
                    "0000:01:00.0 has no legacy VGA, or this kernel's VFIO does not (CONFIG_VFIO_PCI_VGA)");
    g_clear_error(&error);
    seq->regions[SEQUENCE_REGION_VGA].size = 0;
    sequence_add(seq, SEQ_IRQ, 1)->value = 3;
    irq = opened(root, seq, NULL, &error);
    g_assert_cmpstr(error->message, ==,
                    "the sequence waits for interrupt 3, and 0000:01:00.0 has no interrupts");
    fake_host_free(root);
}

/* An old kernel tells no ranges: then those that all IOMMUs have */
static void test_no_ranges(void)
{
    char *root = host(true, false);
    g_autoptr(Sequence) seq = two_buffers();
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;

    kernel.has_ranges = false;
    said = opened(root, seq, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(said, "map 1fe000 1000 5a\n"));
    fake_host_free(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/play-vfio/ways", test_ways);
    g_test_add_func("/play-vfio/tokens", test_tokens);
    g_test_add_func("/play-vfio/refused", test_refused);
    g_test_add_func("/play-vfio/none", test_none);
    g_test_add_func("/play-vfio/lacks", test_lacks);
    g_test_add_func("/play-vfio/no-ranges", test_no_ranges);
    return g_test_run();
}
