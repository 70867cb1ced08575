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

/* --- memory of the log --------------------------------------------------- */

static void clear_memory(gpointer p)
{
    g_bytes_unref(((LogMemory *)p)->bytes);
}

static GBytes *parse_bytes(const char *digits)
{
    GByteArray *bytes = g_byte_array_new();

    for (; g_ascii_isxdigit(digits[0]); digits += 2) {
        uint8_t byte = g_ascii_xdigit_value(digits[0]) << 4 |
                       g_ascii_xdigit_value(digits[1]);

        g_byte_array_append(bytes, &byte, 1);
    }
    return g_byte_array_free_to_bytes(bytes);
}

/* Return: does a line have bytes of memory? */
static bool parse_memory(const char *line, LogMemory *memory)
{
    static const char *const marks[] = {
        " vfio-trace: entry ", " vfio-trace: data ",
        " vfio-trace: snapshot-data ", " vfio-trace: watch-data ",
    };
    const char *at = strstr(line, " at=");
    bool ours = !strstr(line, " device=") || strstr(line, " device=dut0 ");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(marks) && at && ours; i++) {
        if (strstr(line, marks[i])) {
            memory->address = g_ascii_strtoull(at + 4, NULL, 16);
            memory->bytes = parse_bytes(strrchr(line, ' ') + 1);
            return true;
        }
    }
    return false;
}

/*
 * Is a line about a ring that the device fills?  Its mark says so, or it had
 * entries behind an interrupt.
 */
static bool is_device_ring(GHashTable *rings, const char *line, bool by_device)
{
    const char *word = strstr(line, " ring=");
    g_autofree char *name = word ? g_strndup(word, strcspn(word + 1, " ") + 1)
                                 : NULL;

    if (name && (by_device || g_str_has_suffix(line, " by=device"))) {
        g_hash_table_add(rings, g_strdup(name));
    }
    return name && g_hash_table_contains(rings, name);
}

GArray *log_memory(const char *text)
{
    g_autoptr(GHashTable) rings = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                        g_free, NULL);
    GArray *list = g_array_new(FALSE, FALSE, sizeof(LogMemory));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    LogMemory memory = { .line = 0 };
    unsigned i;

    g_array_set_clear_func(list, clear_memory);
    for (i = 0; lines[i]; i++) {
        const char *line = lines[i];

        memory.line = i + 1;
        if (parse_memory(line, &memory)) {
            LogMemory one = memory;

            one.by_device |= is_device_ring(rings, line, memory.by_device);
            g_array_append_val(list, one);
        } else if (strstr(line, " vfio-trace: ring ")) {
            is_device_ring(rings, line, false);
        } else if (line[0] == 'R' || line[0] == 'W' ||
                   strstr(line, " vfio-trace: config ")) {
            memory.access = i + 1;
            memory.by_device = line[0] == 'R' ||
                               strstr(line, " vfio-trace: config R");
        } else if (strstr(line, " vfio-trace: irq ")) {
            memory.by_device = true;
        } else if (g_str_has_prefix(line, "MARK ") &&
                   !strstr(line, " vfio-trace: ")) {
            memory.access = 0;      /* a marker: nobody knows whose it is */
            memory.by_device = false;
        }
    }
    return list;
}

/* --- playing ------------------------------------------------------------- */

/**
 * struct Play: a sequence that is played
 * @seq: the sequence
 * @accesses: the log's
 * @memory: the log's, or NULL
 * @device: number of the first of @memory that was not passed
 * @buffers: bytes of the buffers
 * @at: number of the next access
 * @index: round of each loop around the operation, the innermost last
 * @depth: number of loops
 * @reads: by operation, the value that it read last
 * @error: what differs, or NULL
 */
