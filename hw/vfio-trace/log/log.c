/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log object (see log.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "migration/blocker.h"
#include "system/runstate.h"
#include "system/system.h"
#include "hw/vfio-trace/compat.h"
#include "libmmiotrace/parts.h"
#include "libmmiotrace/recover.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/log/props.h"

/* How long vfio-trace-flush may keep QMP, which is less than clients wait */
#define FLUSH_MS       8000LL
#define FLUSH_RETRY_MS 600LL

/* How long a vCPU may wait for durability=sync before it is out of here */
#define SYNC_IN_ALL_NS (500LL * SCALE_MS)

/* Slots of the ring that a mark of the tracer's takes, of usual length */
#define MARK_SLOTS 8

/* What a device's own log is called among the device's children */
#define PRIVATE_CHILD "trace-log-object"

static QTAILQ_HEAD(, VFIOTraceLog) logs = QTAILQ_HEAD_INITIALIZER(logs);

/* --- records ------------------------------------------------------------ */

/* For what has no room: count it, and take care that more follows. */
static void log_lose(VFIOTraceLog *log)
{
    mmt_ring_lose(log->ring);
    vfio_trace_log_pause(log);
}

MmtSlot *vfio_trace_log_begin(VFIOTraceLog *log, MmtSlot *spare)
{
    uint64_t pos = 0;
    uint64_t used = mmt_ring_reserve(log->ring, 1, &pos);

    if (unlikely(!used)) {
        log_lose(log);
        return spare;
    }
    if (unlikely(used >= log->high_water)) {
        vfio_trace_log_pause(log);
    }
    log->begun = pos;
    return mmt_ring_slot(log->ring, pos);
}

void vfio_trace_log_issue_sync(VFIOTraceLog *log, MmtSlot *slot)
{
    bool first = !log->in_flight++;
    uint64_t pos = log->begun;
    int64_t since;

    /*
     * An access that another one waits for, a device that writes to a device,
     * can't be in the file before that one: the order is the log's.  Nor can
     * one that found no room in the ring.
     */
    if (mmt_kind_is_read(slot->rec.kind) || log->closing) {
        return;
    }
    if (!first || slot != mmt_ring_slot(log->ring, pos)) {
        slot->rec.flags |= MMT_FLAG_UNSYNCED;
        return;
    }
    since = get_clock();
    /* One instruction may be dozens of writes, all under one BQL. */
    if (vfio_trace_fair_held() > SYNC_IN_ALL_NS ||
        !vfio_trace_writer_sync(&log->writer, pos)) {
        slot->rec.flags |= MMT_FLAG_UNSYNCED;
        /* This vCPU stops now, before it does more of the kind. */
        vfio_trace_log_pause(log);
    }
    vfio_trace_fair(get_clock() - since);
}

void vfio_trace_log_put(VFIOTraceLog *log, const MmtRecord *rec)
{
    MmtSlot spare;
    MmtSlot *slot = vfio_trace_log_begin(log, &spare);

    mmt_slot_fill(slot, rec);
    slot->rec.ns = get_clock();
    mmt_slot_publish(slot, MMT_STATE_READY);
}

static bool log_put_text(VFIOTraceLog *log, MmtKind kind,
                         const char *text, size_t len)
{
    MmtRecord rec = {
        .kind = kind,
        .cpu = MMT_CPU_NONE,
        .ns = get_clock(),
    };

    return mmt_ring_put_text(log->ring, &rec, text, len);
}

char *vfio_trace_log_mark(VFIOTraceLog *log, const char *text, Error **errp)
{
    ERRP_GUARD();
    char buf[MMT_MARK_MAX + 1];
    size_t len = mmt_mark_sanitize(text, strlen(text), buf);

    /* What is above the mark is for the vCPUs. */
    if (mmt_ring_used(log->ring) >= log->high_water ||
        !log_put_text(log, MMT_KIND_MARK, buf, len)) {
        error_setg(errp, "the ring of trace log '%s' is full: the marker is "
                   "not in the log", log->id);
        error_append_hint(errp, "Try again when query-vfio-trace shows "
                          "room; a writer's error is shown there, too.\n");
        return NULL;
    }
    log->used = true;
    return g_strdup(buf);
}

void vfio_trace_log_markf(VFIOTraceLog *log, const char *fmt, ...)
{
    g_autoptr(GString) text = g_string_new(MMT_MARK_PREFIX);
    char buf[MMT_MARK_MAX + 1];
    size_t len;
    va_list ap;

    if (!log->ring) {
        /* It has ended. */
        return;
    }
    va_start(ap, fmt);
    g_string_append_vprintf(text, fmt, ap);
    va_end(ap);

    len = mmt_mark_sanitize(text->str, text->len, buf);
    if (!log_put_text(log, MMT_KIND_MARK, buf, len)) {
        log_lose(log);
    } else if (mmt_ring_used(log->ring) >= log->high_water) {
        /* A guest can make marks without an access: resets, interrupts. */
        vfio_trace_log_pause(log);
    }
}

bool vfio_trace_log_room(VFIOTraceLog *log, unsigned marks, Error **errp)
{
    ERRP_GUARD();
    uint64_t limit = MIN(log->high_water, log->ring->slots / 4 * 3);

    if (mmt_ring_used(log->ring) + (uint64_t)marks * MARK_SLOTS < limit) {
        return true;
    }
    error_setg(errp, "the ring of trace log '%s' has no room for %u marks: "
               "nothing was changed", log->id, marks);
    error_append_hint(errp, "Try again when query-vfio-trace shows room; for "
                      "very many windows a larger ring-size may be needed.\n");
    return false;
}

void vfio_trace_log_pcidev(VFIOTraceLog *log, const MmtPciDev *dev)
{
    char buf[MMT_LINE_MAX];
    size_t len = mmt_format_pcidev(dev, buf);

    if (!log_put_text(log, MMT_KIND_LINE, buf, len)) {
        log_lose(log);
    }
}

/* --- finding logs ------------------------------------------------------- */

VFIOTraceLog *vfio_trace_log_next(VFIOTraceLog *log)
{
    return log ? QTAILQ_NEXT(log, next) : QTAILQ_FIRST(&logs);
}

void vfio_trace_log_leave(VFIOTraceLog *log)
{
    QTAILQ_REMOVE(&logs, log, next);
}

VFIOTraceLog *vfio_trace_log_by_name(const char *id)
{
    VFIOTraceLog *log;

    QTAILQ_FOREACH(log, &logs, next) {
        if (g_str_equal(log->id, id)) {
            return log;
        }
    }
    return NULL;
}

static VFIOTraceLog *log_find_only(Error **errp)
{
    ERRP_GUARD();
    VFIOTraceLog *log, *only = NULL;

    QTAILQ_FOREACH(log, &logs, next) {
        if (log->private) {
            continue;
        }
        if (only) {
            error_setg(errp, "there are several trace logs: name one");
            return NULL;
        }
        only = log;
    }
    if (!only) {
        error_setg(errp, "there is no trace log");
        error_append_hint(errp, "-object vfio-trace-log,id=ID,file=PATH makes "
                          "one; it must come first.\n");
    }
    return only;
}

VFIOTraceLog *vfio_trace_log_find(const char *id, Error **errp)
{
    VFIOTraceLog *log;

    if (!id) {
        return log_find_only(errp);
    }
    log = vfio_trace_log_by_name(id);
    if (!log || log->private) {
        error_setg(errp, log ? "trace log '%s' belongs to a device"
                             : "there is no trace log '%s'", id);
        return NULL;
    }
    return log;
}

/* --- opening and closing ------------------------------------------------ */

static bool log_alloc_ring(VFIOTraceLog *log, bool compress, Error **errp)
{
    uint32_t slots = pow2floor(log->ring_size / sizeof(MmtSlot));
    uint32_t flags = (compress ? MMT_RING_FILE_ZSTD : 0) |
                     (log->sink.stream ? MMT_RING_FILE_STREAM : 0) |
                     (log->sink.has_path ? 0 : MMT_RING_FILE_NO_PATH);
    g_autoptr(GError) err = NULL;

    log->ring_file = mmt_ring_file_create(log->ring_dir, log->file, slots,
                                          flags, log->extra, &err);
    if (!log->ring_file) {
        error_setg(errp, "%s", err->message);
        return false;
    }
    log->ring = log->ring_file->ring;
    return true;
}

static void logs_init(void)
{
    static bool done;

    if (!done) {
        done = true;
        vfio_trace_log_end_init();
        vfio_trace_log_pause_init();
        vfio_trace_log_watch_vm();
    }
}

/* Returns whether the file is compressed, going by its name. */
static bool log_compresses(const VFIOTraceLog *log)
{
    return log->sink.has_path && log->sink.listen_fd < 0 &&
           g_str_has_suffix(log->file, MMT_ZSTD_SUFFIX);
}

static bool log_check(VFIOTraceLog *log, bool compress, Error **errp)
{
    static const char reason[] = "trace log '%s' is a pipe or a socket: %s "
                                 "needs a regular file";

    if (log->sink.stream && log->durability != VFIO_TRACE_DURABILITY_PROCESS) {
        error_setg(errp, reason, log->file, "durability=write or sync");
        return false;
    }
    if (log->sink.stream && log->max_size) {
        error_setg(errp, reason, log->file, "max-size");
        return false;
    }
    if (!log->sink.has_path && log->max_size) {
        error_setg(errp, "trace log '%s' has no path: max-size needs one",
                   log->file);
        return false;
    }
    if (log->durability == VFIO_TRACE_DURABILITY_SYNC &&
        (log->extra & (MMT_EXTRA_LATENCY | MMT_EXTRA_HW))) {
        error_setg(errp, "trace log '%s': durability=sync writes a line before "
                   "the device has answered: extra=latency and extra=hw are "
                   "not known then", log->file);
        return false;
    }
    if (compress && log->durability == VFIO_TRACE_DURABILITY_SYNC) {
        error_setg(errp, "trace log '%s': durability=sync and compression "
                   "exclude each other", log->file);
        return false;
    }
    return true;
}

/*
 * A QEMU that was killed may have left the rest of this log in its ring.  It is
 * brought into the log before anything else is done with that.
 */
static bool log_recover(VFIOTraceLog *log, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GError) err = NULL;
    MmtRecovered done = { 0 };
    MmtRingFile *rf;
    bool ok;

    if (!g_path_is_absolute(log->file)) {
        return true;
    }
    rf = mmt_ring_file_open_log(log->file, &err);
    if (g_error_matches(err, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_NONE)) {
        return true;
    }
    if (g_error_matches(err, MMT_RING_FILE_ERROR, MMT_RING_FILE_ERROR_ABSENT)) {
        warn_report("vfio-trace: '%s' was not brought to its end, and its ring "
                    "is gone: the host was restarted?", log->file);
        /* If it can't be removed the new one's ring can't be made: that says. */
        mmt_ring_file_forget(log->file, NULL);
        return true;
    }
    if (g_error_matches(err, MMT_RING_FILE_ERROR,
                        MMT_RING_FILE_ERROR_IN_USE)) {
        error_setg(errp, "trace log '%s' is in use", log->file);
        return false;
    }
    ok = rf && mmt_recover(rf, NULL, &done, &err);
    if (rf && !ok && log->overwrite) {
        warn_report("vfio-trace: what was left of the last '%s' is dropped: "
                    "%s", log->file, err->message);
        mmt_ring_file_close(rf, true);
        return true;
    }
    mmt_ring_file_close(rf, ok);
    if (!ok) {
        error_setg(errp, "trace log '%s' was not brought to its end by the "
                   "QEMU that wrote it, and can't be now: %s", log->file,
                   err->message);
        error_append_hint(errp, "'vfio-trace recover -o FILE %s' keeps what "
                          "was not written; overwrite=on drops it.\n",
                          log->file);
        return false;
    }
    info_report("vfio-trace: '%s' was left by a QEMU that died; it is whole "
                "now, with %" PRIu64 " records more", done.file, done.records);
    g_free(done.file);
    return true;
}

