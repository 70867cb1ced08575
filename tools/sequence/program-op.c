/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: an operation as a statement of a program (see program-op.h)
 *
 * Expressions mean the same in C, where numbers have 64 bits, and in Python,
 * where they have any: the functions of the parts take the bits that count.
 */
#include "tools/sequence/program-op.h"

#include <inttypes.h>

#include "tools/sequence/program-parts.h"

/* Bytes in a line, with a space behind each few of them */
#define LINE_BYTES 32
#define GROUP_BYTES 4

/* What a statement is made of */
typedef struct Statement {
    const Program *p;
    const SeqOp *op;
    uint32_t i;
    unsigned depth;
    GString *text;
} Statement;

const char *program_variable(unsigned level)
{
    static const char *const names[SEQUENCE_DEPTH_MAX] = { "i", "j", "k" };

    return names[level];
}

static void put_lines(GString *text, const SeqOp *op)
{
    if (op->last_line != op->line) {
        g_string_append_printf(text, "lines %" PRIu64 " to %" PRIu64, op->line,
                               op->last_line);
    } else {
        g_string_append_printf(text, "line %" PRIu64, op->line);
    }
}

static void put_times(GString *text, int64_t number, const char *variable)
{
    uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;

    if (number) {
        g_string_append_printf(text, " %c 0x%" PRIx64 " * %s",
                               number < 0 ? '-' : '+', size, variable);
    }
}

static void put_region(Statement *s)
{
    g_autofree char *name = g_ascii_strup(sequence_region_name(s->op->region),
                                          -1);

    g_string_append(s->text, name);
}

static void put_offset(Statement *s)
{
    const char *name = program_has_place(s->op)
                       ? program_names_find(s->p->names, s->op) : NULL;
    unsigned k;

    if (name) {
        g_string_append(s->text, name);
    } else {
        g_string_append_printf(s->text, "0x%" PRIx64, s->op->offset);
    }
    for (k = 0; k < s->depth && s->op->kind != SEQ_UPLOAD; k++) {
        put_times(s->text, s->op->stride[k],
                  program_variable(s->depth - 1 - k));
    }
}

static void put_number(Statement *s)
{
    g_string_append_printf(s->text, "0x%" PRIx64, s->op->value);
    if (s->depth) {
        put_times(s->text, s->op->step, program_variable(s->depth - 1));
    }
}

static void put_address(Statement *s)
{
    static const char *const ends[] = {
        [SEQ_PART_WHOLE] = "",
        [SEQ_PART_LOW] = " & 0xffffffff",
        [SEQ_PART_HIGH] = " >> 32",
    };
    const SeqBuffer *buffer = &g_array_index(s->p->seq->buffers, SeqBuffer,
                                             s->op->buffer);
    bool sum = s->op->value || (s->depth && s->op->step);
    bool inner = sum && s->op->part != SEQ_PART_WHOLE;

    g_string_append_printf(s->text, "%siova(BUFFER_%s)", inner ? "(" : "",
                           buffer->name);
    if (sum) {
        g_string_append(s->text, " + ");
        put_number(s);
    }
    g_string_append_printf(s->text, "%s%s", inner ? ")" : "",
                           ends[s->op->part]);
}

/* (((kept[0] & 0xff) | 0x1) ^ 0x2) + 0x4, of which only what changes it */
static void put_changed(Statement *s)
{
    const SeqOp *op = s->op;
    struct {
        const char *sign;
        uint64_t number;
        bool changes;
    } steps[] = {
        { "&", op->and_mask, op->and_mask != UINT64_MAX },
        { "|", op->or_mask, op->or_mask },
        { "^", op->xor_mask, op->xor_mask },
        { "+", op->add, op->add },
    };
    g_autoptr(GString) value = g_string_new(NULL);
    uint32_t kept = GPOINTER_TO_UINT(g_hash_table_lookup(
        s->p->kept, GUINT_TO_POINTER(op->source)));
    bool inner = false;
    size_t i;

    g_string_printf(value, "kept[%u]", kept);
    for (i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (steps[i].changes) {
            g_string_prepend(value, inner ? "(" : "");
            g_string_append_printf(value, "%s %s 0x%" PRIx64,
                                   inner ? ")" : "", steps[i].sign,
                                   steps[i].number);
            inner = true;
        }
    }
    g_string_append(s->text, value->str);
}

static void put_call(Statement *s, const char *function)
{
    gpointer kept;

    if (g_hash_table_lookup_extended(s->p->kept, GUINT_TO_POINTER(s->i), NULL,
                                     &kept)) {
        g_string_append_printf(s->text, "kept[%u] = ", GPOINTER_TO_UINT(kept));
    }
    g_string_append_printf(s->text, "%s%u(", function, s->op->width * 8);
    put_region(s);
    g_string_append(s->text, ", ");
    put_offset(s);
}

/*
 * The end of a statement that does not know its lines.  A register's name is in
 * it already.
 */
static void put_end(Statement *s)
{
    const ProgramStyle *style = s->p->style;

    g_string_append_printf(s->text, ")%s  %s", style->end, style->comment);
    put_lines(s->text, s->op);
    if (s->op->memory != SEQUENCE_NONE && s->op->text != SEQUENCE_NONE) {
        g_autofree char *name = program_comment(
            style, s->p->seq->texts->pdata[s->op->text]);

        g_string_append_printf(s->text, ": %s", name);
    }
    g_string_append(s->text, style->comment_end);
}

