/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: cycles that wait for a value (see compile-cycle.h)
 */
#include "tools/sequence/compile-cycle.h"

#include <inttypes.h>

#include "tools/analysis/fold-poll.h"
#include "tools/sequence/compile-access.h"
#include "tools/sequence/compile-op.h"
#include "tools/sequence/compile-pending.h"
#include "tools/sequence/compile-place.h"
#include "tools/sequence/compile-rounds.h"

/* If more bits end the only poll of a register, it waits for any change. */
#define POLL_BITS_MAX 4

/**
 * struct Cycle: a cycle of reads that waits
 * @node: the member by which it waits
 * @polled: its number
 * @members: number of members
 * @first: the first access
 * @last: the last read of the member by which it waits; @node has the offset of
 *        the first time that the cycle is reached, which may be another one
 * @loud: a read of another member may change it
 * @next: the value is in an access behind the last round
 * @last_ns: time of the last access, not of when it is read
 */
typedef struct Cycle {
    const FoldNode *node;
    uint32_t polled;
    uint32_t members;
    MmtEntry first;
    MmtEntry last;
    bool loud;
    bool next;
    uint64_t last_ns;
} Cycle;

bool compile_poll_find(const FoldNode *node, CompilePoll *poll)
{
    *poll = (CompilePoll) { .ns = node->poll.longest };
    poll->mask = fold_poll(node, &poll->value);
    return poll->mask != 0;
}

void compile_poll_widen(const FoldNode *node, uint64_t before,
                        CompilePoll *poll)
{
    if (node->poll.polls == 1 &&
        __builtin_popcountll(poll->mask) > POLL_BITS_MAX) {
        poll->differs = true;
        poll->value = before & poll->mask;
    }
}

/* A leaf that is one access in each round, always to the same place */
static bool stays(const FoldNode *node)
{
    return node->kind != FOLD_BLOCK && fold_once(node) && !node->stride[0];
}

uint32_t compile_cycle_polled(const FoldNode *block)
{
    uint32_t i, found = 0;
    uint64_t value;

    for (i = 1; i < block->nodes; i++) {
        if (block[i].kind != MMT_ENTRY_READ || !stays(&block[i])) {
            return 0;
        }
        if (!found && fold_poll(&block[i], &value)) {
            found = i;
        }
    }
    return found;
}

/* --- registers ----------------------------------------------------------- */

static bool is_constant(const FoldNode *node)
{
    return node->values.counting && !node->values.step;
}

static const CompileRegister *find(const Compile *c, const FoldNode *node)
{
    return compile_registers_find(c->registers, node->region, node->offset);
}

/* Does it not matter how often a register is read? */
static bool is_quiet(const Compile *c, const FoldNode *node)
{
    const CompileRegister *reg = find(c, node);

    if (reg && (reg->free || reg->effect)) {
        return !reg->effect;
    }
    return is_constant(node);
}

/* Return: number of a member that is not quiet, or 0 */
static uint32_t find_loud(const Compile *c, const FoldNode *block,
                          uint32_t polled)
{
    uint32_t i;

    for (i = 1; i < block->nodes; i++) {
        if (i != polled && !is_quiet(c, &block[i])) {
            return i;
        }
    }
    return 0;
}

/* Return: "bar0+0x8", and its name if it has one; to be freed */
static char *register_text(Compile *c, const FoldNode *node)
{
    MmtEntry entry = { .kind = node->kind, .region = node->region,
                       .offset = node->offset, .width = node->width };
    const char *name = analysis_db_name(c->db, node->region, node->offset);
    uint64_t offset = node->offset;
    uint8_t region = 0;

    (void)compile_place(c, &entry, &region, &offset);
    return g_strdup_printf("%s+0x%" PRIx64 "%s%s", sequence_region_name(region),
                           offset, name ? " " : "", name ? name : "");
}

/* --- cycles of reads ----------------------------------------------------- */

static void note_loud(Compile *c, const Cycle *cycle, const FoldNode *loud)
{
    g_autofree char *first = register_text(c, cycle->node);
    g_autofree char *other = register_text(c, loud);

    compile_note(c, cycle->first.line,
                 "the driver reads %s until it has a value, and in turns with it %s, which a read may change: both are read as often as in the trace, then only the first",
                 first, other);
}

/* Rounds before the last */
static void emit_rounds(Compile *c, Cycle *cycle, uint64_t rounds)
{
    CompileLoop loop;
    uint64_t round;
    uint32_t i;

    if (!cycle->loud) {
        if (rounds) {
            compile_take_many(c, rounds * cycle->members);
        }
        return;
    }
    compile_rounds_begin(c, &loop);
    for (round = 0; round < rounds && !c->full; round++) {
        for (i = 0; i < cycle->members; i++) {
            MmtEntry entry = compile_take(c);

            compile_access(c, &entry);
            cycle->last = i + 1 == cycle->polled ? entry : cycle->last;
        }
        compile_round_end(c, &loop);
    }
    compile_rounds_end(c, &loop);
}

static void poll_of(const Cycle *cycle, CompilePoll *poll)
{
    compile_poll_find(cycle->node, poll);
    compile_poll_widen(cycle->node, cycle->node->values.first, poll);
}

/* @entry has the value. */
static void emit_poll(Compile *c, const Cycle *cycle, const MmtEntry *entry)
{
    MmtEntry first = *entry;
    CompilePoll poll;

    poll_of(cycle, &poll);
    poll.last = *entry;
    if (!cycle->loud) {
        first.ns = cycle->first.ns;
        first.line = cycle->first.line;
    }
    compile_poll(c, &first, &poll);
}

