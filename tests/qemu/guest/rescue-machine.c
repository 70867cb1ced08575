/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: kernel mode, with the processor's tables
 *
 * Kernel code is kept short: where KVM runs a guest's kernel mode in its
 * emulator, an instruction takes a thousand times as long as in user mode.
 */
#include "rescue-guest.h"

#define CR0_AM          0x40000u

#define MSR_FS_BASE     0xc0000100
#define MSR_GS_BASE     0xc0000101
#define SEGMENT_BASE    0x100

#define APIC_ENABLED    0x1ff
#define PIC_MASK_FIRST  0x21
#define PIC_MASK_SECOND 0xa1

static uint8_t trap_stack[0x4000] __attribute__((aligned(64)));
static uint64_t gdt[8];
static uint64_t idt[256][2];
static uint32_t tss[26];

Trap caught;

/* A request to kernel mode, and its result */
static volatile struct {
    uint64_t page[2];           /* for the two PTEs */
    bool am;
    uint64_t cr2;
    uint64_t dr6;
} kernel;

void *memset(void *to, int v, size_t n)
{
    void *p = to;

    asm volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(v) : "memory");
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    void *p = to;

    asm volatile("rep movsb" : "+D"(p), "+S"(from), "+c"(n) : : "memory");
    return to;
}

static inline void wrmsr(uint32_t msr, uint64_t v)
{
    asm volatile("wrmsr" : : "c"(msr), "a"((uint32_t)v), "d"(v >> 32));
}

static inline void out8(uint16_t port, uint8_t v)
{
    asm volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static void kernel_read_cr2(void)
{
    uint64_t v;

    asm volatile("mov %%cr2, %0" : "=r"(v));
    kernel.cr2 = v;
}

static void kernel_take_dr6(void)
{
    uint64_t v;

    asm volatile("mov %%dr6, %0" : "=r"(v));
    asm volatile("mov %0, %%dr6" : : "r"(0xffff0ff0ull));
    kernel.dr6 = v;
}

static void kernel_set_am(void)
{
    uint64_t v;

    asm volatile("mov %%cr0, %0" : "=r"(v));
    v = kernel.am ? v | CR0_AM : v & ~(uint64_t)CR0_AM;
    asm volatile("mov %0, %%cr0" : : "r"(v) : "memory");
}

static void kernel_set_pages(void)
{
    uint64_t i;

    for (i = 0; i < 2; i++) {
        test_pt[i] = kernel.page[i];
        asm volatile("invlpg (%0)" : : "r"(TEST + i * PAGE) : "memory");
    }
}

static void kernel_halt(void)
{
    for (;;) {
        asm volatile("cli; hlt");
    }
}

/* In kernel mode: @frame is vector, error code, RIP */
void panic(const uint64_t *frame)
{
    kernel_read_cr2();
    job->panic[0] = frame[0];
    job->panic[1] = frame[1];
    job->panic[2] = frame[2];
    job->panic[3] = kernel.cr2;
    job->status = PANIC;
    kernel_halt();
}

uint64_t read_cr2(void)
{
    serve(kernel_read_cr2);
    return kernel.cr2;
}

uint64_t take_dr6(void)
{
    serve(kernel_take_dr6);
    return kernel.dr6;
}

void map_pages(uint64_t first, uint64_t second)
{
    kernel.page[0] = first;
    kernel.page[1] = second;
    serve(kernel_set_pages);
}

void stop(void)
{
    job->status = FINISHED;
    serve(kernel_halt);
    __builtin_unreachable();
}

void set_am(bool on)
{
    kernel.am = on;
    serve(kernel_set_am);
}

static void set_gate(unsigned vector, const char *code)
{
    uint64_t at = (uint64_t)code;

    /* interrupt gate, DPL 3, stack 1 of the TSS */
    idt[vector][0] = (at & 0xffff) | SEL_CODE << 16 | 0x0000ee0100000000ull |
                     (at >> 16 & 0xffff) << 48;
    idt[vector][1] = at >> 32;
}

static void set_up_tables(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer;
    uint64_t at = (uint64_t)tss;
    uint64_t stack = (uint64_t)trap_stack + sizeof(trap_stack);
    unsigned i;

    gdt[SEL_CODE >> 3] = 0x00af9b000000ffffull;
    gdt[SEL_DATA >> 3] = 0x00cf93000000ffffull;
    gdt[SEL_UDATA >> 3] = 0x00cff3000000ffffull;
    gdt[SEL_UCODE >> 3] = 0x00affb000000ffffull;
    gdt[SEL_TSS >> 3] = (sizeof(tss) - 1) | (at & 0xffffff) << 16 |
                        0x89ull << 40 | (at >> 24 & 0xff) << 56;
    gdt[(SEL_TSS >> 3) + 1] = at >> 32;
    tss[9] = stack;             /* IST1 */
    tss[10] = stack >> 32;
    tss[25] = sizeof(tss) << 16;

    for (i = 0; i < 32; i++) {
        set_gate(i, vectors + 16 * i);
    }
    set_gate(GATE_IRQ, gate_irq);

    pointer.limit = sizeof(gdt) - 1;
    pointer.base = (uint64_t)gdt;
    asm volatile("lgdt %0" : : "m"(pointer));
    pointer.limit = sizeof(idt) - 1;
    pointer.base = (uint64_t)idt;
    asm volatile("lidt %0" : : "m"(pointer));
    asm volatile("ltr %w0" : : "r"(SEL_TSS));
    asm volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs"
                 : : "r"(0));
    wrmsr(MSR_FS_BASE, SEGMENT_BASE);
    wrmsr(MSR_GS_BASE, -(uint64_t)SEGMENT_BASE);
    APIC(APIC_SVR) = APIC_ENABLED;
    out8(PIC_MASK_FIRST, 0xff);         /* only our own interrupts */
    out8(PIC_MASK_SECOND, 0xff);
}

static void set_up_vectors(void)
{
    uint32_t r[4];

    cpuid(0xd, 0, r);
    job->xcr0 = r[0] & 7;
    if ((r[0] & 0xe0) == 0xe0) {
        job->xcr0 |= 0xe0;
    }
    asm volatile("xsetbv" : : "c"(0), "a"((uint32_t)job->xcr0), "d"(0));
}

void set_up_machine(void)
{
    set_up_tables();
    set_up_vectors();
}
