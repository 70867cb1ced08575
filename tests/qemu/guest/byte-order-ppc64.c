/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * byte-order.c for QEMU's machine "pseries,x-vof=on", in either byte order
 */
#include "byte-order-mmio.h"

/* QEMU puts the bus's address 2 GiB here, for the first host bridge. */
#define WINDOW 0x200080000000
#define BUS 0x80000000
#define OFFSET(n) ((n) * 0x1000000)
#define BAR(n) (WINDOW + OFFSET(n))

#define H_RTAS 0xf000
#define RTAS_IBM_READ_PCI_CONFIG 0x2016
#define RTAS_IBM_WRITE_PCI_CONFIG 0x2017
#define FIRST_BRIDGE 0x800000020000000

/*
 * The firmware starts the program in big-endian mode, or in that of the file.
 * "tdi 0, 0, 0x48" is, in the other byte order, "b .+8".  The instructions
 * behind it that the wrong byte order executes set MSR.LE: they are Linux's.
 */
asm("    .pushsection .text.start, \"ax\"\n"
    "    .global _start\n"
    "_start:\n"
    "    tdi 0, 0, 0x48\n"
    "    b 1f\n"
    "    .long 0xa600607d\n"    /* mfmsr r11 */
    "    .long 0x01006b69\n"    /* xori r11, r11, 1 */
    "    .long 0x00004039\n"    /* li r10, 0 */
    "    .long 0x6401417d\n"    /* mtmsrd r10, 1 */
    "    .long 0x05009f42\n"    /* bcl 20, 31, .+4 */
    "    .long 0xa602487d\n"    /* mflr r10 */
    "    .long 0x14004a39\n"    /* addi r10, r10, 20 */
    "    .long 0xa6035a7d\n"    /* mtsrr0 r10 */
    "    .long 0xa6037b7d\n"    /* mtsrr1 r11 */
    "    .long 0x2400004c\n"    /* rfid */
    "1:  lis 1, 0x1100\n"
    "    lis 2, .TOC.@ha\n"
    "    addi 2, 2, .TOC.@l\n"
    "    bl guest_main\n"
    "    nop\n"
    "    .popsection\n");

const unsigned machine_odd = 8;

#define BE32(value) \
    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? (uint32_t)(value) \
                                            : __builtin_bswap32(value))

/* RTAS, the firmware's calls, is big-endian. */
static void call_rtas(volatile uint32_t *args)
{
    register uint64_t call asm("r3") = H_RTAS;
    register uint64_t arg asm("r4") = (uint64_t)args;

    asm volatile("sc 1" : "+r" (call), "+r" (arg) : :
                 "memory", "cr0", "cr1", "cr5", "cr6", "cr7", "ctr", "xer",
                 "lr", "r0", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12");
}

static void config_write(uint32_t reg, uint32_t width, uint32_t value)
{
    volatile uint32_t args[] = {
        BE32(RTAS_IBM_WRITE_PCI_CONFIG), BE32(5), BE32(1),
        BE32((SLOT << 11) | reg), BE32(FIRST_BRIDGE >> 32),
        BE32(FIRST_BRIDGE & 0xffffffff), BE32(width), BE32(value), 0,
    };

    call_rtas(args);
}

uint32_t machine_identity(void)
{
    volatile uint32_t args[] = {
        BE32(RTAS_IBM_READ_PCI_CONFIG), BE32(4), BE32(2),
        BE32(SLOT << 11), BE32(FIRST_BRIDGE >> 32),
        BE32(FIRST_BRIDGE & 0xffffffff), BE32(4), 0, 0,
    };

    call_rtas(args);
    return BE32(args[8]);
}

void machine_setup(void)
{
    config_write(0x10, 4, BUS + OFFSET(REGISTERS));
    config_write(0x14, 4, 0);
    config_write(0x20, 4, BUS + OFFSET(MEMORY));
    config_write(0x24, 4, 0);
    config_write(0x04, 2, 2);
}

static uint64_t load_reversed(uint64_t at, unsigned width)
{
    uint64_t value;

    switch (width) {
    case 1:
        return mmio_load_plain(at, 1);
    case 2:
        asm volatile("lhbrx %0, 0, %1" : "=r" (value) : "r" (at) : "memory");
        break;
    case 4:
        asm volatile("lwbrx %0, 0, %1" : "=r" (value) : "r" (at) : "memory");
        break;
    default:
        asm volatile("ldbrx %0, 0, %1" : "=r" (value) : "r" (at) : "memory");
    }
    return value;
}

static void store_reversed(uint64_t at, unsigned width, uint64_t value)
{
    switch (width) {
    case 1:
        mmio_store_plain(at, 1, value);
        break;
    case 2:
        asm volatile("sthbrx %0, 0, %1" : : "r" (value), "r" (at) : "memory");
        break;
    case 4:
        asm volatile("stwbrx %0, 0, %1" : : "r" (value), "r" (at) : "memory");
        break;
    default:
        asm volatile("stdbrx %0, 0, %1" : : "r" (value), "r" (at) : "memory");
    }
}

uint64_t machine_load(int bar, uint64_t offset, unsigned width, int way)
{
    return way == SWAPPED ? load_reversed(BAR(bar) + offset, width)
                          : mmio_load_plain(BAR(bar) + offset, width);
}

void machine_store(int bar, uint64_t offset, unsigned width, int way,
                   uint64_t value)
{
    if (way == SWAPPED) {
        store_reversed(BAR(bar) + offset, width, value);
    } else {
        mmio_store_plain(BAR(bar) + offset, width, value);
    }
}

void machine_store_block(int bar, uint64_t offset, const void *bytes)
{
}
