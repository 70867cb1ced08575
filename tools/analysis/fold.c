/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: what repeats in a trace is shown once
 *
 * Theory of operation
 *
 * Equal accesses in a row become a run (this file).  Runs go through a chain of
 * levels (fold-level.h).  Each finds cycles among the items that it gets and
 * passes on the blocks, and what it did not fold, to the next one, which finds
 * cycles of blocks.  The last level folds what came twice and is long.
 */
#include "tools/analysis/fold.h"

#include <glib.h>

#include "tools/analysis/fold-item.h"
#include "tools/analysis/fold-level.h"

static const FoldRule fold_rules[FOLD_DEPTH_MAX] = {
    { .rounds = 3, .period = 1 },
    { .rounds = 3, .period = 1 },
    { .rounds = 3, .period = 1 },
    { .rounds = 2, .period = 3 },
};

struct Fold {
    FoldSink *sink;
    void *opaque;
    FoldItem *run;
    FoldLevel *level[FOLD_DEPTH_MAX];
};

static void fold_give(void *opaque, FoldItem *item)
{
    Fold *fold = opaque;

    fold->sink(fold->opaque, item);
    fold_item_free(item);
}

Fold *fold_new(FoldSink *sink, void *opaque)
{
    Fold *fold = g_new0(Fold, 1);
    unsigned i = FOLD_DEPTH_MAX;

    fold->sink = sink;
    fold->opaque = opaque;
    fold->level[i - 1] = fold_level_new(&fold_rules[i - 1], fold_give, fold);
    while (--i > 0) {
        fold->level[i - 1] = fold_level_new(&fold_rules[i - 1], fold_level_put,
                                            fold->level[i]);
    }
    return fold;
}

static bool fold_repeats(const FoldItem *run, const MmtEntry *entry)
{
    const FoldNode *node = run->nodes;

    return node->kind == entry->kind && node->width == entry->width &&
           node->region == entry->region && node->offset == entry->offset;
}

static void fold_end_run(Fold *fold)
{
    if (fold->run) {
        fold_item_end_run(fold->run);
        fold_level_put(fold->level[0], fold->run);
        fold->run = NULL;
    }
}

void fold_access(Fold *fold, const MmtEntry *entry)
{
    if (fold->run && fold_repeats(fold->run, entry)) {
        fold_item_repeat(fold->run, entry);
        return;
    }
    fold_end_run(fold);
    fold->run = fold_item_new(entry);
}

void fold_flush(Fold *fold)
{
    unsigned i;

    fold_end_run(fold);
    for (i = 0; i < FOLD_DEPTH_MAX; i++) {
        fold_level_flush(fold->level[i]);
    }
}

/* Levels have what is older than the blocks of the levels before them. */
void fold_settle(Fold *fold)
{
    unsigned i, first = 0;

    for (i = 0; i < FOLD_DEPTH_MAX; i++) {
        if (fold_level_grown(fold->level[i])) {
            first = i + 1;
        }
    }
    for (i = first; i < FOLD_DEPTH_MAX; i++) {
        fold_level_flush(fold->level[i]);
    }
}

bool fold_pending(const Fold *fold)
{
    unsigned i;

    for (i = 0; i < FOLD_DEPTH_MAX; i++) {
        if (fold_level_pending(fold->level[i])) {
            return true;
        }
    }
    return fold->run != NULL;
}

uint64_t fold_work(const Fold *fold)
{
    uint64_t work = 0;
    unsigned i;

    for (i = 0; i < FOLD_DEPTH_MAX; i++) {
        work += fold_level_work(fold->level[i]);
    }
    return work;
}

void fold_free(Fold *fold)
{
    unsigned i;

    if (fold) {
        fold_item_free(fold->run);
        for (i = 0; i < FOLD_DEPTH_MAX; i++) {
            fold_level_free(fold->level[i]);
        }
        g_free(fold);
    }
}
