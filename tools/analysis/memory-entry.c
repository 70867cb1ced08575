/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest memory from the entries of a trace (see memory.h)
 */
#include "tools/analysis/memory.h"

bool analysis_memory_entry(AnalysisMemory *memory, const MmtTrace *trace,
                           const MmtEntry *entry)
{
    AnalysisMemoryPlace place = {
        .line = entry->line, .ns = entry->ns, .phase = entry->phase,
        .timed = entry->flags & MMT_ENTRY_TIMED,
    };
    MmtSpan text;

    if (entry->kind == MMT_ENTRY_LOST) {
        analysis_memory_lost(memory);
        return false;
    }
    if (entry->kind != MMT_ENTRY_MARK || !(entry->flags & MMT_ENTRY_TRACER)) {
        analysis_memory_other(memory);
        return false;
    }
    text.p = mmt_trace_text(trace, entry, &text.len);
    return analysis_memory_mark(memory, text, &place);
}
