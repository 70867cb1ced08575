/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: an operation as text (see show.h)
 */
#include "tools/play/show.h"

#include <inttypes.h>

/* Bytes of an operation that are shown: the descriptors of most devices */
#define BYTES_SHOWN 64

void play_put_time(GString *text, uint64_t ns)
{
    static const struct {
        uint64_t ns;
        const char *unit;
    } units[] = {
        { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" },
    };
    size_t i = 0;

    while (i + 1 < G_N_ELEMENTS(units) && ns < units[i].ns) {
        i++;
    }
    g_string_append_printf(text, "%.6g %s", (double)ns / units[i].ns,
                           units[i].unit);
}

static const char *text_of(const Sequence *seq, uint32_t number)
{
    return number == SEQUENCE_NONE ? "" : seq->texts->pdata[number];
}

/* "NAME (PLACE+0xOFFSET, N bytes)" */
static void put_range(GString *text, const Sequence *seq, const SeqOp *op,
                      const char *place, uint64_t offset, uint64_t len)
{
    const char *name = text_of(seq, op->text);

    g_string_append_printf(text, *name ? "%s (" : "%s", name);
    g_string_append_printf(text, "%s+0x%" PRIx64 ", %" PRIu64 " byte%s%s",
                           place, offset, len, len == 1 ? "" : "s",
                           *name ? ")" : "");
}

void play_put_place(GString *text, const Sequence *seq, const SeqOp *op,
                    uint64_t offset)
{
    put_range(text, seq, op, sequence_region_name(op->region), offset,
              op->width);
}

static const char *buffer_name(const Sequence *seq, uint32_t number)
{
    return g_array_index(seq->buffers, SeqBuffer, number).name;
}

void play_put_memory(GString *text, const Sequence *seq, const SeqOp *op,
                     uint64_t offset)
{
    uint64_t len = op->kind == SEQ_POINTER
                   ? op->width
                   : g_bytes_get_size(sequence_memory_bytes(seq, op));

    put_range(text, seq, op, buffer_name(seq, op->memory), offset, len);
}

static void put_place(GString *text, const Sequence *seq, const SeqOp *op)
{
    play_put_place(text, seq, op, op->offset);
}

/* What is done to the value that was read: only what changes it */
static void put_formula(GString *text, const SeqOp *op)
{
    g_string_append_printf(text, "what operation %" PRIu32 " has read",
                           op->source);
    if (op->and_mask != UINT64_MAX) {
        g_string_append_printf(text, " & 0x%" PRIx64, op->and_mask);
    }
    if (op->or_mask) {
        g_string_append_printf(text, " | 0x%" PRIx64, op->or_mask);
    }
    if (op->xor_mask) {
        g_string_append_printf(text, " ^ 0x%" PRIx64, op->xor_mask);
    }
    if (op->add) {
        g_string_append_printf(text, " + 0x%" PRIx64, op->add);
    }
}

static void put_buffer(GString *text, const Sequence *seq, const SeqOp *op)
{
    static const char *const parts[] = {
        [SEQ_PART_WHOLE] = "address",
        [SEQ_PART_LOW] = "low half of the address",
        [SEQ_PART_HIGH] = "high half of the address",
    };

    g_string_append_printf(text, "%s of %s", parts[op->part],
                           buffer_name(seq, op->buffer));
    if (op->value) {
        g_string_append_printf(text, " + 0x%" PRIx64, op->value);
    }
}

static void put_write(GString *text, const Sequence *seq, const SeqOp *op)
{
    put_place(text, seq, op);
    g_string_append(text, ": ");
    if (op->buffer != SEQUENCE_NONE) {
        put_buffer(text, seq, op);
    } else if (op->source != SEQUENCE_NONE) {
        put_formula(text, op);
    } else {
        g_string_append_printf(text, "0x%" PRIx64, op->value);
    }
}

static void put_check(GString *text, const Sequence *seq, const SeqOp *op)
{
    put_place(text, seq, op);
    g_string_append_printf(text, ": 0x%" PRIx64 " in the bits 0x%" PRIx64,
                           op->value, op->mask);
}

static void put_poll(GString *text, const Sequence *seq, const SeqOp *op)
{
    put_place(text, seq, op);
    g_string_append_printf(text,
                           ": until the bits 0x%" PRIx64 " are %s0x%" PRIx64
                           ", at most ", op->mask, op->differs ? "not " : "",
                           op->value);
    play_put_time(text, op->ns);
}

static void put_delay(GString *text, const Sequence *seq, const SeqOp *op)
{
    (void)seq;
    play_put_time(text, op->ns);
}

/* Of long ones, the first bytes */
static void put_bytes(GString *text, GBytes *bytes)
{
    gsize len, i;
    const uint8_t *p = g_bytes_get_data(bytes, &len);

    for (i = 0; i < MIN(len, BYTES_SHOWN); i++) {
        g_string_append_printf(text, "%02x", p[i]);
    }
    if (i < len) {
        g_string_append(text, "...");
    }
}

static void put_memory(GString *text, const Sequence *seq, const SeqOp *op)
{
    play_put_memory(text, seq, op, op->offset);
    g_string_append(text, ": ");
    if (op->file != SEQUENCE_NONE) {
        g_string_append(text, g_array_index(seq->files, SeqFile,
                                            op->file).name);
    } else {
        put_bytes(text, sequence_memory_bytes(seq, op));
    }
}

static void put_pointer(GString *text, const Sequence *seq, const SeqOp *op)
{
    play_put_memory(text, seq, op, op->offset);
    g_string_append(text, ": ");
    put_buffer(text, seq, op);
}

static void put_text(GString *text, const Sequence *seq, const SeqOp *op)
{
    g_string_append(text, text_of(seq, op->text));
}

static void put_upload(GString *text, const Sequence *seq, const SeqOp *op)
{
    const SeqFile *file = &g_array_index(seq->files, SeqFile, op->file);

    put_place(text, seq, op);
    g_string_append_printf(text, ": %" PRIu64 " write%s of %s", op->rounds,
                           op->rounds == 1 ? "" : "s", file->name);
    if (op->stride[0]) {
        g_string_append_printf(text, ", each at an offset that is %" PRId64
                               " more", op->stride[0]);
    }
}

static void put_irq(GString *text, const Sequence *seq, const SeqOp *op)
{
    (void)seq;
    g_string_append_printf(text, "interrupt %" PRIu64, op->value);
    if (op->rounds > 1) {
        g_string_append_printf(text, ", up to %" PRIu64 " times", op->rounds);
    }
    g_string_append(text, ", at most ");
    play_put_time(text, op->ns);
}

static void put_loop(GString *text, const Sequence *seq, const SeqOp *op)
{
    (void)seq;
    g_string_append_printf(text, "%" PRIu64 " rounds", op->rounds);
}

static void (*const put_kind[SEQ__MAX])(GString *, const Sequence *,
                                        const SeqOp *) = {
    [SEQ_WRITE] = put_write,
    [SEQ_READ] = put_place,
    [SEQ_CHECK] = put_check,
    [SEQ_POLL] = put_poll,
    [SEQ_DELAY] = put_delay,
    [SEQ_MARK] = put_text,
    [SEQ_UPLOAD] = put_upload,
    [SEQ_IRQ] = put_irq,
    [SEQ_LOOP] = put_loop,
    [SEQ_MEMORY] = put_memory,
    [SEQ_POINTER] = put_pointer,
    [SEQ_NOTE] = put_text,
};

/* What a round of a loop changes */
static void put_changes(GString *text, const SeqOp *op)
{
    size_t i;

    for (i = 0; op->kind != SEQ_UPLOAD && i < SEQUENCE_DEPTH_MAX; i++) {
        if (op->stride[i]) {
            g_string_append_printf(text, "; the offset grows by %" PRId64
                                   " with each round%s", op->stride[i],
                                   i ? " of an outer loop" : "");
        }
    }
    if (op->step) {
        g_string_append_printf(text, "; the value grows by %" PRId64
                               " with each round", op->step);
    }
}

char *play_show(const Sequence *seq, uint32_t i)
{
    const SeqOp *op = sequence_op(seq, i);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%6" PRIu32 " %-7s ", i,
                    sequence_kind_name(op->kind));
    put_kind[op->kind](text, seq, op);
    put_changes(text, op);
    return g_string_free(text, FALSE);
}

void play_show_all(const Sequence *seq, uint32_t first, uint32_t end,
                   void (*line)(void *opaque, const char *text),
                   void *opaque)
{
    uint64_t ends[SEQUENCE_DEPTH_MAX];
    size_t depth = 0;
    uint32_t i;

    for (i = first; i < end; i++) {
        const SeqOp *op = sequence_op(seq, i);
        g_autofree char *text = play_show(seq, i);
        g_autofree char *indented = NULL;

        while (depth && i >= ends[depth - 1]) {
            depth--;
        }
        indented = g_strdup_printf("%*s%s", (int)(4 * depth), "", text);
        line(opaque, indented);
        if (op->kind == SEQ_LOOP && depth < SEQUENCE_DEPTH_MAX) {
            ends[depth++] = (uint64_t)i + 1 + op->body;
        }
    }
}
