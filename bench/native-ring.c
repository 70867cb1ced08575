/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cost of a record for the vCPU: nanoseconds per record in the producer
 *
 *     native-ring [ROUNDS]
 *
 * The steps are those of an access in the gate (hw/vfio-trace/tap/access.c),
 * without the access to the device.  Several producers wait for each other at
 * the gate.  They work in bursts that fit into the ring, so they never wait for
 * room; it is emptied between bursts, by the producer itself or (".live") by a
 * writer on another CPU that formats what it takes, as in QEMU.
 */
#include "native.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "libmmiotrace/format.h"
#include "libmmiotrace/gate.h"

#define DEFAULT_ROUNDS 25
#define BURST 65536
/* Fits into a CPU's own cache, so that reading it does not count. */
#define STREAM 1024
#define THREADS_MAX 4
#define TSC_NS 50000000ull

typedef enum Clock {
    CLOCK_NONE,                 /* the record alone */
    CLOCK_ONCE,                 /* as for an access */
} Clock;

typedef struct Worker {
    pthread_t thread;
    MmtRing *ring;
    MmtGate *gate;
    const BenchAccess *stream;
    pthread_barrier_t *start;
    unsigned n;
    Clock clock;
    uint64_t cpu_ns;
} Worker;

typedef struct Writer {
    pthread_t thread;
    MmtRing *ring;
    bool quit;
} Writer;

static inline uint64_t read_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static inline void produce(Worker *w, const BenchAccess *a, Clock clock)
{
    MmtSlot *slot;
    MmtRecord *rec;

    if (!mmt_gate_enter(w->gate)) {
        abort();                /* Nobody closes it. */
    }
    slot = mmt_ring_reserve_one(w->ring, BENCH_HIGH_WATER);
    if (!slot) {
        fprintf(stderr, "native-ring: the ring has filled up\n");
        exit(1);
    }
    rec = &slot->rec;

    rec->kind = a->write ? MMT_KIND_WRITE : MMT_KIND_READ;
    rec->width = a->width;
    rec->flags = 0;
    rec->map_id = a->map_id;
    rec->cpu = 0;
    rec->ns = clock == CLOCK_ONCE && a->write ? read_clock() : a->gap_ns;
    rec->addr = a->addr;
    rec->value = a->write ? a->value : 0;
    rec->arg = 0;
    rec->pc = 0;
    rec->space = 0;
    rec->latency = 0;
    mmt_slot_publish(slot, MMT_STATE_PENDING);

    if (!a->write) {
        rec->value = a->value;
        if (clock == CLOCK_ONCE) {
            rec->ns = read_clock();
        }
    }
    mmt_slot_publish(slot, MMT_STATE_READY);
    mmt_slot_fetch_next(slot);
    mmt_gate_leave(w->gate);
}

/* A function for each, like what the compiler makes of an access. */
static __attribute__((noinline)) void burst_none(Worker *w)
{
    unsigned i;

    for (i = 0; i < w->n; i++) {
        produce(w, &w->stream[i % STREAM], CLOCK_NONE);
    }
}

static __attribute__((noinline)) void burst_once(Worker *w)
{
    unsigned i;

    for (i = 0; i < w->n; i++) {
        produce(w, &w->stream[i % STREAM], CLOCK_ONCE);
    }
}

static void (*const burst[])(Worker *) = {
    [CLOCK_NONE] = burst_none,
    [CLOCK_ONCE] = burst_once,
};

static const char *const clock_names[] = {
    [CLOCK_NONE] = "no-clock",
    [CLOCK_ONCE] = "clock",
};

static void *worker_thread(void *opaque)
{
    Worker *w = opaque;
    uint64_t begin;

    pthread_barrier_wait(w->start);
    begin = bench_cpu_ns();
    burst[w->clock](w);
    w->cpu_ns = bench_cpu_ns() - begin;
    return NULL;
}

