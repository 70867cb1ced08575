/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log object
 *
 * A log is a ring, a writer thread and a file.  Devices that share a log share
 * one order.  Everything here runs under the BQL unless it says otherwise; the
 * writer thread never takes the BQL.  An access that needs nothing of this
 * takes no more than the log's gate.
 *
 * This is the log's public interface; its private state is in log-internal.h.
 */
#ifndef HW_VFIO_TRACE_LOG_H
#define HW_VFIO_TRACE_LOG_H

#include "qemu/notify.h"
#include "qemu/coroutine.h"
#include "qemu/queue.h"
#include "qom/object.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/gate.h"
#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/ring.h"

#define TYPE_VFIO_TRACE_LOG "vfio-trace-log"
OBJECT_DECLARE_SIMPLE_TYPE(VFIOTraceLog, VFIO_TRACE_LOG)

typedef struct PCITap PCITap;
typedef struct VfioTraceLogInfo VfioTraceLogInfo;

/**
 * struct VFIOTraceLog: the part of a log that devices and their accesses use
 * @id: the log's name: the object's ID, or that of the device that owns it
 * @pc: accesses carry the guest's program counter
 * @extra: MmtExtra, additional fields that accesses carry
 * @details: some of these fields have to be determined at each access
 * @sync: durability=sync
 * @clock_due: the next access by a vCPU must log the guest's clocks
 * @in_flight: with @sync, number of accesses that the device has not answered
 * @now: the latest time that a record has got; changed in the gate only
 * @gate: who is in it, or has closed it, may put records into @ring
 * @ring: where they go; NULL before the log begins and after its end
 * @high_water: slots in use at which the guest is paused
 * @next_map_id: map id of the next region
 * @taps: the devices
 * @markers: notified with the text of each marker that is in the log
 */
struct VFIOTraceLog {
    Object parent_obj;

    char *id;
    bool pc;
    uint32_t extra;
    bool details;
    bool sync;
    bool clock_due;
    unsigned in_flight;
    uint64_t now;
    MmtGate gate;
    MmtRing *ring;
    uint64_t high_water;
    uint32_t next_map_id;
    QTAILQ_HEAD(, PCITap) taps;
    NotifierList markers;
};

/* put.c: records and marks */

/**
 * vfio_trace_log_begin() - get a record for an access that is about to happen
 * @log: the log
 * @spare: a record to use if the ring is full: it is counted as lost
 *
 * Fill in the record, call vfio_trace_log_issue(), forward the access, complete
 * the record, call vfio_trace_log_done(), under the BQL and with the gate
 * closed all the time.  The order of the calls of vfio_trace_log_begin() is the
 * order of the log.  Never blocks and makes no system call; requests a pause of
 * the guest when the ring is nearly full.
 *
 * Return: the slot to fill in; @spare if the ring is full
 */
MmtSlot *vfio_trace_log_begin(VFIOTraceLog *log, MmtSlot *spare);

/**
 * vfio_trace_log_take() - get a record for an access that is in the log's gate
 * @log: the log
 *
 * Fill it in, publish it as MMT_STATE_PENDING, make the access, and publish it
 * as MMT_STATE_READY, before leaving the gate.
 *
 * Return: the slot; NULL if the guest should be paused, which needs the BQL:
 *         make the access in the other way
 */
static inline MmtSlot *vfio_trace_log_take(VFIOTraceLog *log)
{
    return mmt_ring_reserve_one(log->ring, log->high_water);
}

/* durability=sync; see vfio_trace_log_issue() */
void vfio_trace_log_issue_sync(VFIOTraceLog *log, MmtSlot *slot);

/**
 * vfio_trace_log_issue() - the access goes to the device now
 * @log: the log
 * @slot: what vfio_trace_log_begin() returned last, filled in
 *
 * From here on the record survives the death of QEMU.  With durability=sync
 * this waits until the record of a write survives a crash of the host.
 */
static inline void vfio_trace_log_issue(VFIOTraceLog *log, MmtSlot *slot)
{
    mmt_slot_publish(slot, MMT_STATE_PENDING);
    if (unlikely(log->sync)) {
        vfio_trace_log_issue_sync(log, slot);
    }
}

