/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence as JSON: the reader's operations (see json-internal.h)
 *
 * Members may come in any order.  They are collected first; which of them an
 * operation must and may have is a table.
 */
#include "tools/sequence/json-internal.h"

#include <inttypes.h>
#include <string.h>

enum {
    OP, REGION, OFFSET, WIDTH, VALUE, MASK, UNTIL, TIMEOUT, US, VECTOR, COUNT,
    ROUNDS,    TEXT, BUFFER, PART, FROM, AND, OR, XOR, ADD, STRIDE, STEP, FILE_NAME,
    ACCESSES, MEMORY, BYTES, NAME, LINE, LAST_LINE, BODY, MEMBERS
};

/* --- values that only operations have ------------------------------------- */

static bool take_kind(SeqReader *r, SeqValue *value)
{
    static const char *words[SEQ__MAX + 1];
    unsigned i;

    for (i = 0; !words[i] && i < SEQ__MAX; i++) {
        words[i] = sequence_kind_name(i);
    }
    return seq_take_word(r, words, value);
}

static bool take_until(SeqReader *r, SeqValue *value)
{
    static const char *const words[] = { "equal", "different", NULL };

    return seq_take_word(r, words, value);
}

static bool take_part(SeqReader *r, SeqValue *value)
{
    static const char *const words[] = { "whole", "low", "high", NULL };

    return seq_take_word(r, words, value);
}

static bool take_buffer(SeqReader *r, SeqValue *value)
{
    const char *text = json_pull_string(&r->pull);
    gpointer found;

    if (!text) {
        return false;
    }
    found = g_hash_table_lookup(r->buffers, text);
    if (!found) {
        return seq_reader_wrong(r,
                                "%.64s is not listed in buffers: list it there, before the operations",
                                text);
    }
    value->number = GPOINTER_TO_UINT(found) - 1;
    return true;
}

/* An even number of hexadecimal digits */
static bool take_bytes(SeqReader *r, SeqValue *value)
{
    const char *text = json_pull_string(&r->pull);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GBytes) whole = NULL;
    size_t i, len;

    if (!text) {
        return false;
    }
    len = strlen(text);
    if (len % 2 || len / 2 > SEQUENCE_DATA_MAX) {
        return seq_reader_wrong(r,
                                "it must be two hexadecimal digits for each of at most %d bytes: use a file for more",
                                SEQUENCE_DATA_MAX);
    }
    for (i = 0; i < len; i += 2) {
        int high = g_ascii_xdigit_value(text[i]);
        int low = g_ascii_xdigit_value(text[i + 1]);
        uint8_t byte = (unsigned)high << 4 | (unsigned)low;

        if (high < 0 || low < 0) {
            return seq_reader_wrong(r,
                                    "it has other characters than hexadecimal digits: correct it");
        }
        g_byte_array_append(bytes, &byte, 1);
    }
    whole = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    value->number = sequence_data(r->seq, whole);
    return true;
}

static bool take_text(SeqReader *r, SeqValue *value)
{
    const char *text = json_pull_string(&r->pull);

    if (!text) {
        return false;
    }
    value->number = sequence_text(r->seq, text);
    return true;
}

static bool take_int(SeqReader *r, SeqValue *value)
{
    int64_t number;

    if (!json_pull_int(&r->pull, &number)) {
        return false;
    }
    value->number = (uint64_t)number;
    return true;
}

/* A list of one for each loop, or a number alone; their number is stored. */
static bool take_stride(SeqReader *r, SeqValue *value)
{
    if (!json_pull_is_array(&r->pull)) {
        value->number = 1;
        return json_pull_int(&r->pull, &r->stride[0]);
    }
    json_pull_array(&r->pull);
    while (json_pull_element(&r->pull)) {
        if (value->number == SEQUENCE_DEPTH_MAX) {
            return seq_reader_wrong(r,
                                    "more than %d: an operation has at most that many loops around it",
                                    SEQUENCE_DEPTH_MAX);
        }
        if (!json_pull_int(&r->pull, &r->stride[value->number++])) {
            return false;
        }
    }
    return !r->pull.error;
}

/* Where the sequence ends before the body is where it begins. */
static bool take_body(SeqReader *r, SeqValue *value)
{
    uint32_t loop = r->op;

    if (r->loops == SEQUENCE_DEPTH_MAX) {
        return seq_reader_wrong(r,
                                "there are %d loops around it, and no more are possible: write the rounds of one out",
                                SEQUENCE_DEPTH_MAX);
    }
    r->loops++;
    json_pull_array(&r->pull);
    while (json_pull_element(&r->pull)) {
        if (!sequence_read_op(r)) {
            return false;
        }
    }
    if (r->pull.error) {
        return false;
    }
    r->loops--;
    r->op = loop;
    value->number = r->seq->ops->len - loop - 1;
    return true;
}

