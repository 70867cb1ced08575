/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: sequences at random (see random-sequence.h)
 */
#include "random-sequence.h"

#include "tools/sequence/limits.h"

#define ROUNDS_MAX 4
#define TRIES 8

typedef struct Maker {
    GRand *rand;
    Sequence *seq;
    RandomFor what;
    uint64_t rounds[SEQUENCE_DEPTH_MAX];    /* the innermost loop first */
    unsigned depth;
    uint64_t line;
} Maker;

static unsigned below(Maker *m, unsigned n)
{
    return g_rand_int_range(m->rand, 0, n);
}

static uint64_t bits(Maker *m, unsigned width)
{
    uint64_t any = (uint64_t)g_rand_int(m->rand) << 32 |
                     g_rand_int(m->rand);

    return below(m, 3) ? any >> (64 - 8 * width) : below(m, 2);
}

static bool is_inside(Maker *m, const SeqOp *op, int64_t size)
{
    int64_t low = op->offset;
    int64_t high = op->offset + op->width;
    unsigned i;

    for (i = 0; i < m->depth; i++) {
        int64_t travel = op->stride[i] * (int64_t)(m->rounds[i] - 1);

        *(travel < 0 ? &low : &high) += travel;
    }
    return low >= 0 && high <= size;
}

static void choose_strides(Maker *m, SeqOp *op)
{
    int64_t size = m->seq->regions[op->region].size;
    unsigned i;
    unsigned n;

    for (n = 0; n < TRIES; n++) {
        for (i = 0; i < m->depth; i++) {
            op->stride[i] = op->width * ((int)below(m, 7) - 3);
        }
        if (is_inside(m, op, size)) {
            return;
        }
    }
    for (i = 0; i < m->depth; i++) {
        op->stride[i] = 0;
    }
}

static void choose_place(Maker *m, SeqOp *op)
{
    static const uint8_t regions[] = { 0, 0, 0, 2, SEQUENCE_REGION_CONFIG };
    const SeqRegion *region;
    bool narrow;

    op->region = regions[below(m, G_N_ELEMENTS(regions))];
    region = &m->seq->regions[op->region];
    narrow = region->port || op->region == SEQUENCE_REGION_CONFIG;
    op->width = 1 << below(m, narrow ? 3 : 4);
    op->offset = below(m, region->size / op->width) * op->width;
    if (below(m, 2)) {
        g_autofree char *name = g_strdup_printf("REG %u \303\244", below(m, 9));

        op->text = sequence_text(m->seq, name);
    }
}

/* Return: a read before the end of the sequence, or SEQUENCE_NONE */
static uint32_t find_read(Maker *m)
{
    unsigned n;

    for (n = 0; n < TRIES && m->seq->ops->len > 1; n++) {
        uint32_t i = below(m, m->seq->ops->len - 1);
        SeqKind kind = sequence_op(m->seq, i)->kind;

        if (kind == SEQ_READ || kind == SEQ_CHECK || kind == SEQ_POLL) {
            return i;
        }
    }
    return SEQUENCE_NONE;
}

static void make_write(Maker *m, SeqOp *op)
{
    uint32_t source = below(m, 3) ? SEQUENCE_NONE : find_read(m);

    choose_place(m, op);
    choose_strides(m, op);
    if (source != SEQUENCE_NONE) {
        op->source = source;
        op->and_mask = bits(m, 8);
        op->or_mask = bits(m, 8);
        op->xor_mask = bits(m, 8);
        op->add = bits(m, 8);
        return;
    }
    op->value = bits(m, op->width);
    op->step = m->depth && below(m, 2) ? (int64_t)bits(m, 8) : 0;
    if (m->what != RANDOM_SYSFS && op->width >= 4 && !below(m, 3)) {
        op->buffer = below(m, m->seq->buffers->len);
        op->part = op->width == 8 ? below(m, 3) : 1 + below(m, 2);
    }
}