/**
 * vfio_trace_log_done() - the device has answered
 * @log: the log
 * @slot: the slot, completed; it belongs to the writer afterwards
 */
static inline void vfio_trace_log_done(VFIOTraceLog *log, MmtSlot *slot)
{
    if (unlikely(log->in_flight)) {
        log->in_flight--;
    }
    mmt_slot_publish(slot, MMT_STATE_READY);
}

/**
 * vfio_trace_log_put() - log an event that has already happened
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
 * vfio_trace_log_marked() - notify the devices of a marker
 * @log: the log, which has the marker
 * @text: the marker's text
 */
void vfio_trace_log_marked(VFIOTraceLog *log, const char *text);

/**
 * vfio_trace_log_own_mark() - log a structured mark
 * @log: the log
 * @mark: MmtMark
 * @...: its words, by MMT_TEXT(), MMT_NUMBER() and so on; at least one, which
 *       may be MMT_NO_WORD
 *
 * The table in libmmiotrace/marks.c defines the marks and their words.
 */
#define vfio_trace_log_own_mark(log, mark, ...) \
    vfio_trace_log_own_words(log, mark, MMT_WORDS(__VA_ARGS__))

/**
 * vfio_trace_log_own_words() - log a structured mark, its words in an array
 * @log: the log
 * @mark: MmtMark
 * @words: its words, by MMT_WORDS()
 */
void vfio_trace_log_own_words(VFIOTraceLog *log, MmtMark mark,
                              const MmtMarkWord *words);

/**
 * vfio_trace_log_own_text() - log the text of a structured mark
 * @log: the log
 * @text: its text, as mmt_mark_put() or mmt_entry_put() gave it
 * @len: its length
 */
void vfio_trace_log_own_text(VFIOTraceLog *log, const char *text, size_t len);

/**
 * vfio_trace_log_room() - is there room for marks?
 * @log: the log
 * @marks: number of marks
 * @errp: error if there is no room at the moment
 *
 * For marks without which a log can't be understood: check before the change
 * that they record, and do not make the change if they would be lost.  The top
 * quarter of the ring is left for the accesses of vCPUs.
 */
bool vfio_trace_log_room(VFIOTraceLog *log, unsigned marks, Error **errp);

/**
 * vfio_trace_log_pcidev() - log a PCIDEV line
 * @log: the log
 * @dev: the device
 */
void vfio_trace_log_pcidev(VFIOTraceLog *log, const MmtPciDev *dev);

/* clock.c: clocks */

/**
 * vfio_trace_log_mark_guest_clock() - mark that relates the log's clock to the
 * guest's clocks
 * @log: the log
 *
 * Call it on the thread of a vCPU that has left the guest; on other threads
 * nothing happens and the mark stays due.
 */
void vfio_trace_log_mark_guest_clock(VFIOTraceLog *log);

/* list.c: all logs */

/**
 * vfio_trace_log_next() - iterate over all logs
 * @log: the previous log, or NULL to begin
 *
 * Return: the next log, not referenced, or NULL
 */
VFIOTraceLog *vfio_trace_log_next(VFIOTraceLog *log);

/**
 * vfio_trace_log_by_name() - find a log, private or not
 * @id: its id
 *
 * Return: the log, not referenced, or NULL
 */
VFIOTraceLog *vfio_trace_log_by_name(const char *id);

/**
 * vfio_trace_log_find() - find a log for a device
 * @id: its id, or NULL for the only log that is not private
 * @errp: error if there is no such log, several of them and no @id, or if it is
 *        private
 *
 * Return: the log, not referenced
 */
VFIOTraceLog *vfio_trace_log_find(const char *id, Error **errp);

/* object.c: a log and its users */

/**
 * vfio_trace_log_use() - register a device or a pci-trace object as a user
 * @log: the log, which can't be deleted while it has users
 */
void vfio_trace_log_use(VFIOTraceLog *log);

/**
 * vfio_trace_log_unuse() - undo one vfio_trace_log_use()
 * @log: the log
 */
void vfio_trace_log_unuse(VFIOTraceLog *log);

/**
 * vfio_trace_log_keep() - keep the log's file when the log ends
 * @log: the log, which has something in it that the user wants
 */
