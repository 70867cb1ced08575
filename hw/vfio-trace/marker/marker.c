/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest markers (see marker.h)
 *
 * A guest's marker is logged as a structured mark whose last field is text=:
 * the guest's text is never where a line, a record or another mark could begin.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "migration/vmstate.h"
#include "hw/vfio-trace/log/log.h"
#include "hw/vfio-trace/marker/marker.h"

/* An unfinished line becomes a marker when nothing was added for this time. */
#define HELD_NS NANOSECONDS_PER_SECOND

/* If the host is this late, it has not let the guest run either. */
#define LATE_NS (100 * SCALE_MS)

/* Unused rate of up to this time can be used later. */
#define BURST_NS (10 * NANOSECONDS_PER_SECOND)

/* How long marks are dropped when the rate is used up */
#define DROP_NS NANOSECONDS_PER_SECOND

/* Longest name of a port: leaves room for a text in its marks */
#define NAME_MAX_LEN 128

/* Returns the next log that the port's marks go to, or NULL. */
static VFIOTraceLog *marker_next_log(const VFIOTraceMarker *m,
                                     VFIOTraceLog *log)
{
    if (m->log_id) {
        log = log ? NULL : vfio_trace_log_by_name(m->log_id);
    } else {
        log = vfio_trace_log_next(log);
    }
    /* Skip logs that are being closed: they have their last line. */
    while (log && vfio_trace_log_has_ended(log)) {
        log = m->log_id ? NULL : vfio_trace_log_next(log);
    }
    return log;
}

/*
 * Logs a mark to the port's logs: a marker's @text, of which @cut bytes are
 * missing, or the number of markers that were @dropped.  Returns whether there
 * was a log.
 */
static bool marker_log(VFIOTraceMarker *m, uint64_t cut, uint64_t dropped,
                       const char *text)
{
    VFIOTraceLog *log = NULL;
    bool logged = false;

    while ((log = marker_next_log(m, log))) {
        mmt_gate_close(&log->gate);
        if (text) {
            vfio_trace_log_end_phase(log);
        }
        vfio_trace_log_own_mark(log, MMT_MARK_GUEST_MARK,
            MMT_TEXT("origin", m->origin), MMT_TEXT("port", m->name),
            cut ? MMT_NUMBER("cut", cut) : MMT_NO_WORD,
            dropped ? MMT_NUMBER("dropped", dropped) : MMT_NO_WORD,
            text ? MMT_TEXT("text", text) : MMT_NO_WORD);
        if (text) {
            vfio_trace_log_marked(log, text);
        }
        mmt_gate_open(&log->gate);
        vfio_trace_log_keep(log);
        logged = true;
    }
    if (!logged && !m->lost_log) {
        m->lost_log = true;
        warn_report(
            "vfio-trace: the guest's markers from '%s' are dropped: there is no trace log%s%s",
            m->name, m->log_id ? " " : "", m->log_id ?: "");
    }
    return logged;
}

/* --- rate limit ---------------------------------------------------------- */

static void marker_say_dropped(VFIOTraceMarker *m)
{
    timer_del(m->drop_timer);
    m->dropping = false;
    if (m->unsaid && marker_log(m, 0, m->unsaid, NULL)) {
        m->unsaid = 0;
    }
}

static void marker_drop_due(void *opaque)
{
    marker_say_dropped(opaque);
}

/*
 * A token bucket whose tokens are time: a mark costs 1/rate of a second, a
 * longer line costs that once for each part that would be a mark.  The clock is
 * the host's, since the limit protects the host's disk and processor.
 */
static bool marker_may(VFIOTraceMarker *m)
{
    int64_t cost = NANOSECONDS_PER_SECOND / m->rate;
    int64_t now;

    if (m->dropping) {
        return false;
    }
    now = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    m->credit = MIN(m->credit + (now - m->credit_at), BURST_NS);
    m->credit_at = now;
    if (m->credit >= cost) {
        m->credit -= MIN(cost * (1 + m->cut / MMT_MARK_MAX),
                         m->credit + BURST_NS);
        return true;
    }
    /*
     * One mark counts all markers that are dropped here, once a second at most.
     */
    m->dropping = true;
    timer_mod_ns(m->drop_timer, now + DROP_NS);
    if (!m->warned) {
        m->warned = true;
        warn_report(
            "vfio-trace: the guest writes more than %" PRIu32
            " markers a second to '%s': the rest is counted, not logged",
            m->rate, m->name);
    }
    return false;
}

