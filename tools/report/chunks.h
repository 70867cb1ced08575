/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: single accesses
 *
 * They are written while the log is read, in chunks, each of which a page
 * unpacks when it is looked at.  Their bytes have a limit: behind it, a page
 * has levels only.  Their lines have a lower one.  The chunks must be the last
 * that is written of a log, since they take what the tables leave.
 */
#ifndef VFIO_TRACE_REPORT_CHUNKS_H
#define VFIO_TRACE_REPORT_CHUNKS_H

#include "tools/report/access.h"
#include "tools/report/block.h"

/* Accesses of a chunk */
#define REPORT_CHUNK 32768

/* Chunks at most, as hostile times can make short ones */
#define REPORT_CHUNKS 4096

typedef struct ReportChunks ReportChunks;

/**
 * report_chunks_new() - begin with a log
 * @blocks: where to write
 * @max: stop writing chunks when all blocks have this many bytes
 * @max_held: bytes of chunks that are kept, compressed, for what the tables
 *            leave of their room
 * @max_lines: stop writing lines when all blocks have this many bytes
 */
ReportChunks *report_chunks_new(ReportBlocks *blocks, uint64_t max,
                                uint64_t max_held, uint64_t max_lines);

/**
 * report_chunks_take() - add an access
 * @chunks: the chunks
 * @access: the access
 */
void report_chunks_take(ReportChunks *chunks, const ReportAccess *access);

/**
 * report_chunks_single() - get the number of accesses in chunks so far
 * @chunks: the chunks
 */
uint64_t report_chunks_single(const ReportChunks *chunks);

/**
 * report_chunks_last_line() - get the line of the last one, or 0
 * @chunks: the chunks
 */
uint64_t report_chunks_last_line(const ReportChunks *chunks);

/**
 * report_chunks_put() - write the last chunk, and "chunks", "columns", "single"
 * @chunks: the chunks
 * @json: the log's object
 */
void report_chunks_put(ReportChunks *chunks, GString *json);

void report_chunks_free(ReportChunks *chunks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportChunks, report_chunks_free)

#endif /* VFIO_TRACE_REPORT_CHUNKS_H */
