/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of a log (see props.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-types-qom.h"
#include "qapi/visitor.h"
#include "qemu/units.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/vcpu/vcpu.h"
#include "hw/vfio-trace/log/props.h"

/* Lower limit of max-size=: smaller parts would be nothing but headers. */
#define MAX_SIZE_MIN (64 * KiB)

/* @property: must stay valid: a pointer to it is kept */
static bool log_props_is_open(VFIOTraceLogState *s, const char *property,
                              Error **errp)
{
    if (s->open) {
        error_setg(errp, "%s can't be changed while the log is open",
                   property);
    } else if (!g_str_equal(property, "file")) {
        s->configured = property;
    }
    return s->open;
}

/* --- strings ------------------------------------------------------------- */

static char *log_props_get_file(Object *obj, Error **errp)
{
    return g_strdup(VFIO_TRACE_LOG_STATE(obj)->file);
}

static void log_props_set_file(Object *obj, const char *value, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);

    if (!log_props_is_open(s, "file", errp)) {
        g_free(s->file);
        s->file = g_strdup(value);
    }
}

static char *log_props_get_ring_dir(Object *obj, Error **errp)
{
    return g_strdup(VFIO_TRACE_LOG_STATE(obj)->ring_dir ?: MMT_RING_DIR);
}

static void log_props_set_ring_dir(Object *obj, const char *value, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);

    if (!log_props_is_open(s, "ring-dir", errp)) {
        g_free(s->ring_dir);
        s->ring_dir = g_strdup(value);
    }
}

static char *log_props_get_extra(Object *obj, Error **errp)
{
    char names[MMT_EXTRA_NAMES_MAX];

    return g_strdup(mmt_extra_to_names(VFIO_TRACE_LOG(obj)->extra, names));
}

static void log_props_set_extra(Object *obj, const char *value, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);
    uint32_t own = ~MMT_EXTRA_SPACE | vfio_trace_space_extra();
    char all[MMT_EXTRA_NAMES_MAX];
    char others[MMT_EXTRA_NAMES_MAX];
    uint32_t extra;

    if (log_props_is_open(s, "extra", errp)) {
        return;
    }
    if (!mmt_extra_from_names(value, strlen(value), &extra)) {
        error_setg(errp, "invalid extra: '%s': use names from %s", value,
                   mmt_extra_to_names(own, all));
        return;
    }
    if (extra & ~own) {
        error_setg(errp,
                   "invalid extra: '%s': %s is another architecture's: use names from %s",
                   value, mmt_extra_to_names(extra & ~own, others),
                   mmt_extra_to_names(own, all));
        return;
    }
    if (!mmt_extra_fits(extra)) {
        error_setg(errp,
                   "invalid extra: '%s': a record has room for %s or trap: use one of them",
                   value,
                   mmt_extra_to_names(vfio_trace_space_extra(), others));
        return;
    }
    s->log.extra = extra;
}

/* --- switches ------------------------------------------------------------ */

static bool log_props_get_overwrite(Object *obj, Error **errp)
{
    return VFIO_TRACE_LOG_STATE(obj)->overwrite;
}

static void log_props_set_overwrite(Object *obj, bool value, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);

    if (!log_props_is_open(s, "overwrite", errp)) {
        s->overwrite = value;
    }
}

static bool log_props_get_pc(Object *obj, Error **errp)
{
    return VFIO_TRACE_LOG(obj)->pc;
}

static void log_props_set_pc(Object *obj, bool value, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);

    if (!log_props_is_open(s, "pc", errp)) {
        s->log.pc = value;
    }
}

static int log_props_get_durability(Object *obj, Error **errp)
{
    return VFIO_TRACE_LOG_STATE(obj)->durability;
}

static void log_props_set_durability(Object *obj, int value, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);

    if (!log_props_is_open(s, "durability", errp)) {
        s->durability = value;
    }
}

static int log_props_get_on_full(Object *obj, Error **errp)
{
    return VFIO_TRACE_LOG_STATE(obj)->on_full;
}

