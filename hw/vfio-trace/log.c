/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log object (see log.h)
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qapi/visitor.h"
#include "qom/object_interfaces.h"
#include "migration/blocker.h"
#include "system/system.h"
#include "compat.h"
#include "log.h"
#include "log-file.h"

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
    uint64_t pos;

    if (unlikely(mmt_ring_used(log->ring) >= log->high_water)) {
        vfio_trace_log_pause(log);
    }
    if (unlikely(!mmt_ring_reserve(log->ring, 1, &pos))) {
        log_lose(log);
        return spare;
    }
    return mmt_ring_slot(log->ring, pos);
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
        .cpu = UINT32_MAX,
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

    va_start(ap, fmt);
    g_string_append_vprintf(text, fmt, ap);
    va_end(ap);

    len = mmt_mark_sanitize(text->str, text->len, buf);
    if (!log_put_text(log, MMT_KIND_MARK, buf, len)) {
        log_lose(log);
    }
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

static MmtRing *log_alloc_ring(uint64_t ring_size, Error **errp)
{
    uint32_t slots = pow2floor(ring_size / sizeof(MmtSlot));
    void *mem = mmap(NULL, mmt_ring_bytes(slots), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (mem == MAP_FAILED) {
        error_setg_errno(errp, errno, "can't get %" PRIu64 " bytes for the "
                         "ring of a trace log", ring_size);
        return NULL;
    }
    return mmt_ring_init(mem, slots);
}

static void log_free_ring(VFIOTraceLog *log)
{
    munmap(log->ring, mmt_ring_bytes(log->ring->slots));
    log->ring = NULL;
}

/* Bring the file to its end. */
static void log_finish(VFIOTraceLog *log)
{
    if (log->closing) {
        return;
    }
    qatomic_set(&log->closing, true);
    vfio_trace_log_markf(log, "end");
    vfio_trace_writer_stop(&log->writer);

    /*
     * Of a start that failed - a mistyped device, a device that VFIO does not
     * give - no log may stay behind: it would be in the next start's way.
     */
    if (log->created && !log->used) {
        vfio_trace_file_remove(log->writer.fd, log->file);
    }
    if (close(log->writer.fd) < 0) {
        error_report("vfio-trace: '%s' may be incomplete: %s", log->file,
                     strerror(errno));
    }
}

static void log_close(VFIOTraceLog *log)
{
    if (!log->open) {
        return;
    }
    log->open = false;
    log_finish(log);
    migrate_del_blocker(&log->migration_blocker);
    QTAILQ_REMOVE(&logs, log, next);
    log_free_ring(log);
    /* The guest may have waited for this log only. */
    vfio_trace_log_release();
}

/*
 * Objects and devices are not taken down when QEMU exits, and vCPUs may still
 * be inside a callback when a device calls exit(): only the files are brought
 * to their end, nothing is freed.
 */
static void logs_exit(Notifier *n, void *data)
{
    /* exit() in a callback has it; else the RCU thread may be closing a log */
    bool locked = bql_locked();
    VFIOTraceLog *log;

    if (!locked) {
        bql_lock();
    }
    QTAILQ_FOREACH(log, &logs, next) {
        log_finish(log);
    }
    if (!locked) {
        bql_unlock();
    }
}

static Notifier logs_exit_notifier = { .notify = logs_exit };

static void logs_init(void)
{
    static bool done;

    if (!done) {
        done = true;
        qemu_add_exit_notifier(&logs_exit_notifier);
        vfio_trace_log_pause_init();
    }
}

/* Lets a line be found in dmesg and in other logs of the host. */
static void log_mark_clock(VFIOTraceLog *log)
{
    lldiv_t mono = lldiv(get_clock(), NANOSECONDS_PER_SECOND);
    struct timespec real;

    clock_gettime(CLOCK_REALTIME, &real);
    vfio_trace_log_markf(log, "clock monotonic=%lld.%09lld "
                         "realtime=%lld.%09ld", mono.quot, mono.rem,
                         (long long)real.tv_sec, real.tv_nsec);
}

static bool log_start(VFIOTraceLog *log, Error **errp)
{
    char *path;
    int fd;

    if (!log->file || !*log->file) {
        error_setg(errp, "a trace log needs file=PATH");
        return false;
    }
    if (vfio_trace_log_by_name(log->id)) {
        error_setg(errp, "there is a trace log '%s' already", log->id);
        return false;
    }

    /* QEMU may change its directory, and status tells the path to others. */
    path = g_canonicalize_filename(log->file, NULL);
    g_free(log->file);
    log->file = path;
    fd = vfio_trace_file_open(log->file, log->overwrite, &log->created, errp);
    if (fd < 0) {
        return false;
    }
    log->ring = log_alloc_ring(log->ring_size, errp);
    if (!log->ring) {
        goto fail;
    }
    error_setg(&log->migration_blocker, "trace log '%s': a traced machine "
               "can't be migrated, its log stays on this host", log->id);
    if (migrate_add_blocker(&log->migration_blocker, errp) < 0) {
        log_free_ring(log);
        goto fail;
    }

    log->high_water = log->ring->slots / 4 * 3;
    log->low_water = log->ring->slots / 4;
    log->next_map_id = 1;
    logs_init();
    QTAILQ_INSERT_TAIL(&logs, log, next);
    log->open = true;

    vfio_trace_writer_start(&log->writer, log->ring, fd, log->file,
                            &vfio_trace_log_writer_ops, log);

    log_put_text(log, MMT_KIND_LINE, MMT_VERSION_LINE,
                 strlen(MMT_VERSION_LINE));
    vfio_trace_log_markf(log, "log format=1 qemu=%s", QEMU_VERSION);
    log_mark_clock(log);
    return true;

fail:
    if (log->created) {
        vfio_trace_file_remove(fd, log->file);
    }
    close(fd);
    return false;
}

VFIOTraceLog *vfio_trace_log_private(Object *owner, const char *id,
                                     const char *file, bool overwrite,
                                     Error **errp)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(object_new(TYPE_VFIO_TRACE_LOG));

    log->id = g_strdup(id);
    log->file = g_strdup(file);
    log->overwrite = overwrite;
    log->private = true;
    if (!log_start(log, errp)) {
        object_unref(OBJECT(log));
        return NULL;
    }
    object_property_add_child(owner, "trace-log-object", OBJECT(log));
    object_unref(OBJECT(log));
    return log;
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

static char *log_get_file(Object *obj, Error **errp)
{
    return g_strdup(VFIO_TRACE_LOG(obj)->file);
}

static bool log_is_open(VFIOTraceLog *log, const char *property, Error **errp)
{
    if (log->open) {
        error_setg(errp, "%s can't be changed while the log is open",
                   property);
    }
    return log->open;
}

static void log_set_file(Object *obj, const char *value, Error **errp)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(obj);

    if (!log_is_open(log, "file", errp)) {
        g_free(log->file);
        log->file = g_strdup(value);
    }
}