static bool log_open_file(VFIOTraceLog *log, bool *compress, Error **errp)
{
    char *name;

    if (!log->file || !*log->file) {
        error_setg(errp, "a trace log needs file=PATH");
        return false;
    }
    if (vfio_trace_log_by_name(log->id)) {
        error_setg(errp, "there is a trace log '%s' already", log->id);
        return false;
    }
    name = vfio_trace_sink_name(log->file);
    g_free(log->file);
    log->file = name;
    if (!log_recover(log, errp) ||
        !vfio_trace_sink_open(&log->sink, log->file, log->overwrite, errp)) {
        return false;
    }
    *compress = log_compresses(log);
    if (!log_check(log, *compress, errp) ||
        !vfio_trace_sink_clear_parts(&log->sink, log->overwrite,
                                     log->max_size, errp)) {
        vfio_trace_sink_close(&log->sink, true);
        return false;
    }
    return true;
}

static void log_first_lines(VFIOTraceLog *log)
{
    char names[MMT_EXTRA_NAMES_MAX];

    mmt_extra_to_names(log->extra, names);
    log_put_text(log, MMT_KIND_LINE, MMT_VERSION_LINE,
                 strlen(MMT_VERSION_LINE));
    vfio_trace_log_markf(log, "log format=1 qemu=%s%s%s%s", QEMU_VERSION,
                         *names ? " extra=" : "", names,
                         log->pc ? " pc=on" : "");
    vfio_trace_log_mark_clock(log);
}

