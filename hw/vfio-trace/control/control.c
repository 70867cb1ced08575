/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP and HMP commands for logs and marks
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-vfio-trace.h"
#include "qemu/timer.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qobject/qdict.h"
#include "hw/vfio-trace/control/control-replay.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/tap/tap.h"

static VfioTraceLogInfo *control_log_info(VFIOTraceLog *log)
{
    VfioTraceLogInfo *info = vfio_trace_log_info(log);
    VfioTraceDeviceInfoList **tail = &info->devices;
    PCITap *tap = NULL;

    while ((tap = pci_tap_next(tap))) {
        if (pci_tap_log(tap) == log) {
            VfioTraceDeviceInfo *device = pci_tap_info(tap);

            device->replay = control_replay_info(device->qom_path);
            QAPI_LIST_APPEND(tail, device);
        }
    }
    return info;
}

VfioTraceLogInfoList *qmp_query_vfio_trace(Error **errp)
{
    VfioTraceLogInfoList *list = NULL;
    VfioTraceLogInfoList **tail = &list;
    VFIOTraceLog *log = NULL;

    while ((log = vfio_trace_log_next(log))) {
        QAPI_LIST_APPEND(tail, control_log_info(log));
    }
    return list;
}

VfioTraceMark *qmp_vfio_trace_mark(const char *text, const char *id,
                                   Error **errp)
{
    g_autofree char *marked = NULL;
    VfioTraceMark *mark;
    VFIOTraceLog *log;

    if (!*text) {
        error_setg(errp, "the marker's text is empty");
        return NULL;
    }
    if (g_str_has_prefix(text, "vfio-trace:")) {
        error_setg(errp,
                   "the marker's text must not begin with 'vfio-trace:', as the tracer's own marks do");
        return NULL;
    }

    if (id) {
        log = vfio_trace_log_by_name(id);
        if (!log) {
            error_setg(errp, "there is no trace log '%s'", id);
            return NULL;
        }
        marked = vfio_trace_log_mark(log, text, errp);
    } else {
        log = vfio_trace_log_next(NULL);
        if (!log) {
            error_setg(errp, "there is no trace log");
            return NULL;
        }
        for (; log; log = vfio_trace_log_next(log)) {
            g_free(marked);
            marked = vfio_trace_log_mark(log, text, errp);
            if (!marked) {
                return NULL;
            }
        }
    }
    if (!marked) {
        return NULL;
    }
    mark = g_new0(VfioTraceMark, 1);
    mark->text = g_steal_pointer(&marked);
    return mark;
}

/* Returns the log with that name, or the first log if @id is NULL. */
static VFIOTraceLog *control_find_log(const char *id, Error **errp)
{
    VFIOTraceLog *log = id ? vfio_trace_log_by_name(id)
                           : vfio_trace_log_next(NULL);

    if (!log) {
        error_setg(errp, id ? "there is no trace log '%s'"
                            : "there is no trace log%s", id ?: "");
    }
    return log;
}

void qmp_vfio_trace_rotate(const char *id, Error **errp)
{
    VFIOTraceLog *log = control_find_log(id, errp);

    if (!log) {
        return;
    }
    if (!id && vfio_trace_log_next(log)) {
        error_setg(errp, "there are several trace logs: name one");
        return;
    }
    vfio_trace_log_rotate(log, errp);
}

/* Logs may be created and deleted while this waits for one of them. */
static void coroutine_fn control_flush_all(Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GPtrArray) logs = g_ptr_array_new_with_free_func(object_unref);
    VFIOTraceLog *log = NULL;
    guint i;

    while ((log = vfio_trace_log_next(log))) {
        g_ptr_array_add(logs, object_ref(OBJECT(log)));
    }
    for (i = 0; i < logs->len; i++) {
        log = VFIO_TRACE_LOG(g_ptr_array_index(logs, i));
        if (vfio_trace_log_is_open(log)) {
            vfio_trace_log_flush(log, errp && *errp ? NULL : errp);
        }
    }
}

void coroutine_fn qmp_vfio_trace_flush(const char *id, Error **errp)
{
    VFIOTraceLog *log = control_find_log(id, errp);

    if (log && id) {
        vfio_trace_log_flush(log, errp);
    } else if (log) {
        control_flush_all(errp);
    }
}

void hmp_vfio_trace_mark(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qapi_free_VfioTraceMark(
        qmp_vfio_trace_mark(qdict_get_str(qdict, "text"),
                            qdict_get_try_str(qdict, "log"), &err));
    hmp_handle_error(mon, err);
}

