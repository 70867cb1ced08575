/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare guest: how long single accesses take
 *
 * In turns: a read of each device's register, then a loop that accesses nothing
 * and takes as long as the fastest of these reads.  What delays the loop is not
 * QEMU but whatever else takes the processor away from the guest; the reads are
 * delayed by the same.  SAMPLES has the ticks of each, device by device, and
 * those of the loop last.
 */
#include "bare.h"

#define WARM_UP     1024        /* accesses whose times are not kept */
#define TRIES       16

static void tail_loop(uint32_t n)
{
    while (n--) {
        asm volatile("" : : : "memory");
    }
}

static uint32_t tail_since(uint64_t begin)
{
    uint64_t passed = ticks() - begin;

    return passed >> 32 ? UINT32_MAX : passed;
}

static uint32_t tail_access(volatile uint32_t *reg)
{
    uint64_t begin = ticks();

    (void)*reg;
    return tail_since(begin);
}

static uint32_t tail_pause(uint32_t n)
{
    uint64_t begin = ticks();

    tail_loop(n);
    return tail_since(begin);
}

/*
 * The rounds of tail_loop() that take as long as an access: from one up, since
 * there are KVMs that emulate each instruction of a guest's kernel.
 */
static uint32_t tail_rounds(void)
{
    uint32_t fastest = UINT32_MAX;
    uint32_t rounds = 1;
    uint32_t i, t;

    for (i = 0; i < WARM_UP; i++) {
        t = tail_access(bare_register(i % job->devices));
        fastest = t < fastest ? t : fastest;
    }
    for (;;) {
        uint32_t least = UINT32_MAX;

        for (i = 0; i < TRIES; i++) {
            t = tail_pause(rounds);
            least = t < least ? t : least;
        }
        if (least >= fastest) {
            return rounds;
        }
        rounds += rounds / 8 + 1;
    }
}

void tail_measure(void)
{
    const volatile uint32_t *const load_count = (uint32_t *)LOAD_COUNT;
    volatile uint32_t *const progress = (uint32_t *)PROGRESS;
    uint32_t *const samples = (uint32_t *)SAMPLES;
    uint32_t rows = job->devices + 1;
    uint32_t rounds, i, d;

    /* No page of it is touched for the first time between two accesses. */
    for (i = 0; i < rows * job->samples; i++) {
        ((volatile uint32_t *)samples)[i] = 0;
    }
    while (job->load && !*load_count) {
        asm volatile("pause");
    }
    rounds = tail_rounds();
    for (i = 0; i < job->samples; i++) {
        for (d = 0; d < job->devices; d++) {
            samples[d * job->samples + i] = tail_access(bare_register(d));
        }
        samples[d * job->samples + i] = tail_pause(rounds);
        *progress = i + 1;
    }
}
