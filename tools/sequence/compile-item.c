/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: from what the folder found to operations (see
 * compile-item.h)
 *
 * Theory of operation
 *
 * The folder tells of polls and cycles, but not each value.  The accesses are
 * kept until it gives their item, and are then taken one by one, in the order
 * of the item's tree: a leaf that is a poll becomes one operation, all other
 * accesses become one each, and the rounds of a block are joined by
 * compile-loop.h, if they can.
 */
#include "tools/sequence/compile-item.h"

#include "tools/analysis/fold-poll.h"
#include "tools/sequence/compile-access.h"
#include "tools/sequence/compile-loop.h"

/* If more bits end the only poll of a register, it waits for any change. */
#define POLL_BITS_MAX 4

/**
 * struct Visit: how often a node repeats, each time that it is reached
 * @count: number of the FoldCount
 * @times: how often that one was used
 */
typedef struct Visit {
    uint32_t count;
    uint64_t times;
} Visit;

/**
 * struct Walk: a walk over an item
 * @c: the state
 * @item: the item
 * @visits: by node
 */
typedef struct Walk {
    Compile *c;
    const FoldItem *item;
    Visit *visits;
} Walk;

/* Take the next access, without what follows it that is equal. */
static MmtEntry take(Compile *c)
{
    CompilePending *pending = &g_array_index(c->pending, CompilePending,
                                             c->head);
    MmtEntry entry = pending->entry;

    if (c->taken) {
        /* times of those between are not kept: they are between */
        entry.ns += (pending->last_ns - entry.ns) / (pending->n - 1) *
                    c->taken;
        entry.line = c->taken == pending->n - 1 ? pending->last_line
                                                : entry.line;
    }
    if (++c->taken == pending->n) {
        c->head++;
        c->taken = 0;
    }
    return entry;
}

static const MmtEntry *peek(const Compile *c)
{
    return &g_array_index(c->pending, CompilePending, c->head).entry;
}

/* Take @n accesses.  Return: the last one */
static MmtEntry take_many(Compile *c, uint64_t n)
{
    MmtEntry last = take(c);

    while (--n > 0) {
        const CompilePending *pending = &g_array_index(c->pending,
                                                       CompilePending,
                                                       c->head);
        uint64_t skip = MIN(n - 1, pending->n - c->taken - 1);

        c->taken += skip;
        n -= skip;
        last = take(c);
    }
    return last;
}

static uint64_t next_count(Walk *walk, uint32_t at)
{
    const FoldCounts *counts = &walk->item->nodes[at].counts;
    Visit *visit = &walk->visits[at];
    FoldCount count = fold_count(counts, visit->count);

    if (++visit->times == count.times && visit->count + 1 < counts->n) {
        visit->count++;
        visit->times = 0;
    }
    return count.count;
}

/* Operations from @first on are others now. */
static void loop_changed(Compile *c, uint32_t first)
{
    compile_modify_forget(c->modify, first);
}

static void begin_loop(Compile *c, CompileLoop *loop)
{
    if (!c->options->no_loops) {
        compile_loop_begin(loop, c->seq);
    }
}

static void end_round(Compile *c, CompileLoop *loop)
{
    if (!c->options->no_loops) {
        loop_changed(c, compile_loop_round(loop));
    }
}

static void end_loop(Compile *c, CompileLoop *loop)
{
    if (!c->options->no_loops) {
        loop_changed(c, compile_loop_end(loop));
    }
}

/* What ends a leaf's polls, if it is one */
static bool get_poll(const FoldNode *node, CompilePoll *poll)
{
    *poll = (CompilePoll) { .ns = node->poll.longest };
    poll->mask = fold_poll(node, &poll->value);
    return poll->mask != 0;
}

/* Of one poll, bits that happen to change with the one that matters end it. */
static void widen(const FoldNode *node, CompilePoll *poll, uint64_t before)
{
    if (node->poll.polls == 1 &&
        __builtin_popcountll(poll->mask) > POLL_BITS_MAX) {
        poll->differs = true;
        poll->value = before & poll->mask;
    }
}

static void emit_poll(Compile *c, const FoldNode *node, uint64_t count,
                      CompilePoll *poll)
{
    MmtEntry first = *peek(c);

    poll->last = take_many(c, count);
    if (count > 1) {
        widen(node, poll, first.value);
    }
    compile_poll(c, &first, poll);
}

