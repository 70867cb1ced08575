/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: markers divide a log into phases (see log.h) */
#include "qemu/osdep.h"
#include "hw/vfio-trace/log/log.h"

static NotifierList log_phase_watchers =
    NOTIFIER_LIST_INITIALIZER(log_phase_watchers);

void vfio_trace_log_watch_phases(Notifier *n)
{
    notifier_list_add(&log_phase_watchers, n);
}

void vfio_trace_log_end_phase(VFIOTraceLog *log)
{
    notifier_list_notify(&log_phase_watchers, log);
}
