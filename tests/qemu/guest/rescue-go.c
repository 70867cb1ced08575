/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: one instruction, from its registers to its result
 */
#include "rescue-guest.h"

#define FLAGS_FIXED     0x2u
#define FLAG_TF         0x100u
#define FLAG_AC         0x40000u
/* CF, PF, AF, SF, OF: set, so that cleared flags show */
#define FLAGS_START     0x895u
#define ARBITRARY       0x0123456789abcdefull

#define MXCSR_MASKS     0x1f80u
#define FCW_MASKS       0x3fu

#define ICR_SELF        0x44000u

static uint8_t user_stack[0x1000] __attribute__((aligned(64)));
uint8_t initial[XSAVE_BYTES] __attribute__((aligned(PAGE)));

/* The offsets of XSAVE's components depend on the processor. */
void place_components(void)
{
    static const struct {
        uint32_t component, from, size;
    } parts[] = {
        { 5, STATE_OPMASK, 64 }, { 6, STATE_ZMM, 512 },
        { 7, STATE_HIGH_ZMM, 1024 },
    };
    const uint8_t *from = (const uint8_t *)STATE;
    uint32_t r[4];
    unsigned i;

    memcpy(initial, from, STATE_OPMASK);
    for (i = 0; i < 3; i++) {
        if (job->xcr0 >> parts[i].component & 1) {
            cpuid(0xd, parts[i].component, r);
            memcpy(initial + r[1], from + parts[i].from, parts[i].size);
        }
    }
    *(uint64_t *)(initial + XSAVE_BV) = job->xcr0;
}

static void keep_event(const Case *c, const Place *place, Run *run)
{
    Event *e = &run->event[run->events++];

    e->vector = caught.vector;
    e->error = caught.error;
    e->rip = caught.rip;
    e->cr2 = caught.vector == VECTOR_PF ? read_cr2() : 0;
    e->early = !untouched(c, place);
}

/*
 * Does the instruction go on after this event?  After the page fault that the
 * case is about: yes, with the page mapped.  After an interrupt: it has ended.
 */
static bool goes_on(const Case *c, uint32_t number, const Place *place,
                    Run *run)
{
    if (run->events == MAX_EVENTS) {
        return false;
    }
    if (caught.vector == GATE_IRQ) {
        keep_event(c, place, run);
        APIC(APIC_EOI) = 0;
        return true;
    }
    if (caught.vector == VECTOR_DB && c->mode & MODE_PASS_DB) {
        take_dr6();
        caught.rflags &= ~(uint64_t)FLAG_TF;
        return true;
    }
    if (caught.vector == VECTOR_PF && (c->protection[0] | c->protection[1])) {
        keep_event(c, place, run);
        if (place != &reference) {
            bar_write(BAR_FAULT, number);
        }
        set_pages(place, ALLOWED, ALLOWED);
        return true;
    }
    return false;
}

static void set_masks(uint8_t *xsave, bool unmask)
{
    uint16_t *fcw = (uint16_t *)(xsave + XSAVE_X87);
    uint32_t *mxcsr = (uint32_t *)(xsave + XSAVE_MXCSR);

    *fcw = unmask ? *fcw & ~FCW_MASKS : *fcw | FCW_MASKS;
    *mxcsr = unmask ? *mxcsr & ~MXCSR_MASKS : *mxcsr | MXCSR_MASKS;
}

void set_registers(const Case *c, Trap *with)
{
    const uint8_t *at = pattern + c->offset;
    unsigned i;

    for (i = 0; i < GPRS; i++) {
        with->gpr[i] = ARBITRARY * (2 * i + 1);
    }
    with->gpr[RCX] = 3;
    with->gpr[RSI] = SCRATCH;
    with->gpr[RDI] = TEST + c->offset;
    with->gpr[R8] = 0x40;
    with->gpr[R9] = -0x40ull;
    if (c->equal >= 4) {
        memcpy(&with->gpr[RAX], at, c->equal == 4 ? 4 : 8);
    }
    if (c->equal == 8) {
        with->gpr[RDX] = with->gpr[RAX] >> 32;
        with->gpr[RAX] &= 0xffffffff;
    } else if (c->equal == 16) {
        memcpy(&with->gpr[RDX], at + 8, 8);
    }
    with->rip = rows[c->row];
    with->rflags = FLAGS_FIXED | FLAGS_START;
    with->rflags |= c->mode & MODE_TF ? FLAG_TF : 0;
    with->rflags |= c->mode & MODE_AC ? FLAG_AC : 0;
    with->cs = c->cpl ? SEL_UCODE : SEL_CODE;
    with->ss = c->cpl ? SEL_UDATA : SEL_DATA;
    with->rsp = (uint64_t)user_stack + sizeof(user_stack) / 2;
}

/* An interrupt that is pending until IF is set */
static void post_interrupt(void)
{
    APIC(APIC_ICR) = ICR_SELF | GATE_IRQ;
    while (!(APIC(APIC_IRR + (GATE_IRQ / 32) * 0x10) >> (GATE_IRQ % 32) & 1)) {
        asm volatile("pause");
    }
}

void go(const Case *c, uint32_t number, const Place *place, Run *run)
{
    bool by_iret = !c->cpl || c->mode & (MODE_TF | MODE_STI);
    Trap with;

    memset(run, 0, offsetof(Run, scratch));
    memset(run->xsave, 0, XSAVE_BYTES);
    set_masks(initial, c->mode & MODE_UNMASK);
    set_registers(c, &with);
    reset_place(c, place);
    if (c->mode & MODE_AC) {
        set_am(true);
    }
    if (c->mode & MODE_STI) {
        post_interrupt();
    }

    if (by_iret) {
        enter_by_iret(&with, initial);
    } else {
        enter(&with, initial);
    }
    while (goes_on(c, number, place, run)) {
        with = caught;
        enter_by_iret(&with, NULL);
    }
    asm volatile("xsave64 (%0)" : : "r"(run->xsave), "a"(-1), "d"(-1)
                 : "memory");
    run->end = caught;
    if (run->end.vector == VECTOR_PF) {
        run->cr2 = read_cr2();
    }
    if (run->end.vector == VECTOR_DB) {
        run->dr6 = take_dr6();
    }
    if (c->mode & MODE_AC) {
        set_am(false);
    }
    memcpy(run->scratch, scratch, SCRATCH_USE);
    keep_memory(c, place, run->memory);
}