static void emit_leaf(Walk *walk, uint32_t at)
{
    Compile *c = walk->c;
    const FoldNode *node = &walk->item->nodes[at];
    uint64_t i, count = next_count(walk, at);
    CompileLoop loop;
    CompilePoll poll;
    MmtEntry entry;

    if (get_poll(node, &poll)) {
        emit_poll(c, node, count, &poll);
        return;
    }
    begin_loop(c, &loop);
    for (i = 0; i < count && !c->full; i++) {
        entry = take(c);
        compile_access(c, &entry);
        end_round(c, &loop);
    }
    end_loop(c, &loop);
}

/* Return: number of the member by which a cycle of reads waits, or 0 */
static uint32_t polled_member(const FoldNode *block)
{
    uint32_t i, found = 0;
    uint64_t value;

    for (i = 1; i < block->nodes; i++) {
        if (block[i].kind != MMT_ENTRY_READ || !fold_once(&block[i]) ||
            block[i].stride[0]) {
            return 0;
        }
        if (!found && fold_poll(&block[i], &value)) {
            found = i;
        }
    }
    return found;
}

/* The poll of a cycle: @first and @last are reads of its register. */
static void emit_cycle_poll(Compile *c, const FoldNode *node,
                            const MmtEntry *first, const MmtEntry *last)
{
    CompilePoll poll;

    get_poll(node, &poll);
    poll.last = *last;
    compile_poll(c, first, &poll);
}

/*
 * A driver reads several registers until one of them has the value: the others
 * are read once, as they are in the last round.  If the value is in an access
 * behind the block, that one belongs to the poll.
 */
static void emit_cycle(Walk *walk, uint32_t at, uint32_t polled)
{
    Compile *c = walk->c;
    const FoldNode *block = &walk->item->nodes[at];
    const FoldNode *node = &block[polled];
    uint64_t rounds = next_count(walk, at);
    uint32_t i, members = block->nodes - 1;
    MmtEntry first = *peek(c), entry, last = first;

    if (rounds > 1) {
        take_many(c, (rounds - 1) * members);
    }
    for (i = 1; i <= members; i++) {
        entry = take(c);
        if (i != polled) {
            compile_access(c, &entry);
            continue;
        }
        first.offset = entry.offset;
        first.region = entry.region;
        first.width = entry.width;
        last = entry;
        if (!node->poll.next) {
            emit_cycle_poll(c, node, &first, &last);
        }
    }
    if (node->poll.next) {
        emit_cycle_poll(c, node, &first, &last);
        c->covered = last;
        c->is_covered = polled;
    }
}

static void emit_node(Walk *walk, uint32_t at);

static void emit_block(Walk *walk, uint32_t at)
{
    Compile *c = walk->c;
    const FoldNode *block = &walk->item->nodes[at];
    uint64_t round, rounds = next_count(walk, at);
    CompileLoop loop;
    uint32_t i;

    begin_loop(c, &loop);
    for (round = 0; round < rounds && !c->full; round++) {
        for (i = 1; i < block->nodes; i += block[i].nodes) {
            emit_node(walk, at + i);
        }
        end_round(c, &loop);
    }
    end_loop(c, &loop);
}

static void emit_node(Walk *walk, uint32_t at)
{
    const FoldNode *node = &walk->item->nodes[at];
    uint32_t polled;

    if (node->kind != FOLD_BLOCK) {
        emit_leaf(walk, at);
        return;
    }
    polled = polled_member(node);
    if (polled) {
        emit_cycle(walk, at, polled);
    } else {
        emit_block(walk, at);
    }
}

/* Forget the accesses that were taken. */
static void shrink(Compile *c)
{
    if (c->head == c->pending->len) {
        g_array_set_size(c->pending, 0);
        c->head = 0;
    } else if (c->head > c->pending->len / 2 && c->head > 1024) {
        g_array_remove_range(c->pending, 0, c->head);
        c->head = 0;
    }
}

void compile_item(void *opaque, const FoldItem *item)
{
    Walk walk = { .c = opaque, .item = item };

    if (walk.c->full) {
        return;
    }
    walk.visits = g_new0(Visit, item->n);
    emit_node(&walk, 0);
    g_free(walk.visits);
    shrink(walk.c);
}
