/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as JSON: the writer (see json.h)
 *
 * Members are in the order of docs/sequence.md; those that say nothing are
 * left out.
 */
#include "tools/sequence/json.h"

#include <inttypes.h>
#include <string.h>

#include "tools/analysis/json-line.h"

/* The bodies that are open, and where they end */
typedef struct Writer {
    const Sequence *seq;
    FILE *out;
    GString *row;
    uint32_t end[SEQUENCE_DEPTH_MAX];
    unsigned depth;
    bool first;
} Writer;

static void put_us(GString *row, const char *name, uint64_t ns)
{
    json_line_number(row, name, ns / 1000 + (ns % 1000 != 0));
}

static void put_signed(GString *row, const char *name, int64_t number)
{
    if (number < 0) {
        g_string_append_printf(row, ", \"%s\": %" PRId64, name, number);
    } else {
        json_line_number(row, name, number);
    }
}

static void put_place(GString *row, const SeqOp *op)
{
    json_line_text(row, "region", sequence_region_name(op->region));
    json_line_hex(row, "offset", op->offset);
    json_line_number(row, "width", op->width);
}

/* As many as it needs: no zeros at the end */
static void put_strides(GString *row, const SeqOp *op)
{
    unsigned n = SEQUENCE_DEPTH_MAX;
    unsigned i;

    while (n && !op->stride[n - 1]) {
        n--;
    }
    if (!n) {
        return;
    }
    json_line_list(row, "stride");
    for (i = 0; i < n; i++) {
        g_string_append_printf(row, "%s%" PRId64, i ? ", " : "",
                               op->stride[i]);
    }
    json_line_list_end(row);
}

static void put_step(GString *row, const SeqOp *op)
{
    put_strides(row, op);
    if (op->step) {
        put_signed(row, "step", op->step);
    }
}

static const char *buffer_name(const Sequence *seq, uint32_t number)
{
    return g_array_index(seq->buffers, SeqBuffer, number).name;
}

static void put_address(const Sequence *seq, GString *row, const SeqOp *op)
{
    static const char *const parts[] = {
        [SEQ_PART_WHOLE] = "whole",
        [SEQ_PART_LOW] = "low",
        [SEQ_PART_HIGH] = "high",
    };

    json_line_text(row, "buffer", buffer_name(seq, op->buffer));
    json_line_text(row, "part", parts[op->part]);
    json_line_hex(row, "add", op->value);
}

static void put_write(const Sequence *seq, GString *row, const SeqOp *op)
{
    put_place(row, op);
    if (op->buffer != SEQUENCE_NONE) {
        put_address(seq, row, op);
    } else if (op->source != SEQUENCE_NONE) {
        json_line_number(row, "from", op->source);
        json_line_hex(row, "and", op->and_mask);
        json_line_hex(row, "or", op->or_mask);
        json_line_hex(row, "xor", op->xor_mask);
        json_line_hex(row, "add", op->add);
    } else {
        json_line_hex(row, "value", op->value);
    }
    put_step(row, op);
}

static void put_read(const Sequence *seq, GString *row, const SeqOp *op)
{
    (void)seq;
    put_place(row, op);
    put_strides(row, op);
}

static void put_check(const Sequence *seq, GString *row, const SeqOp *op)
{
    (void)seq;
    put_place(row, op);
    json_line_hex(row, "value", op->value);
    json_line_hex(row, "mask", op->mask);
    put_step(row, op);
}

static void put_poll(const Sequence *seq, GString *row, const SeqOp *op)
{
    (void)seq;
    put_place(row, op);
    json_line_hex(row, "value", op->value);
    json_line_hex(row, "mask", op->mask);
    json_line_text(row, "until", op->differs ? "different" : "equal");
    put_us(row, "timeout_us", op->ns);
    put_step(row, op);
}

static void put_delay(const Sequence *seq, GString *row, const SeqOp *op)
{
    (void)seq;
    put_us(row, "us", op->ns);
}

static void put_upload(const Sequence *seq, GString *row, const SeqOp *op)
{
    put_place(row, op);
    put_signed(row, "stride", op->stride[0]);
    json_line_text(row, "file", g_array_index(seq->files, SeqFile,
                                              op->file).name);
    json_line_number(row, "accesses", op->rounds);
}

static void put_irq(const Sequence *seq, GString *row, const SeqOp *op)
{
    (void)seq;
    json_line_number(row, "vector", op->value);
    if (op->rounds > 1) {
        json_line_number(row, "count", op->rounds);
    }
    put_us(row, "timeout_us", op->ns);
}

static void put_bytes(GString *row, GBytes *bytes)
{
    static const char digits[] = "0123456789abcdef";
    gsize len, i;
    const uint8_t *p = g_bytes_get_data(bytes, &len);

    json_line_text(row, "bytes", "");
    g_string_truncate(row, row->len - 1);
    for (i = 0; i < len; i++) {
        g_string_append_c(row, digits[p[i] >> 4]);
        g_string_append_c(row, digits[p[i] & 15]);
    }
    g_string_append_c(row, '"');
}

static void put_memory(const Sequence *seq, GString *row, const SeqOp *op)
{
    json_line_text(row, "memory", buffer_name(seq, op->memory));
    json_line_hex(row, "offset", op->offset);
    if (op->data != SEQUENCE_NONE) {
        put_bytes(row, seq->data->pdata[op->data]);
    } else {
        json_line_text(row, "file", g_array_index(seq->files, SeqFile,
                                                  op->file).name);
    }
    put_strides(row, op);
}

