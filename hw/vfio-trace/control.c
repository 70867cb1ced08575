/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP and HMP commands
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-vfio-trace.h"
#include "qemu/atomic.h"
#include "qemu/timer.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qobject/qdict.h"
#include "hw/pci/pci.h"
#include "tap.h"

static VfioTraceCount *count_info(const PCITapCount *count)
{
    VfioTraceCount *info = g_new0(VfioTraceCount, 1);

    info->accesses = count->accesses;
    info->bytes = count->bytes;
    return info;
}

static VfioTraceBarInfo *bar_info(const PCITapBar *bar)
{
    uint8_t type = bar->tap->pdev->io_regions[bar->nr].type;
    VfioTraceBarInfo *info = g_new0(VfioTraceBarInfo, 1);

    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        info->type = VFIO_TRACE_BAR_TYPE_IO;
    } else {
        info->type = type & PCI_BASE_ADDRESS_MEM_TYPE_64 ?
                     VFIO_TRACE_BAR_TYPE_MEM64 : VFIO_TRACE_BAR_TYPE_MEM32;
        info->prefetchable = type & PCI_BASE_ADDRESS_MEM_PREFETCH;
    }
    info->bar = bar->nr;
    info->map_id = bar->map_id;
    info->address = bar->addr;
    info->has_guest_address = bar->mapped;
    info->guest_address = bar->mapped_at;
    info->size = bar->size;
    info->read = count_info(&bar->read);
    info->write = count_info(&bar->write);
    info->failed = bar->failed;
    return info;
}

static VfioTraceDeviceInfo *device_info(const PCITap *tap)
{
    VfioTraceDeviceInfo *info = g_new0(VfioTraceDeviceInfo, 1);
    VfioTraceBarInfoList **tail = &info->bars;
    int i;

    info->id = g_strdup(DEVICE(tap->pdev)->id);
    info->qom_path = object_get_canonical_path(OBJECT(tap->pdev));
    info->host = g_strdup(tap->host);
    info->vendor = tap->pci.vendor;
    info->device = tap->pci.device;
    for (i = 0; i < PCI_TAP_BARS; i++) {
        if (tap->bar[i].map_id) {
            QAPI_LIST_APPEND(tail, bar_info(&tap->bar[i]));
        }
    }
    return info;
}

static VfioTraceLogInfo *log_info(VFIOTraceLog *log)
{
    VfioTraceLogInfo *info = g_new0(VfioTraceLogInfo, 1);
    VfioTraceDeviceInfoList **tail = &info->devices;
    PCITap *tap;

    info->id = g_strdup(log->id);
    info->file = g_strdup(log->file);
    info->events = qatomic_read(&log->writer.records);
    info->bytes = qatomic_read(&log->writer.bytes);
    info->ring_size = log->ring->slots;
    info->ring_used = mmt_ring_used(log->ring);
    info->lost = mmt_ring_total_lost(log->ring);
    info->stopped = qatomic_read(&log->pausing);
    info->error = g_strdup(vfio_trace_log_trouble(log));
    info->durability = log->durability;
    info->on_full = log->on_full;
    info->part = qatomic_read(&log->writer.part) + 1;
    info->ring_file = g_strdup(log->ring_file->path);
    info->pauses = qatomic_read(&log->pauses);
    info->pause_ns = log->pause_ns;
    if (info->stopped) {
        info->pause_ns += get_clock() - qatomic_read(&log->pause_since);
    }
    QTAILQ_FOREACH(tap, &log->taps, next) {
        QAPI_LIST_APPEND(tail, device_info(tap));
    }
    return info;
}

VfioTraceLogInfoList *qmp_query_vfio_trace(Error **errp)
{
    VfioTraceLogInfoList *list = NULL;
    VfioTraceLogInfoList **tail = &list;
    VFIOTraceLog *log = NULL;

    while ((log = vfio_trace_log_next(log))) {
        QAPI_LIST_APPEND(tail, log_info(log));
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
        error_setg(errp, "a marker may not begin with 'vfio-trace:': the "
                   "tracer's own marks do");
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

void qmp_vfio_trace_rotate(const char *id, Error **errp)
{
    VFIOTraceLog *log = id ? vfio_trace_log_by_name(id)
                           : vfio_trace_log_next(NULL);

    if (!log) {
        error_setg(errp, id ? "there is no trace log '%s'"
                            : "there is no trace log%s", id ?: "");
        return;
    }
    if (!id && vfio_trace_log_next(log)) {
        error_setg(errp, "there are several trace logs: name one");
        return;
    }
    vfio_trace_log_rotate(log, errp);
}

void hmp_vfio_trace_mark(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qapi_free_VfioTraceMark(
        qmp_vfio_trace_mark(qdict_get_str(qdict, "text"),
                            qdict_get_try_str(qdict, "log"), &err));
    hmp_handle_error(mon, err);
}

static void print_bar(Monitor *mon, const VfioTraceBarInfo *bar)
{
    g_autofree char *guest = bar->has_guest_address
        ? g_strdup_printf("0x%" PRIx64, bar->guest_address)
        : g_strdup("unmapped");

    monitor_printf(mon, "    BAR %" PRId64 ": map %" PRIu32 ", %s%s, 0x%" PRIx64
                   "+0x%" PRIx64 ", guest %s: %" PRIu64 " reads, %" PRIu64
                   " writes, %" PRIu64 " failed\n",
                   bar->bar, bar->map_id, VfioTraceBarType_str(bar->type),
                   bar->prefetchable ? " prefetchable" : "", bar->address,
                   bar->size, guest, bar->read->accesses,
                   bar->write->accesses, bar->failed);
}

void hmp_info_vfio_trace(Monitor *mon, const QDict *qdict)
{
    g_autoptr(VfioTraceLogInfoList) logs = qmp_query_vfio_trace(NULL);
    VfioTraceLogInfoList *l;
    VfioTraceDeviceInfoList *d;
    VfioTraceBarInfoList *b;

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
        monitor_printf(mon, "  part %" PRIu32 ", durability %s, on-full %s, "
                       "%" PRIu64 " pauses, %" PRIu64 " ms\n", log->part,
                       VfioTraceDurability_str(log->durability),
                       VfioTraceOnFull_str(log->on_full), log->pauses,
                       log->pause_ns / SCALE_MS);
        if (log->error) {
            monitor_printf(mon, "  can't be written: %s\n", log->error);
        }
        for (d = log->devices; d; d = d->next) {
            monitor_printf(mon, "  %s (%04x:%04x)%s%s\n",
                           d->value->id ?: d->value->qom_path,
                           d->value->vendor, d->value->device,
                           d->value->host ? " host " : "",
                           d->value->host ?: "");
            for (b = d->value->bars; b; b = b->next) {
                print_bar(mon, b->value);
            }
        }
    }
}
