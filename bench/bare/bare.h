/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare guest: what it is told to do, and its I/O
 */
#ifndef BENCH_BARE_BARE_H
#define BENCH_BARE_BARE_H

#include <stdint.h>

#include "layout.h"

#define PORT_PCI_ADDR   0xcf8
#define PORT_PCI_DATA   0xcfc

#define PCI_COMMAND     0x04
#define PCI_BAR0        0x10
#define COMMAND_IO      0x01
#define COMMAND_MEMORY  0x02
#define COMMAND_MASTER  0x04

#define MAX_DEVICES 16

/* What the second CPU does while the first one times its accesses */
enum {
    LOAD_NONE,                  /* there is no second CPU */
    LOAD_DISK,
    LOAD_SCREEN,
};

/* Keep in step with bench/benchlib/bare.py. */
typedef struct Job {
    uint32_t rounds;
    uint32_t accesses;
    uint32_t cpus;
    uint32_t spread;            /* CPU n takes device i + n, not all device i */
    uint32_t samples;           /* not 0: time so many accesses, one by one */
    uint32_t load;
    uint32_t devices;
    uint32_t slot[MAX_DEVICES]; /* on bus 0 */
    uint32_t bar[MAX_DEVICES];  /* number of the BAR to access */
} Job;

static const Job *const job = (const Job *)JOB;

static inline void out8(uint16_t port, uint8_t v)
{
    asm volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void out16(uint16_t port, uint16_t v)
{
    asm volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t v)
{
    asm volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
    uint8_t v;

    asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static inline uint64_t ticks(void)
{
    uint32_t lo, hi;

    asm volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : : "memory");
    return (uint64_t)hi << 32 | lo;
}

static inline void config_write(uint32_t slot, uint32_t function, uint32_t reg,
                                uint32_t v)
{
    out32(PORT_PCI_ADDR, 0x80000000u | slot << 11 | function << 8 | reg);
    out32(PORT_PCI_DATA, v);
}

/* bare.c: the register of a device that is accessed */
volatile uint32_t *bare_register(uint32_t device);

/* tail.c: time single accesses of all devices, in turns, into SAMPLES */
void tail_measure(void);

/* load.c: put load on QEMU for ever */
void load_run(void);

#endif /* BENCH_BARE_BARE_H */
