/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP and HMP commands that start, stop and change tracing
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-vfio-trace.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qobject/qdict.h"
#include "hw/vfio-trace/tap/tap.h"

/* --- start and stop ----------------------------------------------------- */

/* Returns the tap of @device, or all taps if it is NULL; NULL on error. */
static GPtrArray *control_windows_find_taps(const char *device, Error **errp)
{
    g_autoptr(GPtrArray) taps = g_ptr_array_new();
    PCITap *tap = NULL;

    if (device) {
        tap = pci_tap_find(device, errp);
        if (!tap) {
            return NULL;
        }
        g_ptr_array_add(taps, tap);
    }
    while (!device && (tap = pci_tap_next(tap))) {
        g_ptr_array_add(taps, tap);
    }
    if (!taps->len) {
        error_setg(errp, "there is no traced device");
        return NULL;
    }
    return g_steal_pointer(&taps);
}

static void control_windows_set_started(const char *device, bool started,
                                        Error **errp)
{
    g_autoptr(GPtrArray) taps = NULL;
    guint i;

    /* Look for taps after beginning the change, which may remove some. */
    pci_tap_change_begin();
    taps = control_windows_find_taps(device, errp);
    for (i = 0; taps && i < taps->len; i++) {
        PCITap *tap = g_ptr_array_index(taps, i);

        if (!vfio_trace_log_room(pci_tap_log(tap), taps->len, errp)) {
            g_clear_pointer(&taps, g_ptr_array_unref);
        }
    }
    for (i = 0; taps && i < taps->len; i++) {
        pci_tap_set_started(g_ptr_array_index(taps, i), started);
    }
    pci_tap_change_end();
}

void qmp_vfio_trace_start(const char *device, Error **errp)
{
    control_windows_set_started(device, true, errp);
}

void qmp_vfio_trace_stop(const char *device, Error **errp)
{
    control_windows_set_started(device, false, errp);
}

/* --- windows ------------------------------------------------------------ */

/**
 * struct WindowRequest: the arguments of the commands below
 */
typedef struct WindowRequest {
    const char *device;
    VfioTraceRegionName region;
    bool has_offset;
    uint64_t offset;
    bool has_length;
    uint64_t length;
    bool has_direction;
    VfioTraceDirection direction;
} WindowRequest;

static bool control_windows_get(const WindowRequest *r, PCITapWindow *window,
                                Error **errp)
{
    static const unsigned directions[] = {
        [VFIO_TRACE_DIRECTION_READ] = 1 << PCI_TAP_READ,
        [VFIO_TRACE_DIRECTION_WRITE] = 1 << PCI_TAP_WRITE,
        [VFIO_TRACE_DIRECTION_BOTH] = PCI_TAP_BOTH,
    };

    if (r->has_offset != r->has_length) {
        error_setg(errp, "offset and length must be given together");
        return false;
    }
    if (r->has_length && !r->length) {
        error_setg(errp, "length is 0");
        return false;
    }
    *window = (PCITapWindow) {
        .nr = (int)r->region,
        .whole = !r->has_offset,
        .range = { .offset = r->offset, .len = r->length },
        .directions = r->has_direction ? directions[r->direction]
                                       : PCI_TAP_BOTH,
    };
    return true;
}

static void control_windows_change(const WindowRequest *r,
                                   bool (*change)(PCITap *,
                                                  const PCITapWindow *,
                                                  Error **),
                                   Error **errp)
{
    PCITapWindow window;
    PCITap *tap;

    if (!control_windows_get(r, &window, errp)) {
        return;
    }
    pci_tap_change_begin();
    tap = pci_tap_find(r->device, errp);
    if (tap && pci_tap_window_fits(&window, pci_tap_device(tap), errp)) {
        change(tap, &window, errp);
    }
    pci_tap_change_end();
}

void qmp_vfio_trace_window_add(const char *device, VfioTraceRegionName region,
                               bool has_offset, uint64_t offset,
                               bool has_length, uint64_t length,
                               bool has_direction,
                               VfioTraceDirection direction, Error **errp)
{
    WindowRequest r = {
        device, region, has_offset, offset, has_length, length,
        has_direction, direction,
    };

    control_windows_change(&r, pci_tap_window_add, errp);
}