void vfio_trace_log_keep(VFIOTraceLog *log);

/**
 * vfio_trace_log_private() - create a log that belongs to one device
 * @owner: the device, which gets the log's properties with "trace-" before
 *         their names; must not live longer than the log
 *
 * Return: the log, not open yet; the caller's reference
 */
VFIOTraceLog *vfio_trace_log_private(Object *owner);

/**
 * vfio_trace_log_private_open() - open a private log
 * @log: what vfio_trace_log_private() returned
 * @owner: the device; the log becomes its child
 * @id: name for the log
 * @errp: error if the file can not be opened
 *
 * Return: whether it is open
 */
bool vfio_trace_log_private_open(VFIOTraceLog *log, Object *owner,
                                 const char *id, Error **errp);

/**
 * vfio_trace_log_private_close() - close a private log
 * @log: an open log
 *
 * It can be opened again.
 */
void vfio_trace_log_private_close(VFIOTraceLog *log);

/**
 * vfio_trace_log_rotate() - continue in the next part soon
 * @log: the log
 * @errp: error if it can't have parts
 *
 * Return: whether it will
 */
bool vfio_trace_log_rotate(VFIOTraceLog *log, Error **errp);

/**
 * vfio_trace_log_flush() - wait until all records so far are on stable storage
 * @log: the log
 * @errp: error if the file can't be written, or that takes too long
 *
 * Return: whether they are
 */
bool coroutine_fn vfio_trace_log_flush(VFIOTraceLog *log, Error **errp);

/* end.c: end of a log */

/**
 * vfio_trace_log_watch_end() - be notified before a log ends
 * @n: called with the log, into which marks can still be put
 */
void vfio_trace_log_watch_end(Notifier *n);

/* run-state.c: the guest's run state */

/**
 * vfio_trace_log_running_ns() - how long has the guest run?
 * @log: the log
 *
 * Return: nanoseconds since the log began, without pauses and sleep
 */
uint64_t vfio_trace_log_running_ns(VFIOTraceLog *log);

/* phase.c: markers divide a log into phases */

/**
 * vfio_trace_log_watch_phases() - be notified before a phase ends
 * @n: called with the log, before a marker of the user or the guest is put into
 *     it
 */
void vfio_trace_log_watch_phases(Notifier *n);

/**
 * vfio_trace_log_end_phase() - a marker is about to be put into the log
 * @log: the log
 */
void vfio_trace_log_end_phase(VFIOTraceLog *log);

/* trap-cost.c: what a trapped access costs */

/**
 * vfio_trace_log_tell_cost() - log what an exit of a vCPU costs, once
 * @log: the log, which gets a device
 */
void vfio_trace_log_tell_cost(VFIOTraceLog *log);

/* status.c: state of a log */

/**
 * vfio_trace_log_info() - information for query-vfio-trace
 * @log: the log, open
 *
 * Return: all fields but the devices, to be freed with
 *         qapi_free_VfioTraceLogInfo()
 */
VfioTraceLogInfo *vfio_trace_log_info(VFIOTraceLog *log);

/**
 * vfio_trace_log_is_open() - can records be put into the log?
 * @log: the log; may have been closed
 */
bool vfio_trace_log_is_open(VFIOTraceLog *log);

/**
 * vfio_trace_log_has_ended() - has the log got its last line?
 * @log: the log
 */
bool vfio_trace_log_has_ended(VFIOTraceLog *log);

/**
 * vfio_trace_log_file() - value of the log's property file
 * @log: the log
 *
 * Return: the path, or NULL if it was not set
 */
const char *vfio_trace_log_file(VFIOTraceLog *log);

/**
 * vfio_trace_log_configured() - was a property set, other than file?
 * @log: the log
 *
 * Return: its name, or NULL
 */
const char *vfio_trace_log_configured(VFIOTraceLog *log);

/**
 * vfio_trace_log_slots() - size of the ring
 * @log: the log, open
 *
 * Return: slots
 */
uint64_t vfio_trace_log_slots(VFIOTraceLog *log);

/**
 * vfio_trace_log_slots_used() - fill level of the ring
 * @log: the log, open
 *
 * Return: slots in use
 */
uint64_t vfio_trace_log_slots_used(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_H */