static const SeqMember members[MEMBERS] = {
    [OP] = { "op", take_kind },
    [REGION] = { "region", seq_take_region },
    [OFFSET] = { "offset", seq_take_hex },
    [WIDTH] = { "width", seq_take_number },
    [VALUE] = { "value", seq_take_hex },
    [MASK] = { "mask", seq_take_hex },
    [UNTIL] = { "until", take_until },
    [TIMEOUT] = { "timeout_us", seq_take_number },
    [US] = { "us", seq_take_number },
    [VECTOR] = { "vector", seq_take_number },
    [COUNT] = { "count", seq_take_number },
    [ROUNDS] = { "rounds", seq_take_number },
    [TEXT] = { "text", take_text },
    [BUFFER] = { "buffer", take_buffer },
    [PART] = { "part", take_part },
    [FROM] = { "from", seq_take_number },
    [AND] = { "and", seq_take_hex },
    [OR] = { "or", seq_take_hex },
    [XOR] = { "xor", seq_take_hex },
    [ADD] = { "add", seq_take_hex },
    [STRIDE] = { "stride", take_stride },
    [STEP] = { "step", take_int },
    [FILE_NAME] = { "file", seq_take_file },
    [ACCESSES] = { "accesses", seq_take_number },
    [MEMORY] = { "memory", take_buffer },
    [BYTES] = { "bytes", take_bytes },
    [NAME] = { "name", take_text },
    [LINE] = { "line", seq_take_number },
    [LAST_LINE] = { "last_line", seq_take_number },
    [BODY] = { "body", take_body },
};

/* --- what an operation has ------------------------------------------------ */

#define B(member) (1u << (member))
G_STATIC_ASSERT(MEMBERS <= 32);
#define PLACE (B(REGION) | B(OFFSET) | B(WIDTH))
#define ALWAYS (B(OP) | B(LINE) | B(LAST_LINE))
#define NAMED (ALWAYS | B(NAME))
#define STRIDES (NAMED | B(STRIDE))
#define STEPS (STRIDES | B(STEP))
#define IN_MEMORY (B(MEMORY) | B(OFFSET))
#define CHANGES (B(AND) | B(OR) | B(XOR))

static const struct {
    uint32_t must;
    uint32_t may;
} rules[SEQ__MAX] = {
    [SEQ_WRITE] = { PLACE, STEPS | B(VALUE) | B(BUFFER) | B(PART) | B(FROM) |
                           CHANGES | B(ADD) },
    [SEQ_READ] = { PLACE, STRIDES },
    [SEQ_CHECK] = { PLACE | B(VALUE), STEPS | B(MASK) },
    [SEQ_POLL] = { PLACE | B(VALUE) | B(TIMEOUT), STEPS | B(MASK) | B(UNTIL) },
    [SEQ_DELAY] = { B(US), NAMED },
    [SEQ_MARK] = { B(TEXT), ALWAYS },
    [SEQ_UPLOAD] = { PLACE | B(STRIDE) | B(FILE_NAME) | B(ACCESSES), NAMED },
    [SEQ_IRQ] = { B(VECTOR) | B(TIMEOUT), NAMED | B(COUNT) },
    [SEQ_LOOP] = { B(ROUNDS) | B(BODY), NAMED },
    [SEQ_MEMORY] = { IN_MEMORY, STRIDES | B(BYTES) | B(FILE_NAME) },
    [SEQ_POINTER] = { IN_MEMORY | B(WIDTH) | B(BUFFER),
                      STEPS | B(PART) | B(ADD) },
    [SEQ_NOTE] = { B(TEXT), ALWAYS },
};

/* Members of @m that the operation must not have */
static bool refuse(SeqReader *r, const SeqValue *m, uint32_t which,
                   const char *why)
{
    unsigned i;

    for (i = 0; i < MEMBERS; i++) {
        if (m[i].present && (which & B(i))) {
            return seq_reader_wrong(r, "%s: %s: remove it", members[i].name,
                                    why);
        }
    }
    return true;
}

static bool check_members(SeqReader *r, const SeqValue *m)
{
    unsigned kind = m[OP].number;
    unsigned i;

    if (!seq_reader_has(r, &members[OP], &m[OP])) {
        return false;
    }
    for (i = 0; i < MEMBERS; i++) {
        if ((rules[kind].must & B(i)) &&
            !seq_reader_has(r, &members[i], &m[i])) {
            return false;
        }
    }
    return refuse(r, m, ~(rules[kind].must | rules[kind].may),
                  "this operation has no such member");
}

