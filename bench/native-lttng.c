/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LTTng-UST compared to our ring: the same fields, one tracepoint per access
 *
 *     native-lttng [ROUNDS]
 *
 * bench/benchlib/lttng.py creates the session.  Bursts fit into LTTng's
 * buffers; between them its consumer daemon has time to empty these, and no
 * event is discarded.  A tracepoint reads the clock once.
 */
#include "native.h"

#include <stdlib.h>
#include <unistd.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wredundant-decls"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "native-lttng-tp.h"
#pragma GCC diagnostic pop

#define DEFAULT_ROUNDS 25
#define BURST 65536
#define STREAM 1024
#define DRAIN_US 100000

int main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? bench_number(argv[1]) : DEFAULT_ROUNDS;
    BenchAccess *stream = bench_stream(STREAM);
    uint64_t total = 0;

    /* without a session a tracepoint is only a test and a jump */
    if (!lttng_ust_tracepoint_enabled(vfio_trace_bench, access)) {
        bench_sample("lttng.enabled", 0, "bool");
        return 1;
    }
    while (rounds--) {
        uint64_t begin = bench_cpu_ns();
        unsigned i;

        for (i = 0; i < BURST; i++) {
            const BenchAccess *a = &stream[i % STREAM];
            MmtRecord rec = {
                .kind = a->write ? MMT_KIND_WRITE : MMT_KIND_READ,
                .width = a->width,
                .map_id = a->map_id,
                .addr = a->addr,
                .value = a->value,
            };

            lttng_ust_tracepoint(vfio_trace_bench, access, &rec);
        }
        bench_sample("lttng.clock.1-thread",
                     (double)(bench_cpu_ns() - begin) / BURST, "ns/record");
        total += BURST;
        usleep(DRAIN_US);
    }
    bench_sample("lttng.records", total, "records");
    free(stream);
    return 0;
}
