/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare guest's memory layout, shared by start.S, bare.c and (JOB only)
 * bench/benchlib/bare.py
 */
#ifndef BENCH_BARE_LAYOUT_H
#define BENCH_BARE_LAYOUT_H

#define IMAGE_BASE  0xffff0000

#define SEL_CODE    0x08
#define SEL_DATA    0x10

/* RAM; the first two are pages */
#define JOB         0x6000      /* struct Job, put there by QEMU's loader */
#define TRAMPOLINE  0x8000
#define CPUS_UP     0x9000      /* CPUs that were started by the first one */
#define STACK_TOP   0x80000     /* the first CPU's; the others' follow below */
#define STACK_BYTES 0x4000

#ifndef __ASSEMBLER__
#include <stdint.h>

/* start.S: the first code of the other CPUs */
extern const uint8_t ap_begin[], ap_end[];

/* bare.c */
void bare_main(void);
void bare_ap_main(uint32_t cpu);
#endif

#endif /* BENCH_BARE_LAYOUT_H */
