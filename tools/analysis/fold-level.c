/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: one level of the search for cycles
 *
 * Items wait in a window until they are too old to begin a block.  For each
 * period, the level counts how many of the last items fit to those a period
 * before (and another period before that: three positions make a stride).  When
 * so many fit that a block is complete, it begins; the shortest period wins.
 * Longer cycles around it are found by the next level.
 *
 * Then an item is compared with the member of the block that comes next, only.
 * Members of a round that is not complete are kept apart: if the block ends
 * there, they go back to the window.  They are fewer than the block's members,
 * thus all of this takes linear time.
 */
#include "tools/analysis/fold-level.h"

#include <glib.h>
#include <string.h>

#include "tools/analysis/fold-item.h"

/* Slots of the window; a power of two */
#define LEVEL_SLOTS 256

/* Items that wait: three rounds of the longest period */
#define LEVEL_WINDOW (3 * FOLD_PERIOD_MAX)

/* Nodes that wait, and nodes of a block: they bound memory and output lines. */
#define LEVEL_NODES 8192
#define LEVEL_BLOCK_NODES 512

struct FoldLevel {
    FoldRule rule;
    FoldNext *next;
    void *opaque;

    /* The window: items [start, end), at their number modulo LEVEL_SLOTS */
    FoldItem *item[LEVEL_SLOTS];
    uint64_t key[LEVEL_SLOTS];
    uint64_t start;
    uint64_t end;
    uint64_t nodes;
    uint32_t fits[FOLD_PERIOD_MAX + 1];

    /* The block, if there is one: then the window is empty */
    FoldItem *block;
    unsigned period;
    uint64_t rounds;
    unsigned at[FOLD_PERIOD_MAX];
    FoldItem *rest[FOLD_PERIOD_MAX];
    unsigned n_rest;
    bool grown;

    uint64_t work;
};

static FoldItem *level_item(const FoldLevel *level, uint64_t i)
{
    return level->item[i % LEVEL_SLOTS];
}

FoldLevel *fold_level_new(const FoldRule *rule, FoldNext *next, void *opaque)
{
    FoldLevel *level = g_new0(FoldLevel, 1);

    level->rule = *rule;
    level->next = next;
    level->opaque = opaque;
    return level;
}

static void level_pass_until(FoldLevel *level, uint64_t end)
{
    while (level->start < end) {
        FoldItem *item = level_item(level, level->start++);

        level->nodes -= item->n;
        level->next(level->opaque, item);
    }
}

/*
 * Does the window's last item fit to those that are one and two periods back?
 * A key is an item's hash and first offset in one number: where hashes are
 * equal and offsets move by a stride, keys move by that stride, too.
 */
static bool level_fits(FoldLevel *level, unsigned period, unsigned back)
{
    unsigned c = (level->end - 1) % LEVEL_SLOTS;
    unsigned b = (level->end - 1 - period) % LEVEL_SLOTS;
    unsigned a = (level->end - 1 - back) % LEVEL_SLOTS;
    uint64_t moved = level->key[c] - level->key[b];

    if (a == b ? moved != 0 : moved != level->key[b] - level->key[a]) {
        return false;
    }
    level->work += level->item[c]->n;
    return a == b ?
           fold_item_moves(level->item[b], level->item[c], NULL) :
           fold_item_moves(level->item[a], level->item[b], level->item[c]);
}

/* Would a block of the window's last items be too large? */
static bool level_too_large(FoldLevel *level, unsigned period)
{
    uint64_t begin = level->end - level->rule.rounds * period;
    unsigned i, nodes = 1;

    for (i = 0; i < period; i++) {
        nodes += level_item(level, begin + i)->n;
    }
    return nodes > LEVEL_BLOCK_NODES;
}

/* Would a node of such a block have too many different repetitions? */
static bool level_too_different(FoldLevel *level, unsigned period)
{
    uint64_t begin = level->end - level->rule.rounds * period;
    unsigned i, k, round;

    for (i = 0; i < period; i++) {
        for (k = 0; k < level_item(level, begin + i)->n; k++) {
            uint32_t n = 0;

            for (round = 0; round < level->rule.rounds; round++) {
                n += level_item(level, begin + round * period +
                                i)->nodes[k].counts.n;
            }
            if (n > FOLD_COUNTS_MAX) {
                return true;
            }
        }
        level->work += k;
    }
    return false;
}

