/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a thread that reads and parses ahead
 *
 * Half of the work for a line of mmiotrace depends on nothing but its text:
 * reading it, decompressing it, converting its numbers.  On a machine with two
 * processors, a thread does that half and hands the lines on in chunks, in
 * order; the caller does the rest.
 */
#ifndef LIBMMIOTRACE_AHEAD_H
#define LIBMMIOTRACE_AHEAD_H

#include <glib.h>
#include <stdbool.h>

#include "libmmiotrace/chunk.h"
#include "libmmiotrace/reader.h"

typedef struct MmtAhead MmtAhead;

/**
 * mmt_ahead_has_processor() - may this process use a second processor?
 *
 * On one, a thread would only cost time.
 */
bool mmt_ahead_has_processor(void);

/**
 * mmt_ahead_new() - start the thread
 * @chunker: where the thread goes on.  Its reader belongs to the thread until
 *           mmt_ahead_take() has returned NULL, or mmt_ahead_free()
 *
 * Return: NULL if there can't be a thread
 */
MmtAhead *mmt_ahead_new(const MmtChunker *chunker);

/**
 * mmt_ahead_take() - get the next chunk, and give the last one back
 * @ahead: the thread
 *
 * Waits until it has been parsed.
 *
 * Return: the chunk; NULL if there are no more: the thread has ended
 */
MmtChunk *mmt_ahead_take(MmtAhead *ahead);

/**
 * mmt_ahead_result() - why are there no more chunks?
 * @ahead: the thread, after mmt_ahead_take() has returned NULL
 * @error: where to store the reader's error
 *
 * Return: what mmt_reader_next_block() returned
 */
MmtReadResult mmt_ahead_result(MmtAhead *ahead, GError **error);

/**
 * mmt_ahead_free() - end the thread
 * @ahead: the thread, or NULL
 */
void mmt_ahead_free(MmtAhead *ahead);

#endif /* LIBMMIOTRACE_AHEAD_H */