static bool log_start(VFIOTraceLog *log, Error **errp)
{
    bool compress;

    if (log->ending) {
        error_setg(errp, "trace log '%s' is still being written", log->id);
        return false;
    }
    if (!log_open_file(log, &compress, errp)) {
        return false;
    }
    if (!log_alloc_ring(log, compress, errp)) {
        goto fail;
    }
    error_setg(&log->migration_blocker, "trace log '%s': a traced machine "
               "can't be migrated, its log stays on this host", log->id);
    if (migrate_add_blocker(&log->migration_blocker, errp) < 0) {
        goto fail;
    }

    log->high_water = log->on_full == VFIO_TRACE_ON_FULL_DROP ? UINT64_MAX
                      : log->ring->slots / 4 * 3;
    log->low_water = log->ring->slots / 4;
    log->next_map_id = 1;
    log->details = log->pc || (log->extra & MMT_EXTRA_CR3);
    log->running = log->clock_due = runstate_is_running();
    log->stopped_at = 0;
    log->used = false;
    log->pausing = false;
    log->notes = 0;
    log->notes_bh = qemu_bh_new(vfio_trace_log_events, log);
    log->waiting_told = 0;
    log->waiting_timer = timer_new_ns(QEMU_CLOCK_REALTIME,
                                      vfio_trace_log_still_waiting, log);
    vfio_trace_log_end_prepare(log);
    logs_init();
    QTAILQ_INSERT_TAIL(&logs, log, next);
    log->open = true;

    log->writer = (VFIOTraceWriter) {
        .ring = log->ring,
        .sink = &log->sink,
        .durability = log->durability,
        .max_size = log->max_size,
        .ops = &vfio_trace_log_writer_ops,
        .opaque = log,
    };
    vfio_trace_writer_start(&log->writer, log->extra, compress);
    log_first_lines(log);
    return true;

fail:
    vfio_trace_sink_close(&log->sink, true);
    mmt_ring_file_close(log->ring_file, true);
    log->ring_file = NULL;
    log->ring = NULL;
    return false;
}

