/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Native microbenchmarks: a driver's accesses
 *
 * Numbers that repeat too well would compress too well.  So this models the
 * contents of logs of GPU and network drivers: tables of registers
 * written one after the other, status registers polled until a bit changes,
 * read-modify-write pairs, interrupts that are read and acknowledged,
 * doorbells with a rising index, and now and then a free-running counter.
 */
#include "native.h"

#include <stdlib.h>

typedef struct Stream {
    BenchAccess *access;
    size_t n, size;
    uint64_t seed;
    uint32_t doorbell[8];
    uint64_t counter;
} Stream;

/* Two BARs of a GPU and its audio function's; typical addresses. */
static const struct {
    uint64_t addr;
    uint32_t size;
} bars[] = {
    { 0xfb000000, 0x1000000 },
    { 0xe0000000, 0x10000 },
    { 0xfc080000, 0x4000 },
};

/* xorshift64: the same numbers everywhere */
static uint32_t draw(Stream *s, uint32_t below)
{
    s->seed ^= s->seed << 13;
    s->seed ^= s->seed >> 7;
    s->seed ^= s->seed << 17;
    return (s->seed >> 20) % below;
}

static void put(Stream *s, bool write, unsigned bar, uint32_t offset,
                uint64_t value)
{
    BenchAccess *a = &s->access[s->n];

    if (s->n == s->size) {
        return;
    }
    s->n++;
    a->write = write;
    a->width = 4;
    a->map_id = bar + 1;
    a->addr = bars[bar].addr + offset % bars[bar].size;
    a->value = value;
    /* a trapped access, at times the driver's own work, at times a pause */
    a->gap_ns = 1800 + draw(s, 700);
    if (!draw(s, 12)) {
        a->gap_ns += draw(s, 20000);
    }
    if (!draw(s, 400)) {
        a->gap_ns += draw(s, 5000000);
    }
}

static void table(Stream *s)
{
    unsigned bar = draw(s, 2);
    uint32_t offset = draw(s, 0x400000) & ~3u;
    uint32_t n = 8 + draw(s, 120);

    for (; n; n--, offset += 4) {
        /* half of a table is small numbers and zeroes */
        put(s, true, bar, offset,
            draw(s, 2) ? draw(s, 64) : draw(s, UINT32_MAX));
    }
}

static void poll_status(Stream *s)
{
    uint32_t offset = 0x1000 * draw(s, 64) + 0x10;
    uint32_t busy = 0x80000000u | draw(s, 4096);
    uint32_t n = 1 + draw(s, 40);

    while (n--) {
        put(s, false, 0, offset, busy);
    }
    put(s, false, 0, offset, busy & 0x7fffffff);
}

static void modify(Stream *s)
{
    uint32_t offset = (draw(s, 0x2000) << 4) + 0x200;
    uint32_t value = draw(s, UINT32_MAX);

    put(s, false, 0, offset, value);
    put(s, true, 0, offset, value ^ (1u << draw(s, 32)));
}

static void interrupt(Stream *s)
{
    uint32_t cause = 1u << draw(s, 12);

    put(s, false, 0, 0x100, cause);
    put(s, true, 0, 0x140, 0);
    put(s, false, 0, 0x104, cause | 0x80000000u);
    put(s, true, 0, 0x100, cause);
    put(s, true, 0, 0x140, 1);
}

static void doorbells(Stream *s)
{
    uint32_t ring = draw(s, 8);
    uint32_t n = 1 + draw(s, 16);

    while (n--) {
        s->doorbell[ring] = (s->doorbell[ring] + 1 + draw(s, 4)) & 0xfff;
        put(s, true, 1, 0x2000 + ring * 8, s->doorbell[ring]);
    }
}

static void odd_ones(Stream *s)
{
    s->counter += 1000 + draw(s, 100000);
    put(s, false, 0, 0x9400, (uint32_t)s->counter);
    put(s, false, 2, draw(s, 0x1000), draw(s, 256));
    s->access[s->n - 1].width = 1;
    put(s, true, 1, 0x8000 + draw(s, 512) * 8,
        (uint64_t)draw(s, UINT32_MAX) << 12);
    s->access[s->n - 1].width = 8;
}

/* Frequency of each, in percent. */
static const struct {
    unsigned share;
    void (*make)(Stream *s);
} phases[] = {
    { 6, table },
    { 14, poll_status },
    { 34, modify },
    { 24, interrupt },
    { 16, doorbells },
    { 6, odd_ones },
};

BenchAccess *bench_stream(size_t n)
{
    Stream s = {
        .access = calloc(n, sizeof(BenchAccess)),
        .size = n,
        .seed = 0x2545f4914f6cdd1dull,
    };

    if (!s.access) {
        bench_die("calloc");
    }
    while (s.n < n) {
        unsigned of_hundred = draw(&s, 100);
        unsigned i = 0;

        while (of_hundred >= phases[i].share) {
            of_hundred -= phases[i++].share;
        }
        phases[i].make(&s);
    }
    return s.access;
}
