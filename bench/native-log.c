/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log for the benchmarks of reading, on standard output
 *
 *     native-log ACCESSES
 *
 * The accesses are those of bench_stream(), over and over, in the form of this
 * project's logs without extra fields.
 */
#include "native.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "libmmiotrace/format.h"

/* The stream is repeated after this many accesses. */
#define STREAM (1u << 18)

/* PCIDEV, coverage marks and MAP of the stream's three BARs */
static const char head[] =
    MMT_VERSION_LINE "\n"
    "MARK 10.000000 vfio-trace: log format=1 qemu=10.0.0\n"
    "PCIDEV 0100 10de1b80 10 fb000000 e0000000 0 fc080000 0 0 0 "
    "1000000 10000 0 4000 0 0 0 vfio-pci\n"
    "MARK 10.000000 vfio-trace: device id=gpu host=0000:01:00.0 "
    "type=vfio-pci-trace addresses=host\n"
    "MARK 10.000000 vfio-trace: coverage device=gpu bar=0 map=1 "
    "addr=0xfb000000 len=0x1000000 state=trapped\n"
    "MARK 10.000000 vfio-trace: coverage device=gpu bar=1 map=2 "
    "addr=0xe0000000 len=0x10000 state=trapped\n"
    "MARK 10.000000 vfio-trace: coverage device=gpu bar=3 map=3 "
    "addr=0xfc080000 len=0x4000 state=trapped\n"
    "MAP 10.000000 1 0xfb000000 0xfb000000 0x1000000 0x0 0\n"
    "MAP 10.000000 2 0xe0000000 0xe0000000 0x10000 0x0 0\n"
    "MAP 10.000000 3 0xfc080000 0xfc080000 0x4000 0x0 0\n";

static void put(const char *p, size_t n)
{
    if (fwrite(p, 1, n, stdout) != n) {
        bench_die("write");
    }
}

int main(int argc, char **argv)
{
    uint64_t n = bench_number(argc > 1 ? argv[1] : "1000000");
    BenchAccess *stream = bench_stream(STREAM);
    uint64_t ns = 10 * MMT_NS_PER_SEC;
    static char out[1 << 20];
    MmtFormatter fmt = { 0 };
    size_t fill = 0;
    uint64_t i;

    put(head, sizeof(head) - 1);
    for (i = 0; i < n; i++) {
        const BenchAccess *a = &stream[i % STREAM];
        MmtSlot slot = { .rec = {
            .kind = a->write ? MMT_KIND_WRITE : MMT_KIND_READ,
            .width = a->width, .map_id = a->map_id, .addr = a->addr,
            .value = a->value, .cpu = MMT_CPU_NONE,
            .ns = ns += a->gap_ns } };

        fill += mmt_format(&fmt, &slot, out + fill);
        if (fill > sizeof(out) - MMT_FORMAT_MAX) {
            put(out, fill);
            fill = 0;
        }
    }
    fill += sprintf(out + fill, "MARK %" PRIu64 ".%06" PRIu64
                    " vfio-trace: end\n", ns / MMT_NS_PER_SEC,
                    ns % MMT_NS_PER_SEC / MMT_NS_PER_USEC);
    put(out, fill);
    free(stream);
    return fflush(stdout) ? 1 : 0;
}
