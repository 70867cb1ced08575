/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: single accesses (see chunks.h)
 */
#include "tools/report/chunks.h"

#include <string.h>

#include "tools/report/json.h"

/* Bytes of a line, and of the lines of a chunk, that are kept */
#define LINE_MAX_BYTES 1023
#define LINES_MAX_BYTES (8u << 20)

typedef enum Column {
    COLUMN_DELTA,
    COLUMN_LINE,
    COLUMN_REGION,
    COLUMN_OP,
    COLUMN_CPU,
    COLUMN_OFFSET,
    COLUMN_VALUE,
    COLUMN_LATENCY,
    COLUMN_PC,
    COLUMNS,
} Column;

static const struct {
    const char *name;
    unsigned bytes;
} columns[COLUMNS] = {
    [COLUMN_DELTA] = { "delta", 6 },
    [COLUMN_LINE] = { "line", 4 },
    [COLUMN_REGION] = { "region", 2 },
    [COLUMN_OP] = { "op", 1 },
    [COLUMN_CPU] = { "cpu", 2 },
    [COLUMN_OFFSET] = { "offset", 8 },
    [COLUMN_VALUE] = { "value", 8 },
    [COLUMN_LATENCY] = { "latency", 4 },
    [COLUMN_PC] = { "pc", 8 },
};

#define ROW_BYTES 43

/* Larger steps of time begin a chunk: some days */
#define DELTA_MAX ((UINT64_C(1) << 48) - 1)

/**
 * struct Held: a chunk that is written if the tables leave room
 * @planes: its columns, compressed
 * @n: accesses
 * @t0: place of the first one
 * @t1: place of the last one
 * @line0: line of the first one
 * @line1: line of the last one
 */
typedef struct Held {
    GByteArray *planes;
    uint32_t n;
    uint64_t t0;
    uint64_t t1;
    uint64_t line0;
    uint64_t line1;
} Held;

/**
 * struct ReportChunks: the chunks
 * @blocks: where they go
 * @max: bytes of all blocks after which chunks are held
 * @max_held: bytes of those that are held
 * @max_lines: likewise no more lines
 * @list: the chunks that were written, in JSON
 * @held: Held: chunks behind those
 * @held_bytes: bytes of their columns
 * @n_chunks: number of chunks, with those that are held
 * @single: accesses in them
 * @last_line: line of the last one
 * @ended: there are no more chunks
 * @n: accesses of this chunk
 * @items: by column, the items of this chunk
 * @planes: room for their bytes
 * @lines: lines of this chunk
 * @no_lines: they were too long
 * @t0: place of the first one
 * @t1: place of the last one
 * @line0: line of the first one
 * @line1: line of the last one
 */
struct ReportChunks {
    ReportBlocks *blocks;
    uint64_t max;
    uint64_t max_held;
    uint64_t max_lines;
    GString *list;
    GArray *held;
    uint64_t held_bytes;
    unsigned n_chunks;
    uint64_t single;
    uint64_t last_line;
    bool ended;
    uint32_t n;
    uint64_t (*items)[REPORT_CHUNK];
    uint8_t *planes;
    GString *lines;
    bool no_lines;
    uint64_t t0;
    uint64_t t1;
    uint64_t line0;
    uint64_t line1;
};

static void held_clear(void *data)
{
    g_byte_array_unref(((Held *)data)->planes);
}

ReportChunks *report_chunks_new(ReportBlocks *blocks, uint64_t max,
                                uint64_t max_held, uint64_t max_lines)
{
    ReportChunks *c = g_new0(ReportChunks, 1);

    c->blocks = blocks;
    c->max = max;
    c->max_held = max_held;
    c->max_lines = max_lines;
    c->held = g_array_new(FALSE, FALSE, sizeof(Held));
    g_array_set_clear_func(c->held, held_clear);
    c->list = g_string_new(NULL);
    c->items = g_malloc(sizeof(*c->items) * COLUMNS);
    c->planes = g_malloc((size_t)ROW_BYTES * REPORT_CHUNK);
    c->lines = g_string_new(NULL);
    return c;
}

void report_chunks_free(ReportChunks *c)
{
    if (!c) {
        return;
    }
    g_string_free(c->list, TRUE);
    g_array_unref(c->held);
    g_string_free(c->lines, TRUE);
    g_free(c->items);
    g_free(c->planes);
    g_free(c);
}

/* --- writing ------------------------------------------------------------- */

/* Return: bytes of the planes */
static size_t make_planes(ReportChunks *c)
{
    uint8_t *p = c->planes;
    unsigned column, byte;
    uint32_t i;

    for (column = 0; column < COLUMNS; column++) {
        for (byte = 0; byte < columns[column].bytes; byte++) {
            for (i = 0; i < c->n; i++) {
                *p++ = c->items[column][i] >> (8 * byte);
            }
        }
    }
    return p - c->planes;
}

static void write_lines(ReportChunks *c, GString *json, uint32_t n)
{
    g_autoptr(GByteArray) packed = NULL;

    if (!c->no_lines && report_blocks_written(c->blocks) < c->max_lines) {
        packed = report_block_pack(c->blocks, c->lines->str, c->lines->len);
        report_block_put_packed(c->blocks, json, "lines", "lines", packed,
                                n);
    }
}

