/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a device of memory, and what a sequence does to it (see
 * sequence-player.h)
 */
#include "sequence-player.h"

#include <string.h>

/* Bits of the command register that programs set, and one that depends */
#define COMMAND 4
#define COMMAND_ENABLED 3
#define COMMAND_MASTER 4

void memory_init(Memory *memory, unsigned seed, bool vfio)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    size_t i;
    size_t k;

    memset(memory, 0, sizeof(*memory));
    memory->vfio = vfio;
    for (i = 0; i < G_N_ELEMENTS(device_files); i++) {
        unsigned region = device_files[i].region;

        memory->size[region] = device_files[i].size;
        memory->byte[region] = g_malloc(device_files[i].size);
        for (k = 0; k < device_files[i].size; k++) {
            memory->byte[region][k] = g_rand_int(rand);
        }
    }
    memcpy(memory->byte[CONFIG], (uint16_t[]) { VENDOR, DEVICE, 0 }, 6);
}

void memory_clear(Memory *memory)
{
    size_t i;

    for (i = 0; i < SEQUENCE_REGIONS; i++) {
        g_free(memory->byte[i]);
    }
    for (i = 0; i < memory->n_buffers; i++) {
        g_free(memory->buffers[i]);
    }
    g_free(memory->buffers);
}

void memory_enable(Memory *memory)
{
    memory->byte[CONFIG][COMMAND] |= COMMAND_ENABLED;
    if (memory->vfio) {
        memory->byte[CONFIG][COMMAND] |= COMMAND_MASTER;
    } else {
        memory->byte[CONFIG][COMMAND] &= ~COMMAND_MASTER;
    }
}

typedef struct Player {
    Sequence *seq;
    Memory *memory;
    GRand *rand;
    uint64_t *got;      /* by operation */
    uint64_t round[SEQUENCE_DEPTH_MAX]; /* the innermost loop first */
    unsigned depth;
} Player;

