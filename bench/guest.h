/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code shared by the programs that run in the lab's guest
 */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/**
 * run_hook() - tell the host that a case begins or ends
 * @hook: the program to run
 * @name: the case
 * @state: "on" or "off"
 */
static inline void run_hook(const char *hook, const char *name,
                            const char *state)
{
    char command[256];

    snprintf(command, sizeof(command), "%s %s %s", hook, name, state);
    if (system(command)) {
        errx(1, "'%s' has failed", command);
    }
}

#endif /* BENCH_GUEST_H */
