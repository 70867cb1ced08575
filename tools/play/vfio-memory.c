/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: buffers, mapped by the IOMMU (see vfio-memory.h)
 *
 * Only the buffers are mapped: whatever address a sequence writes to a device,
 * the device reaches nothing else.
 */
#include "tools/play/vfio-memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u

static void init_iova(PlayVfio *vfio)
{
    uint64_t page = PAGE;
    g_autoptr(GArray) ranges = vfio->way->ranges(vfio, &page);

    play_iova_init(&vfio->iova,
                   ranges->len ? (const PlayRange *)(void *)ranges->data
                               : NULL, ranges->len, MAX(page, PAGE));
}

static bool choose_address(PlayVfio *vfio, VfioBuffer *buffer,
                           const SeqBuffer *wanted, GError **error)
{
    return buffer->iova ||
           play_iova_take(&vfio->iova, buffer->size, wanted->below_4g,
                          &buffer->iova) ||
           play_error(error,
                      "the IOMMU has no room for buffer %s, of %zu bytes%s",
                      wanted->name, (size_t)wanted->size,
                      wanted->below_4g ? " below 4 GiB" : "");
}

static bool map_buffer(PlayVfio *vfio, VfioBuffer *buffer,
                       const SeqBuffer *wanted, GError **error)
{
    if (!choose_address(vfio, buffer, wanted, error)) {
        return false;
    }
    if (!vfio->way->map(vfio, buffer)) {
        return play_error(error,
                          "the IOMMU does not map buffer %s, of %zu bytes: %s",
                          wanted->name, (size_t)wanted->size,
                          g_strerror(errno));
    }
    buffer->mapped = true;
    return true;
}

/*
 * A buffer that was in the guest is at the same address if that is possible:
 * rings and lists in other buffers may have it.
 */
static void take_same(PlayVfio *vfio, VfioBuffer *buffer,
                      const SeqBuffer *wanted)
{
    uint64_t page = vfio->iova.page;

    buffer->bytes = MAP_FAILED;
    buffer->size = (wanted->size + page - 1) / page * page;
    if (wanted->address &&
        (!wanted->below_4g || wanted->address <= UINT32_MAX - wanted->size) &&
        play_iova_take_at(&vfio->iova, buffer->size, wanted->address)) {
        buffer->iova = wanted->address;
    }
}

static bool fill_buffer(PlayVfio *vfio, const Sequence *seq, guint i,
                        GError **error)
{
    const SeqBuffer *wanted = &g_array_index(seq->buffers, SeqBuffer, i);
    VfioBuffer *buffer = &g_array_index(vfio->buffers, VfioBuffer, i);

    buffer->bytes = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffer->bytes == MAP_FAILED) {
        return play_error(error,
                          "no memory for buffer %s, of %zu bytes: %s",
                          wanted->name, (size_t)wanted->size,
                          g_strerror(errno));
    }
    if (wanted->file != SEQUENCE_NONE) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile,
                                             wanted->file);
        gsize size;
        const void *bytes = g_bytes_get_data(file->bytes, &size);

        memcpy(buffer->bytes, bytes, MIN(size, wanted->size));
    }
    return map_buffer(vfio, buffer, wanted, error);
}

bool vfio_memory_open(PlayVfio *vfio, const Sequence *seq, GError **error)
{
    guint i;

    init_iova(vfio);
    vfio->buffers = g_array_new(FALSE, TRUE, sizeof(VfioBuffer));
    g_array_set_size(vfio->buffers, seq->buffers->len);
    for (i = 0; i < seq->buffers->len; i++) {
        take_same(vfio, &g_array_index(vfio->buffers, VfioBuffer, i),
                  &g_array_index(seq->buffers, SeqBuffer, i));
    }
    /* There may be so many that it takes a while. */
    for (i = 0; i < seq->buffers->len; i++) {
        if (play_stop_came(vfio->stop)) {
            return play_error(error, "%s", strsignal(vfio->stop->number));
        }
        if (!fill_buffer(vfio, seq, i, error)) {
            return false;
        }
    }
    return true;
}

void vfio_memory_close(PlayVfio *vfio)
{
    guint i;

    for (i = 0; vfio->buffers && i < vfio->buffers->len; i++) {
        VfioBuffer *buffer = &g_array_index(vfio->buffers, VfioBuffer, i);

        if (buffer->mapped) {
            vfio->way->unmap(vfio, buffer);
        }
        if (buffer->bytes != MAP_FAILED) {
            munmap(buffer->bytes, buffer->size);
        }
    }
    if (vfio->buffers) {
        g_array_unref(vfio->buffers);
        play_iova_clear(&vfio->iova);
    }
}