static bool log_get_overwrite(Object *obj, Error **errp)
{
    return VFIO_TRACE_LOG(obj)->overwrite;
}

static void log_set_overwrite(Object *obj, bool value, Error **errp)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(obj);

    if (!log_is_open(log, "overwrite", errp)) {
        log->overwrite = value;
    }
}

static void log_get_ring_size(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    uint64_t value = VFIO_TRACE_LOG(obj)->ring_size;

    visit_type_size(v, name, &value, errp);
}

static void log_set_ring_size(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(obj);
    uint64_t value;

    if (log_is_open(log, name, errp) ||
        !visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value < VFIO_TRACE_RING_MIN || value > VFIO_TRACE_RING_MAX) {
        error_setg(errp, "%s must be between 64K and 4G", name);
        return;
    }
    log->ring_size = value;
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

    log_close(log);
    g_free(log->id);
    g_free(log->file);
}

static void log_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(klass);

    ucc->complete = log_complete;
    ucc->can_be_deleted = log_can_be_deleted;

    object_class_property_add_str(klass, "file", log_get_file, log_set_file);
    object_class_property_set_description(klass, "file",
        "Path of the log; created with mode 0600");
    object_class_property_add_bool(klass, "overwrite", log_get_overwrite,
                                   log_set_overwrite);
    object_class_property_set_description(klass, "overwrite",
        "Take a file that exists, and empty it");
    object_class_property_add(klass, "ring-size", "size", log_get_ring_size,
                              log_set_ring_size, NULL, NULL);
    object_class_property_set_description(klass, "ring-size",
        "Bytes of memory between the vCPUs and the writer");
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
