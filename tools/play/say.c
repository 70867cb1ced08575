/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: the words for how a sequence ended (see say.h)
 */
#include "tools/play/say.h"
#include "tools/play/show.h"

#include <inttypes.h>

static void put_counts(GString *text, const PlayResult *result)
{
    g_string_append_printf(text, "%" PRIu64 " read%s and %" PRIu64
                           " write%s in ", result->reads,
                           result->reads == 1 ? "" : "s", result->writes,
                           result->writes == 1 ? "" : "s");
    play_put_time(text, result->ns);
}

static const char *mark_name(const Sequence *seq, const SeqOp *op)
{
    return seq->texts->pdata[op->text];
}

/* The phase: the last mark before the operation that is not in a loop */
static void put_phase(GString *text, const Sequence *seq, uint32_t i)
{
    const SeqOp *mark = NULL;
    uint32_t at = 0;

    while (at < i) {
        const SeqOp *op = sequence_op(seq, at);

        if (op->kind == SEQ_MARK) {
            mark = op;
        }
        at += 1 + (op->kind == SEQ_LOOP ? op->body : 0);
    }
    if (mark) {
        g_string_append_printf(text, "\n    phase     %s",
                               mark_name(seq, mark));
    }
}

static void put_trace(GString *text, const Sequence *seq, const SeqOp *op)
{
    const char *trace = seq->trace ? seq->trace : "the trace";

    if (op->last_line > op->line) {
        g_string_append_printf(text, "\n    trace     %s, lines %" PRIu64
                               " to %" PRIu64, trace, op->line, op->last_line);
    } else if (op->line) {
        g_string_append_printf(text, "\n    trace     %s, line %" PRIu64,
                               trace, op->line);
    }
}

static void put_rounds(GString *text, const PlayResult *result)
{
    unsigned i;

    for (i = 0; i < result->depth; i++) {
        g_string_append_printf(text, "%s round %" PRIu64 " of %" PRIu64,
                               i ? " in" : "\n    loop     ",
                               result->round[i] + 1, result->rounds[i]);
    }
}

/* What was expected of the bits, and what came */
static void put_values(GString *text, const SeqOp *op,
                       const PlayResult *result)
{
    uint64_t differs = (result->got ^ result->expected) & op->mask;
    int digits = 2 * op->width;

    g_string_append_printf(text, "\n    expected  %s0x%0*" PRIx64,
                           op->differs ? "not " : "", digits,
                           result->expected);
    g_string_append_printf(text, "\n    got       0x%0*" PRIx64, digits,
                           result->got);
    g_string_append_printf(text, "\n    mask      0x%0*" PRIx64, digits,
                           op->mask);
    if (!op->differs) {
        g_string_append_printf(text, ", of which 0x%0*" PRIx64 " differ",
                               digits, differs);
    }
}

/* All ones are what a device reads that does not answer. */
static void put_pulse(GString *text, const PlayResult *result)
{
    if (result->pulse == PLAY_PULSE_NONE) {
        g_string_append(text,
                        "\n    device    does not answer, its config space neither: it was unplugged, or has no power, or hangs");
    } else if (result->pulse == PLAY_PULSE_ONES) {
        g_string_append(text,
                        "\n    device    answers in config space, but all bits of this register are ones: its memory may be off, or it hangs");
    }
}

/* Where a sequence ended, and what was seen there */
static void put_place(GString *text, const Sequence *seq,
                      const PlayResult *result, bool values)
{
    const SeqOp *op = sequence_op(seq, result->op);

    if (op->memory != SEQUENCE_NONE) {
        g_string_append(text, "\n    buffer    ");
        play_put_memory(text, seq, op, result->offset);
    } else if (op->width) {
        g_string_append(text, "\n    register  ");
        play_put_place(text, seq, op, result->offset);
    }
    if (values) {
        put_values(text, op, result);
        put_pulse(text, result);
    }
    put_rounds(text, result);
    put_phase(text, seq, result->op);
    put_trace(text, seq, op);
    g_string_append(text, "\n    after     ");
    put_counts(text, result);
}

static void put_waited(GString *text, const SeqOp *op, uint32_t i,
                       const char *what)
{
    g_string_append_printf(text, "operation %u (%s) failed: %s within ", i,
                           sequence_kind_name(op->kind), what);
    play_put_time(text, op->ns);
}

static void put_end(GString *text, const Sequence *seq,
                    const PlayResult *result)
{
    const SeqOp *op = sequence_op(seq, result->op);
    const char *kind = sequence_kind_name(op->kind);
    uint32_t i = result->op;

    switch (result->end) {
    case PLAY_END_CHECK:
        g_string_append_printf(text, "operation %" PRIu32
                               " (check) failed: the register has another value than in the trace",
                               i);
        break;
    case PLAY_END_POLL:
        put_waited(text, op, i, "the register did not get the value");
        break;
    case PLAY_END_IRQ:
        put_waited(text, op, i, "the interrupt did not come");
        g_string_append_printf(text, "\n    vector    %" PRIu64, op->value);
        break;
    case PLAY_END_LATE:
        g_string_append_printf(text, "the time is over at operation %" PRIu32
                               " (%s): use --timeout to allow more", i, kind);
        break;
    case PLAY_END_BROKEN:
        g_string_append_printf(text, "operation %" PRIu32 " (%s) failed: %s",
                               i, kind, result->error->message);
        break;
    default:
        g_string_append_printf(text, "ended by the user at operation %" PRIu32
                               " (%s)", i, kind);
        break;
    }
}

char *play_say(const Sequence *seq, const PlayResult *result)
{
    GString *text = g_string_new(NULL);

    if (result->end == PLAY_END_DONE) {
        g_string_append(text, "done: ");
        put_counts(text, result);
        return g_string_free(text, FALSE);
    }
    put_end(text, seq, result);
    put_place(text, seq, result, result->end == PLAY_END_CHECK ||
                                 result->end == PLAY_END_POLL);
    return g_string_free(text, FALSE);
}
