/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log object
 *
 * A log is a ring, a writer thread and a file.  Devices that share a log
 * share one order.  Everything here runs under the BQL unless it says
 * otherwise; the writer never takes the BQL.
 */
#ifndef HW_VFIO_TRACE_LOG_H
#define HW_VFIO_TRACE_LOG_H

#include "qemu/notify.h"
#include "qemu/coroutine.h"
#include "qemu/queue.h"
#include "qom/object.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/ring-file.h"
#include "hw/vfio-trace/log/writer.h"

#define TYPE_VFIO_TRACE_LOG "vfio-trace-log"
OBJECT_DECLARE_SIMPLE_TYPE(VFIOTraceLog, VFIO_TRACE_LOG)

typedef struct PCITap PCITap;

/* Default and limits of ring-size=, in bytes */
#define VFIO_TRACE_RING_DEFAULT (16 * MiB)
#define VFIO_TRACE_RING_MIN     (64 * KiB)
#define VFIO_TRACE_RING_MAX     (4 * GiB)

/**
 * struct VFIOTraceLog: a log
 * @id: what users call it; the object's own, or its device's
 * @file: path as given, absolute once the log is open
 * @overwrite: take an existing file
 * @durability: what survives what
 * @on_full: what to do when the ring is full
 * @max_size: bytes after which the next part begins; 0 for no limit
 * @used: the guest has run with a device on this log, or a marker is in it
 * @private: belongs to one device; others can't use it
 * @configured: name of a property that was set, other than file; or NULL
 * @pc: accesses carry the guest's program counter
 * @extra: MmtExtra, what accesses carry besides
 * @details: some of this is to be found out about each access
 * @open: the file, the ring and the writer are there
 * @closing: the file is being brought to its end, or has been; also read by
 *           the writer
 * @ending: it is closed, and its disk takes its time: referenced until then
 * @whole: of a closed log, whether it is all in the file
 * @users: devices and pci-trace objects that use it
 * @ring_size: bytes, as given
 * @ring_dir: directory of the ring's file, or NULL
 * @ring_file: the ring's file
 * @ring: where vCPUs put their records
 * @sink: where the text goes
 * @high_water: slots in use at which the guest is paused
 * @low_water: slots in use at which it may go on
 * @writer: who empties the ring
 * @notes: VFIOTraceNote that @notes_bh has to pass on; atomic
 * @notes_bh: tells the world, in the main loop
 * @waiting_told: when VFIO_TRACE_WAITING was sent; of the log's clock
 * @waiting_timer: sends it again if the guest still waits
 * @ended_bh: takes away what is left of a log that was @ending
 * @pausing: a pause was asked for and the guest has not gone on since; also
 *           set by the writer
 * @pauses: how often the guest was paused
 * @pause_ns: how long, together
 * @pause_since: when the present pause was asked for
 * @clock_due: the next access of a vCPU tells the guest's clocks
 * @running: the guest runs, as the log has it
 * @stopped_at: when it stopped; 0 if it has not run
 * @now: the latest time that an access has looked at; under the BQL
 * @begun: position of the access that began last
 * @in_flight: with durability=sync, accesses that are on their way
 * @migration_blocker: why the machine can't be migrated
 * @next_map_id: the next region's number
 * @taps: the devices
 * @next: in the list of all logs
 */
struct VFIOTraceLog {
    Object parent_obj;

    char *id;
    char *file;
    bool overwrite;
    VfioTraceDurability durability;
    VfioTraceOnFull on_full;
    uint64_t max_size;
    bool used;
    bool private;
    const char *configured;
    bool pc;
    uint32_t extra;
    bool details;
    bool open;
    bool closing;
    bool ending;
    bool whole;
    unsigned users;

    uint64_t ring_size;
    char *ring_dir;
    MmtRingFile *ring_file;
    MmtRing *ring;
    VFIOTraceSink sink;
    uint64_t high_water;
    uint64_t low_water;
    VFIOTraceWriter writer;
    uint32_t notes;
    QEMUBH *notes_bh;
    int64_t waiting_told;
    QEMUTimer *waiting_timer;
    QEMUBH *ended_bh;
    bool pausing;
    uint64_t pauses;
    int64_t pause_ns;
    int64_t pause_since;
    bool clock_due;
    bool running;
    int64_t stopped_at;
    uint64_t now;
    uint64_t begun;
    unsigned in_flight;
    Error *migration_blocker;

    uint32_t next_map_id;
    QTAILQ_HEAD(, PCITap) taps;
    QTAILQ_ENTRY(VFIOTraceLog) next;
};

