/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what every operation of a sequence keeps to (see check-op.h)
 */
#include "tools/sequence/check-op.h"

#include <inttypes.h>
#include <string.h>

#include "tools/sequence/limits.h"
#include "tools/sequence/wrong.h"

/* What an operation has */
#define HAS_PLACE 1     /* region, offset, width */
#define HAS_VALUE 2     /* a value of that width */
#define HAS_MASK 4
#define HAS_WAIT 8      /* a time */
#define HAS_TEXT 16     /* must have one */
#define HAS_READ 32     /* a value that a later write may use */
#define HAS_MEMORY 64   /* a place in a buffer */

static const unsigned traits[SEQ__MAX] = {
    [SEQ_WRITE] = HAS_PLACE | HAS_VALUE,
    [SEQ_READ] = HAS_PLACE | HAS_READ,
    [SEQ_CHECK] = HAS_PLACE | HAS_VALUE | HAS_MASK | HAS_READ,
    [SEQ_POLL] = HAS_PLACE | HAS_VALUE | HAS_MASK | HAS_WAIT | HAS_READ,
    [SEQ_DELAY] = HAS_WAIT,
    [SEQ_MARK] = HAS_TEXT,
    [SEQ_UPLOAD] = HAS_PLACE,
    [SEQ_IRQ] = HAS_WAIT,
    [SEQ_MEMORY] = HAS_MEMORY,
    [SEQ_POINTER] = HAS_MEMORY | HAS_VALUE,
    [SEQ_NOTE] = HAS_TEXT,
};

void sequence_walk_begin(SeqWalk *walk, const Sequence *seq)
{
    memset(walk, 0, sizeof(*walk));
    walk->seq = seq;
    walk->rounds = 1;
}

static bool is_width(unsigned width)
{
    return width == 1 || width == 2 || width == 4 || width == 8;
}

static bool fits(uint64_t value, unsigned width)
{
    return width == 8 || !(value >> (8 * width));
}

/* How far an offset moves in @n steps of @stride; false if beyond @size */
static bool get_travel(int64_t stride, uint64_t n, uint64_t size,
                       uint64_t *travel)
{
    uint64_t step = stride < 0 ? -(uint64_t)stride : (uint64_t)stride;

    if (step && n > size / step) {
        return false;
    }
    *travel = step * n;
    return true;
}

/*
 * Sizes are below 2^48, and so is each way that the offset goes: the sums do
 * not overflow.
 */
static bool is_inside(const SeqWalk *walk, const SeqOp *op, uint64_t len,
                      uint64_t size)
{
    bool upload = op->kind == SEQ_UPLOAD;
    unsigned n = upload ? 1 : walk->depth;
    uint64_t down = 0;
    uint64_t up = len;
    unsigned k;

    for (k = 0; k < n; k++) {
        uint64_t rounds = upload ? op->rounds
                                 : walk->loop[walk->depth - 1 - k].rounds;
        uint64_t travel;

        if (!get_travel(op->stride[k], rounds - 1, size, &travel)) {
            return false;
        }
        *(op->stride[k] < 0 ? &down : &up) += travel;
    }
    return op->offset >= down && op->offset <= size &&
           up <= size - op->offset;
}

static bool check_strides(const SeqWalk *walk, const SeqOp *op, GError **error)
{
    unsigned n = op->kind == SEQ_UPLOAD ? 1 : walk->depth;
    unsigned k;

    for (k = 0; k < SEQUENCE_DEPTH_MAX; k++) {
        if (op->stride[k] && k >= n) {
            return sequence_wrong(error,
                                  "it has more strides than loops around it: remove the last one");
        }
        if (op->stride[k] % op->width) {
            return sequence_wrong(error, "its stride %" PRId64
                                  " is not a multiple of its width %u: correct it",
                                  op->stride[k], op->width);
        }
    }
    if (op->kind == SEQ_UPLOAD && op->stride[0] < 0) {
        return sequence_wrong(error, "its stride %" PRId64 " is below 0: correct it",
                              op->stride[0]);
    }
    return true;
}

/* A place in a buffer */
static bool check_memory(const SeqWalk *walk, const SeqOp *op, uint64_t len,
                         GError **error)
{
    const SeqBuffer *buffer;

    if (op->memory >= walk->seq->buffers->len) {
        return sequence_wrong(error, "there is no buffer %u", op->memory);
    }
    buffer = &g_array_index(walk->seq->buffers, SeqBuffer, op->memory);
    if (op->offset % op->width) {
        return sequence_wrong(error, "its offset 0x%" PRIx64
                              " is not a multiple of its width %u: correct it",
                              op->offset, op->width);
    }
    if (!check_strides(walk, op, error)) {
        return false;
    }
    return is_inside(walk, op, len, buffer->size) ||
           sequence_wrong(error, "at offset 0x%" PRIx64
                          " it is outside of buffer %s, which has %" PRIu64
                          " bytes: correct the offset, the stride or the buffer's size",
                          op->offset, buffer->name, buffer->size);
}

