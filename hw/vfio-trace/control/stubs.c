/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: stubs of the commands in a QEMU without vfio-trace
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-vfio-trace.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"

VfioTraceLogInfoList *qmp_query_vfio_trace(Error **errp)
{
    return NULL;
}

VfioTraceMark *qmp_vfio_trace_mark(const char *text, const char *log,
                                   Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
    return NULL;
}

void qmp_vfio_trace_rotate(const char *log, Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_snapshot_add(const char *device, const char *snapshot,
                                 Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_snapshot_remove(const char *device, const char *snapshot,
                                    Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_rings_add(const char *device, const char *name,
                              const char *text, Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_rings_remove(const char *device, const char *name,
                                 Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_memory_now(const char *device, const char *name,
                               Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

VfioTraceMemory *qmp_vfio_trace_memory_read(const char *device,
                                            uint64_t address, uint32_t length,
                                            bool has_physical, bool physical,
                                            Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
    return NULL;
}

void qmp_vfio_trace_start(const char *device, Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_stop(const char *device, Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_window_add(const char *device, VfioTraceRegionName region,
                               bool has_offset, uint64_t offset,
                               bool has_length, uint64_t length,
                               bool has_direction,
                               VfioTraceDirection direction, Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void qmp_vfio_trace_window_remove(const char *device,
                                  VfioTraceRegionName region, bool has_offset,
                                  uint64_t offset, bool has_length,
                                  uint64_t length, bool has_direction,
                                  VfioTraceDirection direction, Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

VfioTraceDeviceWindowsList *qmp_query_vfio_trace_windows(Error **errp)
{
    return NULL;
}

void qmp_vfio_trace_flush(const char *log, Error **errp)
{
    error_setg(errp, "this target has no vfio-trace");
}

void hmp_vfio_trace_mark(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_info_vfio_trace(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_vfio_trace_start(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_vfio_trace_stop(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_vfio_trace_window_add(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_vfio_trace_window_remove(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_vfio_trace_flush(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_vfio_trace_rotate(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}

void hmp_info_vfio_trace_windows(Monitor *mon, const QDict *qdict)
{
    monitor_printf(mon, "this target has no vfio-trace\n");
}
