/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a device of memory, for sequences (see play-memory.h)
 */
#include "play-memory.h"

#include <inttypes.h>
#include <string.h>

#include "tools/sequence/check.h"

#define ACCESS_NS 1000
#define HOUR_NS (UINT64_C(3600) * 1000000000)

static void say(PlayMemory *memory, char what, unsigned region,
                uint64_t offset, unsigned width, uint64_t value)
{
    g_string_append_printf(memory->said, "%c %s+0x%" PRIx64 " %u 0x%" PRIx64
                           "\n", what, sequence_region_name(region), offset,
                           width, value);
}

static bool memory_read(PlayBackend *backend, unsigned region, uint64_t offset,
                        unsigned width, uint64_t *value, GError **error)
{
    PlayMemory *memory = (PlayMemory *)backend;

    g_assert_cmpuint(offset + width, <=, MEMORY_BYTES);
    memory->clock += ACCESS_NS;
    memory->accesses++;
    if (++memory->reads == memory->ready_at) {
        memory->bytes[memory->ready_offset] = memory->ready_value;
    }
    if (memory->reads == memory->fail_at) {
        return play_error(error, "the device does not answer");
    }
    *value = 0;
    memcpy(value, memory->bytes + offset, width);
    say(memory, 'R', region, offset, width, *value);
    return true;
}

static bool memory_write(PlayBackend *backend, unsigned region,
                         uint64_t offset, unsigned width, uint64_t value,
                         GError **error)
{
    PlayMemory *memory = (PlayMemory *)backend;

    (void)error;
    g_assert_cmpuint(offset + width, <=, MEMORY_BYTES);
    memory->clock += ACCESS_NS;
    memory->accesses++;
    memcpy(memory->bytes + offset, &value, width);
    say(memory, 'W', region, offset, width, value);
    return true;
}

static PlayIrq memory_irq(PlayBackend *backend, unsigned vector, uint64_t ns,
                          GError **error)
{
    PlayMemory *memory = (PlayMemory *)backend;

    (void)error;
    if (!memory->irqs) {
        memory->clock += ns;
        return PLAY_IRQ_LATE;
    }
    memory->irqs--;
    g_string_append_printf(memory->said, "I %u\n", vector);
    return PLAY_IRQ_CAME;
}

static void memory_sleep(PlayBackend *backend, uint64_t ns)
{
    PlayMemory *memory = (PlayMemory *)backend;

    memory->clock += ns;
    memory->slept += ns;
}

static bool memory_stopped(PlayBackend *backend)
{
    PlayMemory *memory = (PlayMemory *)backend;

    return memory->accesses >= memory->stop_at;
}

static uint64_t memory_now(PlayBackend *backend)
{
    return ((PlayMemory *)backend)->clock;
}

static uint64_t memory_address(PlayBackend *backend, uint32_t buffer)
{
    (void)backend;
    return MEMORY_BUFFER + ((uint64_t)buffer << 16);
}

static void memory_fill(PlayBackend *backend, uint32_t buffer, uint64_t offset,
                        const void *bytes, size_t len)
{
    PlayMemory *memory = (PlayMemory *)backend;
    const uint8_t *p = bytes;
    size_t i;

    g_string_append_printf(memory->said, "M %u+0x%" PRIx64 " ", buffer, offset);
    for (i = 0; i < len; i++) {
        g_string_append_printf(memory->said, "%02x", p[i]);
    }
    g_string_append_c(memory->said, '\n');
}

void play_memory_init(PlayMemory *memory)
{
    *memory = (PlayMemory) {
        .backend = {
            .irq_word = "msix",
            .read = memory_read,
            .write = memory_write,
            .irq = memory_irq,
            .sleep = memory_sleep,
            .stopped = memory_stopped,
            .now = memory_now,
            .address = memory_address,
            .fill = memory_fill,
        },
        .said = g_string_new(NULL),
        .clock = UINT64_C(5000000000),
        .stop_at = UINT64_MAX,
    };
}

void play_memory_clear(PlayMemory *memory)
{
    g_string_free(memory->said, TRUE);
}

