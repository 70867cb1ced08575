/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: carries one operation out (see step.h)
 */
#include "tools/play/step.h"

#include <string.h>

/* A poll reads without a pause for so long, as a driver's would. */
#define POLL_BUSY_NS 100000

/* Afterwards it pauses for this part of the time since it began... */
#define POLL_PART 32

/* ...but never longer than this. */
#define POLL_PAUSE_MAX_NS 1000000

/* Interrupts that follow each other come so close. */
#define IRQ_MORE_NS 2000000

/* Between two questions whether an upload may go on */
#define UPLOAD_ROUNDS 1024

static uint64_t ones(unsigned width)
{
    return width < 8 ? (UINT64_C(1) << (8 * width)) - 1 : UINT64_MAX;
}

bool play_end(PlayState *state, PlayEnd end)
{
    state->result->end = end;
    return false;
}

static uint64_t now(const PlayState *state)
{
    return state->job->backend->now(state->job->backend);
}

/* Return: how long the sequence may still take */
static uint64_t time_left(const PlayState *state)
{
    uint64_t taken = now(state) - state->start;

    return taken < state->job->limit_ns ? state->job->limit_ns - taken : 0;
}

bool play_go_on(PlayState *state)
{
    play_log_flush(state->job->log);
    if (state->job->backend->stopped(state->job->backend)) {
        return play_end(state, PLAY_END_ASKED);
    }
    return time_left(state) || play_end(state, PLAY_END_LATE);
}

/* Wrapping around is defined for numbers without a sign. */
static uint64_t times(int64_t change, uint64_t round)
{
    return (uint64_t)change * round;
}

static uint64_t offset_of(const PlayState *state, const SeqOp *op)
{
    const PlayResult *at = state->result;
    uint64_t offset = op->offset;
    unsigned i;

    for (i = 0; op->kind != SEQ_UPLOAD && i < at->depth; i++) {
        offset += times(op->stride[i], at->round[at->depth - 1 - i]);
    }
    return offset;
}

/* The operation's value in this round of the innermost loop */
static uint64_t value_of(const PlayState *state, const SeqOp *op)
{
    const PlayResult *at = state->result;

    return op->value +
           (at->depth ? times(op->step, at->round[at->depth - 1]) : 0);
}

static bool broken(PlayState *state)
{
    return play_end(state, PLAY_END_BROKEN);
}

static bool write_at(PlayState *state, const SeqOp *op, uint64_t offset,
                     uint64_t value)
{
    const PlayJob *job = state->job;
    PlayAccess access = {
        .write = true, .region = op->region, .width = op->width,
        .offset = offset, .value = value & ones(op->width), .ns = now(state),
    };

    access.failed = !job->backend->write(job->backend, op->region, offset,
                                         op->width, access.value,
                                         &state->result->error);
    play_log_access(job->log, &access);
    state->result->writes++;
    return !access.failed || broken(state);
}

static bool read_at(PlayState *state, const SeqOp *op, uint32_t i)
{
    const PlayJob *job = state->job;
    PlayResult *result = state->result;
    PlayAccess access = {
        .region = op->region, .width = op->width, .offset = result->offset,
        .value = UINT64_MAX,
    };

    access.failed = !job->backend->read(job->backend, op->region,
                                        access.offset, op->width,
                                        &access.value, &result->error);
    access.value &= ones(op->width);
    access.ns = now(state);
    play_log_access(job->log, &access);
    result->reads++;
    result->got = access.value;
    state->read[i] = access.value;
    state->known[i / 8] |= 1 << (i % 8);
    return !access.failed || broken(state);
}

static bool as_wanted(const PlayState *state, const SeqOp *op)
{
    bool equal = !((state->result->got ^ state->result->expected) & op->mask);

    return equal != op->differs;
}

/* PCI 3.0, 6.1: revision and class */
#define CONFIG_CLASS 8

/*
 * A device that was unplugged, sleeps or hangs answers with all ones.  Config
 * space tells more: revision and class are never all ones.  (VFIO answers for
 * the IDs itself, also if the device is gone.)
 */
static PlayPulse pulse_of(PlayState *state, const SeqOp *op)
{
    PlayBackend *backend = state->job->backend;
    g_autoptr(GError) error = NULL;
    PlayAccess access = {
        .region = SEQUENCE_REGION_CONFIG, .offset = CONFIG_CLASS, .width = 4,
        .value = ones(4),
    };

    if (state->result->got != ones(op->width)) {
        return PLAY_PULSE_GOOD;
    }
    access.failed = !backend->read(backend, access.region, access.offset,
                                   access.width, &access.value, &error);
    access.ns = now(state);
    play_log_access(state->job->log, &access);
    return !access.failed && access.value != ones(4)
           ? PLAY_PULSE_ONES : PLAY_PULSE_NONE;
}