static void put_lines_end(Statement *s)
{
    g_string_append(s->text, ", \"");
    put_lines(s->text, s->op);
    g_string_append_printf(s->text, "\")%s", s->p->style->end);
}

static void put_write(Statement *s)
{
    put_call(s, "wr");
    g_string_append(s->text, ", ");
    if (s->op->buffer != SEQUENCE_NONE) {
        put_address(s);
    } else if (s->op->source != SEQUENCE_NONE) {
        put_changed(s);
    } else {
        put_number(s);
    }
    put_end(s);
}

static void put_read(Statement *s)
{
    put_call(s, "rd");
    put_end(s);
}

static void put_check(Statement *s)
{
    put_call(s, "check");
    g_string_append(s->text, ", ");
    put_number(s);
    g_string_append_printf(s->text, ", 0x%" PRIx64, s->op->mask);
    put_lines_end(s);
}

static uint64_t to_us(uint64_t ns)
{
    return ns / 1000 + (ns % 1000 != 0);
}

static void put_poll(Statement *s)
{
    put_call(s, "poll");
    g_string_append(s->text, ", ");
    put_number(s);
    g_string_append_printf(s->text, ", 0x%" PRIx64 ", %s, %" PRIu64,
                           s->op->mask, s->op->differs ? "DIFFERENT" : "EQUAL",
                           to_us(s->op->ns));
    put_lines_end(s);
}

static void put_delay(Statement *s)
{
    g_string_append_printf(s->text, "delay(%" PRIu64, to_us(s->op->ns));
    put_end(s);
}

static void put_mark(Statement *s)
{
    const char *text = s->p->seq->texts->pdata[s->op->text];
    g_autofree char *quoted = s->p->style->quote(text);

    g_string_append_printf(s->text, "mark(%s", quoted);
    put_end(s);
}

static void put_upload(Statement *s)
{
    const SeqFile *file = &g_array_index(s->p->seq->files, SeqFile,
                                         s->op->file);
    g_autofree char *name = s->p->style->quote(file->name);

    g_string_append(s->text, "upload(");
    put_region(s);
    g_string_append_printf(s->text, ", %u, ", s->op->width);
    put_offset(s);
    g_string_append_printf(s->text, ", %" PRId64 ", %s, %" PRIu64,
                           s->op->stride[0], name, s->op->rounds);
    put_end(s);
}

/* In C, a string goes on where the next one begins, as in Python. */
static void put_digits(Statement *s, GBytes *bytes)
{
    gsize size, i;
    const uint8_t *byte = g_bytes_get_data(bytes, &size);

    for (i = 0; i < size; i++) {
        if (i && i % LINE_BYTES == 0) {
            g_string_append(s->text, "\"\n");
        } else if (i && i % GROUP_BYTES == 0) {
            g_string_append_c(s->text, ' ');
        }
        if (i % LINE_BYTES == 0) {
            g_string_append_printf(s->text, "%*s\"", size > LINE_BYTES
                                   ? (int)(4 * (s->depth + 2)) : 0, "");
        }
        g_string_append_printf(s->text, "%02x", byte[i]);
    }
    g_string_append_c(s->text, '"');
}

static void put_memory_place(Statement *s, const char *function)
{
    const SeqBuffer *buffer = &g_array_index(s->p->seq->buffers, SeqBuffer,
                                             s->op->memory);

    g_string_append_printf(s->text, "%s(BUFFER_%s, ", function, buffer->name);
    put_offset(s);
    g_string_append_c(s->text, ',');
}

static void put_memory(Statement *s)
{
    GBytes *bytes = sequence_memory_bytes(s->p->seq, s->op);

    if (s->op->data == SEQUENCE_NONE) {
        g_autofree char *name = s->p->style->quote(
            g_array_index(s->p->seq->files, SeqFile, s->op->file).name);

        put_memory_place(s, "fill_file");
        g_string_append_printf(s->text, " %s", name);
    } else {
        put_memory_place(s, "fill");
        g_string_append_c(s->text,
                          g_bytes_get_size(bytes) > LINE_BYTES ? '\n' : ' ');
        put_digits(s, bytes);
    }
    put_end(s);
}

static void put_pointer(Statement *s)
{
    put_memory_place(s, s->op->width == 4 ? "pointer32" : "pointer64");
    g_string_append_c(s->text, ' ');
    put_address(s);
    put_end(s);
}

static void put_irq(Statement *s)
{
    g_string_append_printf(s->text, "wait_irq(%" PRIu64 ", %" PRIu64
                           ", %" PRIu64, s->op->value, MAX(s->op->rounds, 1),
                           to_us(s->op->ns));
    put_lines_end(s);
}

char *program_statement(const Program *p, uint32_t i, unsigned depth)
{
    static void (*const put[SEQ__MAX])(Statement *) = {
        [SEQ_WRITE] = put_write,
        [SEQ_READ] = put_read,
        [SEQ_CHECK] = put_check,
        [SEQ_POLL] = put_poll,
        [SEQ_DELAY] = put_delay,
        [SEQ_MARK] = put_mark,
        [SEQ_UPLOAD] = put_upload,
        [SEQ_IRQ] = put_irq,
        [SEQ_MEMORY] = put_memory,
        [SEQ_POINTER] = put_pointer,
    };
    Statement s = {
        .p = p,
        .op = sequence_op(p->seq, i),
        .i = i,
        .depth = depth,
        .text = g_string_new(NULL),
    };

    put[s.op->kind](&s);
    return g_string_free(s.text, FALSE);
}
