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

#include "qemu/queue.h"
#include "qom/object.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/ring.h"
#include "writer.h"

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
 * @created: the file was not there before
 * @used: the guest has run with a device on this log, or a marker is in it
 * @private: belongs to one device; others can't use it
 * @open: the file, the ring and the writer are there
 * @closing: the file is being brought to its end, or has been; also read by
 *           the writer
 * @users: devices and pci-trace objects that use it
 * @ring_size: bytes, as given
 * @ring: where vCPUs put their records
 * @high_water: slots in use at which the guest is paused
 * @low_water: slots in use at which it may go on
 * @writer: who empties the ring
 * @pausing: a pause was asked for and the guest has not gone on since; also
 *           set by the writer
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
    bool created;
    bool used;
    bool private;
    bool open;
    bool closing;
    unsigned users;

    uint64_t ring_size;
    MmtRing *ring;
    uint64_t high_water;
    uint64_t low_water;
    VFIOTraceWriter writer;
    bool pausing;
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
 * Fill in the record, publish it as PENDING with mmt_slot_publish(), forward
 * the access, complete the record and publish it as READY.  The order of the
 * calls is the order of the log.  Never blocks and makes no system call; asks
 * for a pause of the guest when the ring is nearly full.
 *
 * Return: the slot to fill in, @spare at worst
 */
MmtSlot *vfio_trace_log_begin(VFIOTraceLog *log, MmtSlot *spare);

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
 * vfio_trace_log_pcidev() - log a PCIDEV line
 * @log: the log
 * @dev: the device
 */
void vfio_trace_log_pcidev(VFIOTraceLog *log, const MmtPciDev *dev);

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
 * @owner: the device; the log becomes its child
 * @id: name for the log
 * @file: path
 * @overwrite: take an existing file
 * @errp: error if the file can not be had
 *
 * Return: the log, referenced by its owner only
 */
VFIOTraceLog *vfio_trace_log_private(Object *owner, const char *id,
                                     const char *file, bool overwrite,
                                     Error **errp);

/**
 * vfio_trace_log_next() - walk over all logs
 * @log: NULL to begin
 */
VFIOTraceLog *vfio_trace_log_next(VFIOTraceLog *log);

/* log-pause.c: the guest waits for the log */

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
