/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: lines in chunks, parsed as far as their text alone says
 */
#ifndef LIBMMIOTRACE_CHUNK_H
#define LIBMMIOTRACE_CHUNK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "libmmiotrace/reader.h"

/* Lines of a chunk at most */
#define MMT_CHUNK_LINES 4096

/* MmtEntry.kind of a line that the fast parser has refused */
#define MMT_CHUNK_SLOW 0xff

/**
 * struct MmtChunk: lines, parsed as far as the fast parser can
 * @n: number of lines
 * @bytes: bytes of text, newlines included
 * @overlong: its only line has more than MMT_READER_LINE_MAX bytes
 * @unterminated: its only line has no newline
 * @starts: where each line begins in @text
 * @ends: where each line ends, without its newline
 * @entries: an entry for each line.  Of those that the fast parser has taken,
 *           region is the map id, and offset, phase and line are not set; of
 *           others, only kind is set: MMT_CHUNK_SLOW
 * @text: the lines; some bytes behind them can be read (MMT_FAST_SLACK)
 * @room: memory for @text, if it is a copy, else NULL
 * @room_bytes: bytes of @room
 */
typedef struct MmtChunk {
    size_t n;
    size_t bytes;
    bool overlong;
    bool unterminated;
    uint32_t starts[MMT_CHUNK_LINES];
    uint32_t ends[MMT_CHUNK_LINES];
    MmtEntry entries[MMT_CHUNK_LINES];
    const char *text;
    char *room;
    size_t room_bytes;
} MmtChunk;

/**
 * struct MmtChunker: fills chunks from a reader
 * @reader: the reader
 * @copy: chunks get a copy of the text; otherwise their text is gone when the
 *        next chunk is filled
 * @max_lines: lines of a chunk at most, up to MMT_CHUNK_LINES
 * @block: lines that are being parsed
 * @p: the next one
 * @lines: lines of @block before @p
 */
typedef struct MmtChunker {
    MmtReader *reader;
    bool copy;
    size_t max_lines;
    MmtBlock block;
    const char *p;
    uint64_t lines;
} MmtChunker;

/**
 * mmt_chunk_fill() - fill a chunk with the next lines
 * @chunker: the chunker
 * @chunk: the chunk
 * @error: where to store the error
 *
 * Return: as mmt_reader_next_block()
 */
MmtReadResult mmt_chunk_fill(MmtChunker *chunker, MmtChunk *chunk,
                             GError **error);

#endif /* LIBMMIOTRACE_CHUNK_H */
