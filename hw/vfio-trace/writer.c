/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the writer thread (see writer.h)
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/units.h"
#include "writer.h"

/* Large writes: one system call for some 20,000 records. */
#define WRITER_BUF (1 * MiB)

/*
 * Nobody wakes the writer for a record: that would be a system call on a
 * vCPU's path.  It looks by itself, this often when there was nothing.
 */
#define WRITER_IDLE_MS 10

/* How often a failed write is tried again. */
#define WRITER_RETRY_MS 250

static void writer_sleep(VFIOTraceWriter *w, int ms)
{
    QEMU_LOCK_GUARD(&w->lock);
    if (!w->quit) {
        qemu_cond_timedwait(&w->wake, &w->lock, ms);
    }
}

static bool writer_quitting(VFIOTraceWriter *w)
{
    QEMU_LOCK_GUARD(&w->lock);
    return w->quit;
}

/*
 * Returns false only when the writer is to quit and the file still can not
 * be written; until then a failure is tried again, and the ring holds what
 * comes meanwhile.
 */
static bool writer_write(VFIOTraceWriter *w, const char *buf, size_t len)
{
    while (len) {
        ssize_t n = write(w->fd, buf, len);

        if (n >= 0) {
            buf += n;
            len -= n;
            qatomic_set(&w->bytes, w->bytes + n);
            continue;
        }
        if (errno == EINTR) {
            continue;
        }
        if (w->error != errno) {
            qatomic_set(&w->error, errno);
            error_report("vfio-trace: can't write '%s': %s; the guest is "
                         "paused until it can be written", w->name,
                         strerror(w->error));
            w->ops->stuck(w->opaque);
        }
        if (writer_quitting(w)) {
            return false;
        }
        writer_sleep(w, WRITER_RETRY_MS);
    }
    if (w->error) {
        error_report("vfio-trace: '%s' can be written again", w->name);
        qatomic_set(&w->error, 0);
    }
    return true;
}

/* Write one batch.  Returns slots given back to the ring; -1 on failure. */
static int64_t writer_batch(VFIOTraceWriter *w)
{
    const MmtSlot *slot;
    uint64_t records = 0;
    uint64_t slots = 0;
    size_t len = 0;

    while (len + MMT_FORMAT_MAX <= WRITER_BUF &&
           (slot = mmt_ring_peek(w->ring, slots))) {
        records += slot->rec.kind != MMT_KIND_TEXT;
        len += mmt_format(&w->fmt, slot, w->buf + len);
        slots++;
    }
    if (!writer_write(w, w->buf, len)) {
        return -1;
    }
    mmt_ring_consume(w->ring, slots);
    qatomic_set(&w->records, w->records + records);
    return slots;
}

/* No producer is left: what is in the ring now is all there will ever be. */
static void writer_finish(VFIOTraceWriter *w)
{
    uint64_t records = 0;
    MmtSlot slot;

    while (mmt_ring_salvage(w->ring, &slot)) {
        size_t len = mmt_format(&w->fmt, &slot, w->buf);

        if (!writer_write(w, w->buf, len)) {
            break;
        }
        records += slot.rec.kind != MMT_KIND_TEXT;
    }
    qatomic_set(&w->records, w->records + records);
}

static void *writer_thread(void *opaque)
{
    VFIOTraceWriter *w = opaque;
    bool failed = false;

    for (;;) {
        bool quit = writer_quitting(w);
        int64_t n = writer_batch(w);

        if (n < 0) {
            failed = true;
            break;
        }
        w->ops->drained(w->opaque);
        if (!n) {
            if (quit) {
                break;
            }
            writer_sleep(w, WRITER_IDLE_MS);
        }
    }
    if (!failed) {
        writer_finish(w);
    }
    if (w->error) {
        error_report("vfio-trace: '%s' is incomplete: %s; %" PRIu64
                     " slots of the ring were not written", w->name,
                     strerror(w->error), mmt_ring_used(w->ring));
    }
    return NULL;
}

void vfio_trace_writer_start(VFIOTraceWriter *w, MmtRing *ring, int fd,
                             const char *name, const VFIOTraceWriterOps *ops,
                             void *opaque)
{
    w->ring = ring;
    w->fd = fd;
    w->name = name;
    w->ops = ops;
    w->opaque = opaque;
    w->buf = g_malloc(WRITER_BUF);
    qemu_mutex_init(&w->lock);
    qemu_cond_init(&w->wake);
    qemu_thread_create(&w->thread, "vfio-trace", writer_thread, w,
                       QEMU_THREAD_JOINABLE);
}

void vfio_trace_writer_stop(VFIOTraceWriter *w)
{
    WITH_QEMU_LOCK_GUARD(&w->lock) {
        w->quit = true;
        qemu_cond_signal(&w->wake);
    }
    qemu_thread_join(&w->thread);
    qemu_cond_destroy(&w->wake);
    qemu_mutex_destroy(&w->lock);
    g_free(w->buf);
    w->buf = NULL;
}
