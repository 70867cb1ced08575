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

#include "tools/sequence/compile-access.h"
#include "tools/sequence/compile-cycle.h"
#include "tools/sequence/compile-pending.h"
#include "tools/sequence/compile-rounds.h"

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

static void emit_poll(Compile *c, const FoldNode *node, uint64_t count,
                      CompilePoll *poll)
{
    MmtEntry first = *compile_peek(c);

    poll->last = compile_take_many(c, count);
    if (count > 1) {
        compile_poll_widen(node, first.value, poll);
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

    if (compile_awaited(c, count)) {
        return;
    }
    if (compile_poll_find(node, &poll)) {
        emit_poll(c, node, count, &poll);
        return;
    }
    compile_rounds_begin(c, &loop);
    for (i = 0; i < count && !c->full; i++) {
        entry = compile_take(c);
        compile_access(c, &entry);
        compile_round_end(c, &loop);
    }
    compile_rounds_end(c, &loop);
}

static void emit_node(Walk *walk, uint32_t at);

static void emit_block(Walk *walk, uint32_t at)
{
    Compile *c = walk->c;
    const FoldNode *block = &walk->item->nodes[at];
    uint64_t round, rounds = next_count(walk, at);
    CompileLoop loop;
    uint32_t i;

    compile_rounds_begin(c, &loop);
    for (round = 0; round < rounds && !c->full; round++) {
        for (i = 1; i < block->nodes; i += block[i].nodes) {
            emit_node(walk, at + i);
        }
        compile_round_end(c, &loop);
    }
    compile_rounds_end(c, &loop);
    compile_cycle_note(c, block);
}

static void emit_node(Walk *walk, uint32_t at)
{
    const FoldNode *node = &walk->item->nodes[at];
    uint32_t polled;

    if (node->kind != FOLD_BLOCK) {
        emit_leaf(walk, at);
        return;
    }
    polled = compile_cycle_polled(node);
    if (polled) {
        compile_cycle(walk->c, node, polled, next_count(walk, at));
    } else {
        emit_block(walk, at);
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
    compile_taken(walk.c);
}
