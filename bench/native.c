/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code shared by the native microbenchmarks (see native.h)
 */
#include "native.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define START_NS 14902113004ull

MmtRing *bench_ring(void)
{
    void *mem = mmap(NULL, mmt_ring_bytes(BENCH_RING_SLOTS),
                     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (mem == MAP_FAILED) {
        bench_die("mmap");
    }
    return mmt_ring_init(mem, BENCH_RING_SLOTS);
}

uint64_t bench_fill(MmtRing *ring, const BenchAccess *stream, size_t n,
                    uint64_t ns)
{
    size_t i;

    ns = ns ? ns : START_NS;
    for (i = 0; i < n; i++) {
        MmtRecord rec = {
            .kind = stream[i].write ? MMT_KIND_WRITE : MMT_KIND_READ,
            .width = stream[i].width,
            .map_id = stream[i].map_id,
            .ns = ns += stream[i].gap_ns,
            .addr = stream[i].addr,
            .value = stream[i].value,
        };
        uint64_t pos;

        if (!mmt_ring_reserve(ring, 1, &pos)) {
            errno = ENOSPC;
            bench_die("the ring");
        }
        mmt_slot_fill(mmt_ring_slot(ring, pos), &rec);
        mmt_slot_publish(mmt_ring_slot(ring, pos), MMT_STATE_READY);
    }
    return ns;
}

void bench_discard(MmtRing *ring)
{
    mmt_ring_consume(ring, mmt_ring_used(ring));
}

uint64_t bench_cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void bench_sample(const char *name, double value, const char *unit)
{
    printf("%s %.3f %s\n", name, value, unit);
    fflush(stdout);
}

uint64_t bench_number(const char *text)
{
    char *end;
    unsigned long long n;

    errno = 0;
    n = strtoull(text, &end, 10);
    if (errno || end == text || *end || !n) {
        errx(2, "'%s' is not a positive number", text);
    }
    return n;
}

void bench_die(const char *what)
{
    err(1, "%s", what);
}
