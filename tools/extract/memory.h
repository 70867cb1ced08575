/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace extract: what a log has of guest memory
 */
#ifndef VFIO_TRACE_EXTRACT_MEMORY_H
#define VFIO_TRACE_EXTRACT_MEMORY_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/memory-types.h"

/**
 * typedef ExtractMemoryTake - take bytes of guest memory
 * @thing: the snapshot, or the entry of a ring
 * @data: what the entry points to; NULL for a snapshot
 * @opaque: the caller's
 */
typedef void ExtractMemoryTake(const AnalysisMemoryThing *thing,
                               const AnalysisMemoryData *data, void *opaque);

typedef struct ExtractMemory ExtractMemory;

/**
 * extract_memory_new() - begin
 * @take: takes the bytes
 * @opaque: for @take
 */
ExtractMemory *extract_memory_new(ExtractMemoryTake *take, void *opaque);

/**
 * extract_memory_entry() - take an entry of the trace
 * @memory: the state
 * @trace: the trace
 * @entry: the entry, any
 */
void extract_memory_entry(ExtractMemory *memory, const MmtTrace *trace,
                          const MmtEntry *entry);

/**
 * extract_memory_free() - give what is whole at the end, and end
 * @memory: the state, or NULL
 */
void extract_memory_free(ExtractMemory *memory);

#endif /* VFIO_TRACE_EXTRACT_MEMORY_H */
