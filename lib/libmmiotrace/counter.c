/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: times by a processor's counter (see counter.h) */
#include "libmmiotrace/counter.h"

/* A difference that is not corrected little by little, in nanoseconds */
#define JUMP 1000000

/* A difference is not made up for in less time than this, in nanoseconds. */
#define CORRECT 200000000ll

/*
 * Times are not computed for longer than this, in nanoseconds: the next
 * comparison is late by then, and a difference that was to be made up for is
 * there again, in the other direction.
 */
#define LIMIT (2 * CORRECT)

/* By how much another processor's counter may be behind, in nanoseconds */
#define BEHIND 10000ull

/*
 * The rate is the same if it differs by no more than 1 in this.  Linux changes
 * the rate of its clock by 1 in 2,000 to follow a time server.
 */
#define STEADY 1000

void mmt_counter_start(MmtCounter *counter, uint64_t ticks, uint64_t ns)
{
    *counter = (MmtCounter) { .ticks = ticks, .ns = ns };
}

/* Return: 0 if that can not be told */
static uint64_t rate_of(int64_t ticks, int64_t ns)
{
    unsigned __int128 rate;

    if (ticks <= 0 || ns <= 0) {
        return 0;
    }
    rate = ((unsigned __int128)ns << 32) / (uint64_t)ticks;
    return rate > UINT64_MAX / 2 ? 0 : rate;
}

static bool is_steady(uint64_t rate, uint64_t before)
{
    uint64_t differs = rate > before ? rate - before : before - rate;

    return rate && differs <= rate / STEADY;
}

bool mmt_counter_compare(MmtCounter *counter, uint64_t ticks, uint64_t ns)
{
    MmtCounterTime from = counter->time;
    int64_t period = ns - counter->ns;
    uint64_t before = counter->rate;
    uint64_t rate = rate_of(ticks - counter->ticks, period);
    uint64_t computed;

    *counter = (MmtCounter) { .ticks = ticks, .ns = ns, .rate = rate };
    if (!is_steady(rate, before)) {
        return false;
    }
    if (mmt_counter_computes(&from, ticks, &computed)) {
        counter->late = ns - computed;
        if (counter->late > -JUMP && counter->late < JUMP) {
            ns = computed;
            rate += (int64_t)((__int128)rate * counter->late /
                              (period > CORRECT ? period : CORRECT));
        }
    }
    counter->time = (MmtCounterTime) {
        .ticks = ticks - (BEHIND << 32) / rate,
        .ns = ns - BEHIND,
        .rate = rate,
        .limit = ((unsigned __int128)LIMIT << 32) / rate,
    };
    return true;
}