bool vfio_trace_log_rotate(VFIOTraceLog *log, Error **errp)
{
    unsigned next = qatomic_read(&log->writer.part) + 1;
    g_autofree char *path = mmt_part_name(log->file, next);

    if (log->sink.stream || !log->sink.has_path) {
        error_setg(errp, "trace log '%s' has no parts: it is no file with a "
                   "path", log->id);
        return false;
    }
    if (!qatomic_read(&log->writer.rotate) &&
        g_file_test(path, G_FILE_TEST_EXISTS) &&
        !qatomic_read(&log->writer.switching) &&
        qatomic_read(&log->writer.part) + 1 == next) {
        error_setg(errp, "trace log '%s' can't go on in '%s', which exists",
                   log->id, path);
        return false;
    }
    qatomic_set(&log->writer.rotate, true);
    return true;
}

bool coroutine_fn vfio_trace_log_flush(VFIOTraceLog *log, Error **errp)
{
    int64_t begun = get_clock();
    uint64_t pos = vfio_trace_writer_flush(&log->writer);
    bool done = false;
    int64_t waited;

    /* It may be taken away meanwhile, and is brought to its end then. */
    object_ref(OBJECT(log));
    while (log->open || log->ending) {
        done = vfio_trace_writer_flushed(&log->writer, pos);
        waited = (get_clock() - begun) / SCALE_MS;
        /* Trouble may be over: the writer has to try once more. */
        if (done || waited >= FLUSH_MS ||
            (waited >= FLUSH_RETRY_MS && vfio_trace_log_trouble(log))) {
            break;
        }
        qemu_co_sleep_ns(QEMU_CLOCK_REALTIME, SCALE_MS);
    }
    if (log->open || log->ending ? !done : !log->whole) {
        error_setg(errp, "trace log '%s' can't be flushed: %s", log->id,
                   vfio_trace_log_trouble(log) ?: "its disk is too slow");
        done = false;
    } else {
        done = true;
    }
    object_unref(OBJECT(log));
    return done;
}

