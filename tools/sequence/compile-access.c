/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: from an access to an operation (see compile-access.h)
 */
#include "tools/sequence/compile-access.h"

#include "tools/sequence/compile-fill.h"
#include "tools/sequence/compile-op.h"
#include "tools/sequence/compile-place.h"

/* Config space: bits that firmware, kernel or who plays chooses */
static const struct {
    uint8_t offset;
    uint8_t bits;
} machine[] = {
    { 0x04, 0x07 },     /* COMMAND: decoding, bus mastering */
    { 0x05, 0x04 },     /* COMMAND: INTx off, as MSI-X and MSI have it */
    { 0x0c, 0xff },     /* cache line size */
    { 0x0d, 0xff },     /* latency timer */
    { 0x3c, 0xff },     /* interrupt line */
};

/* BARs, and the expansion ROM's */
#define CONFIG_BARS 0x10
#define CONFIG_BARS_END 0x28
#define CONFIG_ROM 0x30
#define CONFIG_ROM_END 0x34

static void leave_out(Compile *c, const MmtEntry *entry, const char *why)
{
    compile_note(c, entry->line, "an access is left out: %s", why);
}

/* --- delays -------------------------------------------------------------- */

static void pass(Compile *c, const MmtEntry *entry)
{
    c->timed = entry->flags & MMT_ENTRY_TIMED;
    c->last_ns = entry->ns;
}

static void add_gap(Compile *c, const MmtEntry *entry)
{
    uint64_t ns;

    if (!c->timed || !(entry->flags & MMT_ENTRY_TIMED) ||
        entry->ns < c->last_ns) {
        return;
    }
    ns = entry->ns - c->last_ns;
    if (ns && ns >= c->options->min_delay_ns) {
        compile_op(c, SEQ_DELAY, entry->line)->ns = ns;
    }
}

/* The driver waited, wrote to memory, and then came the access. */
static void add_before(Compile *c, const MmtEntry *entry)
{
    add_gap(c, entry);
    compile_fill(c, entry->line);
}

/* --- reads --------------------------------------------------------------- */

static SeqOp *op_at(Compile *c, SeqKind kind, const MmtEntry *entry,
                    uint8_t region, uint64_t offset)
{
    const char *name = analysis_db_name(c->db, entry->region, entry->offset);
    uint32_t text = name ? sequence_text(c->seq, name) : SEQUENCE_NONE;
    SeqOp *op = compile_op(c, kind, entry->line);

    op->region = region;
    op->offset = offset;
    op->width = entry->width;
    op->text = text;
    return op;
}

static uint64_t width_mask(unsigned width)
{
    return width < 8 ? (UINT64_C(1) << (width * 8)) - 1 : UINT64_MAX;
}

static bool in_bars(const MmtEntry *entry)
{
    uint64_t first = entry->offset, end = entry->offset + entry->width;

    return (end > CONFIG_BARS && first < CONFIG_BARS_END) ||
           (end > CONFIG_ROM && first < CONFIG_ROM_END);
}

static gpointer written_key(const MmtEntry *entry)
{
    return GSIZE_TO_POINTER(entry->region * UINT64_C(0x9e3779b97f4a7c15) ^
                            (entry->offset + 1));
}

/* Bits that are now what the driver has written, as they always are */
static uint64_t stuck(Compile *c, const MmtEntry *entry,
                      const CompileRegister *reg)
{
    const MmtEntry *last = g_hash_table_lookup(c->written, written_key(entry));

    if (!last || last->region != entry->region ||
        last->offset != entry->offset || last->width != entry->width) {
        return 0;
    }
    return reg->sticks & ~(last->value ^ entry->value);
}

/* Bits of config space that are others where the sequence is played */
static uint64_t others(const Compile *c, const MmtEntry *entry)
{
    uint64_t bits = compile_msix_bits(c->msix, entry);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(machine); i++) {
        if (machine[i].offset >= entry->offset &&
            machine[i].offset - entry->offset < entry->width) {
            bits |= (uint64_t)machine[i].bits <<
                    (8 * (machine[i].offset - entry->offset));
        }
    }
    return in_bars(entry) ? UINT64_MAX : bits;
}

/* Bits that a read can be expected to have */
static uint64_t expected(Compile *c, const MmtEntry *entry, uint8_t region)
{
    uint64_t never = region == SEQUENCE_REGION_CONFIG ? others(c, entry) : 0;
    const CompileRegister *reg;

    reg = compile_registers_find(c->registers, entry->region, entry->offset);
    if (!reg || reg->free) {
        return 0;
    }
    return (~(reg->ones & reg->zeros) | stuck(c, entry, reg)) & ~never &
           width_mask(entry->width);
}

static void add_read(Compile *c, const MmtEntry *entry, uint8_t region,
                     uint64_t offset)
{
    uint64_t mask = expected(c, entry, region);
    SeqOp *op = op_at(c, mask ? SEQ_CHECK : SEQ_READ, entry, region, offset);

    op->mask = mask;
    op->value = entry->value & mask;
    compile_modify_read(c->modify, entry, c->seq->ops->len - 1);
}

/* --- writes -------------------------------------------------------------- */

