/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as a program, in any language (see program.h)
 */
#include "tools/sequence/program.h"

#include <gio/gio.h>
#include <inttypes.h>

#include "tools/sequence/program-op.h"
#include "tools/sequence/program-parts.h"

/* A compiler needs much longer for one long function than for several. */
#define FUNCTION_OPS_MAX 1000

#define WORD_MAX 32

/**
 * struct Body: what is open while the phases are printed
 * @p: the program
 * @functions: names of the functions so far
 * @word: end of the names of the phase's functions
 * @phase: phases so far
 * @part: functions of the phase so far
 * @first: first operation of the function
 * @end: by loop, the outermost first: the operation behind its body
 * @depth: loops that are open
 * @empty: by block, the function first: whether it has no statement yet
 */
typedef struct Body {
    const Program *p;
    GPtrArray *functions;
    char *word;
    unsigned phase;
    unsigned part;
    uint32_t first;
    uint32_t end[SEQUENCE_DEPTH_MAX];
    unsigned depth;
    bool empty[SEQUENCE_DEPTH_MAX + 1];
} Body;

static void put_indent(const Body *b, unsigned depth)
{
    fprintf(b->p->out, "%*s", (int)(4 * (depth + 1)), "");
}

static void put_comment(const Program *p, const char *text)
{
    g_autofree char *shown = program_comment(p->style, text);

    fprintf(p->out, "%s%s%s\n", p->style->comment, shown,
            p->style->comment_end);
}

static void end_block(Body *b, unsigned depth)
{
    const ProgramStyle *style = b->p->style;

    if (b->empty[depth] && style->empty) {
        put_indent(b, depth);
        fprintf(b->p->out, "%s\n", style->empty);
    }
    if (style->block_end) {
        fprintf(b->p->out, "%*s%s\n", (int)(4 * depth), "", style->block_end);
    }
}

static void end_loops(Body *b, uint32_t i)
{
    while (b->depth && b->end[b->depth - 1] == i) {
        end_block(b, b->depth);
        b->depth--;
    }
}

static void end_function(Body *b)
{
    if (b->functions->len) {
        end_block(b, 0);
        fputs(b->p->style->block_end ? "\n" : "\n\n", b->p->out);
    }
}

static void begin_function(Body *b, uint32_t i)
{
    g_autofree char *part = b->part ? g_strdup_printf("_part_%u", b->part + 1)
                                    : NULL;
    char *name = g_strdup_printf("phase_%u%s%s%s", b->phase,
                                 *b->word ? "_" : "", b->word,
                                 part ? part : "");

    end_function(b);
    b->first = i;
    b->part++;
    b->empty[0] = true;
    b->p->style->put_function(b->p, name);
    g_ptr_array_add(b->functions, name);
}

static void begin_phase(Body *b, const SeqOp *op)
{
    const char *text = b->p->seq->texts->pdata[op->text];
    g_autofree char *word = program_word(text, WORD_MAX);

    g_free(b->word);
    b->word = g_ascii_strdown(word, -1);
    b->phase += b->functions->len != 0;
    b->part = 0;
}

static void put_loop(Body *b, uint32_t i)
{
    const SeqOp *op = sequence_op(b->p->seq, i);

    put_indent(b, b->depth);
    b->p->style->put_loop(b->p, program_variable(b->depth), op->rounds);
    b->empty[b->depth] = false;
    b->end[b->depth++] = i + 1 + op->body;
    b->empty[b->depth] = true;
}

static void put_note(Body *b, const SeqOp *op)
{
    g_autofree char *text = g_strdup_printf(
        "NOT COMPILED, line %" PRIu64 ": %s", op->line,
        (const char *)b->p->seq->texts->pdata[op->text]);

    put_indent(b, b->depth);
    put_comment(b->p, text);
}

