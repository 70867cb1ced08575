/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: items, as the engine builds them
 *
 * The nodes of an item are one array, each node before its members.  Two items
 * that are alike have arrays of the same length, so that comparing and merging
 * them are loops.
 */
#include "tools/analysis/fold-item.h"

#include <glib.h>
#include <string.h>

#include "tools/analysis/fold-poll.h"
#include "tools/analysis/fold-values.h"

static uint64_t item_mix(uint64_t hash, uint64_t x)
{
    hash = (hash ^ x) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

static bool item_timed(const MmtEntry *entry)
{
    return entry->flags & MMT_ENTRY_TIMED;
}

FoldItem *fold_item_new(const MmtEntry *entry)
{
    FoldItem *item = g_malloc(sizeof(FoldItem) + sizeof(FoldNode));
    FoldNode *node = item->nodes;

    item->n = 1;
    item->accesses = 1;
    item->hash = item_mix((uint64_t)entry->region << 16 | entry->width << 8 |
                          entry->kind, 1);
    *node = (FoldNode) {
        .kind = entry->kind,
        .width = entry->width,
        .timed = item_timed(entry),
        .region = entry->region,
        .nodes = 1,
        .offset = entry->offset,
        .counts = { .one = { 1, 1 }, .n = 1 },
        .first_ns = entry->ns,
        .last_ns = entry->ns,
        .first_line = entry->line,
        .last_line = entry->line,
    };
    fold_values_init(&node->values, entry->value);
    fold_poll_init(node);
    return item;
}

void fold_item_repeat(FoldItem *item, const MmtEntry *entry)
{
    FoldNode *node = item->nodes;
    FoldNode later = { .values = { .n = 0 } };

    fold_values_init(&later.values, entry->value);
    fold_poll_init(&later);
    fold_poll_watch(node, &later);
    fold_values_append(&node->values, &later.values);
    node->counts.one.count++;
    node->timed &= item_timed(entry);
    node->last_ns = entry->ns;
    node->last_line = entry->line;
    item->accesses++;
}

static uint64_t item_duration(const FoldNode *node)
{
    return node->timed && node->last_ns > node->first_ns ?
           node->last_ns - node->first_ns : 0;
}

void fold_item_end_run(FoldItem *item)
{
    fold_poll_end(item->nodes, NULL, item_duration(item->nodes));
}

static void item_clear(FoldItem *item)
{
    uint32_t i;

    for (i = 0; i < item->n; i++) {
        g_free(item->nodes[i].counts.more);
        fold_values_clear(&item->nodes[i].values);
    }
}

void fold_item_free(FoldItem *item)
{
    if (item) {
        item_clear(item);
        g_free(item);
    }
}

/* Return: whether the nodes differ in offsets, repetitions and values only */
static bool item_alike(const FoldNode *a, const FoldNode *b, unsigned strides)
{
    return a->kind == b->kind && a->width == b->width &&
           a->region == b->region && a->members == b->members &&
           a->nodes == b->nodes &&
           !memcmp(a->stride, b->stride, strides * sizeof(a->stride[0]));
}

static bool item_node_moves(const FoldNode *a, const FoldNode *b,
                            const FoldNode *c)
{
    if (a->n_strides != b->n_strides || !item_alike(a, b, a->n_strides)) {
        return false;
    }
    if (!c) {
        return a->offset == b->offset;
    }
    return b->n_strides == c->n_strides && item_alike(b, c, b->n_strides) &&
           b->offset - a->offset == c->offset - b->offset;
}

bool fold_item_moves(const FoldItem *a, const FoldItem *b, const FoldItem *c)
{
    uint32_t i;

    if (a->n != b->n || (c && b->n != c->n)) {
        return false;
    }
    for (i = 0; i < a->n; i++) {
        if (!item_node_moves(&a->nodes[i], &b->nodes[i],
                             c ? &c->nodes[i] : NULL)) {
            return false;
        }
    }
    return true;
}

static void item_hash(FoldItem *item)
{
    uint32_t i;
    unsigned k;

    for (i = 0; i < item->n; i++) {
        const FoldNode *node = &item->nodes[i];

        item->hash = item_mix(item->hash, (uint64_t)node->region << 16 |
                              node->width << 8 | node->kind);
        item->hash = item_mix(item->hash, node->members);
        for (k = 0; k < node->n_strides; k++) {
            item->hash = item_mix(item->hash, node->stride[k]);
        }
    }
}

/* Put a member's nodes into a block's, with strides towards the next round. */
static void item_put(FoldItem *block, const FoldItem *member,
                     const FoldItem *next)
{
    FoldNode *to = block->nodes + block->n;
    uint32_t i;

    memcpy(to, member->nodes, member->n * sizeof(*to));
    block->n += member->n;
    block->accesses += member->accesses;
    for (i = 0; i < member->n; i++) {
        to[i].stride[to[i].n_strides++] = next->nodes[i].offset - to[i].offset;
    }
}

FoldItem *fold_item_block(FoldItem **items, unsigned period)
{
    uint32_t n = 1, at;
    FoldItem *block;
    unsigned i;

    for (i = 0; i < period; i++) {
        n += items[i]->n;
    }
    block = g_malloc(sizeof(*block) + n * sizeof(block->nodes[0]));
    block->hash = 0;
    block->accesses = 0;
    block->n = 1;
    block->nodes[0] = (FoldNode) {
        .kind = FOLD_BLOCK,
        .timed = true,
        .members = period,
        .nodes = n,
        .first_ns = items[0]->nodes[0].first_ns,
        .first_line = items[0]->nodes[0].first_line,
        .counts = { .n = 1, .one = { 0, 1 } },
    };
    for (i = 0; i < period; i++) {
        block->nodes[0].timed &= items[i]->nodes[0].timed;
        item_put(block, items[i], items[period + i]);
        g_free(items[i]);
    }
    item_hash(block);
    for (i = 0, at = 1; i < period; i++) {
        at += items[period + i]->n;
        fold_item_merge(block, at - items[period + i]->n, items[period + i]);
    }
    return block;
}

bool fold_item_continues(const FoldItem *block, unsigned at,
                         const FoldItem *item, uint64_t round)
{
    const FoldNode *node = block->nodes + at;
    uint32_t i;

    if (node->nodes != item->n) {
        return false;
    }
    for (i = 0; i < item->n; i++) {
        unsigned strides = item->nodes[i].n_strides;

        if (node[i].n_strides != strides + 1 ||
            !item_alike(&node[i], &item->nodes[i], strides) ||
            node[i].offset + node[i].stride[strides] * round !=
            item->nodes[i].offset) {
            return false;
        }
    }
    return true;
}

bool fold_item_room(const FoldItem *block, unsigned at, const FoldItem *item)
{
    uint32_t i;

    for (i = 0; i < item->n; i++) {
        if (block->nodes[at + i].counts.n + item->nodes[i].counts.n >
            FOLD_COUNTS_MAX) {
            return false;
        }
    }
    return true;
}

static void item_add_count(FoldCounts *counts, FoldCount count)
{
    FoldCount *last = counts->more ? &counts->more[counts->n - 1] :
                      &counts->one;

    if (last->count == count.count) {
        last->times += count.times;
        return;
    }
    if (!counts->more) {
        counts->more = g_new(FoldCount, 4);
        counts->more[0] = counts->one;
    } else if (counts->n >= 4 && !(counts->n & (counts->n - 1))) {
        counts->more = g_renew(FoldCount, counts->more, counts->n * 2);
    }
    counts->more[counts->n++] = count;
}

static void item_merge_node(FoldNode *node, FoldNode *later)
{
    uint32_t i;

    for (i = 0; i < later->counts.n; i++) {
        item_add_count(&node->counts, fold_count(&later->counts, i));
    }
    node->timed &= later->timed;
    node->last_ns = later->last_ns;
    node->last_line = later->last_line;
    if (node->kind != FOLD_BLOCK) {
        fold_poll_watch(node, later);
        fold_poll_merge(&node->poll, &later->poll);
        fold_values_append(&node->values, &later->values);
    }
}

void fold_item_merge(FoldItem *block, unsigned at, FoldItem *item)
{
    uint32_t i;

    for (i = 0; i < item->n; i++) {
        item_merge_node(&block->nodes[at + i], &item->nodes[i]);
    }
    block->accesses += item->accesses;
    block->nodes[0].timed &= item->nodes[0].timed;
    block->nodes[0].last_ns = item->nodes[0].last_ns;
    block->nodes[0].last_line = item->nodes[0].last_line;
    fold_item_free(item);
}

/* Is a block a cycle of single reads that do not move? */
static bool item_polls(const FoldItem *block)
{
    uint32_t i;

    for (i = 1; i < block->n; i++) {
        const FoldNode *node = &block->nodes[i];

        if (node->kind != MMT_ENTRY_READ || !fold_once(node) ||
            node->n_strides != 1 || node->stride[0]) {
            return false;
        }
    }
    return true;
}

void fold_item_end_block(FoldItem *block, uint64_t rounds, FoldItem **next,
                         unsigned n_next)
{
    uint64_t ns = item_duration(block->nodes);
    uint32_t i;

    block->nodes[0].counts.one.count = rounds;
    if (!item_polls(block)) {
        return;
    }
    for (i = 1; i < block->n; i++) {
        FoldNode *node = &block->nodes[i];

        fold_poll_end(node, NULL, ns);
        if (!node->poll.polls && i == n_next) {
            fold_poll_end(node, next[i - 1]->nodes, ns);
        }
    }
}