/* The value is wrong. */
static bool end_wrong(PlayState *state, const SeqOp *op, PlayEnd end)
{
    state->result->pulse = pulse_of(state, op);
    return play_end(state, end);
}

static uint64_t address_of(const PlayState *state, const SeqOp *op)
{
    uint64_t address = state->job->backend->address(state->job->backend,
                                                    op->buffer) +
                       value_of(state, op);

    return op->part == SEQ_PART_LOW ? address & UINT32_MAX :
           op->part == SEQ_PART_HIGH ? address >> 32 : address;
}

/* Only --from leaves out an operation that others need. */
static bool changed_value(PlayState *state, const SeqOp *op, uint64_t *value)
{
    uint32_t i = op->source;

    if (!(state->known[i / 8] & 1 << (i % 8))) {
        play_error(&state->result->error,
                   "it writes what operation %u has read, which was left out: begin with an earlier phase",
                   i);
        return broken(state);
    }
    *value = (((state->read[i] & op->and_mask) | op->or_mask) ^
              op->xor_mask) + op->add;
    return true;
}

static bool do_write(PlayState *state, const SeqOp *op, uint32_t i)
{
    uint64_t value = value_of(state, op);

    (void)i;
    if (op->buffer != SEQUENCE_NONE) {
        value = address_of(state, op);
    } else if (op->source != SEQUENCE_NONE &&
               !changed_value(state, op, &value)) {
        return false;
    }
    return write_at(state, op, state->result->offset, value);
}

static bool do_read(PlayState *state, const SeqOp *op, uint32_t i)
{
    return read_at(state, op, i);
}

static bool do_check(PlayState *state, const SeqOp *op, uint32_t i)
{
    return read_at(state, op, i) &&
           (as_wanted(state, op) || end_wrong(state, op, PLAY_END_CHECK));
}

static void wait_for(PlayState *state, uint64_t ns)
{
    PlayBackend *backend = state->job->backend;
    uint64_t left = time_left(state);

    backend->sleep(backend, MIN(ns, left));
}

/* The last read begins when the time is over: whoever waits may be delayed. */
static bool do_poll(PlayState *state, const SeqOp *op, uint32_t i)
{
    uint64_t start = now(state);

    for (;;) {
        uint64_t waited = now(state) - start;

        if (!read_at(state, op, i)) {
            return false;
        }
        if (as_wanted(state, op)) {
            return true;
        }
        if (waited >= op->ns) {
            return end_wrong(state, op, PLAY_END_POLL);
        }
        if (!play_go_on(state)) {
            return false;
        }
        if (waited >= POLL_BUSY_NS) {
            uint64_t pause = MIN(waited / POLL_PART, POLL_PAUSE_MAX_NS);

            wait_for(state, MIN(pause, op->ns - waited));
        }
    }
}

static bool do_delay(PlayState *state, const SeqOp *op, uint32_t i)
{
    (void)i;
    wait_for(state, op->ns);
    return play_go_on(state);
}

static bool do_mark(PlayState *state, const SeqOp *op, uint32_t i)
{
    (void)i;
    play_log_mark(state->job->log, state->job->seq->texts->pdata[op->text],
                  now(state));
    return true;
}

