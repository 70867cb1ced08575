/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what is known only when all operations are there (see
 * compile-finish.h)
 */
#include "tools/sequence/compile-finish.h"

#include "tools/sequence/limits.h"

/* Config space of conventional PCI, and of PCI Express */
#define CONFIG_SMALL 256
#define CONFIG_LARGE 4096

/* --- dropping reads ------------------------------------------------------ */

/* By operation: does a later write need it? */
static uint8_t *find_sources(const Sequence *seq)
{
    uint8_t *needed = g_new0(uint8_t, seq->ops->len + 1);
    uint32_t i;

    for (i = 0; i < seq->ops->len; i++) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->source != SEQUENCE_NONE) {
            needed[op->source] = true;
        }
    }
    return needed;
}

/* From the end: a loop whose body has nothing left goes, too. */
static void choose(const Sequence *seq, uint8_t *keep, CompileEffect *effect,
                   void *opaque)
{
    uint32_t i, k;

    for (i = seq->ops->len; i > 0; i--) {
        const SeqOp *op = sequence_op(seq, i - 1);

        if (op->kind == SEQ_READ || op->kind == SEQ_CHECK) {
            keep[i - 1] |= effect(opaque, op);
        } else if (op->kind != SEQ_LOOP) {
            keep[i - 1] = true;
        } else {
            for (k = 0; k < op->body && !keep[i - 1]; k++) {
                keep[i - 1] = keep[i + k];
            }
        }
    }
}

/* Return: by operation, how many before it are kept; one more at the end */
static uint32_t *count_kept(const Sequence *seq, const uint8_t *keep)
{
    uint32_t *before = g_new(uint32_t, seq->ops->len + 1);
    uint32_t i, n = 0;

    for (i = 0; i < seq->ops->len; i++) {
        before[i] = n;
        n += keep[i];
    }
    before[i] = n;
    return before;
}

void compile_drop(Sequence *seq, CompileEffect *effect, void *opaque)
{
    g_autofree uint8_t *keep = find_sources(seq);
    g_autofree uint32_t *before = NULL;
    uint32_t i, n = 0;

    choose(seq, keep, effect, opaque);
    before = count_kept(seq, keep);
    for (i = 0; i < seq->ops->len; i++) {
        SeqOp op = *sequence_op(seq, i);

        if (!keep[i]) {
            continue;
        }
        if (op.kind == SEQ_LOOP) {
            op.body = before[i + 1 + op.body] - before[i + 1];
        }
        if (op.source != SEQUENCE_NONE) {
            op.source = before[op.source];
        }
        *sequence_op(seq, n++) = op;
    }
    g_array_set_size(seq->ops, n);
}

/* --- limits -------------------------------------------------------------- */

/**
 * struct Around: loops around an operation, the outermost first
 * @end: number behind the last operation of each
 * @rounds: rounds of each
 * @n: number of loops
 */
typedef struct Around {
    uint32_t end[SEQUENCE_DEPTH_MAX];
    uint64_t rounds[SEQUENCE_DEPTH_MAX];
    unsigned n;
} Around;

static void leave(Around *around, uint32_t i)
{
    while (around->n && i >= around->end[around->n - 1]) {
        around->n--;
    }
}

static void enter(Around *around, const SeqOp *op, uint32_t i)
{
    if (op->kind == SEQ_LOOP && around->n < SEQUENCE_DEPTH_MAX) {
        around->end[around->n] = i + 1 + op->body;
        around->rounds[around->n++] = op->rounds;
    }
}

static void limit_wait(const Around *around, SeqOp *op)
{
    uint64_t limit = SEQUENCE_WAIT_MAX_NS;
    unsigned i;

    for (i = 0; i < around->n; i++) {
        limit /= MAX(around->rounds[i], 1);
    }
    op->ns = MIN(op->ns, limit);
}

static bool has_place(const SeqOp *op)
{
    return op->kind <= SEQ_POLL || op->kind == SEQ_UPLOAD;
}

/* Return: the end of what an operation reaches in all rounds */
static uint64_t reach(const Around *around, const SeqOp *op)
{
    uint64_t end = op->offset + op->width;
    unsigned i;

    if (op->kind == SEQ_UPLOAD) {
        return end + (op->rounds - 1) * op->stride[0];
    }
    for (i = 0; i < around->n; i++) {
        int64_t stride = op->stride[around->n - 1 - i];

        if (stride > 0) {
            end += stride * (around->rounds[i] - 1);
        }
    }
    return end;
}

static uint64_t round_size(unsigned region, uint64_t size)
{
    if (region == SEQUENCE_REGION_CONFIG) {
        return size <= CONFIG_SMALL ? CONFIG_SMALL : CONFIG_LARGE;
    }
    return size;
}

void compile_limits(Sequence *seq)
{
    bool used[SEQUENCE_REGIONS] = { false };
    Around around = { .n = 0 };
    uint32_t i;

    for (i = 0; i < seq->ops->len; i++) {
        SeqOp *op = sequence_op(seq, i);
        SeqRegion *region = &seq->regions[op->region];

        leave(&around, i);
        if (has_place(op)) {
            used[op->region] = true;
            region->size = MAX(region->size, reach(&around, op));
        }
        limit_wait(&around, op);
        enter(&around, op, i);
    }
    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        seq->regions[i].size = used[i] ? round_size(i, seq->regions[i].size)
                                       : 0;
        seq->regions[i].port &= used[i];
    }
}