/*
 * Members of the last round from @from to @to.  With @early, they are read when
 * the poll begins: how long it takes is no delay.
 */
static void emit_members(Compile *c, Cycle *cycle, uint32_t from,
                         uint32_t to, bool early)
{
    uint32_t i;

    for (i = from; i <= to; i++) {
        MmtEntry entry = compile_take(c);

        cycle->last_ns = entry.ns;
        if (early) {
            entry.ns = cycle->first.ns;
        }
        compile_access(c, &entry);
    }
}

/* The value is in an access behind the last round. */
static void await(Compile *c, const Cycle *cycle)
{
    CompileAwaited *awaited = &c->awaited;

    awaited->first = cycle->first;
    awaited->first.offset = cycle->last.offset;
    awaited->first.address = cycle->last.address;
    awaited->first.region = cycle->last.region;
    awaited->first.width = cycle->last.width;
    awaited->begins = cycle->loud;
    awaited->leaves = cycle->polled;
    poll_of(cycle, &awaited->poll);
    awaited->poll.last = awaited->first;
    if (!cycle->loud) {
        c->last_ns = cycle->last_ns;
    }
}

static void emit_last_round(Compile *c, Cycle *cycle)
{
    emit_members(c, cycle, 1, cycle->polled - 1, !cycle->loud);
    cycle->last = compile_take(c);
    cycle->last_ns = cycle->last.ns;
    if (!cycle->next) {
        emit_poll(c, cycle, &cycle->last);
    }
    emit_members(c, cycle, cycle->polled + 1, cycle->members, cycle->next);
}

/* Append the poll that was awaited. */
static void settle(Compile *c)
{
    if (c->awaited.leaves) {
        c->awaited.leaves = 0;
        compile_poll(c, &c->awaited.first, &c->awaited.poll);
    }
}

void compile_cycle(Compile *c, const FoldNode *block, uint32_t polled,
                   uint64_t rounds)
{
    uint32_t loud = find_loud(c, block, polled);
    Cycle cycle = {
        .node = &block[polled], .polled = polled,
        .members = block->nodes - 1, .first = *compile_peek(c),
        .loud = loud, .next = block[polled].poll.next,
    };

    settle(c);
    if (loud) {
        note_loud(c, &cycle, &block[loud]);
    }
    if (loud && cycle.next) {
        emit_rounds(c, &cycle, rounds);
    } else {
        emit_rounds(c, &cycle, rounds - 1);
        emit_last_round(c, &cycle);
    }
    if (cycle.next) {
        await(c, &cycle);
    }
}

static bool is_at(const MmtEntry *a, const MmtEntry *b)
{
    return a->kind == b->kind && a->region == b->region &&
           a->offset == b->offset && a->width == b->width;
}

bool compile_awaited(Compile *c, uint64_t count)
{
    CompileAwaited *awaited = &c->awaited;
    MmtEntry first;

    if (!awaited->leaves) {
        return false;
    }
    first = *compile_peek(c);
    if (!is_at(&first, &awaited->first)) {
        if (awaited->leaves == 1) {
            settle(c);
        } else {
            awaited->leaves--;
        }
        return false;
    }
    if (awaited->begins) {
        awaited->first = first;
    }
    awaited->poll.last = compile_take_many(c, count);
    settle(c);
    return true;
}

/* --- cycles with writes -------------------------------------------------- */

/* A write that is the same in each round, or a read */
static bool repeats(const FoldNode *node)
{
    return stays(node) && (node->kind == MMT_ENTRY_READ ||
                           (node->kind == MMT_ENTRY_WRITE &&
                            is_constant(node)));
}

/* Return: is it a cycle of reads, and of writes that are the same each time? */
static bool has_writes(const FoldNode *block)
{
    uint32_t i, writes = 0;

    for (i = 1; i < block->nodes; i++) {
        if (!repeats(&block[i])) {
            return false;
        }
        writes += block[i].kind == MMT_ENTRY_WRITE;
    }
    return writes;
}

/* Has a value ended the rounds, the last one or that of the access behind? */
static bool ended(const FoldNode *node, const MmtEntry *next)
{
    FoldNode later = { .kind = node->kind, .values = { .n = 1 } };
    FoldNode copy = *node;
    CompilePoll poll;

    fold_poll_end(&copy, NULL, 0);
    if (compile_poll_find(&copy, &poll)) {
        return true;
    }
    if (!next || next->kind != MMT_ENTRY_READ ||
        next->region != node->region || next->offset != node->offset ||
        next->width != node->width) {
        return false;
    }
    later.values.first = later.values.last = next->value;
    fold_poll_init(&later);
    fold_poll_end(&copy, &later, 0);
    return compile_poll_find(&copy, &poll);
}

void compile_cycle_note(Compile *c, const FoldNode *block)
{
    const MmtEntry *next = c->head < c->pending->len ? compile_peek(c) : NULL;
    uint32_t i;

    if (!has_writes(block)) {
        return;
    }
    for (i = 1; i < block->nodes; i++) {
        const CompileRegister *reg = find(c, &block[i]);

        if (block[i].kind == MMT_ENTRY_READ && !(reg && reg->free) &&
            ended(&block[i], i == 1 ? next : NULL)) {
            g_autofree char *text = register_text(c, &block[i]);

            compile_note(c, block[i].last_line,
                         "the driver has repeated what is before this until %s had a value: a sequence repeats it as often as the trace",
                         text);
            return;
        }
    }
}