VFIOTraceLog *vfio_trace_log_private(Object *owner)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(object_new(TYPE_VFIO_TRACE_LOG));

    log->private = true;
    vfio_trace_log_mirror(log, owner);
    return log;
}

bool vfio_trace_log_private_open(VFIOTraceLog *log, Object *owner,
                                 const char *id, Error **errp)
{
    g_free(log->id);
    log->id = g_strdup(id);
    if (!log_start(log, errp)) {
        return false;
    }
    object_property_add_child(owner, PRIVATE_CHILD, OBJECT(log));
    return true;
}

void vfio_trace_log_private_close(VFIOTraceLog *log)
{
    vfio_trace_log_close(log);
    object_unparent(OBJECT(log));
}

/* --- QOM ---------------------------------------------------------------- */

static void log_complete(UserCreatable *uc, Error **errp)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(uc);

    log->id = g_strdup(object_get_canonical_path_component(OBJECT(uc)));
    log_start(log, errp);
}

static bool log_can_be_deleted(UserCreatable *uc)
{
    return !VFIO_TRACE_LOG(uc)->users;
}

/* Before the last reference goes: it may take a while. */
static void log_unparent(Object *obj)
{
    vfio_trace_log_close(VFIO_TRACE_LOG(obj));
}

static void log_init(Object *obj)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(obj);

    log->ring_size = VFIO_TRACE_RING_DEFAULT;
    QTAILQ_INIT(&log->taps);
}

static void log_finalize(Object *obj)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(obj);

    assert(!log->open && !log->ending);
    g_free(log->id);
    g_free(log->file);
    g_free(log->ring_dir);
}

static void log_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(klass);

    ucc->complete = log_complete;
    ucc->can_be_deleted = log_can_be_deleted;
    klass->unparent = log_unparent;
    vfio_trace_log_properties(klass);
}

static const TypeInfo log_info = {
    .name = TYPE_VFIO_TRACE_LOG,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(VFIOTraceLog),
    .instance_init = log_init,
    .instance_finalize = log_finalize,
    .class_init = log_class_init,
    .interfaces = (INTERFACE_LIST[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void log_register_types(void)
{
    type_register_static(&log_info);
}

type_init(log_register_types);
