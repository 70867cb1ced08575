/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: what a log has of guest memory (see memory.h)
 */
#include "tools/extract/memory.h"

#include "tools/analysis/memory.h"

struct ExtractMemory {
    AnalysisMemory *memory;
    ExtractMemoryTake *take;
    void *opaque;
};

static void take_thing(const AnalysisMemoryThing *thing, void *opaque)
{
    ExtractMemory *memory = opaque;
    guint i;

    if (thing->kind == ANALYSIS_MEMORY_SNAPSHOT && thing->bytes) {
        memory->take(thing, NULL, memory->opaque);
    } else if (thing->kind == ANALYSIS_MEMORY_ENTRY && thing->data) {
        for (i = 0; i < thing->data->len; i++) {
            memory->take(thing, thing->data->pdata[i], memory->opaque);
        }
    }
}

static const AnalysisMemoryUser user = { .take = take_thing };

ExtractMemory *extract_memory_new(ExtractMemoryTake *take, void *opaque)
{
    ExtractMemory *memory = g_new0(ExtractMemory, 1);

    memory->take = take;
    memory->opaque = opaque;
    memory->memory = analysis_memory_new(&user, memory);
    return memory;
}

void extract_memory_entry(ExtractMemory *memory, const MmtTrace *trace,
                          const MmtEntry *entry)
{
    analysis_memory_entry(memory->memory, trace, entry);
}

void extract_memory_free(ExtractMemory *memory)
{
    if (memory) {
        analysis_memory_settle(memory->memory);
        analysis_memory_free(memory->memory);
        g_free(memory);
    }
}
