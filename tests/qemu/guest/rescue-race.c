/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: an instruction while another processor changes its code and
 * pages
 */
#include "rescue-guest.h"

#define ICR_INIT_OTHERS 0x000c4500u
#define ICR_SIPI_OTHERS (0x000c4600u | (TRAMPOLINE >> 12))
#define INIT_TICKS      50000000        /* 10 ms, whatever the clock rate */

/* Present, writable, user */
#define MAPPED(page)    ((page) | PTE_PRESENT | PTE_WRITE | PTE_USER)

/* The other processor, in kernel mode: unmaps pages and remaps others. */
void ap_main(void)
{
    static const uint32_t code[] = {
        0x077ffec5,             /* vmovdqu %ymm0, (%rdi) */
        0x076ffec5,             /* vmovdqu (%rdi), %ymm0 */
        0x0710fcc5,             /* vmovups (%rdi), %ymm0 */
        0x0711fcc5,             /* vmovups %ymm0, (%rdi) */
    };
    static const uint64_t pages[] = {
        MAPPED(BAR + BAR_FIRST), MAPPED(BAR + BAR_SECOND), 0, MAPPED(PLAIN),
        MAPPED(PLAIN + PAGE), MAPPED(BAR + BAR_FIRST), 0,
        MAPPED(BAR + BAR_SECOND) & ~PTE_WRITE,
    };
    uint32_t n = 1;

    job->count[RACE_AP] = 1;
    for (;;) {
        n = n * 1664525 + 1013904223;
        if (job->race & RACE_CODE) {
            race_code = code[n >> 30];
        }
        if (job->race & RACE_PAGES) {
            test_pt[n >> 29 & 1] = pages[n >> 26 & 7];
            asm volatile("invlpg (%0)" : : "r"((uint64_t)TEST) : "memory");
        }
        job->count[RACE_AP]++;
    }
}

static void start_other(void)
{
    uint64_t until;

    memcpy((uint8_t *)TRAMPOLINE, ap_begin, ap_end - ap_begin);
    APIC(APIC_ICR) = ICR_INIT_OTHERS;
    until = ticks() + INIT_TICKS;
    while (ticks() < until) {
        asm volatile("pause");
    }
    APIC(APIC_ICR) = ICR_SIPI_OTHERS;
    while (!job->count[RACE_AP]) {
        asm volatile("pause");
    }
}

void race(void)
{
    static const Case c = { .cpl = 3, .offset = PAGE - 16 };
    Trap with;
    uint32_t i;

    set_registers(&c, &with);
    with.rip = (uint64_t)&race_code;
    set_pages(&bar, ALLOWED, ALLOWED);
    start_other();
    for (i = 0; i < job->rounds; i++) {
        enter(&with, initial);
        job->count[caught.vector == VECTOR_BP ? RACE_DONE :
                   caught.vector == VECTOR_PF ? RACE_FAULTS : RACE_OTHERS]++;
        if (caught.vector != VECTOR_BP && caught.vector != VECTOR_PF) {
            job->count[RACE_VECTOR] = caught.vector;
        }
        job->done = i + 1;
    }
}