static uint64_t all_bits(unsigned width)
{
    return width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

static uint64_t offset_of(Player *p, const SeqOp *op)
{
    uint64_t offset = op->offset;
    unsigned k;

    for (k = 0; k < p->depth; k++) {
        offset += (uint64_t)op->stride[k] * p->round[k];
    }
    return offset;
}

static uint8_t *place_of(Player *p, const SeqOp *op)
{
    uint64_t offset = offset_of(p, op);

    g_assert_cmpuint(offset + op->width, <=, p->memory->size[op->region]);
    return p->memory->byte[op->region] + offset;
}

static uint64_t value_of(Player *p, const SeqOp *op)
{
    uint64_t base = 0;

    if (op->source != SEQUENCE_NONE) {
        return (((p->got[op->source] & op->and_mask) | op->or_mask) ^
                op->xor_mask) + op->add;
    }
    if (op->buffer != SEQUENCE_NONE) {
        base = g_array_index(p->seq->buffers, SeqBuffer, op->buffer).address;
    }
    base += op->value + (uint64_t)op->step * (p->depth ? p->round[0] : 0);
    return op->part == SEQ_PART_LOW ? base & UINT32_MAX :
           op->part == SEQ_PART_HIGH ? base >> 32 : base;
}

/* Without VFIO, programs write neither addresses of regions nor the master bit. */
static void put_value(Player *p, const SeqOp *op, uint64_t offset,
                      uint8_t *place, uint64_t value)
{
    if (op->region == CONFIG && !p->memory->vfio) {
        if ((offset + op->width > 0x10 && offset < 0x28) ||
            (offset + op->width > 0x30 && offset < 0x34)) {
            return;
        }
        value &= offset == COMMAND ? ~(uint64_t)COMMAND_MASTER : UINT64_MAX;
    }
    memcpy(place, &value, op->width);
}

/* A read that is made once can be checked: its value is known by now. */
static void make_check(Player *p, SeqOp *op, uint64_t got)
{
    if (p->depth || op->kind != SEQ_READ || g_rand_int_range(p->rand, 0, 2)) {
        return;
    }
    op->kind = g_rand_int_range(p->rand, 0, 2) ? SEQ_CHECK : SEQ_POLL;
    op->mask = (g_rand_int(p->rand) | 1) & all_bits(op->width);
    op->value = (got ^ (g_rand_int(p->rand) & ~op->mask)) &
                all_bits(op->width);
    op->differs = op->kind == SEQ_POLL && g_rand_int_range(p->rand, 0, 2);
    op->value ^= op->differs ? op->mask & -op->mask : 0;
    op->ns = op->kind == SEQ_POLL ? G_GUINT64_CONSTANT(60000000000) : 0;
}

static void play_upload(Player *p, const SeqOp *op)
{
    const uint8_t *data = g_bytes_get_data(
        g_array_index(p->seq->files, SeqFile, op->file).bytes, NULL);
    uint64_t k;

    for (k = 0; k < op->rounds; k++) {
        uint64_t offset = op->offset + k * op->stride[0];
        uint64_t value = 0;

        memcpy(&value, data + k * op->width, op->width);
        put_value(p, op, offset, p->memory->byte[op->region] + offset,
                  value);
    }
}

static void play_memory(Player *p, const SeqOp *op)
{
    uint64_t value = value_of(p, op);
    gsize len = op->width;
    const void *bytes = &value;
    uint64_t offset = offset_of(p, op);

    if (op->kind == SEQ_MEMORY) {
        bytes = g_bytes_get_data(sequence_memory_bytes(p->seq, op), &len);
    }
    g_assert_cmpuint(offset + len, <=, g_array_index(
        p->seq->buffers, SeqBuffer, op->memory).size);
    memcpy(p->memory->buffers[op->memory] + offset, bytes, len);
}

static uint32_t play_op(Player *p, uint32_t i);

static void play_loop(Player *p, uint32_t i)
{
    uint64_t rounds = sequence_op(p->seq, i)->rounds;
    uint32_t end = i + 1 + sequence_op(p->seq, i)->body;
    uint64_t n;

    memmove(p->round + 1, p->round, sizeof(p->round) - sizeof(p->round[0]));
    p->depth++;
    for (n = 0; n < rounds; n++) {
        uint32_t k = i + 1;

        p->round[0] = n;
        while (k < end) {
            k = play_op(p, k);
        }
    }
    p->depth--;
    memmove(p->round, p->round + 1, sizeof(p->round) - sizeof(p->round[0]));
}

static uint32_t play_op(Player *p, uint32_t i)
{
    SeqOp *op = sequence_op(p->seq, i);

    if (op->kind == SEQ_WRITE) {
        uint8_t *place = place_of(p, op);

        put_value(p, op, place - p->memory->byte[op->region], place,
                  value_of(p, op));
    } else if (op->kind == SEQ_READ || op->kind == SEQ_CHECK ||
               op->kind == SEQ_POLL) {
        p->got[i] = 0;
        memcpy(&p->got[i], place_of(p, op), op->width);
        make_check(p, op, p->got[i]);
    } else if (op->kind == SEQ_UPLOAD) {
        play_upload(p, op);
    } else if (op->kind == SEQ_MEMORY || op->kind == SEQ_POINTER) {
        play_memory(p, op);
    } else if (op->kind == SEQ_LOOP) {
        play_loop(p, i);
        return i + 1 + op->body;
    }
    return i + 1;
}

static void make_buffers(Memory *memory, const Sequence *seq)
{
    unsigned i;

    memory->n_buffers = seq->buffers->len;
    memory->buffers = g_new(uint8_t *, seq->buffers->len);
    for (i = 0; i < seq->buffers->len; i++) {
        const SeqBuffer *b = &g_array_index(seq->buffers, SeqBuffer, i);

        memory->buffers[i] = g_malloc0(b->size);
        if (b->file != SEQUENCE_NONE) {
            gsize len;
            const void *bytes = g_bytes_get_data(
                g_array_index(seq->files, SeqFile, b->file).bytes, &len);

            memcpy(memory->buffers[i], bytes, len);
        }
    }
}

void memory_play(Memory *memory, Sequence *seq, GRand *rand)
{
    Player p = {
        .seq = seq,
        .memory = memory,
        .rand = rand,
        .got = g_new0(uint64_t, seq->ops->len + 1),
    };
    uint32_t i = 0;

    make_buffers(memory, seq);
    memory_enable(memory);
    while (i < seq->ops->len) {
        i = play_op(&p, i);
    }
    g_free(p.got);
}