static void put_pointer(const Sequence *seq, GString *row, const SeqOp *op)
{
    json_line_text(row, "memory", buffer_name(seq, op->memory));
    json_line_hex(row, "offset", op->offset);
    json_line_number(row, "width", op->width);
    put_address(seq, row, op);
    put_step(row, op);
}

static void put_text(const Sequence *seq, GString *row, const SeqOp *op)
{
    json_line_text(row, "text", seq->texts->pdata[op->text]);
}

static void put_loop(const Sequence *seq, GString *row, const SeqOp *op)
{
    (void)seq;
    json_line_number(row, "rounds", op->rounds);
}

static void (*const put_kind[SEQ__MAX])(const Sequence *, GString *,
                                        const SeqOp *) = {
    [SEQ_WRITE] = put_write,
    [SEQ_READ] = put_read,
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

static void end_loops(Writer *w, uint32_t i)
{
    while (w->depth && w->end[w->depth - 1] == i) {
        w->depth--;
        fprintf(w->out, "\n%*s]}", (int)(2 + 2 * w->depth), "");
        w->first = false;
    }
}

static void put_op(Writer *w, uint32_t i)
{
    const SeqOp *op = sequence_op(w->seq, i);
    GString *row = w->row;

    g_string_assign(row, "{");
    json_line_text(row, "op", sequence_kind_name(op->kind));
    put_kind[op->kind](w->seq, row, op);
    if (op->text != SEQUENCE_NONE && op->kind != SEQ_MARK &&
        op->kind != SEQ_NOTE) {
        json_line_text(row, "name", w->seq->texts->pdata[op->text]);
    }
    json_line_number(row, "line", op->line);
    if (op->last_line != op->line) {
        json_line_number(row, "last_line", op->last_line);
    }
    if (op->kind == SEQ_LOOP) {
        json_line_list(row, "body");
    } else {
        g_string_append_c(row, '}');
    }
    fprintf(w->out, "%s\n%*s%s", w->first ? "" : ",",
            (int)(2 + 2 * w->depth), "", row->str);
    w->first = op->kind == SEQ_LOOP;
    if (op->kind == SEQ_LOOP) {
        w->end[w->depth++] = i + 1 + op->body;
    }
}

static void put_regions(const Sequence *seq, GString *row)
{
    unsigned i;

    json_line_list(row, "regions");
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        if (!seq->regions[i].size) {
            continue;
        }
        json_line_item(row);
        json_line_text(row, "region", sequence_region_name(i));
        json_line_hex(row, "size", seq->regions[i].size);
        json_line_text(row, "kind", seq->regions[i].port ? "port" : "memory");
        json_line_item_end(row);
    }
    json_line_list_end(row);
}

static void put_buffers(const Sequence *seq, GString *row)
{
    unsigned i;

    json_line_list(row, "buffers");
    for (i = 0; i < seq->buffers->len; i++) {
        const SeqBuffer *buffer = &g_array_index(seq->buffers, SeqBuffer, i);

        json_line_item(row);
        json_line_text(row, "name", buffer->name);
        json_line_number(row, "size", buffer->size);
        json_line_bool(row, "below_4g", buffer->below_4g);
        json_line_hex(row, "address", buffer->address);
        if (buffer->file != SEQUENCE_NONE) {
            json_line_text(row, "file", g_array_index(seq->files, SeqFile,
                                                      buffer->file).name);
        }
        json_line_number(row, "line", buffer->line);
        json_line_item_end(row);
    }
    json_line_list_end(row);
}

static void put_files(const Sequence *seq, GString *row)
{
    unsigned i;

    json_line_list(row, "files");
    for (i = 0; i < seq->files->len; i++) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile, i);

        json_line_item(row);
        json_line_text(row, "name", file->name);
        json_line_text(row, "sha256", file->sha256);
        json_line_number(row, "size", g_bytes_get_size(file->bytes));
        json_line_item_end(row);
    }
    json_line_list_end(row);
}

static void put_device(const Sequence *seq, GString *row)
{
    g_string_append(row, ", \"device\": {");
    g_string_append_printf(row, "\"vendor\": \"0x%04x\", \"device\": \"0x%04x\"",
                           seq->vendor, seq->device);
    if (seq->revision >= 0) {
        g_string_append_printf(row, ", \"revision\": \"0x%02x\"",
                               seq->revision);
    }
    g_string_append_c(row, '}');
}

static void put_part(Writer *w, void (*put)(const Sequence *, GString *))
{
    g_string_assign(w->row, "{");
    put(w->seq, w->row);
    fprintf(w->out, ",\n %s", w->row->str + 1);
}

void sequence_write_json(const Sequence *seq, FILE *out)
{
    g_autoptr(GString) row = g_string_new("{");
    Writer w = { .seq = seq, .out = out, .row = row, .first = true };
    uint32_t i;

    json_line_text(row, "format", SEQUENCE_FORMAT);
    json_line_number(row, "version", SEQUENCE_VERSION);
    json_line_text(row, "trace", seq->trace);
    put_device(seq, row);
    fputs(row->str, out);
    put_part(&w, put_regions);
    put_part(&w, put_buffers);
    put_part(&w, put_files);
    fputs(",\n \"operations\": [", out);
    for (i = 0; i < seq->ops->len; i++) {
        end_loops(&w, i);
        put_op(&w, i);
    }
    end_loops(&w, i);
    fputs("\n ]}\n", out);
}
