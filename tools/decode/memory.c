/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: entries of rings, and watches (see memory.h)
 */
#include "tools/decode/memory.h"

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/layout.h"

RegDbView *decode_memory_layout(Decode *d, const AnalysisMemoryThing *thing)
{
    uint32_t region;
    RegDbView *view;

    if (!thing->ring || !*thing->ring->layout || !d->db) {
        return NULL;
    }
    region = analysis_layout_region(d->trace, thing->device);
    do {
        view = analysis_db_domain_view(d->db, region, thing->ring->layout);
    } while (decode_settle(d));
    return view;
}

/* Snapshots and what goes on with them, rings and cuts keep their lines. */
static bool is_shown_otherwise(Decode *d, MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    MmtMark mark = name.p ? mmt_mark_find(name.p, name.len) : MMT_MARKS;

    if (mark == MMT_MARK_SNAPSHOT_DATA) {
        return d->in_entry;
    }
    d->in_entry = mark == MMT_MARK_ENTRY || mark == MMT_MARK_DATA;
    return d->in_entry || mark == MMT_MARK_WATCH ||
           mark == MMT_MARK_WATCH_DATA;
}

bool decode_memory_take(Decode *d, const MmtEntry *entry,
                        const AnalysisMemoryUser *user)
{
    AnalysisMemoryPlace place = {
        .line = entry->line, .ns = entry->ns, .phase = entry->phase,
        .timed = entry->flags & MMT_ENTRY_TIMED,
    };
    MmtSpan text;

    if (!d->memory) {
        d->memory = analysis_memory_new(user, d);
    }
    d->memory_entry = entry;
    if (entry->kind == MMT_ENTRY_LOST) {
        analysis_memory_lost(d->memory);
        return false;
    }
    if (entry->kind != MMT_ENTRY_MARK ||
        !(entry->flags & MMT_ENTRY_TRACER)) {
        analysis_memory_other(d->memory);
        return false;
    }
    text.p = mmt_trace_text(d->trace, entry, &text.len);
    return analysis_memory_mark(d->memory, text, &place) &&
           ((entry->flags & MMT_ENTRY_ASIDE) || is_shown_otherwise(d, text));
}
