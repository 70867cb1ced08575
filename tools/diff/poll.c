/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: how a poll ended, and how long it took (see poll.h)
 */
#include "tools/diff/poll.h"

/* What is worth mentioning */
#define TIMES 10
#define ROUNDS_MORE 100
#define NS_MORE 1000000

/* Reads in a row of which a poll consists at least */
#define POLL_MIN 3

/**
 * struct Poll: reads of a register in a row
 * @rounds: their number
 * @changes: how often the value changed
 * @ns: time they took, or 0 if not known
 */
typedef struct Poll {
    uint64_t rounds;
    uint64_t changes;
    uint64_t ns;
} Poll;

static Poll poll_of(const DiffRun *run)
{
    Poll poll = { .rounds = 1 };

    if (run) {
        poll.rounds = run->rounds;
        poll.changes = run->changes;
        if (run->flags & MMT_ENTRY_TIMED && run->last_ns > run->first_ns) {
            poll.ns = run->last_ns - run->first_ns;
        }
    }
    return poll;
}

static bool is_much_more(uint64_t x, uint64_t y, uint64_t more)
{
    return x > y && x - y >= more && x / TIMES >= y;
}

bool diff_poll_is_longer(uint64_t rounds_a, uint64_t rounds_b, uint64_t ns_a,
                         uint64_t ns_b)
{
    return is_much_more(rounds_a, rounds_b, ROUNDS_MORE) ||
           is_much_more(rounds_b, rounds_a, ROUNDS_MORE) ||
           is_much_more(ns_a, ns_b, NS_MORE) ||
           is_much_more(ns_b, ns_a, NS_MORE);
}

/*
 * A driver polls a register whose value stays until something happens.  Reads
 * of a counter or a FIFO get another value each time.
 */
static bool is_steady(const Poll *poll)
{
    return poll->rounds < POLL_MIN || poll->changes <= 1 ||
           poll->changes <= poll->rounds / 8;
}

/*
 * One of them must have seen a change: what is read several times with the same
 * value in both logs is not waited for.
 */
static bool may_end(const Poll *a, const Poll *b)
{
    return (a->rounds >= POLL_MIN || b->rounds >= POLL_MIN) &&
           (a->changes || b->changes) && is_steady(a) && is_steady(b);
}

DiffKind diff_poll_compare(const DiffLog *a, uint64_t i, const DiffLog *b,
                           uint64_t j, DiffValues values, DiffHunk *hunk)
{
    const DiffRun *run_a = diff_log_run(a, i);
    const DiffRun *run_b = diff_log_run(b, j);
    Poll poll_a;
    Poll poll_b;

    if (!run_a && !run_b) {
        return DIFF_SAME;
    }
    poll_a = poll_of(run_a);
    poll_b = poll_of(run_b);
    hunk->rounds_a = poll_a.rounds;
    hunk->rounds_b = poll_b.rounds;
    hunk->ns_a = poll_a.ns;
    hunk->ns_b = poll_b.ns;
    if (values != DIFF_VALUES_NONE && may_end(&poll_a, &poll_b) &&
        diff_log_token(a, i)->value != diff_log_token(b, j)->value) {
        return DIFF_POLL_END;
    }
    return MAX(poll_a.rounds, poll_b.rounds) >= POLL_MIN &&
           diff_poll_is_longer(poll_a.rounds, poll_b.rounds, poll_a.ns,
                               poll_b.ns) ? DIFF_POLL_TIME : DIFF_SAME;
}
