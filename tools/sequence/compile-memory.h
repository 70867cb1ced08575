/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: guest memory that a trace knows
 *
 * Rings, entries, what they point to, watches and snapshots (docs/memory.md)
 * say that an address is one of memory, and what the driver had written there
 * when it told the device.  They stand behind the access that did so: the first
 * reading collects them, so that the second one can write them before it.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_H
#define VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/devices.h"
#include "libmmiotrace/mmiotrace.h"
#include "tools/sequence/compile-areas.h"
#include "tools/sequence/compile-runs.h"
#include "tools/sequence/compile-words.h"

typedef struct CompileMemory CompileMemory;

/**
 * compile_memory_new() - begin
 * @ranges: CompileRange, what the user says of memory; or NULL
 */
CompileMemory *compile_memory_new(const GArray *ranges);

/**
 * compile_memory_areas() - get the areas of memory
 * @memory: the memory
 */
CompileAreas *compile_memory_areas(CompileMemory *memory);

/**
 * compile_memory_device() - memory of other devices is not taken from now on
 * @memory: the memory
 * @device: the device
 *
 * What was taken of another one before is forgotten.
 */
void compile_memory_device(CompileMemory *memory,
                           const MmtRegionDevice *device);

/**
 * compile_memory_entry() - take an entry of the first reading
 * @memory: the memory
 * @trace: the trace
 * @entry: the entry, in the array of the last mmt_trace_next()
 */
void compile_memory_entry(CompileMemory *memory, MmtTrace *trace,
                          const MmtEntry *entry);

/**
 * compile_memory_finish() - all entries were taken
 * @memory: the memory
 * @error: where to store that there was too much
 *
 * The areas have what addresses in memory point to afterwards, and are joined.
 */
bool compile_memory_finish(CompileMemory *memory, GError **error);

/**
 * compile_memory_lines() - get the accesses that told the device of memory
 * @memory: the memory, finished
 * @lines: their lines are appended: uint64_t
 */
void compile_memory_lines(const CompileMemory *memory, GArray *lines);

/**
 * compile_memory_next() - get what the driver wrote before an access
 * @memory: the memory, finished
 * @line: the access's line; grows from call to call
 *
 * Return: the next run of this access or of one before it; NULL: no more
 */
const CompileRun *compile_memory_next(CompileMemory *memory, uint64_t line);

/**
 * compile_memory_remark() - get what is to be said before an access
 * @memory: the memory, finished
 * @line: as for compile_memory_next()
 *
 * Return: the next remark, or NULL
 */
const char *compile_memory_remark(CompileMemory *memory, uint64_t line);

/**
 * compile_memory_runs() - get all that the driver wrote
 * @memory: the memory
 */
const CompileRuns *compile_memory_runs(const CompileMemory *memory);

/**
 * compile_memory_words() - find the addresses in a run
 * @memory: the memory, finished
 * @run: the run
 * @take: takes them, in their order
 * @opaque: its first argument
 */
void compile_memory_words(const CompileMemory *memory, const CompileRun *run,
                          CompileWordTake *take, void *opaque);

void compile_memory_free(CompileMemory *memory);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_H */
