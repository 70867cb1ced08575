/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing sequences: any text as JSON
 *
 * What is accepted can be carried out without further checks: every access is
 * inside its region in every round, and everything that is named is there.  It
 * is written and read again as the same, and as programs whose lines are
 * printable.  Of what is refused, a printable message says why, and where.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/printable.h"
#include "tools/sequence/as-c.h"
#include "tools/sequence/as-python.h"
#include "tools/sequence/json.h"
#include "tools/sequence/limits.h"

/* Files are zeros: the dictionary has their hashes. */
#define FILE_SIZE_MAX 4096

static GBytes *open_zeros(void *opaque, const char *name, uint64_t size,
                          GError **error)
{
    (void)opaque;
    fuzz_check(*name && !strchr(name, '/'), "%s", name);
    if (size > FILE_SIZE_MAX) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s: no", name);
        return NULL;
    }
    return g_bytes_new_take(g_malloc0(size), size);
}

static void check_printable(const char *text, const char *allowed)
{
    fuzz_check(g_utf8_validate(text, -1, NULL), "not UTF-8");
    for (; *text; text = g_utf8_next_char(text)) {
        fuzz_check(mmt_char_is_printable(g_utf8_get_char(text)) ||
                   strchr(allowed, *text), "not printable: %.80s", text);
    }
}

/* --- operations ----------------------------------------------------------- */

/* Loops around an operation, the innermost first */
typedef struct Loops {
    uint64_t rounds[SEQUENCE_DEPTH_MAX];
    unsigned n;
} Loops;

/* In the first and last rounds of each loop, in all combinations */
static void check_place(const Sequence *seq, const SeqOp *op,
                        const Loops *loops)
{
    const SeqRegion *region = &seq->regions[op->region];
    unsigned corner;
    unsigned k;

    fuzz_check(op->width == 1 || op->width == 2 || op->width == 4 ||
               (op->width == 8 && !region->port), "width %u", op->width);
    for (corner = 0; corner < 1u << loops->n; corner++) {
        __int128 at = op->offset;

        for (k = 0; k < loops->n; k++) {
            at += corner & 1u << k
                  ? (__int128)op->stride[k] * (loops->rounds[k] - 1) : 0;
        }
        fuzz_check(at >= 0 && at + op->width <= region->size &&
                   at % op->width == 0, "%lld", (long long)at);
    }
}

static void check_upload(const Sequence *seq, const SeqOp *op)
{
    Loops own = { .rounds = { op->rounds }, .n = 1 };
    const SeqFile *file;

    fuzz_check(op->file < seq->files->len, "file %u", op->file);
    file = &g_array_index(seq->files, SeqFile, op->file);
    fuzz_check(op->rounds && op->rounds * op->width ==
               g_bytes_get_size(file->bytes), "%u accesses",
               (unsigned)op->rounds);
    check_place(seq, op, &own);
}

static void check_write(const Sequence *seq, const SeqOp *op, uint32_t i)
{
    fuzz_check(op->buffer == SEQUENCE_NONE || op->buffer < seq->buffers->len,
               "buffer %u", op->buffer);
    fuzz_check(op->part <= SEQ_PART_HIGH, "part %u", op->part);
    if (op->source != SEQUENCE_NONE) {
        SeqKind kind;

        fuzz_check(op->source < i, "source %u of %u", op->source, i);
        kind = sequence_op(seq, op->source)->kind;
        fuzz_check(kind == SEQ_READ || kind == SEQ_CHECK || kind == SEQ_POLL,
                   "source %u", op->source);
    }
}

/* As far as all rounds of the loops move it */
static void check_memory(const Sequence *seq, const SeqOp *op,
                         const Loops *loops)
{
    double low = op->offset, high = op->width;
    unsigned k;

    fuzz_check(op->memory < seq->buffers->len, "memory %u", op->memory);
    if (op->kind == SEQ_MEMORY) {
        high = g_bytes_get_size(sequence_memory_bytes(seq, op));
        fuzz_check(high > 0, "no bytes");
    } else {
        fuzz_check(op->buffer < seq->buffers->len, "buffer %u", op->buffer);
    }
    high += op->offset;
    for (k = 0; k < loops->n; k++) {
        double way = (double)op->stride[k] * (loops->rounds[k] - 1);

        *(way < 0 ? &low : &high) += way;
    }
    fuzz_check(low >= 0 &&
               high <= g_array_index(seq->buffers, SeqBuffer,
                                     op->memory).size,
               "memory from %g to %g", low, high);
}

