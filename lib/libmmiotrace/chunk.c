/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: lines in chunks (see chunk.h) */
#include "libmmiotrace/chunk.h"

#include <string.h>

#include "libmmiotrace/fast.h"

/* Text of a chunk at most, if it has more than one line */
#define CHUNK_BYTES (128 * 1024)

static void fill_entry(MmtEntry *entry, const MmtFast *fast)
{
    entry->kind = fast->is_write ? MMT_ENTRY_WRITE : MMT_ENTRY_READ;
    entry->width = fast->width;
    entry->flags = MMT_ENTRY_TIMED;
    entry->region = fast->map_id;
    entry->cpu = fast->extras & MMT_EXTRA_CPU ? fast->cpu : MMT_NO_CPU;
    entry->ns = fast->extras & MMT_EXTRA_NS ? fast->exact_ns : fast->ns;
    entry->value = fast->value;
    entry->address = fast->addr;
    entry->pc = fast->pc;
}

/* Parse lines from @p on, until the chunk is full; return where it stopped */
static const char *parse_lines(MmtChunk *chunk, const char *p, const char *end,
                               size_t max_lines)
{
    const char *base = p;

    while (p < end && chunk->n < max_lines && p - base < CHUNK_BYTES) {
        MmtEntry *entry = &chunk->entries[chunk->n];
        MmtFast fast;
        const char *next = mmt_fast_parse(p, &fast);

        if (next) {
            fill_entry(entry, &fast);
        } else {
            next = (const char *)memchr(p, '\n', end - p) + 1;
            entry->kind = MMT_CHUNK_SLOW;
        }
        chunk->starts[chunk->n] = p - base;
        chunk->ends[chunk->n] = next - 1 - base;
        chunk->n++;
        p = next;
    }
    return p;
}

static void set_text(const MmtChunker *chunker, MmtChunk *chunk,
                     const char *p, size_t len)
{
    chunk->text = p;
    if (chunker->copy) {
        if (len + MMT_READER_SLACK > chunk->room_bytes) {
            chunk->room_bytes = MAX(len, 2 * CHUNK_BYTES) + MMT_READER_SLACK;
            g_free(chunk->room);
            chunk->room = g_malloc(chunk->room_bytes);
        }
        memcpy(chunk->room, p, len);
        memset(chunk->room + len, 0, MMT_READER_SLACK);
        chunk->text = chunk->room;
    }
}

static void fill_single(const MmtChunker *chunker, MmtChunk *chunk)
{
    const MmtBlock *block = &chunker->block;

    chunk->n = 1;
    chunk->starts[0] = 0;
    chunk->ends[0] = block->len;
    chunk->entries[0].kind = MMT_CHUNK_SLOW;
    chunk->overlong = block->overlong;
    chunk->unterminated = block->unterminated;
    chunk->bytes = block->len + !block->unterminated;
    set_text(chunker, chunk, block->p, block->len);
}

static MmtReadResult next_block(MmtChunker *chunker, GError **error)
{
    MmtReadResult result;

    if (!chunker->block.single) {
        mmt_reader_count(chunker->reader, chunker->lines);
    }
    chunker->lines = 0;
    result = mmt_reader_next_block(chunker->reader, &chunker->block, error);
    chunker->p = chunker->block.p;
    return result;
}

MmtReadResult mmt_chunk_fill(MmtChunker *chunker, MmtChunk *chunk,
                             GError **error)
{
    const char *p;

    chunk->n = 0;
    chunk->overlong = chunk->unterminated = false;
    if (!chunker->block.len || chunker->block.single ||
        chunker->p == chunker->block.p + chunker->block.len) {
        MmtReadResult result = next_block(chunker, error);

        if (result != MMT_READ_LINE) {
            return result;
        }
    }
    if (chunker->block.single) {
        fill_single(chunker, chunk);
        return MMT_READ_LINE;
    }
    p = parse_lines(chunk, chunker->p, chunker->block.p + chunker->block.len,
                    chunker->max_lines);
    chunk->bytes = p - chunker->p;
    set_text(chunker, chunk, chunker->p, chunk->bytes);
    chunker->lines += chunk->n;
    chunker->p = p;
    return MMT_READ_LINE;
}