void coroutine_fn hmp_vfio_trace_flush(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_vfio_trace_flush(qdict_get_try_str(qdict, "log"), &err);
    hmp_handle_error(mon, err);
}

void hmp_vfio_trace_rotate(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_vfio_trace_rotate(qdict_get_try_str(qdict, "log"), &err);
    hmp_handle_error(mon, err);
}

static void control_print_region(Monitor *mon,
                                 const VfioTraceRegionInfo *region)
{
    g_autofree char *guest = region->has_guest_address
        ? g_strdup_printf("0x%" PRIx64, region->guest_address)
        : g_strdup("unmapped");

    monitor_printf(mon, "    %s: map %" PRIu32 ", %s%s, 0x%" PRIx64
                   "+0x%" PRIx64 ", guest %s: %" PRIu64 " reads, %" PRIu64
                   " writes, %" PRIu64 " failed\n",
                   VfioTraceRegionName_str(region->name), region->map_id,
                   VfioTraceRegionType_str(region->type),
                   region->prefetchable ? " prefetchable" : "",
                   region->address, region->size, guest,
                   region->read->accesses, region->write->accesses,
                   region->failed);
}

/* Prints nothing if there were no such instructions, as for most devices. */
static void control_print_rescue(Monitor *mon,
                                 const VfioTraceDeviceInfo *device)
{
    if (device->rescued || device->stepped || device->refused) {
        monitor_printf(mon, "    instructions that KVM can't emulate: %" PRIu64
                       " rescued, %" PRIu64 " stepped, %" PRIu64 " refused\n",
                       device->rescued, device->stepped, device->refused);
    }
    if (device->no_rescue) {
        monitor_printf(mon, "    instructions that KVM can't emulate are lost"
                       " (%s)\n", device->no_rescue);
    }
}

static void control_print_rings(Monitor *mon, const VfioTraceRingsInfo *rings)
{
    VfioTraceRingsStatementList *s;

    monitor_printf(mon, "    rings %s:\n", rings->name);
    for (s = rings->statements; s; s = s->next) {
        monitor_printf(mon, "      %s %s: %" PRIu64 " triggers, %" PRIu64
                       " entries, %" PRIu64 " bytes, %" PRIu64 " cut, %" PRIu64
                       " unreadable\n",
                       VfioTraceRingsKind_str(s->value->kind), s->value->name,
                       s->value->triggers, s->value->entries, s->value->bytes,
                       s->value->cut, s->value->unreadable);
    }
}

void hmp_info_vfio_trace(Monitor *mon, const QDict *qdict)
{
    g_autoptr(VfioTraceLogInfoList) logs = qmp_query_vfio_trace(NULL);
    VfioTraceLogInfoList *l;
    VfioTraceDeviceInfoList *d;
    VfioTraceRegionInfoList *r;
    VfioTraceRingsInfoList *f;

    if (!logs) {
        monitor_printf(mon, "nothing is traced\n");
    }
    for (l = logs; l; l = l->next) {
        VfioTraceLogInfo *log = l->value;

        monitor_printf(mon, "%s: file '%s', %" PRIu64 " events, %" PRIu64
                       " bytes, ring %" PRIu64 "/%" PRIu64 ", %" PRIu64
                       " lost%s\n", log->id, log->file, log->events,
                       log->bytes, log->ring_used, log->ring_size, log->lost,
                       log->stopped ? ", guest waits" : "");
        monitor_printf(mon, "  part %" PRIu32
                       ", durability %s, on-full %s, %" PRIu64 " pauses, %"
                       PRIu64 " ms\n", log->part,
                       VfioTraceDurability_str(log->durability),
                       VfioTraceOnFull_str(log->on_full), log->pauses,
                       log->pause_ns / SCALE_MS);
        if (log->error) {
            monitor_printf(mon, "  can't be written: %s\n", log->error);
        }
        for (d = log->devices; d; d = d->next) {
            monitor_printf(mon, "  %s (%04x:%04x)%s%s%s\n",
                           d->value->id ?: d->value->qom_path,
                           d->value->vendor, d->value->device,
                           d->value->host ? " host " : "",
                           d->value->host ?: "",
                           d->value->started ? "" : ", stopped");
            control_print_rescue(mon, d->value);
            if (d->value->replay) {
                control_replay_print(mon, d->value->replay);
            }
            for (r = d->value->regions; r; r = r->next) {
                control_print_region(mon, r->value);
            }
            for (f = d->value->rings; f; f = f->next) {
                control_print_rings(mon, f->value);
            }
        }
    }
}
