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
    MmtSpan text;

    if (!d->memory) {
        d->memory = analysis_memory_new(user, d);
    }
    d->memory_entry = entry;
    if (!analysis_memory_entry(d->memory, d->trace, entry)) {
        return false;
    }
    text.p = mmt_trace_text(d->trace, entry, &text.len);
    return (entry->flags & MMT_ENTRY_ASIDE) || is_shown_otherwise(d, text);
}
