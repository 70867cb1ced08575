/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: interrupts of a device through VFIO (see vfio-irq.h)
 *
 * The kernel counts each interrupt in an eventfd, of which each wait takes one:
 * several may have come before the first wait.  An INTx masks itself when it
 * comes; it is unmasked when the sequence waits for the next one, since the
 * device needs to be told first that the last one was seen.
 *
 * A sequence that waits for none may switch them on in the device nevertheless.
 * What it writes to use MSI has no effect, so they would come as INTx, which
 * nobody would clear: other devices on that line would lose it.  So an eventfd
 * that nobody reads has the INTx, which then masks itself.
 */
#include "tools/play/vfio-irq.h"

#include <errno.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* PCI's limit for MSI-X */
#define VECTORS_MAX 2048

static const struct {
    unsigned index;
    const char *word;
} kinds[] = {
    { VFIO_PCI_MSIX_IRQ_INDEX, "msix" },
    { VFIO_PCI_MSI_IRQ_INDEX, "msi" },
    { VFIO_PCI_INTX_IRQ_INDEX, NULL },
};

/* Return: number of vectors that the sequence needs */
static uint64_t vectors_of(const Sequence *seq)
{
    uint64_t n = 0;
    guint i;

    for (i = 0; i < seq->ops->len; i++) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->kind == SEQ_IRQ) {
            n = MAX(n, op->value < VECTORS_MAX ? op->value + 1
                                               : VECTORS_MAX + 1);
        }
    }
    return n;
}

static unsigned count_of(const PlayVfio *vfio, unsigned index)
{
    struct vfio_irq_info info = { .argsz = sizeof(info), .index = index };

    return ioctl(vfio->device, VFIO_DEVICE_GET_IRQ_INFO, &info) ||
           !(info.flags & VFIO_IRQ_INFO_EVENTFD) ? 0 : info.count;
}

/* There is one INTx: the sequence's vectors are of no account then. */
static bool is_intx(const PlayVfio *vfio)
{
    return vfio->irq_index == VFIO_PCI_INTX_IRQ_INDEX;
}

static bool choose(PlayVfio *vfio, uint64_t n, GError **error)
{
    unsigned most = 0;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        unsigned count = count_of(vfio, kinds[i].index);

        most = MAX(most, count);
        if (count >= (kinds[i].word ? n : 1)) {
            vfio->irq_index = kinds[i].index;
            vfio->backend.irq_word = kinds[i].word;
            return true;
        }
    }
    return most ? play_error(error,
                             "the sequence waits for interrupt %u, and %s has %u interrupt%s",
                             (unsigned)n - 1, vfio->bdf, most,
                             most == 1 ? "" : "s")
                : play_error(error,
                             "the sequence waits for interrupt %u, and %s has no interrupts",
                             (unsigned)n - 1, vfio->bdf);
}

/*
 * Return: 0; -1, and errno says why not; more than 0 if the kernel has so many
 * vectors, and gives none: without interrupt remapping, it has one of MSI
 */
static int set_irqs(const PlayVfio *vfio, uint32_t flags, const int *fds,
                    unsigned n)
{
    size_t bytes = sizeof(struct vfio_irq_set) + (fds ? n * sizeof(*fds) : 0);
    g_autofree struct vfio_irq_set *set = g_malloc0(bytes);

    set->argsz = bytes;
    set->flags = flags;
    set->index = vfio->irq_index;
    set->count = n;
    if (fds) {
        memcpy(set->data, fds, n * sizeof(*fds));
    }
    return ioctl(vfio->device, VFIO_DEVICE_SET_IRQS, set);
}

static bool add_eventfds(PlayVfio *vfio, uint64_t n, GError **error)
{
    uint64_t i;

    for (i = 0; i < n; i++) {
        int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | EFD_SEMAPHORE);

        if (fd < 0) {
            return play_error(error, "can not make an eventfd: %s",
                              g_strerror(errno));
        }
        g_array_append_val(vfio->irqs, fd);
    }
    return true;
}

static bool not_set(const PlayVfio *vfio, uint64_t n, int given, GError **error)
{
    return given > 0
           ? play_error(error,
                        "the sequence waits for interrupt %u, and the kernel has %d for %s: the host may have no interrupt remapping ('vfio-trace doctor' tells)",
                        (unsigned)n - 1, given, vfio->bdf)
           : play_error(error, "VFIO gives no interrupts of %s: %s", vfio->bdf,
                        g_strerror(errno));
}

bool vfio_irq_open(PlayVfio *vfio, const Sequence *seq, GError **error)
{
    uint64_t n = vectors_of(seq);
    int given;

    vfio->irqs = g_array_new(FALSE, FALSE, sizeof(int));
    vfio->irq_index = VFIO_PCI_INTX_IRQ_INDEX;
    if (n && !choose(vfio, n, error)) {
        return false;
    }
    if (!count_of(vfio, vfio->irq_index)) {
        return true;
    }
    n = is_intx(vfio) ? 1 : n;
    if (!add_eventfds(vfio, n, error)) {
        return false;
    }
    given = set_irqs(vfio, VFIO_IRQ_SET_DATA_EVENTFD |
                           VFIO_IRQ_SET_ACTION_TRIGGER,
                     (const int *)(void *)vfio->irqs->data, n);
    return !given || not_set(vfio, n, given, error);
}

PlayIrq vfio_irq_wait(PlayBackend *backend, unsigned vector, uint64_t ns,
                      GError **error)
{
    PlayVfio *vfio = (PlayVfio *)backend;
    int fd = g_array_index(vfio->irqs, int, is_intx(vfio) ? 0 : vector);
    uint64_t count;

    if (vfio->irq_masked) {
        if (set_irqs(vfio, VFIO_IRQ_SET_DATA_NONE |
                           VFIO_IRQ_SET_ACTION_UNMASK, NULL, 1)) {
            play_error(error, "VFIO does not unmask the interrupt: %s",
                       g_strerror(errno));
            return PLAY_IRQ_ERROR;
        }
        vfio->irq_masked = false;
    }
    if (!play_stop_wait(vfio->stop, fd, ns) ||
        read(fd, &count, sizeof(count)) != sizeof(count)) {
        return PLAY_IRQ_LATE;
    }
    vfio->irq_masked = is_intx(vfio);
    return PLAY_IRQ_CAME;
}

void vfio_irq_close(PlayVfio *vfio)
{
    guint i;

    if (!vfio->irqs) {
        return;
    }
    if (vfio->irqs->len) {
        set_irqs(vfio, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
                 NULL, 0);
    }
    for (i = 0; i < vfio->irqs->len; i++) {
        close(g_array_index(vfio->irqs, int, i));
    }
    g_array_unref(vfio->irqs);
}
