/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: putting records and marks into the ring (see log.h and put.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/timer.h"
#include "hw/vfio-trace/vcpu/fair.h"
#include "hw/vfio-trace/log/log-internal.h"
#include "hw/vfio-trace/log/pause.h"
#include "hw/vfio-trace/log/put.h"
#include "hw/vfio-trace/log/time.h"

/*
 * How long a vCPU may have held the BQL before durability=sync no longer waits
 */
#define SYNC_IN_ALL_NS (500LL * SCALE_MS)

/* Slots of the ring that a structured mark of usual length takes */
#define MARK_SLOTS 8

MmtSlot *vfio_trace_log_begin(VFIOTraceLog *log, MmtSlot *spare)
{
    uint64_t pos = 0;
    uint64_t used;

    assert(mmt_gate_is_closed(&log->gate));
    used = mmt_ring_reserve(log->ring, 1, &pos);
    if (unlikely(!used)) {
        mmt_ring_lose(log->ring);
        vfio_trace_log_pause(log);
        return spare;
    }
    if (unlikely(used >= log->high_water)) {
        vfio_trace_log_pause(log);
    }
    vfio_trace_log_state(log)->begun = pos;
    return mmt_ring_slot(log->ring, pos);
}

void vfio_trace_log_issue_sync(VFIOTraceLog *log, MmtSlot *slot)
{
    VFIOTraceLogState *s = vfio_trace_log_state(log);
    bool first = !log->in_flight++;
    uint64_t pos = s->begun;
    int64_t since;

    /*
     * The line of a nested access (a device writes to a device) can't be in the
     * file before that of the outer access, which still waits: the order is the
     * log's.  A record that found no room in the ring can't be synced either.
     */
    if (mmt_kind_is_read(slot->rec.kind) || s->closing) {
        return;
    }
    if (!first || slot != mmt_ring_slot(log->ring, pos)) {
        slot->rec.flags |= MMT_FLAG_UNSYNCED;
        return;
    }
    since = get_clock();
    /* One instruction may make dozens of writes, all under one BQL. */
    if (vfio_trace_fair_held() > SYNC_IN_ALL_NS ||
        !vfio_trace_writer_sync(&s->writer, pos)) {
        slot->rec.flags |= MMT_FLAG_UNSYNCED;
        /* Stop this vCPU now, before it makes more such writes. */
        vfio_trace_log_pause(log);
    }
    vfio_trace_fair(get_clock() - since);
}

void vfio_trace_log_put(VFIOTraceLog *log, const MmtRecord *rec)
{
    MmtSlot spare;
    MmtSlot *slot;

    mmt_gate_close(&log->gate);
    slot = vfio_trace_log_begin(log, &spare);
    mmt_slot_fill(slot, rec);
    slot->rec.ns = vfio_trace_log_now(log);
    mmt_slot_publish(slot, MMT_STATE_READY);
    mmt_gate_open(&log->gate);
}

/* @must: count it as lost if there is no room, before the next access */
static bool log_put_text(VFIOTraceLog *log, MmtKind kind, const char *text,
                         size_t len, bool must)
{
    MmtRecord rec = {
        .kind = kind,
        .cpu = MMT_CPU_NONE,
    };
    bool put;

    mmt_gate_close(&log->gate);
    rec.ns = vfio_trace_log_now(log);
    put = mmt_ring_put_text(log->ring, &rec, text, len);
    if (!put && must) {
        mmt_ring_lose(log->ring);
    }
    mmt_gate_open(&log->gate);
    return put;
}

bool vfio_trace_log_put_text(VFIOTraceLog *log, MmtKind kind,
                             const char *text, size_t len)
{
    return log_put_text(log, kind, text, len, false);
}

/* Return: false if there is no room; what is above the mark is the vCPUs' */
static bool log_put_marker(VFIOTraceLog *log, const char *text, size_t len)
{
    if (mmt_ring_used(log->ring) < log->high_water) {
        vfio_trace_log_end_phase(log);
    }
    return mmt_ring_used(log->ring) < log->high_water &&
           vfio_trace_log_put_text(log, MMT_KIND_MARK, text, len);
}

char *vfio_trace_log_mark(VFIOTraceLog *log, const char *text, Error **errp)
{
    ERRP_GUARD();
    char buf[MMT_MARK_MAX + 1];
    size_t len = mmt_mark_sanitize(text, strlen(text), buf);
    bool put;

    /* A phase's numbers are those of the accesses before the marker. */
    mmt_gate_close(&log->gate);
    put = log_put_marker(log, buf, len);
    if (put) {
        vfio_trace_log_state(log)->used = true;
        vfio_trace_log_marked(log, buf);
    }
    mmt_gate_open(&log->gate);
    if (!put) {
        error_setg(errp,
                   "the ring of trace log '%s' is full: the marker is not in the log",
                   log->id);
        error_append_hint(errp,
                          "Try again when query-vfio-trace shows room; a writer's error is shown there, too.\n");
        return NULL;
    }
    return g_strdup(buf);
}

void vfio_trace_log_marked(VFIOTraceLog *log, const char *text)
{
    notifier_list_notify(&log->markers, (void *)text);
}

void vfio_trace_log_own_words(VFIOTraceLog *log, MmtMark mark,
                              const MmtMarkWord *words)
{
    char buf[MMT_MARK_MAX + 1];

    vfio_trace_log_own_text(log, buf, mmt_mark_put(mark, words, buf));
}

void vfio_trace_log_own_text(VFIOTraceLog *log, const char *text, size_t len)
{
    if (!log->ring) {
        /* It has ended. */
        return;
    }
    /* A guest can cause marks without an access: resets, interrupts. */
    if (!log_put_text(log, MMT_KIND_MARK, text, len, true) ||
        mmt_ring_used(log->ring) >= log->high_water) {
        vfio_trace_log_pause(log);
    }
}

bool vfio_trace_log_room(VFIOTraceLog *log, unsigned marks, Error **errp)
{
    ERRP_GUARD();
    uint64_t limit = MIN(log->high_water, log->ring->slots / 4 * 3);

    if (mmt_ring_used(log->ring) + (uint64_t)marks * MARK_SLOTS < limit) {
        return true;
    }
    error_setg(errp,
               "the ring of trace log '%s' has no room for %u marks: nothing was changed",
               log->id, marks);
    error_append_hint(errp,
                      "Try again when query-vfio-trace shows room; for very many windows a larger ring-size may be needed.\n");
    return false;
}

void vfio_trace_log_pcidev(VFIOTraceLog *log, const MmtPciDev *dev)
{
    char buf[MMT_LINE_MAX];
    size_t len = mmt_format_pcidev(dev, buf);

    if (!log_put_text(log, MMT_KIND_LINE, buf, len, true)) {
        vfio_trace_log_pause(log);
    }
}
