/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: memory layout, and structures shared with the host
 *
 * For rescue-entry.S and rescue.c, and for tests/common/rescueguest.py, which
 * shares the structures in RAM.
 */
#ifndef RESCUE_H
#define RESCUE_H

/* Physical RAM, which is a file of the host's */
#define PML4        0x10000
#define PDPT        0x11000
#define PD          0x12000     /* four of them */
#define TEST_PT     0x16000
#define TRAMPOLINE  0x18000
#define JOB         0x20000
#define BOOT_STACK  0x90000
#define PROGRAM     0x100000
#define REFERENCE   0x400000    /* two pages: the reference for the BAR */
#define PLAIN       0x404000    /* two pages: RAM beside the BAR */
#define PATTERN     0x408000    /* two pages: the initial contents of all these */
#define SCRATCH     0x40c000    /* a page: another operand, in RAM */
#define STATE       0x410000    /* an XSAVE image */
#define CASES       0x1000000
#define RESULTS     0x2000000

/* Linear address of the two pages on which an instruction is tried */
#define TEST        0x40000000

/* Slots of the traced device, and of another one with the same memory */
#define BAR         0xe0000000
#define ALIAS       0xe1000000
#define REGISTERS   0xe2000000  /* BAR0 of the traced device */
#define FOREIGN     0xe2001000  /* BAR0 of the other one */
#define DUT_SLOT    5
#define ALIAS_SLOT  6

/* In the BAR */
#define BAR_CASE    0x8000      /* the number of a case at its start */
#define BAR_FAULT   0x8004      /* the same after a page fault */
#define BAR_FIRST   0x3000      /* the page that the lower one is mapped to */
#define BAR_SECOND  0x1000      /* and the upper one: in reverse order */

#define PAGE        0x1000
#define XSAVE_BYTES 0x1000

/* Fixed offsets in that image: opmasks, ZMM0-15's rest, ZMM16-31 */
#define STATE_OPMASK    0x440
#define STATE_ZMM       0x480
#define STATE_HIGH_ZMM  0x680

/* Number of bytes before the operand that are set, and compared later */
#define BEFORE      128
#define REACH       0xd00       /* maximum of all bytes compared */
#define SCRATCH_USE 256

#define SEL_CODE    0x08
#define SEL_DATA    0x10
#define SEL_UDATA   0x1b
#define SEL_UCODE   0x23
#define SEL_TSS     0x28

#define GATE_IRQ    0x90

#define TIMED       6           /* instructions that are timed */
#define TIMES       16          /* consecutive accesses of each */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Job.status */
enum { RUNNING = 1, FINISHED = 2, PANIC = 3 };

/* Job.what */
enum { WHAT_CASES, WHAT_RACE, WHAT_TIMES };

/* Job.race */
enum { RACE_CODE = 1, RACE_PAGES = 2 };

/*
 * Job.count of a race: how the instruction has ended, the last vector of those
 * that are neither, and what the other processor has done
 */
enum { RACE_DONE, RACE_FAULTS, RACE_OTHERS, RACE_VECTOR, RACE_AP };

typedef struct Job {
    uint32_t what;
    uint32_t status;
    uint32_t cases;
    uint32_t done;              /* how many */
    uint32_t rounds;            /* of a race, of a measurement */
    uint32_t race;              /* RACE_CODE, RACE_PAGES: what changes */
    uint64_t xcr0;
    uint64_t panic[4];          /* vector, error code, RIP, CR2 */
    uint64_t count[16];         /* of a race; times */
} Job;

/* Case.page */
enum { ON_PLAIN, ON_BAR, ON_REGISTERS, ON_FOREIGN };

/* Case.mode */
enum {
    MODE_TF = 1,                /* single-stepped */
    MODE_UNMASK = 2,            /* floating-point exceptions are unmasked */
    MODE_AC = 4,                /* alignment is checked */
    MODE_STI = 8,               /* an interrupt is pending before STI */
    MODE_ALONE = 16,            /* no reference: the BAR only */
    MODE_BITS = 32,             /* accessed and dirty bits are compared */
    MODE_LAX = 64,              /* it has parts in undefined order */
    MODE_PASS_DB = 128,         /* a #DB after it is ignored */
};

/* Case.protection: a page's, until the first page fault */
enum { ALLOWED, MISSING, READ_ONLY, SUPERVISOR };

typedef struct Case {
    uint16_t row;
    uint16_t behind;            /* number of bytes compared */
    uint16_t poke;              /* the operand's value, 4 bytes, unless 0 */
    uint8_t cpl;
    uint8_t mode;
    uint8_t page[2];
    uint8_t protection[2];
    uint8_t equal;              /* RDX:RAX equals this many bytes of the operand */
    uint8_t unused[3];
    uint32_t offset;            /* the operand is at TEST plus this */
} Case;

/* Result.kind: the first difference */
enum {
    SAME, DIFF_EVENTS, DIFF_VECTOR, DIFF_ERROR, DIFF_CR2, DIFF_RIP, DIFF_FLAGS,
    DIFF_GPR, DIFF_XSAVE, DIFF_MEMORY, DIFF_SCRATCH, DIFF_ACCESSED, DIFF_DR6,
    DIFF_EARLY,
};

typedef struct Result {
    uint32_t kind;
    uint32_t at;
    uint64_t want;
    uint64_t got;
    uint32_t crc;               /* of the bytes in the BAR around the operand */
    uint8_t vector;             /* vector of its end on the BAR */
    uint8_t events;             /* exceptions and interrupts before that */
    uint8_t reference;          /* vector of its end on RAM */
    uint8_t first;              /* vector of the first event */
    uint64_t rip;               /* relative to the instruction's */
    uint64_t error;             /* of the first event, or the last vector */
    uint64_t cr2;
    uint64_t dr6;               /* if #DB has ended it */
} Result;
#endif

#endif /* RESCUE_H */
