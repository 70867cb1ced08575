/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * byte-order.c for QEMU's machine "pc"
 */
#include "byte-order-mmio.h"

#define BAR(n) (0xe0000000 + (n) * 0x1000000)

/*
 * QEMU starts the program in protected mode, as the note says (PVH).  The first
 * 4 GiB are mapped one to one, in pages of 2 MiB.
 */
asm("    .pushsection .note.pvh, \"a\", @note\n"
    "    .long 4, 4, 18\n"
    "    .asciz \"Xen\"\n"
    "    .long _start\n"
    "    .popsection\n"
    "    .pushsection .text.start, \"ax\"\n"
    "    .code32\n"
    "    .global _start\n"
    "_start:\n"
    "    cli\n"
    "    cld\n"
    "    movl $0x200000, %esp\n"
    "    movl $0x10003, 0x9000\n"            /* PML4 */
    "    movl $0, 0x9004\n"
    "    movl $4, %ecx\n"                    /* PDPT: four pages */
    "    movl $0x10000, %edi\n"
    "    movl $0x11003, %eax\n"
    "1:  movl %eax, (%edi)\n"
    "    movl $0, 4(%edi)\n"
    "    addl $0x1000, %eax\n"
    "    addl $8, %edi\n"
    "    loop 1b\n"
    "    movl $2048, %ecx\n"                 /* PD */
    "    movl $0x11000, %edi\n"
    "    movl $0x83, %eax\n"
    "1:  movl %eax, (%edi)\n"
    "    movl $0, 4(%edi)\n"
    "    addl $0x200000, %eax\n"
    "    addl $8, %edi\n"
    "    loop 1b\n"
    "    movl $0x20, %eax\n"                 /* PAE */
    "    movl %eax, %cr4\n"
    "    movl $0x9000, %eax\n"
    "    movl %eax, %cr3\n"
    "    movl $0xc0000080, %ecx\n"
    "    rdmsr\n"
    "    orl $0x100, %eax\n"                 /* LME */
    "    wrmsr\n"
    "    movl $0x80000011, %eax\n"
    "    movl %eax, %cr0\n"
    "    lgdt gdt_pointer\n"
    "    ljmpl $8, $1f\n"
    "    .code64\n"
    "1:  movl $16, %eax\n"
    "    movl %eax, %ds\n"
    "    movl %eax, %es\n"
    "    movl %eax, %ss\n"
    "    call guest_main\n"
    "    .balign 8\n"
    "gdt:\n"
    "    .quad 0, 0x00af9a000000ffff, 0x00cf92000000ffff\n"
    "gdt_pointer:\n"
    "    .word 23\n"
    "    .long gdt\n"
    "    .popsection\n");

const unsigned machine_odd = 8;

static void out(uint16_t port, uint32_t value)
{
    asm volatile("outl %0, %1" : : "a" (value), "Nd" (port));
}

static void config_write(unsigned reg, uint32_t value)
{
    out(0xcf8, 0x80000000 | SLOT << 11 | reg);
    out(0xcfc, value);
}

static void command(uint16_t value)
{
    out(0xcf8, 0x80000000 | SLOT << 11 | 0x04);
    asm volatile("outw %0, %1" : : "a" (value), "Nd" ((uint16_t)0xcfc));
}

void machine_setup(void)
{
    command(0);
    config_write(0x10, BAR(REGISTERS));
    config_write(0x14, 0);
    config_write(0x20, BAR(MEMORY));
    config_write(0x24, 0);
    command(2);
}

uint32_t machine_identity(void)
{
    uint32_t value;

    out(0xcf8, 0x80000000 | SLOT << 11);
    asm volatile("inl %1, %0" : "=a" (value) : "Nd" ((uint16_t)0xcfc));
    return value;
}

uint64_t machine_load(int bar, uint64_t offset, unsigned width, int way)
{
    return mmio_load(BAR(bar) + offset, width, way);
}

void machine_store(int bar, uint64_t offset, unsigned width, int way,
                   uint64_t value)
{
    mmio_store(BAR(bar) + offset, width, way, value);
}

void machine_store_block(int bar, uint64_t offset, const void *bytes)
{
}