void qmp_vfio_trace_window_remove(const char *device,
                                  VfioTraceRegionName region, bool has_offset,
                                  uint64_t offset, bool has_length,
                                  uint64_t length, bool has_direction,
                                  VfioTraceDirection direction, Error **errp)
{
    WindowRequest r = {
        device, region, has_offset, offset, has_length, length,
        has_direction, direction,
    };

    control_windows_change(&r, pci_tap_window_remove, errp);
}

/* --- queries ------------------------------------------------------------ */

VfioTraceDeviceWindowsList *qmp_query_vfio_trace_windows(Error **errp)
{
    VfioTraceDeviceWindowsList *list = NULL;
    VfioTraceDeviceWindowsList **tail = &list;
    PCITap *tap = NULL;

    while ((tap = pci_tap_next(tap))) {
        QAPI_LIST_APPEND(tail, pci_tap_windows_info(tap));
    }
    return list;
}

/* --- HMP ---------------------------------------------------------------- */

void hmp_vfio_trace_start(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_vfio_trace_start(qdict_get_try_str(qdict, "device"), &err);
    hmp_handle_error(mon, err);
}

void hmp_vfio_trace_stop(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_vfio_trace_stop(qdict_get_try_str(qdict, "device"), &err);
    hmp_handle_error(mon, err);
}

static void control_windows_hmp(Monitor *mon, const QDict *qdict,
                                void (*change)(const char *,
                                               VfioTraceRegionName, bool,
                                               uint64_t, bool, uint64_t, bool,
                                               VfioTraceDirection, Error **))
{
    const char *direction = qdict_get_try_str(qdict, "direction");
    Error *err = NULL;
    int region;
    int dir;

    region = qapi_enum_parse(&VfioTraceRegionName_lookup,
                             qdict_get_str(qdict, "region"), -1, &err);
    dir = err ? -1 : qapi_enum_parse(&VfioTraceDirection_lookup, direction,
                                     VFIO_TRACE_DIRECTION_BOTH, &err);
    if (!err) {
        change(qdict_get_str(qdict, "device"), region,
               qdict_haskey(qdict, "offset"),
               qdict_get_try_int(qdict, "offset", 0),
               qdict_haskey(qdict, "length"),
               qdict_get_try_int(qdict, "length", 0), true, dir, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_vfio_trace_window_add(Monitor *mon, const QDict *qdict)
{
    control_windows_hmp(mon, qdict, qmp_vfio_trace_window_add);
}

void hmp_vfio_trace_window_remove(Monitor *mon, const QDict *qdict)
{
    control_windows_hmp(mon, qdict, qmp_vfio_trace_window_remove);
}

static void control_windows_print(Monitor *mon, const char *what,
                                  const VfioTraceRangeList *list)
{
    for (; list; list = list->next) {
        monitor_printf(mon, "    %s 0x%" PRIx64 "+0x%" PRIx64 "\n", what,
                       list->value->offset, list->value->length);
    }
}

void hmp_info_vfio_trace_windows(Monitor *mon, const QDict *qdict)
{
    g_autoptr(VfioTraceDeviceWindowsList) list =
        qmp_query_vfio_trace_windows(NULL);
    VfioTraceDeviceWindowsList *d;
    VfioTraceRegionWindowsList *r;
    VfioTraceWindowList *w;

    if (!list) {
        monitor_printf(mon, "nothing is traced\n");
    }
    for (d = list; d; d = d->next) {
        monitor_printf(mon, "%s: %s\n", d->value->id ?: d->value->qom_path,
                       d->value->started ? "started" : "stopped");
        for (r = d->value->regions; r; r = r->next) {
            monitor_printf(mon, "  %s: 0x%" PRIx64 " bytes%s\n",
                           VfioTraceRegionName_str(r->value->name),
                           r->value->size,
                           r->value->windows ? "" : ", no windows");
            for (w = r->value->windows; w; w = w->next) {
                monitor_printf(mon, "    window 0x%" PRIx64 "+0x%" PRIx64
                               " %s\n", w->value->offset, w->value->length,
                               VfioTraceDirection_str(w->value->direction));
            }
            control_windows_print(mon, "trapped", r->value->trapped);
            control_windows_print(mon, "hot", r->value->hot);
        }
    }
}