static void check_op(const Sequence *seq, uint32_t i, const Loops *loops)
{
    const SeqOp *op = sequence_op(seq, i);

    fuzz_check(op->text == SEQUENCE_NONE || op->text < seq->texts->len,
               "text %u", op->text);
    switch (op->kind) {
    case SEQ_WRITE:
        check_write(seq, op, i);
        /* fall through */
    case SEQ_READ:
        check_place(seq, op, loops);
        break;
    case SEQ_CHECK:
    case SEQ_POLL:
        fuzz_check(op->mask, "no mask");
        check_place(seq, op, loops);
        break;
    case SEQ_UPLOAD:
        check_upload(seq, op);
        break;
    case SEQ_MEMORY:
    case SEQ_POINTER:
        check_memory(seq, op, loops);
        break;
    case SEQ_MARK:
    case SEQ_NOTE:
        fuzz_check(op->text != SEQUENCE_NONE, "no text");
        break;
    default:
        fuzz_check(op->kind == SEQ_DELAY || op->kind == SEQ_IRQ, "%u",
                   op->kind);
    }
}

/* Return: operations that are carried out */
static double check_ops(const Sequence *seq, uint32_t begin, uint32_t end,
                        const Loops *loops)
{
    double steps = 0;
    uint32_t i;

    for (i = begin; i < end; i++) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->kind == SEQ_LOOP) {
            Loops inner = { .rounds = { op->rounds }, .n = loops->n + 1 };

            fuzz_check(loops->n < SEQUENCE_DEPTH_MAX && op->rounds &&
                       op->body && op->body < end - i, "loop %u", i);
            memcpy(inner.rounds + 1, loops->rounds,
                   loops->n * sizeof(inner.rounds[0]));
            steps += (double)op->rounds *
                     check_ops(seq, i + 1, i + 1 + op->body, &inner);
            i += op->body;
        } else {
            check_op(seq, i, loops);
            steps += op->kind == SEQ_UPLOAD ? (double)op->rounds : 1;
        }
    }
    return steps;
}

static void check_model(const Sequence *seq)
{
    Loops none = { .n = 0 };
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < seq->buffers->len; i++) {
        const SeqBuffer *buffer = &g_array_index(seq->buffers, SeqBuffer, i);

        fuzz_check(buffer->file == SEQUENCE_NONE ||
                   buffer->file < seq->files->len, "%s", buffer->name);
        sum += buffer->size;
    }
    fuzz_check(sum <= SEQUENCE_BUFFERS_MAX, "%llu", (unsigned long long)sum);
    for (i = 0; i < seq->texts->len; i++) {
        check_printable(seq->texts->pdata[i], "");
    }
    fuzz_check(check_ops(seq, 0, seq->ops->len, &none) <=
               (double)SEQUENCE_STEPS_MAX, "too many steps");
}

/* --- what is made of it --------------------------------------------------- */

static char *write_json(const Sequence *seq)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    sequence_write_json(seq, out);
    fclose(out);
    check_printable(text, "\n");
    return text;
}

static void check_again(const Sequence *seq)
{
    char *text = write_json(seq);
    GError *error = NULL;
    Sequence *again = sequence_parse_json("x", text, strlen(text), open_zeros,
                                          NULL, &error);
    char *same;

    fuzz_check(again, "%s", error->message);
    same = write_json(again);
    fuzz_check(!strcmp(text, same), "%s%s", text, same);
    free(same);
    free(text);
    sequence_free(again);
}

static void check_program(const Sequence *seq,
                          void (*put)(const Sequence *, SeqBackend, FILE *))
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    put(seq, SEQ_BACKEND_VFIO, out);
    fclose(out);
    check_printable(text, "\n");
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    GError *error = NULL;
    Sequence *seq = sequence_parse_json("x", text, size, open_zeros, NULL,
                                        &error);

    fuzz_check(!seq == !!error, "%s", error ? error->message : "no error");
    if (seq) {
        check_model(seq);
        check_again(seq);
        check_program(seq, sequence_write_c);
        check_program(seq, sequence_write_python);
        sequence_free(seq);
    } else {
        check_printable(error->message, "");
        fuzz_check(g_str_has_prefix(error->message, "x:"), "%s",
                   error->message);
        g_error_free(error);
    }
    free(text);
    return 0;
}
