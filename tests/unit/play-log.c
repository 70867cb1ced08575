/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: plays a sequence on a device that answers as in a log (see
 * play-log.h)
 */
#include "play-log.h"

#include <inttypes.h>
#include <string.h>

/* Sequences have aligned accesses only, and do not set BARs. */
static bool is_left_out(const LogAccess *access)
{
    if (!access->width || access->offset % access->width) {
        return true;
    }
    return access->write && access->region == MMT_REGION_CONFIG &&
           ((access->offset + access->width > 0x10 &&
             access->offset < 0x28) ||
            (access->offset + access->width > 0x30 && access->offset < 0x34));
}

GArray *log_accesses(const char *path, void (*configure)(MmtTrace *trace))
{
    GArray *accesses = g_array_new(FALSE, FALSE, sizeof(LogAccess));
    MmtTrace *trace = mmt_trace_open(path, NULL);
    const MmtEntry *e;
    size_t i, n;

    g_assert_nonnull(trace);
    if (configure) {
        configure(trace);
    }
    while ((n = mmt_trace_next(trace, &e)) > 0) {
        for (i = 0; i < n; i++) {
            int number = e[i].kind > MMT_ENTRY_WRITE ? -1 :
                         mmt_trace_region(trace, e[i].region)->number;
            LogAccess access = {
                .write = e[i].kind == MMT_ENTRY_WRITE,
                .region = number, .width = e[i].width,
                .offset = e[i].offset, .value = e[i].value,
                .line = e[i].line,
            };

            if (number >= 0 && number <= MMT_REGION_CONFIG &&
                !is_left_out(&access)) {
                g_array_append_val(accesses, access);
            }
        }
    }
    mmt_trace_free(trace);
    return accesses;
}

/**
 * struct Play: a sequence that is played
 * @seq: the sequence
 * @accesses: the log's
 * @at: number of the next access
 * @index: round of each loop around the operation, the innermost last
 * @depth: number of loops
 * @reads: by operation, the value that it read last
 * @error: what differs, or NULL
 */
typedef struct Play {
    const Sequence *seq;
    const GArray *accesses;
    guint at;
    uint64_t index[SEQUENCE_DEPTH_MAX];
    unsigned depth;
    uint64_t *reads;
    char *error;
} Play;

static uint64_t width_mask(unsigned width)
{
    return width < 8 ? (UINT64_C(1) << (width * 8)) - 1 : UINT64_MAX;
}

static uint64_t offset_of(const Play *play, const SeqOp *op)
{
    uint64_t offset = op->offset;
    unsigned i;

    for (i = 0; i < play->depth; i++) {
        offset += op->stride[i] * play->index[play->depth - 1 - i];
    }
    return offset;
}

static uint64_t value_of(const Play *play, const SeqOp *op)
{
    uint64_t value = op->value;

    if (play->depth) {
        value += op->step * play->index[play->depth - 1];
    }
    if (op->buffer != SEQUENCE_NONE) {
        value += g_array_index(play->seq->buffers, SeqBuffer,
                               op->buffer).address;
        value = op->part == SEQ_PART_HIGH ? value >> 32 : value;
    }
    if (op->source != SEQUENCE_NONE) {
        value = (((play->reads[op->source] & op->and_mask) | op->or_mask) ^
                 op->xor_mask) + op->add;
    }
    return value & width_mask(op->width);
}

static bool fail(Play *play, uint32_t i, const char *what)
{
    const LogAccess *a = play->at < play->accesses->len ?
                         &g_array_index(play->accesses, LogAccess, play->at) :
                         NULL;
    const SeqOp *op = sequence_op(play->seq, i);

    play->error = g_strdup_printf("operation %u, %s of line %" PRIu64
                                  " at 0x%" PRIx64 ", does not fit line %"
                                  PRIu64 ", %c 0x%" PRIx64 " = 0x%" PRIx64
                                  ": %s", i, sequence_kind_name(op->kind),
                                  op->line, offset_of(play, op),
                                  a ? a->line : 0, a && a->write ? 'W' : 'R',
                                  a ? a->offset : 0, a ? a->value : 0, what);
    return false;
}

/* Return: the next access, if it is one to this place; else NULL */
static const LogAccess *next(Play *play, uint32_t i, uint64_t offset)
{
    const SeqOp *op = sequence_op(play->seq, i);
    bool write = op->kind == SEQ_WRITE || op->kind == SEQ_UPLOAD;
    const LogAccess *a;

    if (play->at == play->accesses->len) {
        fail(play, i, "the log has ended");
        return NULL;
    }
    a = &g_array_index(play->accesses, LogAccess, play->at);
    if (a->write != write || a->region != op->region ||
        a->width != op->width || a->offset != offset) {
        fail(play, i, "another access");
        return NULL;
    }
    return a;
}