static void make_read(Maker *m, SeqOp *op)
{
    choose_place(m, op);
    choose_strides(m, op);
    if (op->kind == SEQ_READ) {
        return;
    }
    op->value = bits(m, op->width);
    op->mask = bits(m, op->width) | 1;
    op->step = m->depth && below(m, 2) ? -(int)below(m, 9) : 0;
    op->differs = op->kind == SEQ_POLL && below(m, 2);
    op->ns = op->kind == SEQ_POLL ? below(m, 9) * 1000 : 0;
}

static void make_upload(Maker *m, SeqOp *op)
{
    size_t size;

    choose_place(m, op);
    op->file = below(m, m->seq->files->len);
    size = g_bytes_get_size(g_array_index(m->seq->files, SeqFile,
                                          op->file).bytes);
    op->rounds = size / op->width;
    if (op->offset + size <= m->seq->regions[op->region].size) {
        op->stride[0] = op->width * below(m, 2);
    }
}

/* Room for the moves of all loops: each is of 8 bytes at most */
static void choose_memory(Maker *m, SeqOp *op, uint64_t len)
{
    const SeqBuffer *buffer;
    unsigned k;

    op->memory = below(m, m->seq->buffers->len);
    buffer = &g_array_index(m->seq->buffers, SeqBuffer, op->memory);
    op->offset = 8 * below(m, (buffer->size - len) / 16);
    for (k = 0; k < m->depth; k++) {
        op->stride[k] = 8 * below(m, 2);
    }
}

static void make_memory(Maker *m, SeqOp *op)
{
    uint8_t bytes[100];
    g_autoptr(GBytes) data = NULL;
    size_t i, len = 1 + below(m, sizeof(bytes));

    op->width = 1;
    if (!below(m, 3)) {
        op->file = below(m, m->seq->files->len);
        choose_memory(m, op, g_bytes_get_size(sequence_memory_bytes(m->seq,
                                                                    op)));
        return;
    }
    choose_memory(m, op, len);
    op->offset += below(m, 8);
    for (i = 0; i < len; i++) {
        bytes[i] = below(m, 256);
    }
    data = g_bytes_new(bytes, len);
    op->data = sequence_data(m->seq, data);
}

static void make_pointer(Maker *m, SeqOp *op)
{
    op->width = 4 << below(m, 2);
    op->part = op->width == 4 ? SEQ_PART_LOW + below(m, 2) : below(m, 3);
    choose_memory(m, op, op->width);
    op->buffer = below(m, m->seq->buffers->len);
    op->value = below(m, 2) * below(m, 4096);
    op->step = m->depth ? (int)below(m, 99) - 50 : 0;
    if (below(m, 2)) {
        op->text = sequence_text(m->seq, "descriptor */");
    }
}

static void make_text(Maker *m, SeqOp *op)
{
    g_autofree char *text = g_strdup_printf("text \"%u\" \\ \360\237\216\211",
                                            below(m, 9));

    op->text = sequence_text(m->seq, text);
}

static void make_ops(Maker *m, int n);

static void make_loop(Maker *m, uint32_t i)
{
    unsigned k;

    for (k = m->depth++; k > 0; k--) {
        m->rounds[k] = m->rounds[k - 1];
    }
    m->rounds[0] = 1 + below(m, ROUNDS_MAX);
    sequence_op(m->seq, i)->rounds = m->rounds[0];
    make_ops(m, 1 + below(m, 4));
    sequence_op(m->seq, i)->body = m->seq->ops->len - i - 1;
    m->depth--;
    for (k = 0; k < m->depth; k++) {
        m->rounds[k] = m->rounds[k + 1];
    }
}