static void log_props_set_on_full(Object *obj, int value, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);

    if (!log_props_is_open(s, "on-full", errp)) {
        s->on_full = value;
    }
}

/* --- sizes --------------------------------------------------------------- */

static void log_props_get_ring_size(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    uint64_t value = VFIO_TRACE_LOG_STATE(obj)->ring_size;

    visit_type_size(v, name, &value, errp);
}

static void log_props_set_ring_size(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);
    uint64_t value;

    if (log_props_is_open(s, "ring-size", errp) ||
        !visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value < VFIO_TRACE_RING_MIN || value > VFIO_TRACE_RING_MAX) {
        error_setg(errp, "%s must be between 64K and 4G", name);
        return;
    }
    s->ring_size = value;
}

static void log_props_get_max_size(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint64_t value = VFIO_TRACE_LOG_STATE(obj)->max_size;

    visit_type_size(v, name, &value, errp);
}

static void log_props_set_max_size(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    VFIOTraceLogState *s = VFIO_TRACE_LOG_STATE(obj);
    uint64_t value;

    if (log_props_is_open(s, "max-size", errp) ||
        !visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value && value < MAX_SIZE_MIN) {
        error_setg(errp, "%s must be 0 (no limit) or at least 64K", name);
        return;
    }
    s->max_size = value;
}

/* --- table --------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *description;
} log_properties[] = {
    { "file",
      "Path of the log, created with mode 0600 (name.zst: compressed); a FIFO; unix:PATH, a socket for readers; or /dev/fdset/N",
    },
    { "overwrite", "Empty and use a file that exists" },
    { "ring-size", "Bytes of memory between the vCPUs and the writer" },
    { "ring-dir", "Directory on a tmpfs for that memory, which outlives QEMU" },
    { "durability", "How durable records are: process, write or sync" },
    { "on-full", "When the file is slower than the guest: pause or drop" },
    { "max-size", "Bytes after which the log continues in another file" },
    { "pc", "Log the guest's program counter with each access" },
    { "extra",
      "Fields to add to each access, joined by +: cpu, ns, latency, cr3 (ttbr0 of Arm, pidr of Power, asce of s390x), hw, trap",
    },
};

void vfio_trace_log_properties(ObjectClass *klass)
{
    int i;

    object_class_property_add_str(klass, "file", log_props_get_file,
                                  log_props_set_file);
    object_class_property_add_bool(klass, "overwrite", log_props_get_overwrite,
                                   log_props_set_overwrite);
    object_class_property_add(klass, "ring-size", "size",
                              log_props_get_ring_size,
                              log_props_set_ring_size, NULL, NULL);
    object_class_property_add_str(klass, "ring-dir", log_props_get_ring_dir,
                                  log_props_set_ring_dir);
    object_class_property_add_enum(klass, "durability", "VfioTraceDurability",
                                   &VfioTraceDurability_lookup,
                                   log_props_get_durability,
                                   log_props_set_durability);
    object_class_property_add_enum(klass, "on-full", "VfioTraceOnFull",
                                   &VfioTraceOnFull_lookup,
                                   log_props_get_on_full,
                                   log_props_set_on_full);
    object_class_property_add(klass, "max-size", "size", log_props_get_max_size,
                              log_props_set_max_size, NULL, NULL);
    object_class_property_add_bool(klass, "pc", log_props_get_pc,
                                   log_props_set_pc);
    object_class_property_add_str(klass, "extra", log_props_get_extra,
                                  log_props_set_extra);

    for (i = 0; i < ARRAY_SIZE(log_properties); i++) {
        object_class_property_set_description(klass, log_properties[i].name,
                                              log_properties[i].description);
    }
}

void vfio_trace_log_mirror(VFIOTraceLog *log, Object *owner)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(log_properties); i++) {
        g_autofree char *name = g_strconcat("trace-", log_properties[i].name,
                                            NULL);

        object_property_add_alias(owner, name, OBJECT(log),
                                  log_properties[i].name);
        object_property_set_description(owner, name,
                                        log_properties[i].description);
    }
}