static void put_op(Body *b, uint32_t i)
{
    const SeqOp *op = sequence_op(b->p->seq, i);

    end_loops(b, i);
    if (!b->depth) {
        bool mark = op->kind == SEQ_MARK;

        if (mark) {
            begin_phase(b, op);
        }
        if (mark || !b->functions->len || i - b->first >= FUNCTION_OPS_MAX) {
            begin_function(b, i);
        }
    }
    if (op->kind == SEQ_LOOP) {
        put_loop(b, i);
    } else if (op->kind == SEQ_NOTE) {
        put_note(b, op);
    } else {
        g_autofree char *statement = program_statement(b->p, i, b->depth);

        put_indent(b, b->depth);
        fprintf(b->p->out, "%s\n", statement);
        b->empty[b->depth] = false;
    }
}

static void put_body(const Program *p)
{
    Body b = {
        .p = p,
        .functions = g_ptr_array_new_with_free_func(g_free),
        .word = g_strdup(""),
    };
    uint32_t i;

    for (i = 0; i < p->seq->ops->len; i++) {
        put_op(&b, i);
    }
    end_loops(&b, i);
    end_function(&b);
    p->style->put_main(p, b.functions);
    g_ptr_array_unref(b.functions);
    g_free(b.word);
}

static void put_constants(const Program *p)
{
    const GPtrArray *list = program_names_list(p->names);
    unsigned i;

    put_comment(p, "The device");
    p->style->put_constant(p, "VENDOR_ID", p->seq->vendor, NULL);
    p->style->put_constant(p, "DEVICE_ID", p->seq->device, NULL);
    if (p->vectors) {
        p->style->put_constant(p, "VECTORS", p->vectors, NULL);
    }
    fputc('\n', p->out);
    if (!list->len) {
        return;
    }
    put_comment(p, "Registers");
    for (i = 0; i < list->len; i++) {
        const ProgramName *n = list->pdata[i];

        p->style->put_constant(p, n->name, n->offset,
                               p->seq->texts->pdata[n->text]);
    }
    fputc('\n', p->out);
}

static void use_file(Program *p, uint32_t file, bool fills)
{
    if (file == SEQUENCE_NONE) {
        return;
    }
    p->files += !p->used[file];
    p->used[file] = true;
    p->fills_file |= fills;
}

static void look_at_memory(Program *p, const SeqOp *op)
{
    gsize size = g_bytes_get_size(sequence_memory_bytes(p->seq, op));

    if (op->data != SEQUENCE_NONE) {
        p->data_max = MAX(p->data_max, size);
    }
}

/* What the sequence has, and what of it later operations need */
static void look_through(Program *p)
{
    uint32_t i;

    for (i = 0; i < p->seq->buffers->len; i++) {
        use_file(p, g_array_index(p->seq->buffers, SeqBuffer, i).file, true);
    }
    for (i = 0; i < p->seq->ops->len; i++) {
        const SeqOp *op = sequence_op(p->seq, i);
        gpointer source = GUINT_TO_POINTER(op->source);

        p->has[op->kind] = true;
        use_file(p, op->file, op->kind == SEQ_MEMORY);
        if (op->kind == SEQ_MEMORY) {
            look_at_memory(p, op);
        }
        if (op->kind == SEQ_IRQ) {
            p->vectors = MAX(p->vectors, op->value + 1);
        }
        if (op->kind == SEQ_WRITE && op->source != SEQUENCE_NONE &&
            !g_hash_table_contains(p->kept, source)) {
            g_hash_table_insert(p->kept, source, GUINT_TO_POINTER(
                g_hash_table_size(p->kept)));
        }
    }
}

void sequence_program(const Sequence *seq, SeqBackend backend,
                      const ProgramStyle *style, FILE *out)
{
    Program p = {
        .seq = seq,
        .style = style,
        .backend = backend,
        .out = out,
        .used = g_new0(bool, seq->files->len + 1),
        .kept = g_hash_table_new(NULL, NULL),
        .names = program_names_new(seq),
    };

    look_through(&p);
    style->put_head(&p);
    program_part(&p, "begin");
    put_constants(&p);
    style->put_tables(&p);
    program_parts(&p);
    put_body(&p);
    g_free(p.used);
    g_hash_table_destroy(p.kept);
    program_names_free(p.names);
}
