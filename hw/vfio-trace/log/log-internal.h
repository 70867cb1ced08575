/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: private state of a log, for the files in this folder
 */
#ifndef HW_VFIO_TRACE_LOG_INTERNAL_H
#define HW_VFIO_TRACE_LOG_INTERNAL_H

#include "qapi/qapi-types-qom.h"
#include "qapi/qapi-types-run-state.h"
#include "libmmiotrace/ring-file.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/log/writer.h"

/* Default and limits of ring-size=, in bytes */
#define VFIO_TRACE_RING_DEFAULT (16 * MiB)
#define VFIO_TRACE_RING_MIN     (64 * KiB)
#define VFIO_TRACE_RING_MAX     (4 * GiB)

/**
 * struct VFIOTraceLogState: complete state of a log
 * @log: the public part
 * @begun: ring position of the access that began last
 * @low_water: slots in use at which the guest may resume
 * @file: path as given, absolute once the log is open
 * @overwrite: empty and use a file that exists
 * @durability: durability=
 * @on_full: on-full=, what to do when the ring is full
 * @max_size: bytes after which the next part begins; 0 for no limit
 * @cost_told: the log has its trap-cost mark
 * @used: the guest has run with a device on this log, or the log has a marker
 * @private: belongs to one device; others can't use it
 * @configured: name of a property that was set, other than file; or NULL
 * @open: the file, the ring and the writer exist
 * @closing: the log is being ended, or has ended; also read by the writer
 * @ending: the log is closed, but its writer has not ended yet; the log is
 *          referenced until then
 * @whole: of a log that has ended, whether all records are in the file
 * @users: number of devices and pci-trace objects that use the log
 * @ring_size: bytes, as given
 * @ring_dir: directory of the ring's file, or NULL
 * @ring_file: the ring's file
 * @uid: user that has created the log and its ring
 * @sink: where the text goes
 * @writer: the writer thread, which empties the ring
 * @notes: VFIOTraceNote bits for @notes_bh; atomic
 * @notes_bh: sends the events, in the main loop
 * @waiting_told: when VFIO_TRACE_WAITING was sent last; the log's clock
 * @waiting_timer: sends it again if the guest still waits
 * @ended_bh: frees a log that was @ending
 * @pausing: a pause was requested and the guest has not resumed since; also set
 *           by the writer
 * @pauses: how often the guest was paused
 * @pause_ns: total length of these pauses in nanoseconds
 * @pause_since: when the current pause was requested
 * @run_state: QEMU's run state, as the last mark in the log says
 * @ran_ns: how long the guest ran until @running_since
 * @running_since: when the guest began to run; 0 if it does not run
 * @stopped_at: when the guest was paused; 0 if it is not, or has not run
 * @migration_blocker: why the machine can't be migrated
 * @next: link in the list of all logs, or of those that are @ending
 */
typedef struct VFIOTraceLogState {
    VFIOTraceLog log;

    uint64_t begun;
    uint64_t low_water;

    char *file;
    bool overwrite;
    VfioTraceDurability durability;
    VfioTraceOnFull on_full;
    uint64_t max_size;
    bool cost_told;
    bool used;
    bool private;
    const char *configured;
    bool open;
    bool closing;
    bool ending;
    bool whole;
    unsigned users;

    uint64_t ring_size;
    char *ring_dir;
    MmtRingFile *ring_file;
    uid_t uid;
    VFIOTraceSink sink;
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
    RunState run_state;
    int64_t ran_ns;
    int64_t running_since;
    int64_t stopped_at;
    Error *migration_blocker;
    QTAILQ_ENTRY(VFIOTraceLogState) next;
} VFIOTraceLogState;

/**
 * vfio_trace_log_state() - the complete state of a log
 * @log: its public part
 */
static inline VFIOTraceLogState *vfio_trace_log_state(VFIOTraceLog *log)
{
    return container_of(log, VFIOTraceLogState, log);
}

#define VFIO_TRACE_LOG_STATE(obj) vfio_trace_log_state(VFIO_TRACE_LOG(obj))

#endif /* HW_VFIO_TRACE_LOG_INTERNAL_H */