typedef struct Play {
    const Sequence *seq;
    const GArray *accesses;
    const GArray *memory;
    guint device;
    GPtrArray *buffers;
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

/* Return: @len bytes of a buffer at an address of the guest, or NULL */
static uint8_t *find_bytes(const Play *play, uint64_t address, uint64_t len)
{
    guint i;

    for (i = 0; i < play->seq->buffers->len; i++) {
        const SeqBuffer *buffer = &g_array_index(play->seq->buffers,
                                                 SeqBuffer, i);
        uint64_t offset = address - buffer->address;

        if (address >= buffer->address && offset <= buffer->size &&
            len <= buffer->size - offset) {
            return (uint8_t *)play->buffers->pdata[i] + offset;
        }
    }
    return NULL;
}

/* An access is done.  The device writes to memory until the next one. */
static void pass(Play *play)
{
    uint64_t line = ++play->at < play->accesses->len ?
                    g_array_index(play->accesses, LogAccess, play->at).line :
                    UINT64_MAX;

    for (; play->memory && play->device < play->memory->len; play->device++) {
        const LogMemory *m = &g_array_index(play->memory, LogMemory,
                                            play->device);
        size_t len;
        const void *from = g_bytes_get_data(m->bytes, &len);
        uint8_t *bytes = find_bytes(play, m->address, len);

        if (m->line >= line) {
            return;
        }
        if (m->by_device && bytes) {
            memcpy(bytes, from, len);
        }
    }
}

/* Is in memory what the driver had there when it made an access? */
static bool has_memory(Play *play, uint32_t i, uint64_t line)
{
    guint k;

    for (k = 0; play->memory && k < play->memory->len; k++) {
        const LogMemory *m = &g_array_index(play->memory, LogMemory, k);
        size_t len;
        const void *want = g_bytes_get_data(m->bytes, &len);
        const uint8_t *bytes;

        if (m->access != line || m->by_device || !len) {
            continue;
        }
        bytes = find_bytes(play, m->address, len);
        if (!bytes || memcmp(bytes, want, len)) {
            return fail(play, i, bytes ? "other memory" : "no memory");
        }
    }
    return true;
}

static bool play_write(Play *play, uint32_t i)
{
    const SeqOp *op = sequence_op(play->seq, i);
    const LogAccess *a = next(play, i, offset_of(play, op));

    if (!a || a->value != value_of(play, op)) {
        return a && fail(play, i, "another value");
    }
    if (!has_memory(play, i, a->line)) {
        return false;
    }
    pass(play);
    return true;
}

static bool play_memory(Play *play, uint32_t i)
{
    const SeqOp *op = sequence_op(play->seq, i);
    uint8_t *to = (uint8_t *)play->buffers->pdata[op->memory] +
                  offset_of(play, op);
    uint64_t value = GUINT64_TO_LE(value_of(play, op));
    size_t len = op->width;
    const void *bytes = &value;

    if (op->kind == SEQ_MEMORY) {
        bytes = g_bytes_get_data(sequence_memory_bytes(play->seq, op), &len);
    }
    memcpy(to, bytes, len);
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
    pass(play);
    return true;
}

/* A driver that polls may read other registers each time. */
static void skip_others(Play *play, const SeqOp *op)
{
    const LogAccess *a;

    for (; play->at < play->accesses->len; pass(play)) {
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
        pass(play);
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
        pass(play);
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
        [SEQ_MEMORY] = play_memory,
        [SEQ_POINTER] = play_memory,
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

char *play_log(const Sequence *seq, const GArray *accesses,
               const GArray *memory)
{
    Play play = {
        .seq = seq, .accesses = accesses, .memory = memory,
        .buffers = g_ptr_array_new_with_free_func(g_free),
        .reads = g_new0(uint64_t, seq->ops->len + 1),
    };
    guint i;

    for (i = 0; i < seq->buffers->len; i++) {
        g_ptr_array_add(play.buffers,
                        g_malloc0(g_array_index(seq->buffers, SeqBuffer,
                                                i).size));
    }
    if (play_range(&play, 0, seq->ops->len) &&
        play.at != accesses->len) {
        play.error = g_strdup_printf("%u accesses are left",
                                     accesses->len - play.at);
    }
    g_ptr_array_unref(play.buffers);
    g_free(play.reads);
    return play.error;
}