/**
 * vfio_trace_log_begin() - a record for an access that is about to happen
 * @log: the log
 * @spare: a record to use if the ring has no room: it is counted as lost
 *
 * Fill in the record, vfio_trace_log_issue() it, forward the access, complete
 * the record and vfio_trace_log_done().  The order of the calls is the order
 * of the log.  Never blocks and makes no system call; asks for a pause of the
 * guest when the ring is nearly full.
 *
 * Return: the slot to fill in, @spare at worst
 */
MmtSlot *vfio_trace_log_begin(VFIOTraceLog *log, MmtSlot *spare);

/* durability=sync; see vfio_trace_log_issue() */
void vfio_trace_log_issue_sync(VFIOTraceLog *log, MmtSlot *slot);

/**
 * vfio_trace_log_issue() - the access goes to the device now
 * @log: the log
 * @slot: what vfio_trace_log_begin() returned last, filled in
 *
 * From here on the record survives QEMU.  With durability=sync waits until
 * that of a write survives the host.
 */
static inline void vfio_trace_log_issue(VFIOTraceLog *log, MmtSlot *slot)
{
    mmt_slot_publish(slot, MMT_STATE_PENDING);
    if (unlikely(log->durability == VFIO_TRACE_DURABILITY_SYNC)) {
        vfio_trace_log_issue_sync(log, slot);
    }
}

/**
 * vfio_trace_log_done() - the device has answered
 * @log: the log
 * @slot: the slot, completed; belongs to the writer afterwards
 */
static inline void vfio_trace_log_done(VFIOTraceLog *log, MmtSlot *slot)
{
    if (unlikely(log->in_flight)) {
        log->in_flight--;
    }
    mmt_slot_publish(slot, MMT_STATE_READY);
}

/**
 * vfio_trace_log_put() - log an event that is over
 * @log: the log
 * @rec: the record, without its time
 */
void vfio_trace_log_put(VFIOTraceLog *log, const MmtRecord *rec);

/**
 * vfio_trace_log_mark() - log a MARK line
 * @log: the log
 * @text: any text; made fit by mmt_mark_sanitize()
 * @errp: error when the ring has no room
 *
 * Return: the text as it stands in the log, to be freed; NULL on error
 */
char *vfio_trace_log_mark(VFIOTraceLog *log, const char *text, Error **errp);

/**
 * vfio_trace_log_markf() - log a structured mark of our own
 * @log: the log
 * @fmt: printf format of what follows the "vfio-trace: " prefix
 */
void G_GNUC_PRINTF(2, 3) vfio_trace_log_markf(VFIOTraceLog *log,
                                              const char *fmt, ...);

/**
 * vfio_trace_log_room() - is there room for marks?
 * @log: the log
 * @marks: how many
 * @errp: error if there is none at the moment
 *
 * For marks without which a log can't be understood: what they tell of should
 * not be done if they would be lost.  What room there is then is left for the
 * accesses of vCPUs.
 */
bool vfio_trace_log_room(VFIOTraceLog *log, unsigned marks, Error **errp);

/**
 * vfio_trace_log_pcidev() - log a PCIDEV line
 * @log: the log
 * @dev: the device
 */
void vfio_trace_log_pcidev(VFIOTraceLog *log, const MmtPciDev *dev);

/**
 * vfio_trace_log_rotate() - go on in the next part, soon
 * @log: the log
 * @errp: error if it can't have parts
 *
 * Return: whether it will
 */
bool vfio_trace_log_rotate(VFIOTraceLog *log, Error **errp);

/**
 * vfio_trace_log_flush() - wait until all that has happened is on the disk
 * @log: the log
 * @errp: error if the file can't be written, or that takes too long
 *
 * Return: whether it is there
 */
bool coroutine_fn vfio_trace_log_flush(VFIOTraceLog *log, Error **errp);

/**
 * vfio_trace_log_by_name() - any log by its name
 * @id: its id
 *
 * Return: the log, not referenced, or NULL
 */
VFIOTraceLog *vfio_trace_log_by_name(const char *id);

/**
 * vfio_trace_log_find() - a log for a device
 * @id: its id, or NULL for the only one there is
 * @errp: error if there is none, or several and no @id, or it is private
 *
 * Return: the log, not referenced
 */
VFIOTraceLog *vfio_trace_log_find(const char *id, Error **errp);

/**
 * vfio_trace_log_private() - a log that belongs to one device
 * @owner: the device, which gets the log's properties with "trace-" before
 *         their names; must not live longer than the log
 *
 * Return: the log, not open yet; the caller's reference
 */
