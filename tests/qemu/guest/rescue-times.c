/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: the cost of accesses, by the guest's own clock
 */
#include "rescue-guest.h"

static uint64_t time_of(const char *code, uint32_t n)
{
    uint64_t begin = ticks();

    while (n--) {
        asm volatile("call *%0" : : "r"(code), "D"((uint64_t)TEST)
                     : "rax", "memory");
    }
    return ticks() - begin;
}

void times(void)
{
    uint32_t i, n;

    set_pages(&bar, ALLOWED, ALLOWED);
    for (n = 0; n < TIMED; n++) {
        job->count[n] = UINT64_MAX;
    }
    for (i = 0; i < job->rounds; i++) {
        for (n = 0; n < TIMED; n++) {
            uint32_t which = (i + n) % TIMED;
            uint64_t time = time_of(timed[which], TIMES);

            if (time < job->count[which]) {
                job->count[which] = time;
            }
        }
        job->done = i + 1;
    }
}
