/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory growth: RSS after few and after many records
 *
 *     native-memory FEW MANY
 *
 * A producer that runs as fast as it can, and a writer that formats into a
 * buffer and discards it.
 */
#include "native.h"

#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/format.h"

#define STREAM 4096

typedef struct Producer {
    MmtRing *ring;
    const BenchAccess *stream;
    uint64_t records;
} Producer;

static void *producer_thread(void *opaque)
{
    Producer *p = opaque;
    uint64_t ns = 0;

    while (p->records) {
        uint64_t n = p->records < STREAM ? p->records : STREAM;

        while (mmt_ring_used(p->ring) > BENCH_HIGH_WATER) {
            sched_yield();
        }
        ns = bench_fill(p->ring, p->stream, n, ns);
        p->records -= n;
    }
    return NULL;
}

/*
 * The process's private memory: not the pages of libraries, which are mapped
 * when they are first used.  Read from here because the quick counters (VmRSS)
 * may be off by some pages for each CPU.
 */
static double rss_kib(void)
{
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    double kib = 0;

    if (!f) {
        bench_die("/proc/self/smaps_rollup");
    }
    while (fgets(line, sizeof(line), f)) {
        if (!strncmp(line, "Pss_Anon:", 9) ||
            !strncmp(line, "Pss_Shmem:", 10)) {
            kib += strtod(strchr(line, ':') + 1, NULL);
        }
    }
    fclose(f);
    return kib;
}

/* Empties the ring as the writer does, until @records records have passed. */
static void consume(MmtRing *ring, uint64_t records, MmtFormatter *fmt)
{
    static char buf[1 << 20];

    while (records) {
        const MmtSlot *slot;
        uint64_t n = 0;
        size_t len = 0;

        while (n < records && len + MMT_FORMAT_MAX <= sizeof(buf) &&
               (slot = mmt_ring_peek(ring, ring->tail + n))) {
            len += mmt_format(fmt, slot, buf + len);
            n++;
        }
        mmt_ring_consume(ring, n);
        records -= n;
        if (!n) {
            sched_yield();
        }
    }
}

int main(int argc, char **argv)
{
    Producer p = { .ring = bench_ring(), .stream = bench_stream(STREAM) };
    MmtFormatter fmt = { 0 };
    pthread_t thread;
    double few_kib, many_kib;
    uint64_t few, many;

    if (argc != 3) {
        errx(2, "usage: native-memory FEW MANY");
    }
    few = bench_number(argv[1]);
    p.records = bench_number(argv[2]);
    if (few >= p.records) {
        errx(2, "%s is not less than %s", argv[1], argv[2]);
    }
    many = p.records - few;
    rss_kib();                  /* its own memory must not count as growth */
    if (pthread_create(&thread, NULL, producer_thread, &p)) {
        bench_die("pthread_create");
    }
    consume(p.ring, few, &fmt);
    few_kib = rss_kib();
    consume(p.ring, many, &fmt);
    many_kib = rss_kib();
    pthread_join(thread, NULL);
    bench_sample("rss.few", few_kib, "KiB");
    bench_sample("rss.many", many_kib, "KiB");
    return 0;
}
