/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: opening of a log (see open.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "migration/blocker.h"
#include "libmmiotrace/recover.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/clock.h"
#include "hw/vfio-trace/log/end.h"
#include "hw/vfio-trace/log/events.h"
#include "hw/vfio-trace/log/list.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/log/open.h"
#include "hw/vfio-trace/log/pause.h"
#include "hw/vfio-trace/log/put.h"
#include "hw/vfio-trace/log/rights.h"
#include "hw/vfio-trace/log/time.h"
#include "hw/vfio-trace/log/run-state.h"

static bool log_open_ring(VFIOTraceLog *log, bool compress, Error **errp)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    uint32_t slots = pow2floor(s->ring_size / sizeof(MmtSlot));
    uint32_t flags = (compress ? MMT_RING_FILE_ZSTD : 0) |
                     (s->sink.stream ? MMT_RING_FILE_STREAM : 0) |
                     (s->sink.has_path ? 0 : MMT_RING_FILE_NO_PATH);
    g_autoptr(GError) err = NULL;

    s->ring_file = mmt_ring_file_create(s->ring_dir, s->file, slots,
                                        flags, log->extra, &err);
    if (!s->ring_file) {
        error_setg(errp, "%s", err->message);
        return false;
    }
    log->ring = s->ring_file->ring;
    s->uid = geteuid();
    vfio_trace_log_rights_warn(log);
    return true;
}

static void log_open_init(void)
{
    static bool done;

    if (!done) {
        done = true;
        vfio_trace_log_end_init();
        vfio_trace_log_pause_init();
        vfio_trace_log_run_state_init();
    }
}

/* Returns whether the file's name asks for compression. */
static bool log_open_compresses(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    return s->sink.has_path && s->sink.listen_fd < 0 &&
           g_str_has_suffix(s->file, MMT_ZSTD_SUFFIX);
}

static bool log_open_check(VFIOTraceLog *log, bool compress, Error **errp)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    static const char reason[] =
        "trace log '%s' is a pipe or a socket: %s needs a regular file";

    if (s->sink.stream && s->durability != VFIO_TRACE_DURABILITY_PROCESS) {
        error_setg(errp, reason, s->file, "durability=write or sync");
        return false;
    }
    if (s->sink.stream && s->max_size) {
        error_setg(errp, reason, s->file, "max-size");
        return false;
    }
    if (!s->sink.has_path && s->max_size) {
        error_setg(errp, "trace log '%s' has no path: max-size needs one",
                   s->file);
        return false;
    }
    if (s->durability == VFIO_TRACE_DURABILITY_SYNC &&
        (log->extra & (MMT_EXTRA_LATENCY | MMT_EXTRA_HW | MMT_EXTRA_TRAP))) {
        error_setg(errp,
                   "trace log '%s': extra=latency, hw and trap can't be used with durability=sync, which writes a line before the device has answered",
                   s->file);
        return false;
    }
    if (compress && s->durability == VFIO_TRACE_DURABILITY_SYNC) {
        error_setg(errp,
                   "trace log '%s': durability=sync and compression exclude each other",
                   s->file);
        return false;
    }
    return vfio_trace_log_rights_check(log, errp);
}

/*
 * If a QEMU that was killed has left the rest of this log in its ring, complete
 * the log first.
 */
static bool log_open_recover(VFIOTraceLog *log, Error **errp)
{
    ERRP_GUARD();
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    g_autoptr(GError) err = NULL;
    MmtRecovered done = { 0 };
    MmtRingFile *rf;
    bool ok;

    if (!g_path_is_absolute(s->file)) {
        return true;
    }
    rf = mmt_ring_file_open_log(s->file, &err);
    if (g_error_matches(err, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_NONE)) {
        return true;
    }
    if (g_error_matches(err, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_ABSENT)) {
        warn_report(
            "vfio-trace: '%s' is incomplete and its ring is gone (was the host restarted?)",
            s->file);
        /* If this fails, so does creating the new log's ring, with an error. */
        mmt_ring_file_forget(s->file, NULL);
        return true;
    }
    if (g_error_matches(err, MMT_RING_FILE_ERROR,
                        MMT_RING_FILE_ERROR_FINISHED)) {
        mmt_ring_file_forget(s->file, NULL);
        return true;
    }
    if (g_error_matches(err, MMT_RING_FILE_ERROR,
                        MMT_RING_FILE_ERROR_IN_USE)) {
        error_setg(errp, "trace log '%s' is in use", s->file);
        return false;
    }
    ok = rf && mmt_recover(rf, NULL, &done, &err);
    if (rf && !ok && s->overwrite) {
        warn_report(
            "vfio-trace: records that were missing in the previous '%s' are discarded: %s",
            s->file, err->message);
        mmt_ring_file_close(rf, true);
        return true;
    }
    mmt_ring_file_close(rf, ok);
    if (!ok) {
        error_setg(errp,
                   "trace log '%s' was left incomplete by a QEMU that died, and can't be completed: %s",
                   s->file, err->message);
        error_append_hint(errp,
                          "'vfio-trace recover -o FILE %s' saves the missing records; overwrite=on discards them.\n",
                          s->file);
        return false;
    }
    if (!done.finished) {
        info_report(
            "vfio-trace: completed '%s', left by a QEMU that died: %" PRIu64
            " records were added", done.file, done.records);
    }
    g_free(done.file);
    return true;
}