/* --- lines --------------------------------------------------------------- */

/*
 * Returns the length of @text without a UTF-8 character that is cut at its end,
 * which would become question marks.
 */
static size_t marker_whole_characters(const char *text, size_t len)
{
    size_t n;

    for (n = 1; n <= MIN(len, 6); n++) {
        gunichar c = g_utf8_get_char_validated(text + len - n, n);

        if (c == (gunichar)-2) {
            return len - n;
        }
        if (c != (gunichar)-1) {
            break;
        }
    }
    return len;
}

static void marker_put(VFIOTraceMarker *m)
{
    char text[MMT_MARK_MAX + 1];

    if (m->cut) {
        size_t len = marker_whole_characters(m->line, m->len);

        m->cut += m->len - len;
        m->len = len;
    }
    mmt_mark_sanitize(m->line, m->len, text);
    if (marker_log(m, m->cut, 0, text)) {
        m->marks++;
    } else {
        m->dropped++;
    }
}

void vfio_trace_marker_end_line(VFIOTraceMarker *m)
{
    if (timer_pending(m->line_timer)) {
        timer_del(m->line_timer);
    }
    if (!m->len) {
        /* An empty line is not a marker. */
    } else if (marker_may(m)) {
        marker_put(m);
    } else {
        m->dropped++;
        m->unsaid++;
    }
    m->len = 0;
    m->cut = 0;
    m->cr = false;
}

static void marker_line_again(VFIOTraceMarker *m, int64_t from)
{
    m->line_due = from + HELD_NS;
    timer_mod_ns(m->line_timer, m->line_due);
}

static void marker_line_due(void *opaque)
{
    VFIOTraceMarker *m = opaque;
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    if (m->waiting) {
        /* vfio_trace_marker_wait() starts the timer again. */
    } else if (now - m->line_due > LATE_NS) {
        marker_line_again(m, now);
    } else if (now - m->last < HELD_NS) {
        marker_line_again(m, m->last);
    } else {
        vfio_trace_marker_end_line(m);
    }
}

static void marker_hold_line(VFIOTraceMarker *m)
{
    if (m->len) {
        m->last = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        if (!timer_pending(m->line_timer)) {
            marker_line_again(m, m->last);
        }
    }
}

/* Bytes that do not fit into the line are only counted. */
static void marker_add(VFIOTraceMarker *m, const uint8_t *text, size_t len)
{
    size_t n = MIN(len, m->room - m->len);

    memcpy(m->line + m->len, text, n);
    m->len += n;
    m->cut += len - n;
}

static void marker_add_text(VFIOTraceMarker *m, const uint8_t *text, size_t len)
{
    static const uint8_t cr = '\r';

    if (!len) {
        return;
    }
    if (m->cr) {
        marker_add(m, &cr, 1);
    }
    m->cr = text[len - 1] == cr;
    marker_add(m, text, len - m->cr);
}

void vfio_trace_marker_write(VFIOTraceMarker *m, const uint8_t *buf,
                             size_t len)
{
    const uint8_t *end = buf + len;
    const uint8_t *newline = NULL;

    while (buf < end) {
        const uint8_t *stop;

        /* Searched once, however many NULs end a line before it */
        if (!newline || newline < buf) {
            newline = memchr(buf, '\n', end - buf) ?: end;
        }
        stop = memchr(buf, '\0', newline - buf) ?: newline;
        marker_add_text(m, buf, stop - buf);
        if (stop < end) {
            vfio_trace_marker_end_line(m);
            stop++;
        }
        buf = stop;
    }
    marker_hold_line(m);
}

