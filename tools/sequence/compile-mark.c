/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: marks, interrupts, events that are lost (see
 * compile-mark.h)
 */
#include "tools/sequence/compile-mark.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/trace.h"
#include "tools/sequence/compile-op.h"

/* Bytes of a text that are kept */
#define TEXT_MAX 900

/* The part of a guest's mark that the guest wrote */
static MmtSpan text_of_guest(MmtSpan text)
{
    MmtSpan said = mmt_mark_said(text);

    return said.p ? said : text;
}

static CompileMarkKind take_text(MmtSpan text, CompileMark *mark)
{
    mark->text = g_strndup(text.p, MIN(text.len, TEXT_MAX));
    return COMPILE_MARK_TEXT;
}

/* Is a mark about the device whose accesses are compiled? */
static bool is_of_device(const Compile *c, MmtTrace *trace, MmtSpan text)
{
    MmtSpan id = mmt_mark_value(text, "device");
    const MmtRegionDevice *device;

    if (c->region == MMT_NO_REGION || !id.p) {
        return c->region != MMT_NO_REGION;
    }
    device = mmt_regions_device(mmt_trace_table(trace), c->region);
    return mmt_words_are(id, device->name) || mmt_words_are(id, device->id);
}

/* A line that goes down is the driver's doing. */
static CompileMarkKind take_irq(MmtSpan text, CompileMark *mark)
{
    MmtSpan vector = mmt_mark_value(text, "vector");
    uint64_t level = 1;

    if (vector.p && (!mmt_words_decimal(vector, &mark->vector) ||
                     mark->vector >= SEQUENCE_VECTORS)) {
        return COMPILE_MARK_NONE;
    }
    if (!vector.p) {
        level = mmt_words_number(text, "level");
    }
    return level ? COMPILE_MARK_IRQ : COMPILE_MARK_NONE;
}

static CompileMarkKind take_tracer(const Compile *c, MmtTrace *trace,
                                   MmtSpan text, CompileMark *mark)
{
    MmtSpan name = mmt_mark_name(text);

    switch (name.p ? mmt_mark_find(name.p, name.len) : MMT_MARKS) {
    case MMT_MARK_IRQ:
        return is_of_device(c, trace, text) ? take_irq(text, mark)
                                            : COMPILE_MARK_NONE;
    case MMT_MARK_FAILED:
        return COMPILE_MARK_FAILED;
    default:
        return COMPILE_MARK_NONE;
    }
}

CompileMarkKind compile_mark(const Compile *c, MmtTrace *trace,
                             const MmtEntry *entry, CompileMark *mark)
{
    MmtSpan text;

    *mark = (CompileMark) { .kind = COMPILE_MARK_NONE };
    if (entry->kind == MMT_ENTRY_LOST) {
        mark->kind = COMPILE_MARK_LOST;
    } else if (entry->kind == MMT_ENTRY_MARK &&
               !(entry->flags & MMT_ENTRY_ASIDE)) {
        text.p = mmt_trace_text(trace, entry, &text.len);
        if (entry->flags & MMT_ENTRY_TRACER) {
            mark->kind = take_tracer(c, trace, text, mark);
        } else if (entry->flags & MMT_ENTRY_GUEST) {
            mark->kind = take_text(text_of_guest(text), mark);
        } else {
            mark->kind = take_text(text, mark);
        }
    }
    return mark->kind;
}

static void add_text(Compile *c, const MmtEntry *entry, const char *text)
{
    uint32_t number = sequence_text(c->seq, text);

    compile_op(c, SEQ_MARK, entry->line)->text = number;
}

/*
 * Of interrupts that come one after the other, who plays may see fewer: a second
 * one is lost while the first is on its way.
 *
 * Return: whether this one belongs to the last one
 */
static bool join_irq(Compile *c, const MmtEntry *entry, uint64_t vector)
{
    uint32_t i, n = c->seq->ops->len;
    SeqOp *op;

    for (i = c->irqs_end; i < n; i++) {
        if (sequence_op(c->seq, i)->kind != SEQ_NOTE) {
            c->irqs_begin = n;
            break;
        }
    }
    c->irqs_end = n;
    if (c->irqs[vector] <= c->irqs_begin) {
        return false;
    }
    op = sequence_op(c->seq, c->irqs[vector] - 1);
    op->last_line = entry->line;
    op->rounds++;
    return true;
}

static void add_irq(Compile *c, const MmtEntry *entry, uint64_t vector)
{
    uint64_t seen = 0;
    SeqOp *op;

    if (join_irq(c, entry, vector)) {
        c->timed = entry->flags & MMT_ENTRY_TIMED;
        c->last_ns = entry->ns;
        return;
    }
    op = compile_op(c, SEQ_IRQ, entry->line);
    if (!c->full) {
        c->irqs_end = c->seq->ops->len;
        c->irqs[vector] = c->irqs_end;
    }
    if (c->timed && entry->flags & MMT_ENTRY_TIMED &&
        entry->ns > c->last_ns) {
        seen = entry->ns - c->last_ns;
    }
    op->value = vector;
    op->rounds = 1;
    op->ns = MAX(COMPILE_LIMIT_TIMES * seen, COMPILE_IRQ_MIN_NS);
    c->timed = entry->flags & MMT_ENTRY_TIMED;
    c->last_ns = entry->ns;
}

void compile_mark_op(Compile *c, const MmtEntry *entry, CompileMark *mark)
{
    switch (mark->kind) {
    case COMPILE_MARK_TEXT:
        add_text(c, entry, mark->text);
        break;
    case COMPILE_MARK_IRQ:
        add_irq(c, entry, mark->vector);
        break;
    case COMPILE_MARK_FAILED:
        compile_note(c, entry->line,
                     "the device did not answer the access before this");
        break;
    case COMPILE_MARK_LOST:
        if (entry->value == UINT64_MAX) {
            compile_note(c, entry->line,
                         "events of the trace are missing here");
        } else {
            compile_note(c, entry->line,
                         "%" PRIu64 " events of the trace are missing here",
                         entry->value);
        }
        break;
    default:
        break;
    }
    g_clear_pointer(&mark->text, g_free);
}