/* CPU time per record, over all threads. */
static double run_burst(MmtRing *ring, const BenchAccess *stream,
                        unsigned threads, Clock clock)
{
    pthread_barrier_t start;
    MmtGate gate;
    Worker workers[THREADS_MAX];
    uint64_t cpu_ns = 0;
    unsigned i;

    mmt_gate_init(&gate);
    pthread_barrier_init(&start, NULL, threads);
    for (i = 0; i < threads; i++) {
        workers[i] = (Worker) {
            .ring = ring,
            .gate = &gate,
            .stream = stream,
            .start = &start,
            .n = BURST / threads,
            .clock = clock,
        };
        if (pthread_create(&workers[i].thread, NULL, worker_thread,
                           &workers[i])) {
            bench_die("pthread_create");
        }
    }
    for (i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        cpu_ns += workers[i].cpu_ns;
    }
    pthread_barrier_destroy(&start);
    mmt_gate_destroy(&gate);
    return (double)cpu_ns / (BURST / threads * threads);
}

static void *writer_thread(void *opaque)
{
    static char buf[1 << 20];
    static MmtFormatter fmt;
    Writer *w = opaque;

    for (;;) {
        bool quit = __atomic_load_n(&w->quit, __ATOMIC_ACQUIRE);
        const MmtSlot *slot;
        uint64_t n = 0;
        size_t len = 0;

        while (len + MMT_FORMAT_MAX <= sizeof(buf) &&
               (slot = mmt_ring_peek(w->ring, w->ring->tail + n))) {
            len += mmt_format(&fmt, slot, buf + len);
            n++;
        }
        mmt_ring_consume(w->ring, n);
        if (quit && !n) {
            return NULL;
        }
        if (!n) {
            sched_yield();
        }
    }
}

static double run_live(const BenchAccess *stream, MmtRing *ring, Clock clock)
{
    Writer writer = { .ring = ring };
    double ns;

    if (pthread_create(&writer.thread, NULL, writer_thread, &writer)) {
        bench_die("pthread_create");
    }
    ns = run_burst(ring, stream, 1, clock);
    __atomic_store_n(&writer.quit, true, __ATOMIC_RELEASE);
    pthread_join(writer.thread, NULL);
    return ns;
}

static double run_clock(void)
{
    uint64_t begin = bench_cpu_ns();
    volatile uint64_t sink;
    unsigned i;

    for (i = 0; i < BURST; i++) {
        sink = read_clock();
    }
    (void)sink;
    return (double)(bench_cpu_ns() - begin) / BURST;
}

/* How fast the time stamp counter goes: the bare guest counts in it. */
static double run_tsc(void)
{
    uint64_t begin_ns = read_clock();
    uint64_t begin = __builtin_ia32_rdtsc();
    uint64_t ns;

    do {
        ns = read_clock() - begin_ns;
    } while (ns < TSC_NS);
    return (double)(__builtin_ia32_rdtsc() - begin) / ns;
}

int main(int argc, char **argv)
{
    static const unsigned threads[] = { 1, 2, THREADS_MAX };
    uint64_t rounds = argc > 1 ? bench_number(argv[1]) : DEFAULT_ROUNDS;
    BenchAccess *stream = bench_stream(STREAM);
    MmtRing *ring = bench_ring();
    char name[64];
    size_t i;
    int clock;

    /* the first time around, caches and page tables are cold */
    run_burst(ring, stream, 1, CLOCK_NONE);
    bench_discard(ring);

    bench_sample("tsc", run_tsc(), "ticks/ns");
    while (rounds--) {
        bench_sample("clock", run_clock(), "ns");
        for (clock = CLOCK_NONE; clock <= CLOCK_ONCE; clock++) {
            for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
                snprintf(name, sizeof(name), "producer.%s.%u-thread",
                         clock_names[clock], threads[i]);
                bench_sample(name, run_burst(ring, stream, threads[i], clock),
                             "ns/record");
                bench_discard(ring);
            }
            snprintf(name, sizeof(name), "producer.%s.live",
                     clock_names[clock]);
            bench_sample(name, run_live(stream, ring, clock), "ns/record");
        }
    }
    free(stream);
    return 0;
}