/* Of bytes, any offset will do; of addresses, one that fits their width. */
static bool check_bytes(const SeqWalk *walk, const SeqOp *op, GError **error)
{
    const Sequence *seq = walk->seq;
    size_t len;

    if (op->kind == SEQ_POINTER) {
        return op->width == 4 || op->width == 8
               ? check_memory(walk, op, op->width, error)
               : sequence_wrong(error, "its width %u is not 4 or 8: correct it",
                                op->width);
    }
    if (op->width != 1) {
        return sequence_wrong(error, "its bytes have a width of %u", op->width);
    }
    if ((op->data == SEQUENCE_NONE) == (op->file == SEQUENCE_NONE)) {
        return sequence_wrong(error, "it has one of bytes and a file: correct it");
    }
    if (op->data != SEQUENCE_NONE ? op->data >= seq->data->len
                                  : op->file >= seq->files->len) {
        return sequence_wrong(error, "there are no bytes for it");
    }
    len = g_bytes_get_size(sequence_memory_bytes(seq, op));
    return (len || sequence_wrong(error, "it writes no bytes: remove it")) &&
           check_memory(walk, op, len, error);
}

static bool check_place(const SeqWalk *walk, const SeqOp *op, GError **error)
{
    const SeqRegion *region = &walk->seq->regions[op->region];
    const char *name = sequence_region_name(op->region);
    bool narrow = region->port || op->region == SEQUENCE_REGION_CONFIG;

    if (!region->size) {
        return sequence_wrong(error, "%s is not listed in regions: add it with its size",
                              name);
    }
    if (!is_width(op->width) || (narrow && op->width == 8)) {
        return sequence_wrong(error, "its width is %u: use 1, 2 or 4, or 8 for memory",
                              op->width);
    }
    if (op->offset % op->width) {
        return sequence_wrong(error, "its offset 0x%" PRIx64
                              " is not a multiple of its width %u: correct it",
                              op->offset, op->width);
    }
    if (!check_strides(walk, op, error)) {
        return false;
    }
    if (!is_inside(walk, op, op->width, region->size)) {
        return sequence_wrong(error,
            "at offset 0x%" PRIx64 ", it goes beyond %s, which has 0x%" PRIx64
                              " bytes: correct the offset, the stride or the region's size",
                              op->offset, name, region->size);
    }
    return true;
}

/* A write of a buffer's address, or of what was read */
static bool check_computed(const SeqOp *op, uint32_t i, const Sequence *seq,
                           GError **error)
{
    bool narrow = op->width < 4 ||
                  (op->part == SEQ_PART_WHOLE && op->width < 8);

    if (op->buffer != SEQUENCE_NONE && op->source != SEQUENCE_NONE) {
        return sequence_wrong(error, "it has both a buffer and a source: remove one");
    }
    if (op->source != SEQUENCE_NONE && op->kind == SEQ_WRITE) {
        if (op->source >= i ||
            !(traits[sequence_op(seq, op->source)->kind] & HAS_READ)) {
            return sequence_wrong(error,
                                  "operation %u, which it takes its value from, is not a read, check or poll before it: correct the number",
                                  op->source);
        }
        return !op->step ||
               sequence_wrong(error, "it has both a source and a step: remove one");
    }
    if (op->buffer >= seq->buffers->len) {
        return sequence_wrong(error, "there is no buffer %u", op->buffer);
    }
    return !narrow ||
           sequence_wrong(error,
                          "an address does not fit in %u bytes: use a width of 8, or the low or high part and a width of 4",
                          op->width);
}

static bool check_value(const SeqWalk *walk, const SeqOp *op, uint32_t i,
                        GError **error)
{
    if (op->step && !walk->depth) {
        return sequence_wrong(error,
                              "it has a step, and there is no loop around it: remove the step");
    }
    if (op->buffer != SEQUENCE_NONE || op->source != SEQUENCE_NONE ||
        op->kind == SEQ_POINTER) {
        return check_computed(op, i, walk->seq, error);
    }
    return fits(op->value, op->width) ||
           sequence_wrong(error,
               "its value 0x%" PRIx64 " does not fit in %u bytes: correct it",
                          op->value, op->width);
}

static bool check_mask(const SeqOp *op, GError **error)
{
    if (!op->mask) {
        return sequence_wrong(error, "its mask has no bits: use a read instead");
    }
    return fits(op->mask, op->width) ||
           sequence_wrong(error,
               "its mask 0x%" PRIx64 " does not fit in %u bytes: correct it",
                          op->mask, op->width);
}

static bool check_upload(const SeqOp *op, const Sequence *seq, GError **error)
{
    const SeqFile *file;
    size_t size;

    if (op->file >= seq->files->len) {
        return sequence_wrong(error, "there is no file %u", op->file);
    }
    if (!is_width(op->width)) {
        return true;    /* check_place() says so */
    }
    file = &g_array_index(seq->files, SeqFile, op->file);
    size = g_bytes_get_size(file->bytes);
    return (op->rounds && size % op->width == 0 &&
            op->rounds == size / op->width) ||
           sequence_wrong(error, "%" PRIu64
                          " accesses of %u bytes do not make the %zu bytes of %s: correct their number",
                          op->rounds, op->width, size, file->name);
}

