/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log object
 *
 * A log is a ring, a writer thread and a file.  Devices that share a log
 * share one order.  Everything here runs under the BQL unless it says
 * otherwise; the writer never takes the BQL.
 *
 * This is what other folders may use of it; the rest of the log's state is in
 * log-internal.h.
 */
#ifndef HW_VFIO_TRACE_LOG_H
#define HW_VFIO_TRACE_LOG_H

#include "qemu/notify.h"
#include "qemu/coroutine.h"
#include "qemu/queue.h"
#include "qom/object.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/ring.h"

#define TYPE_VFIO_TRACE_LOG "vfio-trace-log"
OBJECT_DECLARE_SIMPLE_TYPE(VFIOTraceLog, VFIO_TRACE_LOG)

typedef struct PCITap PCITap;
typedef struct VfioTraceLogInfo VfioTraceLogInfo;

/**
 * struct VFIOTraceLog: what devices and their accesses need of a log
 * @id: what users call it; the object's own, or its device's
 * @pc: accesses carry the guest's program counter
 * @extra: MmtExtra, what accesses carry besides
 * @details: some of this has to be found out about each access
 * @sync: durability=sync
 * @clock_due: the next access of a vCPU tells the guest's clocks
 * @in_flight: with @sync, accesses that are on their way
 * @now: the latest time that an access has looked at
 * @next_map_id: the next region's number
 * @taps: the devices
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
    uint32_t next_map_id;
    QTAILQ_HEAD(, PCITap) taps;
};

/* put.c: records and marks */

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
    if (unlikely(log->sync)) {
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
 * vfio_trace_log_own_mark() - log a mark of the tracer's own
 * @log: the log
 * @mark: MmtMark
 * @...: its words, by MMT_TEXT(), MMT_NUMBER() and so on; at least one, which
 *       may be MMT_NO_WORD
 *
 * What marks and words there are is in libmmiotrace/marks.c.
 */
#define vfio_trace_log_own_mark(log, mark, ...) \
    vfio_trace_log_own_words(log, mark, MMT_WORDS(__VA_ARGS__))

/**
 * vfio_trace_log_own_words() - the same, the words by MMT_WORDS()
 * @log: the log
 * @mark: MmtMark
 * @words: its words
 */
void vfio_trace_log_own_words(VFIOTraceLog *log, MmtMark mark,
                              const MmtMarkWord *words);

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

/* clock.c: clocks */

/**
 * vfio_trace_log_mark_guest_clock() - relate the log's clock to the guest's
 * @log: the log
 *
 * For the thread of a vCPU that has come out of the guest; elsewhere it stays
 * due.
 */
void vfio_trace_log_mark_guest_clock(VFIOTraceLog *log);

/* list.c: all logs */

/**
 * vfio_trace_log_next() - walk over all logs
 * @log: NULL to begin
 */
VFIOTraceLog *vfio_trace_log_next(VFIOTraceLog *log);

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

/* object.c: a log and who uses it */

/**
 * vfio_trace_log_use() - a device or a pci-trace object uses the log
 * @log: the log, which can't be deleted meanwhile
 */
void vfio_trace_log_use(VFIOTraceLog *log);

/**
 * vfio_trace_log_unuse() - undo one vfio_trace_log_use()
 * @log: the log
 */
void vfio_trace_log_unuse(VFIOTraceLog *log);

/**
 * vfio_trace_log_keep() - something is in the log that a user wants
 * @log: the log, whose file is not removed at its end
 */
void vfio_trace_log_keep(VFIOTraceLog *log);

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
 * @errp: error if the file can not be opened
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

/* end.c: how a log ends */

/**
 * vfio_trace_log_watch_end() - be told that a log is about to end
 * @n: called with the log, into which marks can still be put
 */
void vfio_trace_log_watch_end(Notifier *n);

/* status.c: what others show of a log */

/**
 * vfio_trace_log_info() - what query-vfio-trace shows
 * @log: the log, open
 *
 * Return: all but the devices, to be freed with qapi_free_VfioTraceLogInfo()
 */
VfioTraceLogInfo *vfio_trace_log_info(VFIOTraceLog *log);

/**
 * vfio_trace_log_is_open() - can records be put into the log?
 * @log: the log, or one that was opened once
 */
bool vfio_trace_log_is_open(VFIOTraceLog *log);

/**
 * vfio_trace_log_has_ended() - has the log its last line?
 * @log: the log
 */
bool vfio_trace_log_has_ended(VFIOTraceLog *log);

/**
 * vfio_trace_log_file() - the property file
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
 * vfio_trace_log_slots() - the size of the ring
 * @log: the log, open
 *
 * Return: slots
 */
uint64_t vfio_trace_log_slots(VFIOTraceLog *log);

/**
 * vfio_trace_log_slots_used() - how full the ring is
 * @log: the log, open
 *
 * Return: slots in use
 */
uint64_t vfio_trace_log_slots_used(VFIOTraceLog *log);

#endif /* HW_VFIO_TRACE_LOG_H */