static bool log_open_file(VFIOTraceLog *log, bool *compress, Error **errp)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    char *name;

    if (!s->file || !*s->file) {
        error_setg(errp, "a trace log needs file=PATH");
        return false;
    }
    if (vfio_trace_log_by_name(log->id)) {
        error_setg(errp, "there is a trace log '%s' already", log->id);
        return false;
    }
    name = vfio_trace_sink_name(s->file);
    g_free(s->file);
    s->file = name;
    if (!log_open_recover(log, errp) ||
        !vfio_trace_sink_open(&s->sink, s->file, s->overwrite, errp)) {
        return false;
    }
    *compress = log_open_compresses(log);
    if (!log_open_check(log, *compress, errp) ||
        !vfio_trace_sink_clear_parts(&s->sink, s->overwrite,
                                     s->max_size, errp)) {
        vfio_trace_sink_close(&s->sink, true);
        return false;
    }
    return true;
}

static const VFIOTraceWriterOps log_open_writer_ops = {
    .note = vfio_trace_log_writer_note,
    .drained = vfio_trace_log_writer_drained,
    .end = vfio_trace_log_writer_end,
    .ended = vfio_trace_log_writer_ended,
};

static void log_open_first_lines(VFIOTraceLog *log)
{
    char names[MMT_EXTRA_NAMES_MAX];

    mmt_extra_to_names(log->extra, names);
    vfio_trace_log_put_text(log, MMT_KIND_LINE, MMT_VERSION_LINE,
                            strlen(MMT_VERSION_LINE));
    vfio_trace_log_own_mark(log, MMT_MARK_LOG, MMT_NUMBER("format", 1),
                            MMT_TEXT("qemu", QEMU_VERSION),
                            *names ? MMT_TEXT("extra", names) : MMT_NO_WORD,
                            log->pc ? MMT_TEXT("pc", "on") : MMT_NO_WORD);
    vfio_trace_log_mark_clock(log);
}

bool vfio_trace_log_open(VFIOTraceLog *log, Error **errp)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    bool compress;

    if (s->ending) {
        error_setg(errp, "trace log '%s' is still being written", log->id);
        return false;
    }
    if (!log_open_file(log, &compress, errp)) {
        return false;
    }
    if (!log_open_ring(log, compress, errp)) {
        goto fail;
    }
    error_setg(&s->migration_blocker,
               "trace log '%s': a traced machine can't be migrated, its log stays on this host",
               log->id);
    if (migrate_add_blocker(&s->migration_blocker, errp) < 0) {
        goto fail;
    }

    log->high_water = s->on_full == VFIO_TRACE_ON_FULL_DROP ? UINT64_MAX
                    : log->ring->slots / 4 * 3;
    s->low_water = log->ring->slots / 4;
    log->next_map_id = 1;
    log->sync = s->durability == VFIO_TRACE_DURABILITY_SYNC;
    log->details = log->pc || (log->extra & MMT_EXTRA_SPACE);
    s->used = false;
    s->cost_told = false;
    s->pausing = false;
    s->notes = 0;
    s->notes_bh = qemu_bh_new(vfio_trace_log_events, log);
    s->waiting_told = 0;
    s->waiting_timer = timer_new_ns(QEMU_CLOCK_REALTIME,
                                    vfio_trace_log_still_waiting, log);
    vfio_trace_log_end_prepare(log);
    log_open_init();
    vfio_trace_log_enter(log);
    log->now = 0;
    vfio_trace_time_begin();
    s->open = true;

    s->writer = (VFIOTraceWriter) {
        .ring = log->ring,
        .sink = &s->sink,
        .durability = s->durability,
        .max_size = s->max_size,
        .ops = &log_open_writer_ops,
        .opaque = log,
    };
    vfio_trace_writer_start(&s->writer, log->extra, compress);
    log_open_first_lines(log);
    vfio_trace_log_run_state_begin(log);
    trace_vfio_trace_log_begin(log->id, s->file, log->ring->slots);
    return true;

fail:
    vfio_trace_sink_close(&s->sink, true);
    mmt_ring_file_close(s->ring_file, true);
    s->ring_file = NULL;
    log->ring = NULL;
    return false;
}