SeqBuffer *play_add_buffer(Sequence *seq, uint64_t size)
{
    SeqBuffer buffer = {
        .name = g_strdup_printf("dma%u", seq->buffers->len), .size = size,
        .file = SEQUENCE_NONE,
    };

    g_array_append_val(seq->buffers, buffer);
    return &g_array_index(seq->buffers, SeqBuffer, seq->buffers->len - 1);
}

Sequence *play_sequence(void)
{
    Sequence *seq = sequence_new();

    seq->vendor = 0x10de;
    seq->device = 0x1b80;
    seq->revision = -1;
    g_free(seq->trace);
    seq->trace = g_strdup("card.mmt");
    seq->regions[0].size = MEMORY_BYTES;
    play_add_buffer(seq, 4096);
    return seq;
}

SeqOp *play_add(Sequence *seq, SeqKind kind, uint64_t offset, unsigned width,
                uint64_t value)
{
    SeqOp *op = sequence_add(seq, kind, 10 + seq->ops->len);

    op->offset = offset;
    op->width = width;
    op->value = value;
    op->mask = width < 8 ? (UINT64_C(1) << (8 * width)) - 1 : UINT64_MAX;
    op->and_mask = UINT64_MAX;
    return op;
}

void play_add_mark(Sequence *seq, const char *text)
{
    uint32_t number = sequence_text(seq, text);

    sequence_add(seq, SEQ_MARK, 10 + seq->ops->len)->text = number;
}

void play_add_loop(Sequence *seq, uint64_t rounds, uint32_t body)
{
    SeqOp *op = sequence_add(seq, SEQ_LOOP, 10 + seq->ops->len);

    op->rounds = rounds;
    op->body = body;
}

void play_all(const Sequence *seq, PlayMemory *memory, PlayLog *log,
              PlayResult *result)
{
    const PlayJob job = {
        .seq = seq, .backend = &memory->backend, .log = log,
        .end = seq->ops->len, .limit_ns = HOUR_NS,
    };
    g_autoptr(GError) error = NULL;

    sequence_check(seq, NULL, &error);
    g_assert_no_error(error);
    play_run(&job, result);
}

void play_add_bytes(Sequence *seq, uint32_t memory, uint64_t offset,
                    const char *bytes)
{
    g_autoptr(GBytes) data = g_bytes_new(bytes, strlen(bytes));
    uint32_t number = sequence_data(seq, data);
    SeqOp *op = sequence_add(seq, SEQ_MEMORY, 10 + seq->ops->len);

    op->memory = memory;
    op->offset = offset;
    op->width = 1;
    op->data = number;
}

SeqOp *play_add_pointer(Sequence *seq, uint32_t memory, uint64_t offset,
                        uint32_t buffer)
{
    SeqOp *op = sequence_add(seq, SEQ_POINTER, 10 + seq->ops->len);

    op->memory = memory;
    op->offset = offset;
    op->width = 8;
    op->buffer = buffer;
    return op;
}

void play_add_upload(Sequence *seq, int64_t stride)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("abcdefgh", 8);
    uint32_t file = sequence_file(seq, "card-upload", bytes);
    SeqOp *op = play_add(seq, SEQ_UPLOAD, 0x40, 4, 0);

    op->file = file;
    op->rounds = 2;
    op->stride[0] = stride;
}

SeqOp *play_add_poll(Sequence *seq, uint64_t ns)
{
    SeqOp *op = play_add(seq, SEQ_POLL, 0x30, 4, 0x80);

    op->mask = 0x80;
    op->ns = ns;
    return op;
}

void play_assert_ends(const Sequence *seq, PlayMemory *memory, PlayEnd end,
                      PlayResult *result)
{
    play_all(seq, memory, NULL, result);
    if (result->error) {
        g_test_message("%s", result->error->message);
    }
    g_assert_cmpint(result->end, ==, end);
}

/* Carry @seq out on a new device; return what it has done. */
static char *done(const Sequence *seq)
{
    PlayMemory memory;
    PlayResult result;

    play_memory_init(&memory);
    memory.irqs = 1;
    play_assert_ends(seq, &memory, PLAY_END_DONE, &result);
    return g_string_free(memory.said, FALSE);
}

void play_assert_does(const Sequence *seq, const char *what)
{
    g_autofree char *said = done(seq);

    g_assert_cmpstr(said, ==, what);
}
