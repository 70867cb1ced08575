/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code shared by the native microbenchmarks
 *
 * Each program prints samples, one a line: NAME VALUE UNIT.  A name that occurs
 * several times was measured in several rounds; bench/run takes the median.
 */
#ifndef BENCH_NATIVE_H
#define BENCH_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "libmmiotrace/record.h"
#include "libmmiotrace/ring.h"

/* The log's default: ring-size=16M */
#define BENCH_RING_SLOTS (1u << 18)

/* The guest is paused when the ring is this full (hw/vfio-trace/log/open.c). */
#define BENCH_HIGH_WATER (BENCH_RING_SLOTS / 4 * 3)

/**
 * struct BenchAccess: one access of a driver
 * @write: a write
 * @width: bytes
 * @map_id: the BAR
 * @gap_ns: time since the access before
 * @addr: host-physical address
 * @value: value read or written
 */
typedef struct BenchAccess {
    bool write;
    uint8_t width;
    uint32_t map_id;
    uint32_t gap_ns;
    uint64_t addr;
    uint64_t value;
} BenchAccess;

/**
 * bench_stream() - a synthetic but realistic stream of a driver's accesses
 * @n: how many accesses
 *
 * The same stream each time.
 *
 * Return: @n accesses; the caller frees them
 */
BenchAccess *bench_stream(size_t n);

/**
 * bench_ring() - an empty ring of BENCH_RING_SLOTS
 */
MmtRing *bench_ring(void);

/**
 * bench_fill() - put accesses into a ring that has room for them
 * @ring: the ring
 * @stream: the accesses
 * @n: how many
 * @ns: time of the access before the first
 *
 * Return: time of the last one
 */
uint64_t bench_fill(MmtRing *ring, const BenchAccess *stream, size_t n,
                    uint64_t ns);

/**
 * bench_discard() - empty a ring
 * @ring: the ring; no producer is at work
 */
void bench_discard(MmtRing *ring);

/**
 * bench_cpu_ns() - CPU time of the calling thread, in nanoseconds
 *
 * Not the wall clock: other load on the machine must not count.
 */
uint64_t bench_cpu_ns(void);

/**
 * bench_sample() - print a sample
 * @name: what was measured; no blanks
 * @value: the value
 * @unit: its unit; no blanks
 */
void bench_sample(const char *name, double value, const char *unit);

/**
 * bench_number() - a decimal argument
 * @text: the argument; anything but a positive number ends the program
 */
uint64_t bench_number(const char *text);

/**
 * bench_die() - end the program with an error
 * @what: the operation that failed; errno says why
 */
void __attribute__((noreturn)) bench_die(const char *what);

#endif /* BENCH_NATIVE_H */
