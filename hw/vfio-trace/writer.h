/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the writer thread
 *
 * Takes records from the ring, turns them into text and writes that to the
 * file.  It is the only one that touches the file, and it never takes the
 * BQL: a disk that is slow, full or stuck stops the writer, not QEMU.
 */
#ifndef HW_VFIO_TRACE_WRITER_H
#define HW_VFIO_TRACE_WRITER_H

#include "qemu/thread.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/ring.h"

/**
 * struct VFIOTraceWriterOps: what the writer asks of its log
 * @stuck: the file can not be written; called once per failure, from the
 *         writer's thread
 * @drained: called after every batch, an empty one too, from the writer's
 *           thread
 */
typedef struct VFIOTraceWriterOps {
    void (*stuck)(void *opaque);
    void (*drained)(void *opaque);
} VFIOTraceWriterOps;

/**
 * struct VFIOTraceWriter: the writer's state
 * @ring: where records come from
 * @fd: the file
 * @name: its name, for messages
 * @ops: what to call in the log
 * @opaque: for @ops
 * @records: records written
 * @bytes: bytes written
 * @error: errno of the last write, 0 when it went well
 * @thread: the thread
 * @lock: protects @quit
 * @wake: wakes the thread when @quit is set
 * @quit: write what is left, and end
 * @fmt: what the formatter remembers
 * @buf: the text of a batch
 *
 * @records, @bytes and @error may be read with qatomic_read() by anybody.
 */
typedef struct VFIOTraceWriter {
    MmtRing *ring;
    int fd;
    const char *name;
    const VFIOTraceWriterOps *ops;
    void *opaque;

    uint64_t records;
    uint64_t bytes;
    int error;

    QemuThread thread;
    QemuMutex lock;
    QemuCond wake;
    bool quit;

    MmtFormatter fmt;
    char *buf;
} VFIOTraceWriter;

/**
 * vfio_trace_writer_start() - start writing
 * @w: the writer, zeroed
 * @ring: the ring
 * @fd: the file; stays the caller's
 * @name: its name; stays the caller's
 * @ops: what to call
 * @opaque: for @ops
 */
void vfio_trace_writer_start(VFIOTraceWriter *w, MmtRing *ring, int fd,
                             const char *name, const VFIOTraceWriterOps *ops,
                             void *opaque);

/**
 * vfio_trace_writer_stop() - write what is left and end the thread
 * @w: the writer
 *
 * Accesses that are still on their way to a device are written as pending.
 * If the file can not be written now, says how much was lost by that.
 * No producer may be left: no device on the log any more, or all vCPUs stopped,
 * or the call comes from one that will not return.
 */
void vfio_trace_writer_stop(VFIOTraceWriter *w);

#endif /* HW_VFIO_TRACE_WRITER_H */
