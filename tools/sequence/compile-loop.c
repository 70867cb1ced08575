/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: rounds of a cycle become a loop (see compile-loop.h)
 *
 * Theory of operation
 *
 * Two rounds give the moves.  From the third on, a round that continues them is
 * merged into the body and forgotten, so that a cycle of a million rounds takes
 * the room of three.
 */
#include "tools/sequence/compile-loop.h"

void compile_loop_begin(CompileLoop *loop, Sequence *seq)
{
    *loop = (CompileLoop) {
        .seq = seq,
        .start = seq->ops->len,
        .begin = seq->ops->len,
    };
}

/**
 * struct Depths: loops around the operations of a body, one by one
 * @end: numbers behind the last operation of each loop
 * @n: number of loops around the next operation
 */
typedef struct Depths {
    uint32_t end[SEQUENCE_DEPTH_MAX];
    unsigned n;
} Depths;

/* Return: loops around operation @i; SEQUENCE_DEPTH_MAX: too many */
static unsigned depth_of(Depths *depths, const SeqOp *op, uint32_t i)
{
    unsigned depth;

    while (depths->n && i >= depths->end[depths->n - 1]) {
        depths->n--;
    }
    depth = depths->n;
    if (op->kind == SEQ_LOOP && depth < SEQUENCE_DEPTH_MAX) {
        depths->end[depths->n++] = i + 1 + op->body;
    }
    return depth;
}

static bool waits(const SeqOp *op)
{
    return op->kind == SEQ_POLL || op->kind == SEQ_DELAY ||
           op->kind == SEQ_IRQ;
}

/* What must be equal whatever moves */
static bool is_same(const SeqOp *a, const SeqOp *b)
{
    return a->kind == b->kind && a->width == b->width &&
           a->region == b->region && a->part == b->part &&
           a->differs == b->differs && a->mask == b->mask &&
           a->and_mask == b->and_mask && a->or_mask == b->or_mask &&
           a->xor_mask == b->xor_mask && a->add == b->add &&
           a->rounds == b->rounds && a->body == b->body &&
           a->buffer == b->buffer && a->memory == b->memory &&
           a->file == b->file && a->data == b->data &&
           a->step == b->step && (waits(a) || a->ns == b->ns);
}

/* Strides of inner loops */
static bool is_same_stride(const SeqOp *a, const SeqOp *b)
{
    unsigned i;

    for (i = 0; i < SEQUENCE_DEPTH_MAX; i++) {
        if (a->stride[i] != b->stride[i]) {
            return false;
        }
    }
    return true;
}

/* Do they get what the same operation of their round has read? */
static bool is_same_source(const SeqOp *a, uint32_t start, const SeqOp *b,
                           uint32_t begin)
{
    if (a->source == SEQUENCE_NONE || b->source == SEQUENCE_NONE) {
        return a->source == b->source;
    }
    if (a->source < start) {
        return a->source == b->source;
    }
    return b->source >= begin && b->source - begin == a->source - start;
}

/*
 * May an operation move so?  Values move by the innermost loop only, and those
 * that are expected do not move.
 */
static bool may_move(const SeqOp *op, CompileMove move, unsigned depth)
{
    if (depth >= SEQUENCE_DEPTH_MAX ||
        (op->kind == SEQ_LOOP && depth + 1 >= SEQUENCE_DEPTH_MAX)) {
        return false;
    }
    return !move.value || (!depth && (op->kind == SEQ_WRITE ||
                                      op->kind == SEQ_POINTER));
}

/* Names of registers differ where offsets do. */
static bool is_same_text(const SeqOp *a, const SeqOp *b)
{
    return a->text == b->text || a->offset != b->offset;
}

static bool is_alike(const CompileLoop *loop, uint32_t k, uint32_t begin)
{
    const SeqOp *a = sequence_op(loop->seq, loop->start + k);
    const SeqOp *b = sequence_op(loop->seq, begin + k);

    return is_same(a, b) && is_same_stride(a, b) && is_same_text(a, b) &&
           is_same_source(a, loop->start, b, begin);
}

/* Is the current round the second one?  Then the moves are known. */
static bool begin_moves(CompileLoop *loop)
{
    Depths depths = { .n = 0 };
    uint32_t k;

    if (!loop->moves) {
        loop->moves = g_array_new(FALSE, FALSE, sizeof(CompileMove));
    }
    g_array_set_size(loop->moves, loop->len);
    for (k = 0; k < loop->len; k++) {
        const SeqOp *a = sequence_op(loop->seq, loop->start + k);
        const SeqOp *b = sequence_op(loop->seq, loop->begin + k);
        CompileMove move = { b->offset - a->offset, b->value - a->value };

        if (!is_alike(loop, k, loop->begin) ||
            !may_move(a, move, depth_of(&depths, a, k))) {
            return false;
        }
        g_array_index(loop->moves, CompileMove, k) = move;
    }
    return true;
}