static bool play_write(Play *play, uint32_t i)
{
    const SeqOp *op = sequence_op(play->seq, i);
    const LogAccess *a = next(play, i, offset_of(play, op));

    if (!a || a->value != value_of(play, op)) {
        return a && fail(play, i, "another value");
    }
    play->at++;
    return true;
}

static bool play_read(Play *play, uint32_t i)
{
    const SeqOp *op = sequence_op(play->seq, i);
    const LogAccess *a = next(play, i, offset_of(play, op));

    if (!a || (a->value & op->mask) != (value_of(play, op) & op->mask)) {
        return a && fail(play, i, "another value");
    }
    play->reads[i] = a->value;
    play->at++;
    return true;
}

/* A driver that polls may read other registers each time. */
static void skip_others(Play *play, const SeqOp *op)
{
    const LogAccess *a;

    for (; play->at < play->accesses->len; play->at++) {
        a = &g_array_index(play->accesses, LogAccess, play->at);
        if (a->write || (a->region == op->region &&
                         a->offset == offset_of(play, op))) {
            return;
        }
    }
}

static bool play_poll(Play *play, uint32_t i)
{
    const SeqOp *op = sequence_op(play->seq, i);
    const LogAccess *a;
    bool equal;

    do {
        skip_others(play, op);
        a = next(play, i, offset_of(play, op));
        if (!a) {
            return false;
        }
        equal = (a->value & op->mask) == op->value;
        play->reads[i] = a->value;
        play->at++;
    } while (equal == op->differs);
    return true;
}

static bool play_upload(Play *play, uint32_t i)
{
    const SeqOp *op = sequence_op(play->seq, i);
    size_t len;
    const uint8_t *bytes = g_bytes_get_data(
        g_array_index(play->seq->files, SeqFile, op->file).bytes, &len);
    uint64_t k, value;

    for (k = 0; k < op->rounds; k++) {
        const LogAccess *a = next(play, i, op->offset + k * op->stride[0]);

        value = 0;
        memcpy(&value, bytes + k * op->width, op->width);
        if (!a || GUINT64_FROM_LE(value) != a->value) {
            return a && fail(play, i, "another value");
        }
        play->at++;
    }
    return len == k * op->width || fail(play, i, "too many bytes");
}

static bool play_nothing(Play *play, uint32_t i)
{
    (void)play;
    (void)i;
    return true;
}

static bool play_range(Play *play, uint32_t from, uint32_t to);

static bool play_loop(Play *play, uint32_t i)
{
    const SeqOp *op = sequence_op(play->seq, i);
    unsigned depth = play->depth++;
    bool ok = true;

    for (play->index[depth] = 0; ok && play->index[depth] < op->rounds;
         play->index[depth]++) {
        ok = play_range(play, i + 1, i + 1 + op->body);
    }
    play->depth--;
    return ok;
}

static bool play_range(Play *play, uint32_t from, uint32_t to)
{
    static bool (*const players[SEQ__MAX])(Play *play, uint32_t i) = {
        [SEQ_WRITE] = play_write,
        [SEQ_READ] = play_read,
        [SEQ_CHECK] = play_read,
        [SEQ_POLL] = play_poll,
        [SEQ_DELAY] = play_nothing,
        [SEQ_MARK] = play_nothing,
        [SEQ_UPLOAD] = play_upload,
        [SEQ_IRQ] = play_nothing,
        [SEQ_LOOP] = play_loop,
        [SEQ_NOTE] = play_nothing,
    };
    uint32_t i;

    for (i = from; i < to; i++) {
        const SeqOp *op = sequence_op(play->seq, i);

        if (!players[op->kind](play, i)) {
            return false;
        }
        i += op->kind == SEQ_LOOP ? op->body : 0;
    }
    return true;
}

char *play_log(const Sequence *seq, const GArray *accesses)
{
    Play play = {
        .seq = seq, .accesses = accesses,
        .reads = g_new0(uint64_t, seq->ops->len + 1),
    };

    if (play_range(&play, 0, seq->ops->len) &&
        play.at != accesses->len) {
        play.error = g_strdup_printf("%u accesses are left",
                                     accesses->len - play.at);
    }
    g_free(play.reads);
    return play.error;
}
