/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare guest: a firmware that does nothing but access registers
 *
 * It runs instead of a BIOS, so that KVM can be measured even where it can't
 * run a whole operating system.  QEMU's loader puts a struct Job into RAM: the
 * devices to measure, how often, with how many CPUs.  For each round, device
 * and direction it prints a line to the debug console (port 0xe9)
 *
 *     DEVICE r|w ACCESSES TICKS
 *
 * in hexadecimal, TICKS of the time stamp counter for ACCESSES 32-bit accesses
 * per CPU to offset 4 of a BAR (edu's scratch register), from the first CPU's
 * start to the last one's end; then "end" and a write to isa-debug-exit.  Or it
 * times single accesses: see tail.c.
 *
 * The values written are (CPU number << 24) + a count that goes up, so that a
 * log can be checked for order and loss.
 */
#include "bare.h"

#define PORT_EXIT       0xf4
#define PORT_CONSOLE    0xe9
#define BAR_FIRST       0xe0000000u
#define BAR_STRIDE      0x01000000u

#define APIC_ICR_LOW    (*(volatile uint32_t *)0xfee00300)
#define APIC_SVR        (*(volatile uint32_t *)0xfee000f0)
#define ICR_INIT_OTHERS 0x000c4500u
#define ICR_SIPI_OTHERS (0x000c4600u | (TRAMPOLINE >> 12))

#define INIT_TICKS  50000000    /* 10 ms, whatever the clock rate */

#define OFFSET      4
#define CPU_SHIFT   24

/* What the first CPU tells the others; they spin on @turn. */
typedef struct Turn {
    volatile uint32_t turn;
    volatile uint32_t device;
    volatile uint32_t write;
    volatile uint32_t done;
} Turn;

static Turn *const turn = (Turn *)(CPUS_UP + 64);
static volatile uint32_t *const cpus_up = (volatile uint32_t *)CPUS_UP;

static void print(const char *s)
{
    while (*s) {
        out8(PORT_CONSOLE, *s++);
    }
}

static void print_hex(uint64_t v)
{
    int shift = 60;

    while (shift && !(v >> shift)) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        out8(PORT_CONSOLE, "0123456789abcdef"[(v >> shift) & 15]);
    }
}

volatile uint32_t *bare_register(uint32_t device)
{
    return (volatile uint32_t *)(BAR_FIRST + device * BAR_STRIDE + OFFSET);
}

static void place_bars(void)
{
    uint32_t i;

    for (i = 0; i < job->devices; i++) {
        config_write(job->slot[i], 0, PCI_BAR0 + 4 * job->bar[i],
                     BAR_FIRST + i * BAR_STRIDE);
        config_write(job->slot[i], 0, PCI_COMMAND, COMMAND_MEMORY);
    }
}

static void access_reads(volatile uint32_t *reg, uint32_t n)
{
    while (n--) {
        (void)*reg;
    }
}

static void access_writes(volatile uint32_t *reg, uint32_t n, uint32_t base)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        *reg = base + i;
    }
}

static void access_slice(uint32_t cpu, uint32_t device, uint32_t write,
                         uint32_t round)
{
    volatile uint32_t *reg;

    if (job->spread) {
        device = (device + cpu) % job->devices;
    }
    reg = bare_register(device);
    if (write) {
        access_writes(reg, job->accesses,
                      (cpu << CPU_SHIFT) + round * job->accesses);
    } else {
        access_reads(reg, job->accesses);
    }
}

static void start_others(void)
{
    uint8_t *to = (uint8_t *)TRAMPOLINE;
    const uint8_t *from;
    uint64_t until;

    *cpus_up = 0;
    turn->turn = 0;
    *(volatile uint32_t *)LOAD_COUNT = 0;
    if (job->cpus < 2) {
        return;
    }
    for (from = ap_begin; from < ap_end; from++) {
        *to++ = *from;
    }
    APIC_SVR |= 0x100;
    APIC_ICR_LOW = ICR_INIT_OTHERS;
    until = ticks() + INIT_TICKS;
    while (ticks() < until) {
        asm volatile("pause");
    }
    APIC_ICR_LOW = ICR_SIPI_OTHERS;
    while (*cpus_up < job->cpus - 1) {
        asm volatile("pause");
    }
}

void bare_ap_main(uint32_t cpu)
{
    uint32_t seen = 0;

    if (job->load) {
        load_run();
    }
    for (;;) {
        while (turn->turn == seen) {
            asm volatile("pause");
        }
        seen = turn->turn;
        access_slice(cpu, turn->device, turn->write, (seen - 1) / 2);
        __atomic_fetch_add(&turn->done, 1, __ATOMIC_SEQ_CST);
    }
}

static void measure(uint32_t round, uint32_t device, uint32_t write)
{
    uint64_t begin, end;

    turn->device = device;
    turn->write = write;
    turn->done = 0;
    begin = ticks();
    __atomic_fetch_add(&turn->turn, 1, __ATOMIC_SEQ_CST);
    access_slice(0, device, write, round);
    while (turn->done < job->cpus - 1) {
        asm volatile("pause");
    }
    end = ticks();

    print_hex(device);
    print(write ? " w " : " r ");
    print_hex(job->accesses);
    print(" ");
    print_hex(end - begin);
    print("\n");
}

static void measure_all(void)
{
    uint32_t round, i;

    for (round = 0; round < job->rounds; round++) {
        for (i = 0; i < job->devices; i++) {
            /* another one begins each time */
            uint32_t device = (round + i) % job->devices;

            measure(round, device, 0);
            measure(round, device, 1);
        }
    }
}

void bare_main(void)
{
    place_bars();
    start_others();
    if (job->samples) {
        tail_measure();
    } else {
        measure_all();
    }
    print("end\n");
    out32(PORT_EXIT, 0x10);
}