/* A block of @period members begins: it takes the window's last items. */
static void level_begin(FoldLevel *level, unsigned period)
{
    unsigned i, n = level->rule.rounds * period;
    FoldItem *items[3 * FOLD_PERIOD_MAX];

    level_pass_until(level, level->end - n);
    for (i = 0; i < n; i++) {
        items[i] = level_item(level, level->start + i);
    }
    level->start = level->end = 0;
    level->nodes = 0;
    level->n_rest = 0;
    level->period = period;
    level->rounds = level->rule.rounds;
    level->grown = true;
    memset(level->fits, 0, sizeof(level->fits));
    level->at[0] = 1;
    for (i = 1; i < period; i++) {
        level->at[i] = level->at[i - 1] + items[i - 1]->n;
    }
    level->block = fold_item_block(items, period);
    for (i = 2 * period; i < n; i++) {
        fold_item_merge(level->block, level->at[i % period], items[i]);
    }
}

/* Does a block begin that has this period? */
static bool level_complete(FoldLevel *level, unsigned period)
{
    return level->fits[period] >= period && period >= level->rule.period &&
           level->end - level->start >= level->rule.rounds * period &&
           !level_too_large(level, period) &&
           !level_too_different(level, period);
}

/* Count what fits, and begin a block if one is complete. */
static void level_search(FoldLevel *level)
{
    unsigned steps = level->rule.rounds - 1;
    unsigned longest = MIN(FOLD_PERIOD_MAX,
                           (level->end - level->start - 1) / steps);
    unsigned period, found = 0;

    for (period = 1; period <= longest; period++) {
        if (!level_fits(level, period, period * steps)) {
            level->fits[period] = 0;
        } else {
            level->fits[period]++;
            if (!found && level_complete(level, period)) {
                found = period;
            }
        }
    }
    level->work += longest;
    if (found) {
        level_begin(level, found);
    }
}

/* Return: an item's key, see level_fits() */
static uint64_t level_key(const FoldItem *item)
{
    const FoldNode *node = item->nodes;

    while (node->kind == FOLD_BLOCK) {
        node++;
    }
    return item->hash + node->offset;
}

static void level_put_window(FoldLevel *level, FoldItem *item)
{
    uint64_t i = level->end++;

    level->item[i % LEVEL_SLOTS] = item;
    level->key[i % LEVEL_SLOTS] = level_key(item);
    level->nodes += item->n;
    level_search(level);
    while (level->end - level->start > LEVEL_WINDOW ||
           level->nodes > LEVEL_NODES) {
        level_pass_until(level, level->start + 1);
    }
}

static void level_end_block(FoldLevel *level)
{
    FoldItem *rest[FOLD_PERIOD_MAX], *block = level->block;
    unsigned i, n = level->n_rest;

    memcpy(rest, level->rest, n * sizeof(rest[0]));
    fold_item_end_block(block, level->rounds, rest, n);
    level->block = NULL;
    level->next(level->opaque, block);
    for (i = 0; i < n; i++) {
        fold_level_put(level, rest[i]);
    }
}

static void level_add_round(FoldLevel *level)
{
    unsigned i;

    for (i = 0; i < level->period; i++) {
        fold_item_merge(level->block, level->at[i], level->rest[i]);
    }
    level->n_rest = 0;
    level->rounds++;
    level->grown = true;
}

/* Return: false if the item does not continue the block */
static bool level_continue(FoldLevel *level, FoldItem *item)
{
    unsigned at = level->at[level->n_rest];

    level->work += item->n;
    if (!fold_item_continues(level->block, at, item, level->rounds) ||
        !fold_item_room(level->block, at, item)) {
        return false;
    }
    level->rest[level->n_rest++] = item;
    if (level->n_rest == level->period) {
        level_add_round(level);
    }
    return true;
}

void fold_level_put(void *opaque, FoldItem *item)
{
    FoldLevel *level = opaque;

    if (level->block && level_continue(level, item)) {
        return;
    }
    if (level->block) {
        /* What was left of it may begin another block. */
        level_end_block(level);
        fold_level_put(level, item);
        return;
    }
    level_put_window(level, item);
}

void fold_level_flush(FoldLevel *level)
{
    while (level->block) {
        level_end_block(level);
    }
    level_pass_until(level, level->end);
    level->start = level->end = 0;
    memset(level->fits, 0, sizeof(level->fits));
}

bool fold_level_grown(FoldLevel *level)
{
    bool grown = level->block && level->grown;

    level->grown = false;
    return grown;
}

bool fold_level_pending(const FoldLevel *level)
{
    return level->block || level->start < level->end;
}

uint64_t fold_level_work(const FoldLevel *level)
{
    return level->work;
}

void fold_level_free(FoldLevel *level)
{
    unsigned i;

    if (level) {
        for (; level->start < level->end; level->start++) {
            fold_item_free(level_item(level, level->start));
        }
        for (i = 0; level->block && i < level->n_rest; i++) {
            fold_item_free(level->rest[i]);
        }
        fold_item_free(level->block);
        g_free(level);
    }
}
