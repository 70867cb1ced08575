/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold: polls
 *
 * A poll is a read that repeats until some bits change: the bits that differ in
 * the last value from all values before.  Where the values before change all
 * the time (a counter, data), nothing has ended the repetitions.
 */
#include "tools/analysis/fold-poll.h"

#include <glib.h>

/* The values before the last one change this seldom, or it is no poll. */
#define POLL_CALM 4

/* Two values that differ are no poll yet. */
#define POLL_READS 3

static uint64_t poll_width_mask(unsigned width)
{
    return width && width < 8 ? (UINT64_C(1) << (width * 8)) - 1 : UINT64_MAX;
}

void fold_poll_init(FoldNode *node)
{
    node->watch = (FoldWatch) { .common = UINT64_MAX };
    node->poll = (FoldPoll) { .ones = node->values.last,
                              .common = node->values.last };
}

/* Return: what two watches of one register have seen together */
static FoldWatch poll_join(const FoldNode *node, const FoldNode *later)
{
    const FoldWatch *a = &node->watch, *b = &later->watch;
    uint64_t last = node->values.last;
    bool differs = last != later->values.first;

    return (FoldWatch) {
        .ones = a->ones | last | b->ones,
        .common = a->common & last & b->common,
        .changes = a->changes + differs + b->changes,
        .changed = later->values.n > 1 ? b->changed : differs,
    };
}

void fold_poll_watch(FoldNode *node, const FoldNode *later)
{
    node->watch = poll_join(node, later);
}

/* Return: mask of the bits that ended a poll of @n values, or 0 */
static uint64_t poll_mask(const FoldWatch *watch, uint64_t last, uint64_t n,
                          unsigned width)
{
    if (n < 2 || !watch->changed || (watch->changes - 1) * POLL_CALM > n - 2) {
        return 0;
    }
    return ((last & ~watch->ones) | (~last & watch->common)) &
           poll_width_mask(width);
}

void fold_poll_end(FoldNode *node, const FoldNode *next, uint64_t ns)
{
    FoldPoll *poll = &node->poll;
    uint64_t last = node->values.last, n = node->values.n;
    FoldWatch watch = node->watch;

    if (next) {
        watch = poll_join(node, next);
        last = next->values.last;
        n += next->values.n;
    }
    *poll = (FoldPoll) { .ones = last, .common = last, .next = next != NULL };
    poll->mask = poll_mask(&watch, last, n, node->width);
    if (poll->mask) {
        poll->polls = 1;
        poll->longest = ns;
    } else {
        poll->broken = n > 1;
    }
}

void fold_poll_merge(FoldPoll *poll, const FoldPoll *later)
{
    if (later->polls) {
        poll->mask = poll->polls ? poll->mask & later->mask : later->mask;
    }
    poll->ones |= later->ones;
    poll->common &= later->common;
    poll->polls += later->polls;
    poll->longest = MAX(poll->longest, later->longest);
    poll->broken |= later->broken || poll->next != later->next;
}

uint64_t fold_poll(const FoldNode *node, uint64_t *value)
{
    const FoldPoll *poll = &node->poll;
    uint64_t mask = poll->mask & (poll->common | ~poll->ones);

    *value = poll->common & mask;
    return node->kind == MMT_ENTRY_READ && node->values.n >= POLL_READS &&
           poll->polls && !poll->broken ? mask : 0;
}