/* Return: was there room for it? */
static bool put_chunk(ReportChunks *c, const Held *chunk, bool lines)
{
    gsize begin = c->list->len;

    report_json_open(c->list, NULL, '{');
    if (!report_block_put_packed(c->blocks, c->list, "planes", "planes",
                                 chunk->planes, chunk->n)) {
        g_string_truncate(c->list, begin);
        return false;
    }
    if (lines) {
        write_lines(c, c->list, chunk->n);
    }
    report_json_number(c->list, "n", chunk->n);
    report_json_number(c->list, "first", c->single);
    report_json_number(c->list, "t", chunk->t0);
    report_json_number(c->list, "end", chunk->t1);
    report_json_number(c->list, "line", chunk->line0);
    report_json_number(c->list, "last-line", chunk->line1);
    report_json_close(c->list, '}');
    c->single += chunk->n;
    c->last_line = chunk->line1;
    return true;
}

/*
 * What is left of the room for tables is known when these are written: until
 * then, some chunks are held.  One that does not fit is the end, as there are
 * no gaps.
 */
static void write_chunk(ReportChunks *c)
{
    size_t len = make_planes(c);
    Held chunk = {
        .planes = report_block_pack(c->blocks, c->planes, len),
        .n = c->n,
        .t0 = c->t0,
        .t1 = c->t1,
        .line0 = c->line0,
        .line1 = c->line1,
    };

    c->n = 0;
    if (++c->n_chunks > REPORT_CHUNKS) {
        c->ended = true;
    } else if (!c->held->len && report_blocks_written(c->blocks) < c->max &&
               put_chunk(c, &chunk, true)) {
        held_clear(&chunk);
        return;
    } else if (c->held_bytes + chunk.planes->len <= c->max_held) {
        c->held_bytes += chunk.planes->len;
        g_array_append_val(c->held, chunk);
        return;
    }
    c->ended = true;
    held_clear(&chunk);
}

/* --- taking -------------------------------------------------------------- */

static void begin_chunk(ReportChunks *c, const ReportAccess *access)
{
    c->t0 = access->t;
    c->t1 = access->t;
    c->line0 = access->entry->line;
    c->line1 = access->entry->line;
    g_string_truncate(c->lines, 0);
    c->no_lines = false;
}

/* Control characters are the page's affair, but a newline ends a line. */
static void add_line(ReportChunks *c, const ReportAccess *access)
{
    if (c->no_lines || c->lines->len > LINES_MAX_BYTES) {
        c->no_lines = true;
        return;
    }
    g_string_append_len(c->lines, access->line,
                        MIN(access->len, LINE_MAX_BYTES));
    g_string_append_c(c->lines, '\n');
}

static void add_items(ReportChunks *c, const ReportAccess *access)
{
    const MmtEntry *e = access->entry;
    const uint64_t row[COLUMNS] = {
        [COLUMN_DELTA] = access->t - c->t1,
        [COLUMN_LINE] = e->line - c->line1,
        [COLUMN_REGION] = MIN(access->region, UINT16_MAX),
        [COLUMN_OP] = (e->kind & 3) | (e->width & 15) << 2,
        [COLUMN_CPU] = MIN(e->cpu, UINT16_MAX),
        [COLUMN_OFFSET] = e->offset,
        [COLUMN_VALUE] = e->value,
        [COLUMN_LATENCY] = access->latency,
        [COLUMN_PC] = e->pc,
    };
    unsigned i;

    for (i = 0; i < COLUMNS; i++) {
        c->items[i][c->n] = row[i];
    }
}

/* Are time and line so far from the last one's that they need a new chunk? */
static bool is_far(const ReportChunks *c, const ReportAccess *access)
{
    return access->t - c->t1 > DELTA_MAX || access->entry->line < c->line1 ||
           access->entry->line - c->line1 > UINT32_MAX;
}

void report_chunks_take(ReportChunks *c, const ReportAccess *access)
{
    if (c->n == REPORT_CHUNK || (c->n && is_far(c, access))) {
        write_chunk(c);
    }
    if (c->ended) {
        return;
    }
    if (!c->n) {
        begin_chunk(c, access);
    }
    add_items(c, access);
    add_line(c, access);
    c->t1 = access->t;
    c->line1 = access->entry->line;
    c->n++;
}

uint64_t report_chunks_single(const ReportChunks *c)
{
    return c->single;
}

uint64_t report_chunks_last_line(const ReportChunks *c)
{
    return c->last_line;
}

static void put_held(ReportChunks *c)
{
    guint i;

    for (i = 0; i < c->held->len; i++) {
        if (!put_chunk(c, &g_array_index(c->held, Held, i), false)) {
            return;
        }
    }
}

void report_chunks_put(ReportChunks *c, GString *json)
{
    unsigned i;

    if (c->n && !c->ended) {
        write_chunk(c);
    }
    put_held(c);
    report_json_number(json, "single", c->single);
    report_json_open(json, "columns", '[');
    for (i = 0; i < COLUMNS; i++) {
        report_json_open(json, NULL, '[');
        report_json_text(json, NULL, columns[i].name);
        report_json_number(json, NULL, columns[i].bytes);
        report_json_close(json, ']');
    }
    report_json_close(json, ']');
    report_json_open(json, "chunks", '[');
    g_string_append_len(json, c->list->str, c->list->len);
    report_json_close(json, ']');
}