/* --- from members to the operation ---------------------------------------- */

static bool set_written(SeqReader *r, const SeqValue *m, SeqOp *op)
{
    if (m[VALUE].present + m[BUFFER].present + m[FROM].present != 1) {
        return seq_reader_wrong(r,
                                "a write has one of value, buffer and from: correct it");
    }
    if (m[BUFFER].present) {
        op->buffer = m[BUFFER].number;
        op->part = m[PART].number;
        op->value = m[ADD].number;
        return refuse(r, m, CHANGES, "it belongs to a write that has from");
    }
    if (!m[FROM].present) {
        return refuse(r, m, CHANGES | B(PART) | B(ADD),
                      "it belongs to a write that has from or buffer");
    }
    if (m[FROM].number >= SEQUENCE_OPS_MAX) {
        return seq_reader_wrong(r, "from: there is no operation %" PRIu64 ": correct it",
                                m[FROM].number);
    }
    op->source = m[FROM].number;
    op->and_mask = m[AND].present ? m[AND].number : UINT64_MAX;
    op->or_mask = m[OR].number;
    op->xor_mask = m[XOR].number;
    op->add = m[ADD].number;
    return refuse(r, m, B(PART), "it belongs to a write that has buffer");
}

/* Bytes have no width: they count one by one. */
static void set_memory(const SeqValue *m, SeqOp *op)
{
    op->memory = m[MEMORY].number;
    op->data = m[BYTES].present ? m[BYTES].number : SEQUENCE_NONE;
    if (op->kind == SEQ_MEMORY) {
        op->width = 1;
        return;
    }
    op->buffer = m[BUFFER].number;
    op->part = m[PART].number;
    op->value = m[ADD].number;
}

static bool set_place(SeqReader *r, const SeqValue *m, SeqOp *op)
{
    unsigned i;

    op->region = m[REGION].number;
    op->offset = m[OFFSET].number;
    /* all others are refused as 0 is */
    op->width = m[WIDTH].number <= 8 ? m[WIDTH].number : 0;
    if (m[MEMORY].present) {
        set_memory(m, op);
    }
    for (i = 0; i < (m[STRIDE].present ? m[STRIDE].number : 0); i++) {
        op->stride[i] = r->stride[i];
    }
    op->step = (int64_t)m[STEP].number;
    return op->kind != SEQ_WRITE || set_written(r, m, op);
}

static uint64_t all_bits(unsigned width)
{
    return width == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * width)) - 1;
}

static bool set_time(SeqReader *r, const SeqValue *m, SeqOp *op)
{
    uint64_t us = m[US].number + m[TIMEOUT].number;     /* it has one */

    if (us > UINT64_MAX / 1000) {
        return seq_reader_wrong(r, "it may wait longer than an hour: correct its time");
    }
    op->ns = us * 1000;
    return true;
}

static bool set_members(SeqReader *r, const SeqValue *m, SeqOp *op)
{
    op->kind = m[OP].number;
    op->value = m[VALUE].number + m[VECTOR].number;     /* it has one */
    op->differs = m[UNTIL].number;
    /* it has one */
    op->rounds = m[ROUNDS].number + m[ACCESSES].number + m[COUNT].number;
    op->body = m[BODY].number;
    op->file = m[FILE_NAME].present ? m[FILE_NAME].number : SEQUENCE_NONE;
    op->text = m[TEXT].present ? m[TEXT].number
                               : m[NAME].present ? m[NAME].number
                                                 : SEQUENCE_NONE;
    op->line = m[LINE].number;
    op->last_line = m[LAST_LINE].present ? m[LAST_LINE].number : op->line;
    if (m[OFFSET].present && !set_place(r, m, op)) {
        return false;
    }
    if (op->kind == SEQ_CHECK || op->kind == SEQ_POLL) {
        op->mask = m[MASK].present ? m[MASK].number : all_bits(op->width);
    }
    r->seq->notes += op->kind == SEQ_NOTE;
    return set_time(r, m, op);
}

bool sequence_read_op(SeqReader *r)
{
    SeqValue m[MEMBERS];
    bool ok;

    r->op = r->seq->ops->len;
    /* what kind it is comes to light later */
    if (!sequence_add(r->seq, SEQ_READ, 0)) {
        return seq_reader_wrong(r,
                                "there are more than %u operations: select a shorter part of the trace",
                                SEQUENCE_OPS_MAX);
    }
    g_array_append_val(r->lines, r->pull.line);
    ok = seq_reader_object(r, members, MEMBERS, m) && check_members(r, m) &&
         set_members(r, m, sequence_op(r->seq, r->op));
    r->is_placed |= !ok;
    return ok;
}
