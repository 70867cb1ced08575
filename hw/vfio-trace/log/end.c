/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: end of a log
 *
 * A guest chooses when its device is unplugged; it may have filled the disk, or
 * its disk may hang.  So code under the BQL never waits long for the log's
 * file: the writer thread does everything that touches files, up to the end.
 * A log whose writer takes longer is taken off the list of logs and kept until
 * the writer has ended.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "migration/blocker.h"
#include "system/system.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/end.h"
#include "hw/vfio-trace/log/list.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/log/pause.h"

/* How long to wait for the log of an unplugged device */
#define CLOSE_MS 100

/* When QEMU exits: how long to wait for a log that makes no progress */
#define EXIT_MS 8000

static QTAILQ_HEAD(, VFIOTraceLogState) log_end_list =
    QTAILQ_HEAD_INITIALIZER(log_end_list);

static NotifierList log_end_watchers =
    NOTIFIER_LIST_INITIALIZER(log_end_watchers);

void vfio_trace_log_watch_end(Notifier *n)
{
    notifier_list_add(&log_end_watchers, n);
}

/* --- on the writer thread ------------------------------------------------ */

static void log_end_warn(const VFIOTraceLogState *s)
{
    if (s->ring_file->header->flags & MMT_RING_FILE_NO_PATH) {
        warn_report(
            "vfio-trace: '%s' is complete, but QEMU can't remove its ring '%s': 'vfio-trace recover' will",
            s->file, s->ring_file->path);
    } else {
        warn_report(
            "vfio-trace: '%s' is complete, but QEMU can't remove its ring '%s': 'vfio-trace recover', or the next start with this log, will",
            s->file, s->ring_file->path);
    }
}

void vfio_trace_log_writer_end(void *opaque, bool whole)
{
    VFIOTraceLog *log = opaque;
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    int ret;

    /*
     * A start that failed (a mistyped device, a device that VFIO does not give)
     * must not leave a log behind: the next start would find it and refuse.
     */
    ret = vfio_trace_sink_close(&s->sink, !s->used);
    if (ret < 0) {
        error_report("vfio-trace: '%s' may be incomplete: %s", s->file,
                     strerror(-ret));
        whole = false;
    }
    if (whole) {
        /* The ring stays mapped: a vCPU may still be about to store into it. */
        if (!mmt_ring_file_remove(s->ring_file)) {
            log_end_warn(s);
        }
    } else {
        error_report(
            "vfio-trace: '%s' is incomplete: the missing records are in '%s'; complete it with 'vfio-trace recover'",
            s->file, s->ring_file->path);
    }
    s->whole = whole;
    trace_vfio_trace_log_ended(log->id, whole);
}

void vfio_trace_log_writer_ended(void *opaque)
{
    VFIOTraceLog *log = opaque;
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    qemu_bh_schedule(s->ended_bh);
}

/* --- under the BQL ------------------------------------------------------- */

/* The log's last mark: nothing after it gets into the file. */
static void log_end_quit(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    if (!s->closing) {
        trace_vfio_trace_log_end(log->id);
        /* Opened by log_end_free(): until then no access finds its way in. */
        mmt_gate_close(&log->gate);
        notifier_list_notify(&log_end_watchers, log);
        qatomic_set(&s->closing, true);
        vfio_trace_log_own_mark(log, MMT_MARK_END, MMT_NO_WORD);
        vfio_trace_writer_quit(&s->writer);
    }
}

static void log_end_free(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    vfio_trace_writer_free(&s->writer);
    migrate_del_blocker(&s->migration_blocker);
    g_clear_pointer(&s->notes_bh, qemu_bh_delete);
    g_clear_pointer(&s->waiting_timer, timer_free);
    g_clear_pointer(&s->ended_bh, qemu_bh_delete);
    mmt_ring_file_close(s->ring_file, false);
    s->ring_file = NULL;
    log->ring = NULL;
    s->closing = false;
    mmt_gate_open(&log->gate);
}

static void log_end_done(void *opaque)
{
    VFIOTraceLog *log = opaque;
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    if (s->ending) {
        QTAILQ_REMOVE(&log_end_list, s, next);
        s->ending = false;
        log_end_free(log);
        object_unref(OBJECT(log));
    }
}

void vfio_trace_log_close(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    if (!s->open) {
        return;
    }
    s->open = false;
    log_end_quit(log);
    vfio_trace_log_leave(log);
    if (vfio_trace_writer_wait(&s->writer, CLOSE_MS, false)) {
        log_end_free(log);
    } else {
        s->ending = true;
        object_ref(OBJECT(log));
        QTAILQ_INSERT_TAIL(&log_end_list, s, next);
    }
    /* This may have been the only log that the guest waited for. */
    vfio_trace_log_release();
}

/* --- when QEMU exits ----------------------------------------------------- */

static void log_end_wait(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    if (!vfio_trace_writer_wait(&s->writer, EXIT_MS, true)) {
        error_report(
            "vfio-trace: '%s' is incomplete: its disk does not answer; complete it from '%s' with 'vfio-trace recover'",
            s->file, s->ring_file->path);
    }
}

/*
 * QEMU does not destroy objects and devices at exit, and a vCPU may still be
 * inside a callback when a device calls exit().  So the files are completed,
 * but nothing is freed.
 */
static void log_end_exit(Notifier *n, void *data)
{
    /* A callback that calls exit() holds the BQL. */
    bool locked = bql_locked();
    VFIOTraceLog *log = NULL;
    VFIOTraceLogState *s;

    if (!locked) {
        bql_lock();
    }
    /*
     * Tell all writers first: then several hung disks take no longer than one.
     */
    while ((log = vfio_trace_log_next(log))) {
        log_end_quit(log);
    }
    while ((log = vfio_trace_log_next(log))) {
        log_end_wait(log);
    }
    QTAILQ_FOREACH(s, &log_end_list, next) {
        log_end_wait(&s->log);
    }
    if (!locked) {
        bql_unlock();
    }
}

static Notifier log_end_exit_notifier = { .notify = log_end_exit };

void vfio_trace_log_end_init(void)
{
    qemu_add_exit_notifier(&log_end_exit_notifier);
}

void vfio_trace_log_end_prepare(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    s->ended_bh = qemu_bh_new(log_end_done, log);
}
