/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: times by a processor's counter
 *
 * Theory of operation
 *
 * A clock takes a call to read, a processor's counter an instruction.  So the
 * two are compared from time to time, and times in between are computed from
 * the counter.  The rate is chosen so that the computed time meets the clock at
 * the next comparison, if that comes as late as the last one.
 *
 * A counter may go on while the clock stands still (the machine sleeps), or get
 * another rate (the virtual machine has been moved).  So a rate is believed if
 * it is that of the period before as well.  Until then, if the next comparison
 * is late (0.4 s), and when the counter has gone back, no time is computed: the
 * clock is to be read.
 */
#ifndef LIBMMIOTRACE_COUNTER_H
#define LIBMMIOTRACE_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct MmtCounterTime: how to compute times
 * @ticks: a moment shortly before the last comparison, by the counter
 * @ns: the same moment, by the clock
 * @rate: nanoseconds per tick from then on, times 2^32
 * @limit: ticks from that moment on after which the clock is read; 0: always
 */
typedef struct MmtCounterTime {
    uint64_t ticks;
    uint64_t ns;
    uint64_t rate;
    uint64_t limit;
} MmtCounterTime;

/**
 * struct MmtCounter: a counter that is compared with a clock
 * @ticks: the last comparison, by the counter
 * @ns: the same moment, by the clock
 * @rate: what they did between the last two comparisons; 0: not known
 * @late: how far behind the clock the computed time was at the last comparison,
 *        in nanoseconds
 * @time: how to compute times from now on
 */
typedef struct MmtCounter {
    uint64_t ticks;
    uint64_t ns;
    uint64_t rate;
    int64_t late;
    MmtCounterTime time;
} MmtCounter;

/**
 * mmt_counter_start() - forget what was known
 * @counter: the counter
 * @ticks: the counter, and
 * @ns: the clock at the same moment
 */
void mmt_counter_start(MmtCounter *counter, uint64_t ticks, uint64_t ns);

/**
 * mmt_counter_compare() - compare the two, some times a second
 * @counter: the counter, started
 * @ticks: the counter, and
 * @ns: the clock at the same moment
 *
 * Return: whether times can be computed until the next comparison
 */
bool mmt_counter_compare(MmtCounter *counter, uint64_t ticks, uint64_t ns);

/**
 * mmt_counter_computes() - compute a time
 * @time: how to
 * @ticks: the counter, now
 * @ns: where to store the time, in nanoseconds of the clock
 *
 * Return: false if the clock has to be read
 */
static inline bool mmt_counter_computes(const MmtCounterTime *time,
                                        uint64_t ticks, uint64_t *ns)
{
    uint64_t passed = ticks - time->ticks;

    if (__builtin_expect(passed >= time->limit, 0)) {
        return false;
    }
    *ns = time->ns + (uint64_t)((unsigned __int128)passed * time->rate >> 32);
    return true;
}

#endif /* LIBMMIOTRACE_COUNTER_H */