static SeqKind choose_kind(Maker *m)
{
    /* the last ones need buffers */
    static const SeqKind playable[] = {
        SEQ_WRITE, SEQ_WRITE, SEQ_READ, SEQ_DELAY, SEQ_MARK, SEQ_UPLOAD,
        SEQ_LOOP, SEQ_NOTE, SEQ_MEMORY, SEQ_POINTER,
    };
    unsigned n = G_N_ELEMENTS(playable) - (m->what == RANDOM_VFIO ? 0 : 2);
    SeqKind kind = m->what == RANDOM_ALL ? (SeqKind)below(m, SEQ__MAX)
                                         : playable[below(m, n)];

    return kind == SEQ_LOOP && m->depth == SEQUENCE_DEPTH_MAX ? SEQ_WRITE
                                                              : kind;
}

static void make_op(Maker *m)
{
    SeqKind kind = choose_kind(m);
    uint32_t i = m->seq->ops->len;
    SeqOp *op = sequence_add(m->seq, kind, ++m->line);

    op->last_line = m->line += below(m, 2);
    if (kind == SEQ_WRITE) {
        make_write(m, op);
    } else if (kind == SEQ_READ || kind == SEQ_CHECK || kind == SEQ_POLL) {
        make_read(m, op);
    } else if (kind == SEQ_DELAY || kind == SEQ_IRQ) {
        op->ns = m->what == RANDOM_ALL ? below(m, 99) * 1000 : 0;
        op->value = kind == SEQ_IRQ ? below(m, 2048) : 0;
        op->rounds = kind == SEQ_IRQ ? 2 * below(m, 3) : 0;
    } else if (kind == SEQ_UPLOAD) {
        make_upload(m, op);
    } else if (kind == SEQ_MEMORY) {
        make_memory(m, op);
    } else if (kind == SEQ_POINTER) {
        make_pointer(m, op);
    } else if (kind == SEQ_LOOP) {
        make_loop(m, i);
    } else {
        make_text(m, op);
    }
}

static void make_ops(Maker *m, int n)
{
    while (n-- > 0) {
        make_op(m);
    }
}

static void make_files(Maker *m)
{
    unsigned n = 1 + below(m, 3);

    while (n-- > 0) {
        size_t size = 8 * (1 + below(m, 32));
        uint8_t *data = g_malloc(size);
        g_autoptr(GBytes) bytes = NULL;
        size_t i;

        for (i = 0; i < size; i++) {
            data[i] = below(m, 256);
        }
        bytes = g_bytes_new_take(data, size);
        sequence_file(m->seq, "made-upload", bytes);
    }
}

static void make_buffers(Maker *m)
{
    unsigned n = 1 + below(m, 3);
    unsigned i;

    for (i = 0; i < n; i++) {
        SeqBuffer buffer = {
            .name = g_strdup_printf("dma%u", i),
            .size = 4096 * (1 + below(m, 4)),
            .below_4g = below(m, 2),
            .address = bits(m, 8),
            .file = below(m, 2) ? below(m, m->seq->files->len) : SEQUENCE_NONE,
            .line = below(m, 99),
        };

        if (m->what == RANDOM_VFIO) {
            buffer.address = 0x20000000 * (1 + i);
            buffer.address += buffer.below_4g ? 0 : UINT64_C(1) << 35;
        }
        g_array_append_val(m->seq->buffers, buffer);
    }
}

Sequence *random_sequence(GRand *rand, RandomFor what)
{
    Maker m = { .rand = rand, .what = what, .seq = sequence_new() };

    m.seq->vendor = 0x8086;
    m.seq->device = below(&m, 0x10000);
    m.seq->revision = (int)below(&m, 4) - 1;
    g_free(m.seq->trace);
    m.seq->trace = g_strdup("made \"up\".mmt");
    m.seq->regions[0].size = 0x1000;
    m.seq->regions[2] = (SeqRegion) { .size = 0x100, .port = what == RANDOM_ALL };
    m.seq->regions[SEQUENCE_REGION_CONFIG].size = 0x100;
    make_files(&m);
    if (what != RANDOM_SYSFS) {
        make_buffers(&m);
    }
    make_ops(&m, below(&m, 40));
    return m.seq;
}
