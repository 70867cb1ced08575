/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: QMP events of a log
 *
 * The writer thread and vCPUs only set a note; the main loop sends the event.
 */
#include "qemu/osdep.h"
#include "qapi/qapi-events-vfio-trace.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "libmmiotrace/parts.h"
#include "hw/vfio-trace/log/events.h"
#include "hw/vfio-trace/log/log-internal.h"

void vfio_trace_log_note(VFIOTraceLog *log, uint32_t note)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    qatomic_or(&s->notes, note);
    qemu_bh_schedule(s->notes_bh);
}

const char *vfio_trace_log_trouble(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    int error = qatomic_read(&s->writer.error);

    if (error) {
        return strerror(error);
    }
    return qatomic_read(&s->writer.blocked) ? "it is not being read" : NULL;
}

/* At most one event a second: a guest can be too fast as often as it likes. */
static void log_events_send_waiting(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    const char *trouble = vfio_trace_log_trouble(log);
    int64_t now = get_clock();

    if (s->waiting_told && now - s->waiting_told < NANOSECONDS_PER_SECOND) {
        timer_mod_anticipate_ns(s->waiting_timer, s->waiting_told +
                                NANOSECONDS_PER_SECOND - now +
                                qemu_clock_get_ns(QEMU_CLOCK_REALTIME));
        return;
    }
    s->waiting_told = now;
    qapi_event_send_vfio_trace_waiting(log->id, s->file, trouble ?:
                                       "it is slower than the guest");
}

static void log_events_send_error(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    const char *trouble = vfio_trace_log_trouble(log);

    qapi_event_send_vfio_trace_error(log->id, s->file,
                                     trouble ?: "it can be written again");
}

static void log_events_send_well(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    qapi_event_send_vfio_trace_well(log->id, s->file);
}

static void log_events_send_part(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    uint32_t part = qatomic_read(&s->writer.part);
    g_autofree char *file = mmt_part_name(s->file, part);

    qapi_event_send_vfio_trace_part(log->id, file, part + 1);
}

static void log_events_send_cut(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    qapi_event_send_vfio_trace_error(log->id, s->file,
                                     "the file was truncated: what was there is lost");
}

static void log_events_send_put_back(VFIOTraceLog *log)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    qapi_event_send_vfio_trace_error(log->id, s->file,
                                     "the file was deleted: it has been restored");
}

static const struct {
    uint32_t note;
    void (*send)(VFIOTraceLog *log);
} events[] = {
    { VFIO_TRACE_NOTE_ERROR, log_events_send_error },
    { VFIO_TRACE_NOTE_CUT, log_events_send_cut },
    { VFIO_TRACE_NOTE_PUT_BACK, log_events_send_put_back },
    { VFIO_TRACE_NOTE_WAITING, log_events_send_waiting },
    { VFIO_TRACE_NOTE_WELL, log_events_send_well },
    { VFIO_TRACE_NOTE_PART, log_events_send_part },
};

void vfio_trace_log_still_waiting(void *opaque)
{
    VFIOTraceLog *log = opaque;
    VFIOTraceLogState *s = vfio_trace_log_state(log);

    if (qatomic_read(&s->pausing)) {
        log_events_send_waiting(log);
    }
}

void vfio_trace_log_events(void *opaque)
{
    VFIOTraceLog *log = opaque;
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    uint32_t notes = qatomic_xchg(&s->notes, 0);
    int i;

    for (i = 0; i < ARRAY_SIZE(events); i++) {
        if (notes & events[i].note) {
            events[i].send(log);
        }
    }
}
