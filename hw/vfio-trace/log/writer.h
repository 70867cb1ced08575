/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the writer thread
 *
 * Theory of operation
 *
 * The writer takes records from the ring, turns them into text and writes that
 * to the sink.  It is the only one that touches the sink, and it never takes
 * the BQL: a disk that is slow, full or stuck stops the writer, not QEMU.
 *
 * Three positions in the ring follow each other:
 *
 *      tail            everything before is in the file for good: committed
 *      @pos            everything before has become text
 *      head            where the vCPUs are
 *
 * A record stays in the ring until it is committed, and what "for good" means
 * is the log's durability.  So there is no moment at which a record is only in
 * a buffer: whatever kills QEMU, the file up to the commit's offset and the
 * ring from the tail are the whole log (libmmiotrace/recover.h); and if the
 * kernel says that it could not bring what was written to the disk, the writer
 * goes back to the last commit and writes it again.
 *
 * With durability=sync a vCPU that is about to write waits in
 * vfio_trace_writer_sync() until its record is on stable storage.  That record
 * is pending then: its line is written ahead, and what comes after it has to
 * wait until the device has answered.
 */
#ifndef HW_VFIO_TRACE_WRITER_H
#define HW_VFIO_TRACE_WRITER_H

#include "qapi/qapi-types-qom.h"
#include "qemu/thread.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/frame.h"
#include "libmmiotrace/ring.h"
#include "hw/vfio-trace/log/next-part.h"
#include "hw/vfio-trace/log/sink.h"

typedef enum VFIOTraceNote {
    VFIO_TRACE_NOTE_ERROR = 1 << 0,     /* the file can not be written */
    VFIO_TRACE_NOTE_WELL = 1 << 1,      /* it can be again */
    VFIO_TRACE_NOTE_PART = 1 << 2,      /* the log goes on in another part */
    VFIO_TRACE_NOTE_CUT = 1 << 3,       /* the file was truncated */
    VFIO_TRACE_NOTE_PUT_BACK = 1 << 4,  /* it was deleted */
    VFIO_TRACE_NOTE_WAITING = 1 << 5,   /* the guest waits; not the writer's */
} VFIOTraceNote;

/**
 * struct VFIOTraceWriterOps: what the writer asks of its log
 * @note: something happened that the world should know; from the writer's
 *        thread
 * @drained: called after every batch, an empty one too, from the writer's
 *           thread
 * @end: called on the writer's thread when it has ended writing, with whether
 *       all is written; what is to be done with files is done there: a disk may
 *       hang
 * @ended: called on the writer's thread when it ends, as the last thing
 */
typedef struct VFIOTraceWriterOps {
    void (*note)(void *opaque, VFIOTraceNote note);
    void (*drained)(void *opaque);
    void (*end)(void *opaque, bool whole);
    void (*ended)(void *opaque);
} VFIOTraceWriterOps;

/**
 * struct VFIOTraceWriter: the writer's state
 * @ring: where records come from
 * @sink: where they go
 * @durability: what a commit needs
 * @max_size: bytes after which the next part begins; 0 for no limit
 * @ops: what to call in the log
 * @opaque: for @ops
 * @records: records written
 * @bytes: bytes written
 * @error: errno of the last attempt, 0 when it went well
 * @blocked: a reader does not read
 * @hurry: the guest waits for room in the ring: commit as soon as possible
 * @rotate: begin the next part as soon as possible
 * @flush: up to where in the ring records are to be on stable storage soon
 * @part: number of the part that is written, from 0 up
 * @switching: the next part's file may be there, and @part not tell of it yet
 * @thread: the thread
 * @lock: protects @quit, @ended, @sync_want, @synced and @sync_failing; @synced
 *        is written by the thread only
 * @wake: wakes the thread for @quit and @sync_want
 * @done: wakes vCPUs that wait for @synced, and who waits for @ended
 * @quit: write what is left, and end
 * @ended: nothing is done any more
 * @sync_want: up to where in the ring vCPUs wait for stable storage
 * @synced: up to where records are there
 * @sync_failing: nobody should wait: the file can not be written
 *
 * @records to @switching may be read with qatomic_read() by anybody; @hurry,
 * @rotate and @flush may be set with qatomic_set().  The rest is the thread's
 * own:
 *
 * @fmt: what the formatter remembers
 * @framer: compresses, or NULL
 * @parts: what the next part must begin with
 * @text: text that is not written yet
 * @len: bytes of it
 * @pos: see above
 * @ahead: the record before @pos is a write that is still pending
 * @ready: position up to which the sink holds nothing but whole records
 * @commit: what mmt_ring_commit() is told once the sink is synced
 * @dirty: bytes were written since the last sync
 * @uncommitted: records and bytes that a rewind takes back
 * @since: when the oldest of them, or of @text, came; nanoseconds
 * @said: how often it has said on stderr that the file can't be written, or can
 * @said_at: when the last time was, nanoseconds
 * @give_up_at: until when a reader is waited for that does not read,
 *              nanoseconds; 0: not at all yet
 */
