/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: guest memory: snapshots, entries of rings, watches
 */
#ifndef VFIO_TRACE_REPORT_MEMORY_H
#define VFIO_TRACE_REPORT_MEMORY_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/report/axis.h"
#include "tools/report/block.h"

/* Things, their bytes, and the bytes of what is said of them, at most */
#define REPORT_THINGS       5000
#define REPORT_THINGS_BYTES (4u << 20)
#define REPORT_THINGS_TEXT  (8u << 20)

typedef struct ReportMemory ReportMemory;

/**
 * report_memory_new() - begin with a log
 * @trace: the log
 * @db: layouts of entries, or NULL
 * @axis: the log's axis
 */
ReportMemory *report_memory_new(const MmtTrace *trace, AnalysisDb *db,
                                const ReportAxis *axis);

/**
 * report_memory_take() - take an entry, whatever it is
 * @memory: the memory
 * @entry: the entry
 */
void report_memory_take(ReportMemory *memory, const MmtEntry *entry);

/**
 * report_memory_end() - the log has ended
 * @memory: the memory
 *
 * Return: is there anything?
 */
bool report_memory_end(ReportMemory *memory);

/**
 * report_memory_put() - write "memory"
 * @memory: the memory, ended
 * @blocks: where blocks go
 * @json: the log's object
 */
void report_memory_put(ReportMemory *memory, ReportBlocks *blocks,
                       GString *json);

void report_memory_free(ReportMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportMemory, report_memory_free)

#endif /* VFIO_TRACE_REPORT_MEMORY_H */