static bool check_wait(const SeqWalk *walk, const SeqOp *op, GError **error)
{
    return op->ns <= SEQUENCE_WAIT_MAX_NS / walk->rounds ||
           sequence_wrong(error, "in its %" PRIu64
                          " rounds it may wait longer than an hour: correct its time",
                          walk->rounds);
}

static bool check_text(const SeqOp *op, const Sequence *seq, GError **error)
{
    if (op->text == SEQUENCE_NONE) {
        return !(traits[op->kind] & HAS_TEXT) ||
               sequence_wrong(error, "it has no text: add one");
    }
    if (op->text >= seq->texts->len) {
        return sequence_wrong(error, "there is no text %u", op->text);
    }
    return strlen(seq->texts->pdata[op->text]) <= SEQUENCE_TEXT_MAX ||
           sequence_wrong(error, "its text has more than %d bytes: shorten it",
                          SEQUENCE_TEXT_MAX);
}

static bool enter_loop(SeqWalk *walk, const SeqOp *op, uint32_t i,
                       GError **error)
{
    uint32_t end = walk->depth ? walk->loop[walk->depth - 1].end
                               : walk->seq->ops->len;

    if (walk->depth == SEQUENCE_DEPTH_MAX) {
        return sequence_wrong(error,
                              "there are %d loops around it, and no more are possible: write the rounds of one out",
                              SEQUENCE_DEPTH_MAX);
    }
    if (!op->body) {
        return sequence_wrong(error, "its body is empty: remove the loop");
    }
    if (op->body > end - i - 1) {
        return sequence_wrong(error,
                              "its body of %u operations goes beyond the end of what is around it",
                              op->body);
    }
    if (!op->rounds) {
        return sequence_wrong(error, "it has no rounds: remove the loop");
    }
    if (op->rounds > SEQUENCE_STEPS_MAX / walk->rounds) {
        return sequence_wrong(error, "with its %" PRIu64
            " rounds there are more than %" PRIu64 " operations: make fewer",
                              op->rounds, SEQUENCE_STEPS_MAX);
    }
    walk->loop[walk->depth++] = (SeqWalkLoop) {
        .end = i + 1 + op->body,
        .rounds = op->rounds,
    };
    walk->rounds *= op->rounds;
    return true;
}

/* What is carried out each time: long bytes take as long as many operations. */
static uint64_t steps_of(const Sequence *seq, const SeqOp *op)
{
    if (op->kind == SEQ_MEMORY) {
        return 1 + g_bytes_get_size(sequence_memory_bytes(seq, op)) /
                   SEQUENCE_DATA_MAX;
    }
    return op->kind == SEQ_UPLOAD ? op->rounds : 1;
}

static bool count_steps(SeqWalk *walk, const SeqOp *op, GError **error)
{
    uint64_t each = steps_of(walk->seq, op);

    if (each > (SEQUENCE_STEPS_MAX - walk->steps) / walk->rounds) {
        return sequence_wrong(error, "with it, there are more than %" PRIu64
                              " operations in all rounds: make fewer",
                              SEQUENCE_STEPS_MAX);
    }
    walk->steps += each * walk->rounds;
    return true;
}

static bool check_members(const SeqWalk *walk, const SeqOp *op, uint32_t i,
                          GError **error)
{
    unsigned has = traits[op->kind];
    const Sequence *seq = walk->seq;

    if (op->kind == SEQ_IRQ && op->value >= SEQUENCE_VECTORS) {
        return sequence_wrong(error, "its vector %" PRIu64 " is above %d: correct it",
                              op->value, SEQUENCE_VECTORS - 1);
    }
    return check_text(op, seq, error) &&
           (op->kind != SEQ_UPLOAD || check_upload(op, seq, error)) &&
           (!(has & HAS_PLACE) || check_place(walk, op, error)) &&
           (!(has & HAS_MEMORY) || check_bytes(walk, op, error)) &&
           (!(has & HAS_VALUE) || check_value(walk, op, i, error)) &&
           (!(has & HAS_MASK) || check_mask(op, error)) &&
           (!(has & HAS_WAIT) || check_wait(walk, op, error));
}

bool sequence_check_op(SeqWalk *walk, uint32_t i, GError **error)
{
    const SeqOp *op = sequence_op(walk->seq, i);

    while (walk->depth && walk->loop[walk->depth - 1].end == i) {
        walk->rounds /= walk->loop[--walk->depth].rounds;
    }
    return op->kind == SEQ_LOOP ? enter_loop(walk, op, i, error)
                                : check_members(walk, op, i, error) &&
                                  count_steps(walk, op, error);
}