typedef struct VFIOTraceWriter {
    MmtRing *ring;
    VFIOTraceSink *sink;
    VfioTraceDurability durability;
    uint64_t max_size;
    const VFIOTraceWriterOps *ops;
    void *opaque;

    uint64_t records;
    uint64_t bytes;
    int error;
    bool blocked;
    bool hurry;
    bool rotate;
    uint64_t flush;
    uint32_t part;
    bool switching;

    QemuThread thread;
    QemuMutex lock;
    QemuCond wake;
    QemuCond done;
    bool quit;
    bool ended;
    uint64_t sync_want;
    uint64_t synced;
    bool sync_failing;

    MmtFormatter fmt;
    MmtFramer *framer;
    VFIOTraceParts parts;
    char *text;
    size_t len;
    uint64_t pos;
    bool ahead;
    uint64_t ready;
    MmtCommit commit;
    bool dirty;
    struct {
        uint64_t records;
        uint64_t bytes;
    } uncommitted;
    int64_t since;
    unsigned said;
    int64_t said_at;
    int64_t give_up_at;
} VFIOTraceWriter;

/**
 * vfio_trace_writer_start() - start writing
 * @w: the writer; @ring, @sink, @durability, @max_size, @ops and @opaque are
 *     filled in, the rest is zero
 * @extra: MmtExtra, what accesses carry besides
 * @compress: write zstd frames
 */
void vfio_trace_writer_start(VFIOTraceWriter *w, uint32_t extra, bool compress);

/**
 * vfio_trace_writer_sync() - wait until a pending write is on stable storage
 * @w: a writer with durability=sync
 * @pos: the position of its record, published as MMT_STATE_PENDING
 *
 * Under the BQL, which is not given up: nothing but the disk should be able
 * to delay this.  So it does not wait if the file can not be written, and not
 * for ever.
 *
 * Return: whether it is
 */
bool vfio_trace_writer_sync(VFIOTraceWriter *w, uint64_t pos);

/**
 * vfio_trace_writer_flush() - have all that is there brought to stable storage
 * @w: the writer
 *
 * Does not wait.
 *
 * Return: what to ask vfio_trace_writer_flushed() for
 */
uint64_t vfio_trace_writer_flush(VFIOTraceWriter *w);

/**
 * vfio_trace_writer_flushed() - is it there?
 * @w: the writer
 * @pos: what vfio_trace_writer_flush() returned
 */
bool vfio_trace_writer_flushed(VFIOTraceWriter *w, uint64_t pos);

/**
 * vfio_trace_writer_quit() - have the thread write what is left, and end
 * @w: the writer
 *
 * Does not wait.  Accesses that are still on their way to a device are written
 * as pending.  If the file can not be written now, says how much is missing.
 * No producer may be left: no device on the log any more, or all vCPUs stopped,
 * or the call comes from one that will not return.
 */
void vfio_trace_writer_quit(VFIOTraceWriter *w);

/**
 * vfio_trace_writer_wait() - wait until it has ended
 * @w: the writer, after vfio_trace_writer_quit()
 * @ms: how long; anew each time that it has written something, if @progress
 * @progress: whether it may take its time as long as it goes on
 *
 * Return: whether it has
 */
bool vfio_trace_writer_wait(VFIOTraceWriter *w, int ms, bool progress);

/**
 * vfio_trace_writer_free() - free what it has
 * @w: a writer that has ended
 */
void vfio_trace_writer_free(VFIOTraceWriter *w);

#endif /* HW_VFIO_TRACE_WRITER_H */