/* Does the current round continue those before? */
static bool continues(const CompileLoop *loop)
{
    uint32_t k;

    for (k = 0; k < loop->len; k++) {
        const SeqOp *a = sequence_op(loop->seq, loop->start + k);
        const SeqOp *b = sequence_op(loop->seq, loop->begin + k);
        CompileMove move = g_array_index(loop->moves, CompileMove, k);

        if (!is_alike(loop, k, loop->begin) ||
            b->offset != a->offset + loop->rounds * (uint64_t)move.offset ||
            b->value != a->value + loop->rounds * (uint64_t)move.value) {
            return false;
        }
    }
    return true;
}

/* Take the time limits and the lines of a round over, and forget it. */
static void merge(CompileLoop *loop, uint32_t begin)
{
    uint32_t k;

    for (k = 0; k < loop->len; k++) {
        SeqOp *a = sequence_op(loop->seq, loop->start + k);
        const SeqOp *b = sequence_op(loop->seq, begin + k);

        a->ns = MAX(a->ns, b->ns);
        a->last_line = MAX(a->last_line, b->last_line);
    }
}

static void move_sources(Sequence *seq, uint32_t start)
{
    uint32_t i;

    for (i = start; i < seq->ops->len; i++) {
        SeqOp *op = sequence_op(seq, i);

        if (op->source != SEQUENCE_NONE && op->source >= start) {
            op->source++;
        }
    }
}

/* The body is complete: put the loop before it. */
static void close_loop(CompileLoop *loop)
{
    const SeqOp *first = sequence_op(loop->seq, loop->start);
    SeqOp op = {
        .kind = SEQ_LOOP, .rounds = loop->rounds, .body = loop->len,
        .buffer = SEQUENCE_NONE, .memory = SEQUENCE_NONE,
        .source = SEQUENCE_NONE, .file = SEQUENCE_NONE,
        .data = SEQUENCE_NONE, .text = SEQUENCE_NONE, .line = first->line,
    };
    Depths depths = { .n = 0 };
    uint32_t k;

    for (k = 0; k < loop->len; k++) {
        SeqOp *a = sequence_op(loop->seq, loop->start + k);
        CompileMove move = g_array_index(loop->moves, CompileMove, k);
        unsigned depth = depth_of(&depths, a, k);

        /* may_move() has refused more */
        g_assert(depth < SEQUENCE_DEPTH_MAX);
        a->stride[depth] = move.offset;
        if (!depth) {
            a->step = move.value;
        }
        op.last_line = MAX(op.last_line, a->last_line);
    }
    g_array_insert_val(loop->seq->ops, loop->start, op);
    move_sources(loop->seq, loop->start);
    loop->begin++;
}

/* The current round becomes the first one of another loop. */
static void restart(CompileLoop *loop)
{
    loop->start = loop->begin;
    loop->len = loop->seq->ops->len - loop->begin;
    loop->rounds = 1;
}

/* Return: is the round the next one of those that are alike? */
static bool add_round(CompileLoop *loop, uint32_t *changed)
{
    uint32_t second = loop->start + loop->len;

    if (loop->seq->ops->len - loop->begin != loop->len ||
        (loop->rounds == 1 ? !begin_moves(loop) : !continues(loop))) {
        return false;
    }
    if (++loop->rounds >= COMPILE_LOOP_MIN) {
        if (loop->rounds == COMPILE_LOOP_MIN) {
            merge(loop, second);
        }
        merge(loop, loop->begin);
        g_array_set_size(loop->seq->ops, second);
        *changed = second;
    }
    return true;
}

/*
 * The second of two rounds may be the first one of a loop that the current one
 * continues.
 */
static bool slide(CompileLoop *loop)
{
    if (loop->rounds != 2) {
        return false;
    }
    loop->start += loop->len;
    loop->rounds = 1;
    return true;
}

uint32_t compile_loop_round(CompileLoop *loop)
{
    uint32_t changed = loop->seq->ops->len;

    if (loop->begin == loop->seq->ops->len) {
        return changed;
    }
    if (!loop->rounds) {
        restart(loop);
    } else if (!add_round(loop, &changed) &&
               (!slide(loop) || !add_round(loop, &changed))) {
        if (loop->rounds >= COMPILE_LOOP_MIN) {
            changed = loop->start;
            close_loop(loop);
        }
        restart(loop);
    }
    loop->begin = loop->seq->ops->len;
    return changed;
}

uint32_t compile_loop_end(CompileLoop *loop)
{
    uint32_t changed = loop->seq->ops->len;

    if (loop->rounds >= COMPILE_LOOP_MIN) {
        changed = loop->start;
        close_loop(loop);
    }
    g_clear_pointer(&loop->moves, g_array_unref);
    return changed;
}
