/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how a log ends
 *
 * A guest chooses when its device is unplugged, and may have filled the disk, or
 * be the one whose disk hangs: nobody may wait for the log's file under the BQL
 * for long.  So the writer's thread does all that touches files, to the last; a
 * log that it takes its time with is kept until then, out of everybody's sight.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "migration/blocker.h"
#include "system/system.h"
#include "hw/vfio-trace/log/log.h"

/* How long an unplugged device's log is waited for */
#define CLOSE_MS 100

/* When QEMU exits: how long a log is waited for that does not get on */
#define EXIT_MS 8000

static QTAILQ_HEAD(, VFIOTraceLog) ending = QTAILQ_HEAD_INITIALIZER(ending);

static NotifierList end_watchers = NOTIFIER_LIST_INITIALIZER(end_watchers);

void vfio_trace_log_watch_end(Notifier *n)
{
    notifier_list_add(&end_watchers, n);
}

/* --- on the writer's thread ---------------------------------------------- */

void vfio_trace_log_writer_end(void *opaque, bool whole)
{
    VFIOTraceLog *log = opaque;
    int ret;

    /*
     * Of a start that failed - a mistyped device, a device that VFIO does not
     * give - no log may stay behind: it would be in the next start's way.
     */
    ret = vfio_trace_sink_close(&log->sink, !log->used);
    if (ret < 0) {
        error_report("vfio-trace: '%s' may be incomplete: %s", log->file,
                     strerror(-ret));
        whole = false;
    }
    if (whole) {
        /* A vCPU may still be about to store into the ring: it stays mapped. */
        mmt_ring_file_remove(log->ring_file);
    } else {
        error_report("vfio-trace: the rest of '%s' is in '%s': 'vfio-trace "
                     "recover' completes the log", log->file,
                     log->ring_file->path);
    }
    log->whole = whole;
}

void vfio_trace_log_writer_ended(void *opaque)
{
    VFIOTraceLog *log = opaque;

    qemu_bh_schedule(log->ended_bh);
}

/* --- under the BQL ------------------------------------------------------- */

/* What comes after this is in no file. */
static void log_quit(VFIOTraceLog *log)
{
    if (!log->closing) {
        notifier_list_notify(&end_watchers, log);
        qatomic_set(&log->closing, true);
        vfio_trace_log_markf(log, "end");
        vfio_trace_writer_quit(&log->writer);
    }
}

static void log_free(VFIOTraceLog *log)
{
    vfio_trace_writer_free(&log->writer);
    migrate_del_blocker(&log->migration_blocker);
    g_clear_pointer(&log->notes_bh, qemu_bh_delete);
    g_clear_pointer(&log->waiting_timer, timer_free);
    g_clear_pointer(&log->ended_bh, qemu_bh_delete);
    mmt_ring_file_close(log->ring_file, false);
    log->ring_file = NULL;
    log->ring = NULL;
    log->closing = false;
}

static void log_ended(void *opaque)
{
    VFIOTraceLog *log = opaque;

    if (log->ending) {
        QTAILQ_REMOVE(&ending, log, next);
        log->ending = false;
        log_free(log);
        object_unref(OBJECT(log));
    }
}

void vfio_trace_log_close(VFIOTraceLog *log)
{
    if (!log->open) {
        return;
    }
    log->open = false;
    log_quit(log);
    vfio_trace_log_leave(log);
    if (vfio_trace_writer_wait(&log->writer, CLOSE_MS, false)) {
        log_free(log);
    } else {
        log->ending = true;
        object_ref(OBJECT(log));
        QTAILQ_INSERT_TAIL(&ending, log, next);
    }
    /* The guest may have waited for this log only. */
    vfio_trace_log_release();
}

/* --- when QEMU exits ----------------------------------------------------- */

static void log_wait(VFIOTraceLog *log)
{
    if (!vfio_trace_writer_wait(&log->writer, EXIT_MS, true)) {
        error_report("vfio-trace: '%s' is incomplete: its disk does not "
                     "answer; 'vfio-trace recover' completes it from '%s'",
                     log->file, log->ring_file->path);
    }
}

/*
 * Objects and devices are not taken down when QEMU exits, and vCPUs may still
 * be inside a callback when a device calls exit(): only the files are brought
 * to their end, nothing is freed.
 */
static void logs_exit(Notifier *n, void *data)
{
    /* exit() in a callback has it. */
    bool locked = bql_locked();
    VFIOTraceLog *log = NULL;

    if (!locked) {
        bql_lock();
    }
    /* All of them at once, however many disks hang */
    while ((log = vfio_trace_log_next(log))) {
        log_quit(log);
    }
    while ((log = vfio_trace_log_next(log))) {
        log_wait(log);
    }
    QTAILQ_FOREACH(log, &ending, next) {
        log_wait(log);
    }
    if (!locked) {
        bql_unlock();
    }
}

static Notifier logs_exit_notifier = { .notify = logs_exit };

void vfio_trace_log_end_init(void)
{
    qemu_add_exit_notifier(&logs_exit_notifier);
}

void vfio_trace_log_end_prepare(VFIOTraceLog *log)
{
    log->ended_bh = qemu_bh_new(log_ended, log);
}
