/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest's internal interfaces (see rescue.c)
 */
#ifndef RESCUE_GUEST_H
#define RESCUE_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "rescue.h"

#define VECTOR_DB       1
#define VECTOR_BP       3
#define VECTOR_PF       14

#define PTE_PRESENT     1u
#define PTE_WRITE       2u
#define PTE_USER        4u
#define PTE_ACCESSED    0x20u
#define PTE_DIRTY       0x40u

#define XSAVE_X87       0
#define XSAVE_MXCSR     24
#define XSAVE_ST        32
#define XSAVE_XMM       160
#define XSAVE_BV        512

#define APIC(reg)       (*(volatile uint32_t *)(0xfee00000ull + (reg)))
#define APIC_EOI        0x0b0
#define APIC_SVR        0x0f0
#define APIC_IRR        0x200
#define APIC_ICR        0x300

#define MAX_EVENTS      4

/* In the processor's order */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, GPRS = 16 };

/* What rescue-entry.S pushes and pops */
typedef struct Trap {
    uint64_t gpr[GPRS];         /* RSP is @rsp, too */
    uint64_t vector;
    uint64_t error;
    uint64_t rip;
    uint64_t cs;
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss;
} Trap;

/* Events before an instruction's end */
typedef struct Event {
    uint64_t vector;
    uint64_t error;
    uint64_t rip;
    uint64_t cr2;
    bool early;                 /* memory had been changed before */
} Event;

/* The two pages: the mapped ones, and a view of them */
typedef struct Place {
    uint64_t page[2];
    uint8_t *seen[2];
} Place;

/* One run of a case: how it ended, and the state after it */
typedef struct Run {
    Trap end;
    uint64_t cr2;
    uint64_t dr6;
    unsigned events;
    Event event[MAX_EVENTS];
    uint64_t accessed[2];
    uint8_t scratch[SCRATCH_USE];
    uint8_t memory[REACH];
    uint8_t xsave[XSAVE_BYTES] __attribute__((aligned(PAGE)));
} Run;

static volatile Job *const job = (volatile Job *)JOB;
static volatile uint64_t *const test_pt = (volatile uint64_t *)TEST_PT;
static const uint8_t *const pattern = (const uint8_t *)PATTERN;
static uint8_t *const scratch = (uint8_t *)SCRATCH;
static const Case *const cases = (const Case *)CASES;

/* rescue-entry.S */
extern const char vectors[], gate_irq[], ap_begin[], ap_end[];
extern const uint64_t rows[];           /* addresses of their code */
extern const char *const timed[TIMED];
extern volatile uint32_t race_code;
void to_user(void (*function)(void)) __attribute__((noreturn));
void serve(void (*function)(void));     /* in kernel mode */
void enter(const Trap *with, const void *xsave);
void enter_by_iret(const Trap *with, const void *xsave);

/* rescue-machine.c */
extern Trap caught;                     /* how the entered code ended */
void *memset(void *to, int v, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void set_up_machine(void);
uint64_t read_cr2(void);
uint64_t take_dr6(void);
void set_am(bool on);
void map_pages(uint64_t first, uint64_t second);
void stop(void) __attribute__((noreturn));
void panic(const uint64_t *frame);

static inline void cpuid(uint32_t leaf, uint32_t sub, uint32_t *r)
{
    asm volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
                 : "a"(leaf), "c"(sub));
}

static inline uint64_t ticks(void)
{
    uint32_t lo, hi;

    asm volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : : "memory");
    return (uint64_t)hi << 32 | lo;
}

static inline void bar_write(uint32_t offset, uint32_t v)
{
    *(volatile uint32_t *)((uint64_t)BAR + offset) = v;
}

/* rescue-place.c */
extern const Place reference, bar;
void set_up_crc(void);
void find_place(const Case *c, Place *place);
void set_pages(const Place *place, uint8_t first, uint8_t second);
size_t part(const Case *c, unsigned page, uint32_t *first);
void reset_place(const Case *c, const Place *place);
bool untouched(const Case *c, const Place *place);
void keep_memory(const Case *c, const Place *place, uint8_t *to);
uint32_t bar_crc(const Case *c, const Place *place);

/* rescue-go.c */
extern uint8_t initial[XSAVE_BYTES];    /* image for XRSTOR */
void place_components(void);
void set_registers(const Case *c, Trap *with);
void go(const Case *c, uint32_t number, const Place *place, Run *run);

/* rescue-compare.c */
void compare(Result *r, const Case *c, const Place *place, Run *want, Run *got);

/* rescue-race.c, rescue-times.c */
void race(void);
void times(void);
void ap_main(void);

/* rescue.c */
void rescue_main(void);

#endif /* RESCUE_GUEST_H */
