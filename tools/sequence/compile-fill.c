/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: operations on memory (see compile-fill.h)
 */
#include "tools/sequence/compile-fill.h"

#include <string.h>

#include "tools/sequence/compile-op.h"
#include "tools/sequence/limits.h"

/* Bytes that stand in the sequence; rings files seldom want more of a datum */
#define INLINE_MAX 512

/**
 * struct Pointer: an address in memory
 * @word: the address
 * @buffer: number of the buffer that it is one of
 */
typedef struct Pointer {
    CompileWord word;
    uint32_t buffer;
} Pointer;

/**
 * struct Fill: runs that follow each other in memory: one operation
 * @c: the state
 * @runs: CompileRun pointers
 * @bytes: their bytes
 * @pointers: Pointer, addresses in them
 * @memory: number of their buffer
 */
typedef struct Fill {
    Compile *c;
    GPtrArray *runs;
    GByteArray *bytes;
    GArray *pointers;
    uint32_t memory;
} Fill;

static uint64_t buffer_address(const Compile *c, uint32_t number)
{
    return g_array_index(c->seq->buffers, SeqBuffer, number).address;
}

static void note_no_room(Compile *c, uint64_t line)
{
    if (!c->no_room) {
        compile_note(c, line,
                     "memory that the driver wrote is left out here, and at other places, and addresses of it stay as they were in the trace: there is more of it than a sequence may have; select a shorter part of the trace");
        c->no_room = true;
    }
}

/* An address: the bytes have none, so that nobody takes the guest's for ours. */
static void take_word(void *opaque, const CompileWord *word)
{
    const Fill *fill = opaque;
    Compile *c = fill->c;
    const CompileRun *first = fill->runs->pdata[0];
    Pointer pointer = {
        .word = *word,
        .buffer = compile_dma_buffer(c->dma, c->seq, word->value, first->line),
    };

    if (pointer.buffer == SEQUENCE_NONE) {
        note_no_room(c, first->line);
    } else {
        memset(fill->bytes->data + (word->at - first->address), 0,
               word->width);
        g_array_append_val(fill->pointers, pointer);
    }
}

static void put_pointer(const Fill *fill, const Pointer *pointer)
{
    Compile *c = fill->c;
    const CompileRun *first = fill->runs->pdata[0];
    const CompileWord *word = &pointer->word;
    SeqOp *op = compile_op(c, SEQ_POINTER, first->line);

    op->memory = fill->memory;
    op->offset = word->at - buffer_address(c, fill->memory);
    op->width = word->width;
    op->buffer = pointer->buffer;
    op->value = word->value - buffer_address(c, pointer->buffer);
    if (word->width == 4) {
        op->part = SEQ_PART_LOW;
        g_array_index(c->seq->buffers, SeqBuffer,
                      pointer->buffer).below_4g = true;
    }
}

static void put_bytes(const Fill *fill, SeqOp *op)
{
    Compile *c = fill->c;
    g_autoptr(GBytes) bytes = g_bytes_new(fill->bytes->data, fill->bytes->len);
    g_autofree char *stem = NULL;

    if (fill->bytes->len <= INLINE_MAX) {
        op->data = sequence_data(c->seq, bytes);
    } else {
        stem = g_strdup_printf("%s-memory", c->options->stem);
        op->file = sequence_file(c->seq, stem, bytes);
    }
}

/* Is there room for its bytes, and does it lie in a buffer? */
static bool has_room(Fill *fill)
{
    Compile *c = fill->c;
    const CompileRun *first = fill->runs->pdata[0];
    const SeqBuffer *buffer;
    uint64_t offset;

    fill->memory = compile_dma_buffer(c->dma, c->seq, first->address,
                                      first->line);
    if (fill->memory != SEQUENCE_NONE) {
        buffer = &g_array_index(c->seq->buffers, SeqBuffer, fill->memory);
        offset = first->address - buffer->address;
        if (fill->bytes->len <= buffer->size - offset) {
            return true;
        }
    }
    note_no_room(c, first->line);
    return false;
}

static void put_memory(const Fill *fill)
{
    Compile *c = fill->c;
    const CompileRun *first = fill->runs->pdata[0];
    const CompileRun *last = fill->runs->pdata[fill->runs->len - 1];
    uint32_t text = sequence_text(c->seq, compile_runs_text(
                                              compile_memory_runs(c->memory),
                                              first));
    SeqOp *op = compile_op(c, SEQ_MEMORY, first->line);

    op->memory = fill->memory;
    op->offset = first->address - buffer_address(c, fill->memory);
    op->width = 1;
    op->text = text;
    op->last_line = last->line;
    put_bytes(fill, op);
}

static void end_fill(Fill *fill)
{
    Compile *c = fill->c;
    guint i;

    if (!fill->runs->len || !has_room(fill)) {
        return;
    }
    g_array_set_size(fill->pointers, 0);
    for (i = 0; i < fill->runs->len; i++) {
        compile_memory_words(c->memory, fill->runs->pdata[i], take_word, fill);
    }
    put_memory(fill);
    for (i = 0; i < fill->pointers->len; i++) {
        put_pointer(fill, &g_array_index(fill->pointers, Pointer, i));
    }
}

/* Does a run go on where the last one ended? */
static bool continues(const Fill *fill, const CompileRun *run)
{
    const CompileRun *last = fill->runs->len ?
                             fill->runs->pdata[fill->runs->len - 1] : NULL;

    return last && run->access == last->access && run->name == last->name &&
           run->order == last->order &&
           run->address == last->address + last->len &&
           fill->bytes->len + run->len <= INLINE_MAX;
}

static void fill_runs(Fill *fill, const CompileRun *run, uint64_t line)
{
    Compile *c = fill->c;
    const CompileRuns *runs = compile_memory_runs(c->memory);

    for (; !c->full && run; run = compile_memory_next(c->memory, line)) {
        if (!continues(fill, run)) {
            end_fill(fill);
            g_ptr_array_set_size(fill->runs, 0);
            g_byte_array_set_size(fill->bytes, 0);
        }
        g_ptr_array_add(fill->runs, (gpointer)run);
        g_byte_array_append(fill->bytes, compile_runs_bytes(runs, run),
                            run->len);
    }
    end_fill(fill);
}

void compile_fill(Compile *c, uint64_t line)
{
    Fill fill = { .c = c };
    const CompileRun *run;
    const char *remark;

    while ((remark = compile_memory_remark(c->memory, line))) {
        compile_note(c, line, "%s", remark);
    }
    run = compile_memory_next(c->memory, line);
    if (!run) {
        return;
    }
    fill.runs = g_ptr_array_new();
    fill.bytes = g_byte_array_new();
    fill.pointers = g_array_new(FALSE, FALSE, sizeof(Pointer));
    fill_runs(&fill, run, line);
    g_ptr_array_unref(fill.runs);
    g_byte_array_unref(fill.bytes);
    g_array_unref(fill.pointers);
}
