/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: list of all logs (see log.h and list.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vfio-trace/log/list.h"
#include "hw/vfio-trace/log/log-internal.h"

static QTAILQ_HEAD(, VFIOTraceLogState) log_list =
    QTAILQ_HEAD_INITIALIZER(log_list);

VFIOTraceLog *vfio_trace_log_next(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = log ? QTAILQ_NEXT(vfio_trace_log_state(log), next)
                               : QTAILQ_FIRST(&log_list);

    return s ? &s->log : NULL;
}

void vfio_trace_log_enter(VFIOTraceLog *log)
{
    QTAILQ_INSERT_TAIL(&log_list, vfio_trace_log_state(log), next);
}

void vfio_trace_log_leave(VFIOTraceLog *log)
{
    QTAILQ_REMOVE(&log_list, vfio_trace_log_state(log), next);
}

VFIOTraceLog *vfio_trace_log_by_name(const char *id)
{
    VFIOTraceLogState *s;

    QTAILQ_FOREACH(s, &log_list, next) {
        if (g_str_equal(s->log.id, id)) {
            return &s->log;
        }
    }
    return NULL;
}

static VFIOTraceLog *log_list_find_only(Error **errp)
{
    ERRP_GUARD();
    VFIOTraceLogState *s, *only = NULL;

    QTAILQ_FOREACH(s, &log_list, next) {
        if (s->private) {
            continue;
        }
        if (only) {
            error_setg(errp, "there are several trace logs: name one");
            return NULL;
        }
        only = s;
    }
    if (!only) {
        error_setg(errp, "there is no trace log");
        error_append_hint(errp,
                          "Create one first, with -object vfio-trace-log,id=ID,file=PATH.\n");
        return NULL;
    }
    return &only->log;
}

VFIOTraceLog *vfio_trace_log_find(const char *id, Error **errp)
{
    VFIOTraceLog *log;

    if (!id) {
        return log_list_find_only(errp);
    }
    log = vfio_trace_log_by_name(id);
    if (!log || vfio_trace_log_state(log)->private) {
        error_setg(errp, log ? "trace log '%s' belongs to a device"
                             : "there is no trace log '%s'", id);
        return NULL;
    }
    return log;
}
