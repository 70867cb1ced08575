/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bare guest's layout, shared by start.S, the C files and
 * bench/benchlib/bare.py, which has JOB, SAMPLES and so on of its own
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
#define LOAD_COUNT  0x9080      /* what the second CPU has done so often */
#define PROGRESS    0x9084      /* samples so far */
#define DISK_TABLE  0xa000      /* of the disk's DMA */
#define STACK_TOP   0x80000     /* the first CPU's; the others' follow below */
#define STACK_BYTES 0x4000
#define DISK_DATA   0x100000
#define DISK_BYTES  0x20000
#define SAMPLES     0x200000    /* up to the end of memory */

#define SCREEN_SLOT 3           /* of a VGA on bus 0 */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* start.S: the first code of the other CPUs */
extern const uint8_t ap_begin[], ap_end[];

/* bare.c */
void bare_main(void);
void bare_ap_main(uint32_t cpu);
#endif

#endif /* BENCH_BARE_LAYOUT_H */
