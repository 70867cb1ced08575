/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the log's QOM object, its users and commands (see log.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "hw/vfio-trace/compat.h"
#include "libmmiotrace/parts.h"
#include "hw/vfio-trace/log/end.h"
#include "hw/vfio-trace/log/events.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/log/open.h"
#include "hw/vfio-trace/log/props.h"

/* How long vfio-trace-flush may take: less than QMP clients wait */
#define FLUSH_MS       8000LL
#define FLUSH_RETRY_MS 600LL

/* Name of a device's private log among the device's children */
#define PRIVATE_CHILD "trace-log-object"

bool vfio_trace_log_rotate(VFIOTraceLog *log, Error **errp)
{
    ERRP_GUARD();
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    unsigned next = qatomic_read(&s->writer.part) + 1;
    g_autofree char *path = mmt_part_name(s->file, next);

    if (s->sink.stream || !s->sink.has_path) {
        error_setg(errp,
                   "trace log '%s' can't have parts: it is not a file with a path",
                   log->id);
        return false;
    }
    if (s->uid != geteuid()) {
        error_setg(errp,
                   "trace log '%s' can't continue in '%s': QEMU is another user now, to whom the part would belong",
                   log->id, path);
        return false;
    }
    if (!qatomic_read(&s->writer.rotate) &&
        !vfio_trace_sink_may_create(&s->sink, path, errp)) {
        if (!qatomic_read(&s->writer.switching) &&
            qatomic_read(&s->writer.part) + 1 == next) {
            error_prepend(errp, "trace log '%s' ", log->id);
            return false;
        }
        /* The writer has just created that file. */
        error_free(*errp);
        *errp = NULL;
    }
    qatomic_set(&s->writer.rotate, true);
    return true;
}

bool coroutine_fn vfio_trace_log_flush(VFIOTraceLog *log, Error **errp)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    int64_t begun = get_clock();
    uint64_t pos = vfio_trace_writer_flush(&s->writer);
    bool done = false;
    int64_t waited;

    /* The log may be deleted meanwhile: its writer then writes the rest. */
    object_ref(OBJECT(log));
    while (s->open || s->ending) {
        done = vfio_trace_writer_flushed(&s->writer, pos);
        waited = (get_clock() - begun) / SCALE_MS;
        /* The error may be gone: give the writer time for another attempt. */
        if (done || waited >= FLUSH_MS ||
            (waited >= FLUSH_RETRY_MS && vfio_trace_log_trouble(log))) {
            break;
        }
        qemu_co_sleep_ns(QEMU_CLOCK_REALTIME, SCALE_MS);
    }
    if (s->open || s->ending ? !done : !s->whole) {
        error_setg(errp, "trace log '%s' can't be flushed: %s", log->id,
                   vfio_trace_log_trouble(log) ?: "its disk is too slow");
        done = false;
    } else {
        done = true;
    }
    object_unref(OBJECT(log));
    return done;
}

void vfio_trace_log_use(VFIOTraceLog *log)
{
    vfio_trace_log_state(log)->users++;
}

void vfio_trace_log_unuse(VFIOTraceLog *log)
{
    vfio_trace_log_state(log)->users--;
}

void vfio_trace_log_keep(VFIOTraceLog *log)
{
    vfio_trace_log_state(log)->used = true;
}

VFIOTraceLog *vfio_trace_log_private(Object *owner)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(object_new(TYPE_VFIO_TRACE_LOG));

    vfio_trace_log_state(log)->private = true;
    vfio_trace_log_mirror(log, owner);
    return log;
}

bool vfio_trace_log_private_open(VFIOTraceLog *log, Object *owner,
                                 const char *id, Error **errp)
{
    /* The writer thread of a log that is ending reads the name. */
    if (!vfio_trace_log_state(log)->ending) {
        g_free(log->id);
        log->id = g_strdup(id);
    }
    if (!vfio_trace_log_open(log, errp)) {
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

/* --- QOM ----------------------------------------------------------------- */

static void log_object_complete(UserCreatable *uc, Error **errp)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(uc);

    log->id = g_strdup(object_get_canonical_path_component(OBJECT(uc)));
    vfio_trace_log_open(log, errp);
}

static bool log_object_can_be_deleted(UserCreatable *uc)
{
    return !VFIO_TRACE_LOG_STATE(uc)->users;
}

/* Not in finalize: a log that is slow to end keeps a reference. */
static void log_object_unparent(Object *obj)
{
    vfio_trace_log_close(VFIO_TRACE_LOG(obj));
}

static void log_object_init(Object *obj)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(obj);
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    s->ring_size = VFIO_TRACE_RING_DEFAULT;
    mmt_gate_init(&log->gate);
    QTAILQ_INIT(&log->taps);
    notifier_list_init(&log->markers);
}

static void log_object_finalize(Object *obj)
{
    VFIOTraceLog *log = VFIO_TRACE_LOG(obj);
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    assert(!s->open && !s->ending);
    mmt_gate_destroy(&log->gate);
    g_free(log->id);
    g_free(s->file);
    g_free(s->ring_dir);
}

static void log_object_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(klass);

    ucc->complete = log_object_complete;
    ucc->can_be_deleted = log_object_can_be_deleted;
    klass->unparent = log_object_unparent;
    vfio_trace_log_properties(klass);
}

static const TypeInfo log_object_info = {
    .name = TYPE_VFIO_TRACE_LOG,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(VFIOTraceLogState),
    .instance_init = log_object_init,
    .instance_finalize = log_object_finalize,
    .class_init = log_object_class_init,
    .interfaces = (INTERFACE_LIST[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void log_object_register_types(void)
{
    type_register_static(&log_object_info);
}

type_init(log_object_register_types);
