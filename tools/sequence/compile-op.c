/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: operations are appended (see compile-op.h)
 */
#include "tools/sequence/compile-op.h"

#include <stdarg.h>

SeqOp *compile_op(Compile *c, SeqKind kind, uint64_t line)
{
    static SeqOp nowhere;
    SeqOp *op = c->full ? NULL : sequence_add(c->seq, kind, line);

    if (!op) {
        c->full = true;
        nowhere = (SeqOp) { .kind = kind };
        return &nowhere;
    }
    return op;
}

void compile_note(Compile *c, uint64_t line, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    SeqOp *last = c->seq->ops->len ?
                  sequence_op(c->seq, c->seq->ops->len - 1) : NULL;
    uint32_t number;
    va_list args;

    va_start(args, fmt);
    text = g_strdup_vprintf(fmt, args);
    va_end(args);
    number = sequence_text(c->seq, text);
    if (last && last->kind == SEQ_NOTE && last->text == number) {
        last->last_line = line;
        return;
    }
    compile_op(c, SEQ_NOTE, line)->text = number;
}
