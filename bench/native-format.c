/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cost of a record for the writer: from the ring to a file
 *
 *     native-format FILE [ROUNDS]
 *
 * FILE is overwritten and removed again.  Text goes out in blocks of 1 MiB, as
 * hw/vfio-trace/log/writer.c does it; compressed, each block is a frame of its
 * own, so that a file that was cut off still yields the ones before.
 */
#include "native.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "libmmiotrace/format.h"

#define DEFAULT_ROUNDS 25
#define BLOCK (1 << 20)
#define LEVEL 3
#define RECORDS 180000

typedef struct Sink {
    int fd;
    ZSTD_CCtx *zstd;
    char *packed;
    size_t packed_size;
} Sink;

/* A way to write a block of text.  Returns the bytes that reach the disk. */
typedef size_t (*Emit)(Sink *sink, const char *text, size_t len);

static void write_all(int fd, const char *buf, size_t len)
{
    while (len) {
        ssize_t n = write(fd, buf, len);

        if (n < 0) {
            bench_die("write");
        }
        buf += n;
        len -= n;
    }
}

static size_t emit_nothing(Sink *sink, const char *text, size_t len)
{
    (void)sink;
    (void)text;
    return len;
}

static size_t emit_text(Sink *sink, const char *text, size_t len)
{
    write_all(sink->fd, text, len);
    return len;
}

static size_t emit_zst(Sink *sink, const char *text, size_t len)
{
    size_t n = ZSTD_compress2(sink->zstd, sink->packed, sink->packed_size,
                              text, len);

    if (ZSTD_isError(n)) {
        errx(1, "zstd: %s", ZSTD_getErrorName(n));
    }
    write_all(sink->fd, sink->packed, n);
    return n;
}

/* Empties the ring as the writer does.  Returns the bytes written. */
static size_t drain(MmtRing *ring, Sink *sink, Emit emit)
{
    static char buf[BLOCK];
    MmtFormatter fmt = { 0 };
    size_t bytes = 0;

    for (;;) {
        const MmtSlot *slot;
        uint64_t n = 0;
        size_t len = 0;

        while (len + MMT_FORMAT_MAX <= sizeof(buf) &&
               (slot = mmt_ring_peek(ring, ring->tail + n))) {
            len += mmt_format(&fmt, slot, buf + len);
            n++;
        }
        if (!n) {
            return bytes;
        }
        bytes += emit(sink, buf, len);
        mmt_ring_consume(ring, n);
    }
}

static const struct {
    const char *name;
    Emit emit;
} ways[] = {
    { "format", emit_nothing },
    { "text", emit_text },
    { "zst", emit_zst },
};

int main(int argc, char **argv)
{
    BenchAccess *stream = bench_stream(RECORDS);
    MmtRing *ring = bench_ring();
    Sink sink = { .zstd = ZSTD_createCCtx() };
    uint64_t rounds;
    size_t i;

    if (argc < 2) {
        errx(2, "usage: native-format FILE [ROUNDS]");
    }
    rounds = argc > 2 ? bench_number(argv[2]) : DEFAULT_ROUNDS;
    sink.packed_size = ZSTD_compressBound(BLOCK);
    sink.packed = malloc(sink.packed_size);
    sink.fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (!sink.zstd || !sink.packed || sink.fd < 0) {
        bench_die(argv[1]);
    }
    ZSTD_CCtx_setParameter(sink.zstd, ZSTD_c_compressionLevel, LEVEL);

    while (rounds--) {
        for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
            char name[32];
            uint64_t begin, ns;
            size_t bytes;

            bench_fill(ring, stream, RECORDS, 0);
            if (lseek(sink.fd, 0, SEEK_SET) < 0) {
                bench_die(argv[1]);
            }
            begin = bench_cpu_ns();
            bytes = drain(ring, &sink, ways[i].emit);
            ns = bench_cpu_ns() - begin;

            snprintf(name, sizeof(name), "writer.%s", ways[i].name);
            bench_sample(name, RECORDS * 1e3 / ns, "Mrecords/s");
            snprintf(name, sizeof(name), "size.%s", ways[i].name);
            bench_sample(name, (double)bytes / RECORDS, "bytes/record");
        }
    }
    close(sink.fd);
    unlink(argv[1]);
    ZSTD_freeCCtx(sink.zstd);
    free(sink.packed);
    free(stream);
    return 0;
}
