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
 *      tail            everything before it is committed: in the file for good
 *      @pos            everything before it has become text
 *      head            where the vCPUs are
 *
 * A record stays in the ring until it is committed; the log's durability
 * defines what "for good" means.  So there is no moment at which a record is
 * only in a buffer: whatever kills QEMU, the file up to the commit's offset and
 * the ring from the tail are the whole log (libmmiotrace/recover.h).  If the
 * kernel reports that it could not bring what was written to the disk, the
 * writer goes back to the last commit and writes it again.
 *
 * With durability=sync a vCPU that is about to write waits in
 * vfio_trace_writer_sync() until its record is on stable storage.  That record
 * is pending then: its line is written ahead, and later records have to wait
 * until the device has answered.
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
    VFIO_TRACE_NOTE_WELL = 1 << 1,      /* the file can be written again */
    VFIO_TRACE_NOTE_PART = 1 << 2,      /* the log continues in another part */
    VFIO_TRACE_NOTE_CUT = 1 << 3,       /* the file was truncated */
    VFIO_TRACE_NOTE_PUT_BACK = 1 << 4,  /* it was deleted and restored */
    VFIO_TRACE_NOTE_WAITING = 1 << 5,   /* guest waits; not set by the writer */
} VFIOTraceNote;

/**
 * struct VFIOTraceWriterOps: callbacks of the log, on the writer thread
 * @note: an event happened that users should know of; with durability=sync also
 *        called by a vCPU, under the BQL and @lock, when the disk hangs

 * @drained: called after every batch, also after an empty one
 * @end: the writer has written its last byte; @whole is whether all records are
 *       written.  The log does its file operations here: a disk may hang.
 * @ended: the thread ends; this is the last call
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
 * @ops: callbacks of the log
 * @opaque: argument of @ops
 * @records: records written
 * @bytes: bytes written
 * @error: errno of the last attempt, 0 when it succeeded
 * @blocked: the reader does not read
 * @hurry: the guest waits for room in the ring: commit as soon as possible
 * @rotate: begin the next part as soon as possible
 * @flush: position in the ring up to which records should be on stable storage
 *         soon
 * @part: number of the part that is written, from 0 up
 * @switching: the next part's file may exist, but @part is not updated yet
 * @thread: the thread
 * @lock: protects @quit, @ended, @sync_want, @synced and @sync_failing; @synced
 *        is written by the thread only
 * @wake: wakes the thread for @quit and @sync_want
 * @done: wakes vCPUs that wait for @synced, and callers that wait for @ended
 * @quit: write the remaining records, and end
 * @ended: the thread does nothing any more
 * @sync_want: position up to which vCPUs wait for stable storage
 * @synced: position up to which records are on stable storage
 * @sync_failing: the file can not be written: vCPUs should not wait
 *
 * Any thread may read @records to @switching with qatomic_read(), and set
 * @hurry, @rotate and @flush with qatomic_set().  The rest belongs to the
 * thread:
 *
 * @fmt: the formatter's state
 * @framer: compressor, or NULL
 * @parts: lines with which the next part must begin
 * @text: text that is not written yet
 * @len: bytes of @text
 * @pos: see above
 * @ahead: the record before @pos is a write that is still pending
 * @ready: position up to which the sink holds only whole records
 * @commit: argument of the next mmt_ring_commit(), when the sink is synced
 * @dirty: bytes were written since the last sync
 * @uncommitted: records and bytes that a rewind takes back
 * @since: when the oldest of them, or of @text, came; nanoseconds
 * @said: number of messages that the file can't be written, or can be again
 * @said_at: time of the last such message, nanoseconds
 * @give_up_at: when to stop waiting for a reader that does not read; 0: not
 *              waiting yet; nanoseconds
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
 * Under the BQL, which is held all the time: only the disk should be able to
 * delay this.  So it does not wait if the file can not be written, and waits
 * for five seconds at most.
 *
 * Return: whether it is on stable storage
 */
bool vfio_trace_writer_sync(VFIOTraceWriter *w, uint64_t pos);

/**
 * vfio_trace_writer_flush() - request that all records so far are brought to
 * stable storage
 * @w: the writer
 *
 * Does not wait.
 *
 * Return: argument for vfio_trace_writer_flushed()
 */
uint64_t vfio_trace_writer_flush(VFIOTraceWriter *w);

/**
 * vfio_trace_writer_flushed() - are these records on stable storage?
 * @w: the writer
 * @pos: what vfio_trace_writer_flush() returned
 */
bool vfio_trace_writer_flushed(VFIOTraceWriter *w, uint64_t pos);

/**
 * vfio_trace_writer_quit() - write the remaining records and end the thread

 * @w: the writer
 *
 * Does not wait.  Accesses that the device has not answered are written as
 * pending.  If the file can not be written now, a message says how much is
 * missing.  No producer may be left: no device uses the log any more, or all
 * vCPUs are stopped, or the caller is on a vCPU's thread and will not return.
 */
void vfio_trace_writer_quit(VFIOTraceWriter *w);

/**
 * vfio_trace_writer_wait() - wait until the writer has ended
 * @w: the writer, after vfio_trace_writer_quit()
 * @ms: how long to wait
 * @progress: start @ms anew whenever the writer has written something
 *
 * Return: whether it has ended
 */
bool vfio_trace_writer_wait(VFIOTraceWriter *w, int ms, bool progress);

/**
 * vfio_trace_writer_free() - free the writer's resources
 * @w: a writer that has ended
 *
 */
void vfio_trace_writer_free(VFIOTraceWriter *w);

#endif /* HW_VFIO_TRACE_WRITER_H */