VFIOTraceLog *vfio_trace_log_private(Object *owner);

/**
 * vfio_trace_log_private_open() - open it
 * @log: what vfio_trace_log_private() returned
 * @owner: the device; the log becomes its child
 * @id: name for the log
 * @errp: error if the file can not be had
 *
 * Return: whether it is open
 */
bool vfio_trace_log_private_open(VFIOTraceLog *log, Object *owner,
                                 const char *id, Error **errp);

/**
 * vfio_trace_log_private_close() - close it
 * @log: an open log
 *
 * It can be opened again.
 */
void vfio_trace_log_private_close(VFIOTraceLog *log);

/**
 * vfio_trace_log_next() - walk over all logs
 * @log: NULL to begin
 */
VFIOTraceLog *vfio_trace_log_next(VFIOTraceLog *log);

/**
 * vfio_trace_log_leave() - take a log off the list of logs
 * @log: the log, open
 */
void vfio_trace_log_leave(VFIOTraceLog *log);

/* end.c: how a log ends */

/**
 * vfio_trace_log_end_init() - end all logs when QEMU exits; once is enough
 */
void vfio_trace_log_end_init(void);

/**
 * vfio_trace_log_end_prepare() - have what it takes to end a log
 * @log: a log that is about to be opened
 */
void vfio_trace_log_end_prepare(VFIOTraceLog *log);

/**
 * vfio_trace_log_close() - bring a log to its end
 * @log: the log; one that is not open stays as it is
 *
 * Under the BQL.  If its disk, or its reader, takes longer than a moment, this
 * returns all the same, and the log is referenced until it has ended.
 */
void vfio_trace_log_close(VFIOTraceLog *log);

/**
 * vfio_trace_log_watch_end() - be told that a log is about to end
 * @n: called with the log, into which marks can still be put
 */
void vfio_trace_log_watch_end(Notifier *n);

/**
 * vfio_trace_log_writer_end() - VFIOTraceWriterOps.end
 * @opaque: the log
 * @whole: all is written
 */
void vfio_trace_log_writer_end(void *opaque, bool whole);

/**
 * vfio_trace_log_writer_ended() - VFIOTraceWriterOps.ended
 * @opaque: the log
 */
void vfio_trace_log_writer_ended(void *opaque);

/* events.c: what the log tells the world */

/**
 * vfio_trace_log_note() - something happened
 * @log: the log
 * @note: what
 *
 * Any thread.  The event is sent from the main loop.
 */
void vfio_trace_log_note(VFIOTraceLog *log, uint32_t note);

/**
 * vfio_trace_log_events() - send the events that are due
 * @opaque: the log
 */
void vfio_trace_log_events(void *opaque);

/**
 * vfio_trace_log_still_waiting() - the log's @waiting_timer
 * @opaque: the log
 */
void vfio_trace_log_still_waiting(void *opaque);

/**
 * vfio_trace_log_trouble() - why the log can't be written
 * @log: the log
 *
 * Return: text, or NULL if it is well
 */
const char *vfio_trace_log_trouble(const VFIOTraceLog *log);

/* clock.c: clocks, and when the guest stands still */

/**
 * vfio_trace_log_mark_clock() - relate the log's clock to the host's others
 * @log: the log
 */
void vfio_trace_log_mark_clock(VFIOTraceLog *log);

/**
 * vfio_trace_log_mark_guest_clock() - and to the guest's
 * @log: the log
 *
 * For the thread of a vCPU that has come out of the guest; elsewhere it stays
 * due.
 */
void vfio_trace_log_mark_guest_clock(VFIOTraceLog *log);

/**
 * vfio_trace_log_watch_vm() - log when the guest stops and goes on; once is
 * enough for all logs
 */
void vfio_trace_log_watch_vm(void);

/* pause.c: the guest waits for the log */

/**
 * vfio_trace_log_pause() - ask for a pause of the guest until the log is well
 * @log: the log
 *
 * Any thread.  Asking again before the guest has gone on does nothing.
 */
void vfio_trace_log_pause(VFIOTraceLog *log);

/**
 * vfio_trace_log_release() - see whether the guest may go on
 *
 * For when a log has gone.
 */
void vfio_trace_log_release(void);

/**
 * vfio_trace_log_pause_init() - watch the guest's state; once is enough
 */
void vfio_trace_log_pause_init(void);

extern const VFIOTraceWriterOps vfio_trace_log_writer_ops;

#endif /* HW_VFIO_TRACE_LOG_H */