void vfio_trace_marker_wait(VFIOTraceMarker *m, bool waiting)
{
    m->waiting = waiting;
    if (!waiting) {
        marker_hold_line(m);
    }
}

/* --- port ---------------------------------------------------------------- */

static void marker_log_end(Notifier *n, void *log)
{
    VFIOTraceMarker *m = container_of(n, VFIOTraceMarker, log_end);

    if (!m->log_id || g_str_equal(m->log_id, ((VFIOTraceLog *)log)->id)) {
        vfio_trace_marker_end_line(m);
        marker_say_dropped(m);
    }
}

static bool marker_check(VFIOTraceMarker *m, Error **errp)
{
    ERRP_GUARD();

    if (!m->rate || m->rate > VFIO_TRACE_MARKER_RATE_MAX) {
        error_setg(errp,
                   "rate=%" PRIu32 ": use 1 to %d marks per second",
                   m->rate, VFIO_TRACE_MARKER_RATE_MAX);
        return false;
    }
    if (m->log_id && !vfio_trace_log_by_name(m->log_id)) {
        error_setg(errp, "there is no trace log '%s'", m->log_id);
        error_append_hint(errp,
                          "The log must be defined before the marker port; without log=, markers go to all logs.\n");
        return false;
    }
    if (strlen(m->name) > NAME_MAX_LEN) {
        error_setg(errp,
                   "the name '%s' is too long for a marker port: use at most %d bytes",
                   m->name, NAME_MAX_LEN);
        return false;
    }
    return true;
}

/* Room for the text in a mark of this port */
static size_t marker_room(const VFIOTraceMarker *m)
{
    char buf[MMT_MARK_MAX + 1];

    return MMT_MARK_MAX -
           mmt_mark_put(MMT_MARK_GUEST_MARK,
                        MMT_WORDS(MMT_TEXT("origin", m->origin),
                                  MMT_TEXT("port", m->name),
                                  MMT_NUMBER("cut", UINT64_MAX),
                                  MMT_TEXT("text", "")), buf);
}

bool vfio_trace_marker_start(VFIOTraceMarker *m, DeviceState *dev,
                             const char *origin, Error **errp)
{
    m->name = dev->id ? g_strdup(dev->id)
                      : object_get_canonical_path(OBJECT(dev));
    if (!marker_check(m, errp)) {
        g_free(m->name);
        return false;
    }
    m->origin = origin;
    m->room = marker_room(m);
    m->len = 0;
    m->cut = 0;
    m->cr = false;
    m->waiting = false;
    m->credit = BURST_NS;
    m->credit_at = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    m->dropping = false;
    m->unsaid = 0;
    m->line_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, marker_line_due, m);
    m->drop_timer = timer_new_ns(QEMU_CLOCK_REALTIME, marker_drop_due, m);
    m->log_end.notify = marker_log_end;
    vfio_trace_log_watch_end(&m->log_end);
    return true;
}

void vfio_trace_marker_stop(VFIOTraceMarker *m)
{
    vfio_trace_marker_end_line(m);
    marker_say_dropped(m);
    notifier_remove(&m->log_end);
    timer_free(m->line_timer);
    timer_free(m->drop_timer);
    g_free(m->name);
}

void vfio_trace_marker_init(VFIOTraceMarker *m, DeviceState *dev)
{
    object_property_add_uint64_ptr(OBJECT(dev), "marks", &m->marks,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(OBJECT(dev), "dropped", &m->dropped,
                                   OBJ_PROP_FLAG_READ);
}

/* A machine with markers can't be migrated: its logs stay on this host. */
static const VMStateDescription marker_vmstate = {
    .name = "vfio-trace-marker",
    .unmigratable = 1,
};

void vfio_trace_marker_describe(DeviceClass *dc)
{
    ObjectClass *klass = OBJECT_CLASS(dc);

    object_class_property_set_description(klass, "log",
        "ID of the vfio-trace-log that markers go to; all logs if not given");
    object_class_property_set_description(klass, "rate",
        "Markers per second to log at most; the rest is only counted");
    dc->vmsd = &marker_vmstate;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}