/* In a file, the lowest byte of an access comes first. */
static uint64_t value_in(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;
    unsigned i;

    for (i = width; i-- > 0; ) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static bool do_upload(PlayState *state, const SeqOp *op, uint32_t i)
{
    const SeqFile *file = &g_array_index(state->job->seq->files, SeqFile,
                                         op->file);
    const uint8_t *bytes = g_bytes_get_data(file->bytes, NULL);
    uint64_t offset = op->offset;
    uint64_t k;

    (void)i;
    for (k = 0; k < op->rounds; k++) {
        if (!(k % UPLOAD_ROUNDS) && k && !play_go_on(state)) {
            return false;
        }
        state->result->offset = offset;
        if (!write_at(state, op, offset,
                      value_in(bytes + k * op->width, op->width))) {
            return false;
        }
        offset += op->stride[0];
    }
    return true;
}

static PlayIrq take_irq(PlayState *state, const SeqOp *op, uint64_t ns)
{
    PlayBackend *backend = state->job->backend;
    uint64_t left = time_left(state);
    PlayIrq came = backend->irq(backend, op->value, MIN(ns, left),
                                &state->result->error);

    if (came == PLAY_IRQ_CAME) {
        play_log_irq(state->job->log, backend->irq_word, op->value,
                     now(state));
    }
    return came;
}

/* INTx, which has no word, is a line: it comes once. */
static bool do_irq(PlayState *state, const SeqOp *op, uint32_t i)
{
    PlayIrq came = take_irq(state, op, op->ns);
    uint64_t k;

    (void)i;
    for (k = 1; k < op->rounds && came == PLAY_IRQ_CAME &&
                state->job->backend->irq_word; k++) {
        came = take_irq(state, op, IRQ_MORE_NS);
        if (came == PLAY_IRQ_LATE) {
            return play_go_on(state);
        }
    }
    if (came == PLAY_IRQ_CAME) {
        return true;
    }
    if (came == PLAY_IRQ_ERROR) {
        return broken(state);
    }
    return play_go_on(state) && play_end(state, PLAY_END_IRQ);
}

static void fill(const PlayState *state, const SeqOp *op, const void *bytes,
                 size_t len)
{
    const PlayJob *job = state->job;
    uint64_t offset = state->result->offset;
    const PlayFill filled = {
        .name = g_array_index(job->seq->buffers, SeqBuffer, op->memory).name,
        .at = job->backend->address(job->backend, op->memory) + offset,
        .bytes = bytes, .len = len,
    };

    job->backend->fill(job->backend, op->memory, offset, bytes, len);
    play_log_fill(job->log, &filled);
}

/*
 * The addresses that are in a descriptor come after its other bytes.  A device
 * that is at work may look at it in between, so it gets them at once.
 *
 * Return: whether the operation is an address in @bytes, and is in them now
 */
static bool put_pointer(const PlayState *state, const SeqOp *op,
                        const SeqOp *pointer, uint8_t *bytes, size_t len)
{
    uint64_t at = offset_of(state, pointer) - state->result->offset;
    uint64_t word = GUINT64_TO_LE(address_of(state, pointer));

    if (pointer->memory != op->memory || at > len ||
        pointer->width > len - at) {
        return false;
    }
    memcpy(bytes + at, &word, pointer->width);
    return true;
}

static bool is_pointer(const PlayState *state, uint32_t i)
{
    return i < state->end &&
           sequence_op(state->job->seq, i)->kind == SEQ_POINTER;
}

static bool do_memory(PlayState *state, const SeqOp *op, uint32_t i)
{
    gsize len;
    const void *bytes = g_bytes_get_data(
        sequence_memory_bytes(state->job->seq, op), &len);
    g_autofree uint8_t *whole = NULL;

    if (is_pointer(state, i + 1)) {
        whole = g_memdup2(bytes, len);
    }
    for (i++; is_pointer(state, i); i++) {
        if (!put_pointer(state, op, sequence_op(state->job->seq, i), whole,
                         len)) {
            break;
        }
    }
    fill(state, op, whole ? whole : bytes, len);
    return true;
}

/* The device reads numbers with the lowest byte first. */
static bool do_pointer(PlayState *state, const SeqOp *op, uint32_t i)
{
    uint64_t word = GUINT64_TO_LE(address_of(state, op));

    (void)i;
    fill(state, op, &word, op->width);
    return true;
}

static bool do_nothing(PlayState *state, const SeqOp *op, uint32_t i)
{
    (void)state;
    (void)op;
    (void)i;
    return true;
}

static bool (*const do_kind[SEQ__MAX])(PlayState *, const SeqOp *, uint32_t) = {
    [SEQ_WRITE] = do_write,
    [SEQ_READ] = do_read,
    [SEQ_CHECK] = do_check,
    [SEQ_POLL] = do_poll,
    [SEQ_DELAY] = do_delay,
    [SEQ_MARK] = do_mark,
    [SEQ_UPLOAD] = do_upload,
    [SEQ_IRQ] = do_irq,
    [SEQ_LOOP] = do_nothing,
    [SEQ_MEMORY] = do_memory,
    [SEQ_POINTER] = do_pointer,
    [SEQ_NOTE] = do_nothing,
};

void play_step_begin(PlayState *state, uint32_t i)
{
    const SeqOp *op = sequence_op(state->job->seq, i);

    state->result->op = i;
    state->result->offset = offset_of(state, op);
    state->result->expected = value_of(state, op) & ones(op->width);
}

bool play_step(PlayState *state)
{
    uint32_t i = state->result->op;
    const SeqOp *op = sequence_op(state->job->seq, i);

    return do_kind[op->kind](state, op, i);
}