static bool find_address(Compile *c, const MmtEntry *entry, SeqOp *to)
{
    const CompileAddress *found = compile_dma_find(c->dma, entry->line);
    SeqBuffer *buffer;
    uint32_t number;

    if (!found && !c->lost_said && compile_dma_lost(c->dma, entry)) {
        compile_note(c, entry->line,
                     "from here on, addresses of memory that are written to registers stay as they were in the trace: it has more values that may be addresses than are looked at; select a shorter part of it");
        c->lost_said = true;
    }
    if (!found) {
        return false;
    }
    number = compile_dma_buffer(c->dma, c->seq, found->address, entry->line);
    if (number == SEQUENCE_NONE) {
        compile_note(c, entry->line,
                     "the value that follows is an address of memory, of which there is more than a sequence may have: it stays as it was in the trace");
        return false;
    }
    buffer = &g_array_index(c->seq->buffers, SeqBuffer, number);
    buffer->below_4g |= found->alone;
    to->buffer = number;
    to->part = found->part;
    to->value = found->address - buffer->address;
    return true;
}

static bool find_formula(Compile *c, const MmtEntry *entry, SeqOp *to)
{
    CompileFormula formula;

    /* An address that was read is one, too. */
    if (!compile_modify_write(c->modify, c->registers, entry, &formula) ||
        compile_dma_find(c->dma, entry->line)) {
        return false;
    }
    to->source = formula.source;
    to->and_mask = formula.and_mask;
    to->or_mask = formula.or_mask;
    to->xor_mask = formula.xor_mask;
    to->add = formula.add;
    return true;
}

/* For registers whose bits stick */
static void note_written(Compile *c, const MmtEntry *entry)
{
    const CompileRegister *reg;

    reg = compile_registers_find(c->registers, entry->region, entry->offset);
    if (reg && reg->sticks) {
        g_hash_table_replace(c->written, written_key(entry),
                             g_memdup2(entry, sizeof(*entry)));
    }
}

/* Return: why a write to config space is left out, or NULL */
static const char *not_ours(const Compile *c, const MmtEntry *entry)
{
    static const char *const why[] = {
        "a write to a BAR's address in config space is left out: who plays the sequence has the device's own addresses",
        "a write that switches MSI-X or MSI is left out: who plays the sequence has interrupts of its own",
    };

    return in_bars(entry) ? why[0] :
           compile_msix_bits(c->msix, entry) ? why[1] : NULL;
}

static void add_write(Compile *c, const MmtEntry *entry, uint8_t region,
                      uint64_t offset)
{
    SeqOp what = { .buffer = SEQUENCE_NONE, .source = SEQUENCE_NONE };
    const char *why = region == SEQUENCE_REGION_CONFIG ? not_ours(c, entry)
                                                       : NULL;
    SeqOp *op;

    if (why) {
        compile_note(c, entry->line, "%s", why);
        return;
    }
    note_written(c, entry);
    if (!find_formula(c, entry, &what) && !find_address(c, entry, &what)) {
        what.value = entry->value & width_mask(entry->width);
    }
    op = op_at(c, SEQ_WRITE, entry, region, offset);
    op->value = what.value;
    op->buffer = what.buffer;
    op->part = what.part;
    op->source = what.source;
    op->and_mask = what.and_mask;
    op->or_mask = what.or_mask;
    op->xor_mask = what.xor_mask;
    op->add = what.add;
}

void compile_access(Compile *c, const MmtEntry *entry)
{
    uint64_t offset;
    uint8_t region;
    const char *why = compile_place(c, entry, &region, &offset);

    if (why) {
        leave_out(c, entry, why);
        return;
    }
    add_before(c, entry);
    pass(c, entry);
    if (entry->kind == MMT_ENTRY_READ) {
        add_read(c, entry, region, offset);
    } else {
        add_write(c, entry, region, offset);
    }
}

/* --- polls and uploads --------------------------------------------------- */

void compile_poll(Compile *c, const MmtEntry *entry, const CompilePoll *poll)
{
    uint64_t offset;
    uint8_t region;
    const char *why = compile_place(c, entry, &region, &offset);
    SeqOp *op;

    if (why) {
        leave_out(c, entry, why);
        return;
    }
    add_before(c, entry);
    pass(c, &poll->last);
    op = op_at(c, SEQ_POLL, entry, region, offset);
    op->mask = poll->mask & width_mask(entry->width);
    op->value = poll->value & op->mask;
    op->differs = poll->differs;
    op->ns = COMPILE_POLL_UNTIMED_NS;
    if (entry->flags & MMT_ENTRY_TIMED) {
        op->ns = MAX(COMPILE_LIMIT_TIMES * poll->ns, COMPILE_POLL_MIN_NS);
    }
    op->last_line = MAX(poll->last.line, entry->line);
    compile_modify_read(c->modify, &poll->last, c->seq->ops->len - 1);
}

bool compile_upload(Compile *c, const MmtEntry *entry,
                    const CompileUpload *upload)
{
    g_autofree char *stem = NULL;
    uint64_t offset;
    uint8_t region;
    SeqOp *op;

    if (compile_place(c, entry, &region, &offset) ||
        region == SEQUENCE_REGION_CONFIG ||
        upload->stride % entry->width) {
        return false;
    }
    stem = g_strdup_printf("%s-upload", c->options->stem);
    add_before(c, entry);
    op = op_at(c, SEQ_UPLOAD, entry, region, offset);
    op->file = sequence_file(c->seq, stem, upload->bytes);
    op->rounds = upload->accesses;
    op->stride[0] = upload->stride;
    op->last_line = upload->last_line;
    return true;
}
