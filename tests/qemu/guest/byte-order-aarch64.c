/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * byte-order.c for QEMU's machine "virt,highmem=off", in either byte order
 */
#include "byte-order-mmio.h"

#define ECAM 0x3f000000
#define BAR(n) (0x10000000 + (n) * 0x1000000)

/* SCTLR_EL1.EE: data accesses of EL1 are big-endian. */
asm("    .pushsection .text.start, \"ax\"\n"
    "    .global _start\n"
    "_start:\n"
    "    mrs x0, sctlr_el1\n"
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    "    orr x0, x0, #(1 << 25)\n"
#else
    "    bic x0, x0, #(1 << 25)\n"
#endif
    "    msr sctlr_el1, x0\n"
    "    isb\n"
    "    ldr x0, =0x41000000\n"
    "    mov sp, x0\n"
    "    bl guest_main\n"
    "    .ltorg\n"
    "    .popsection\n");

/* The MMU is off, so all memory is a device's, and must be aligned. */
const unsigned machine_odd = NO_ODD_SIZE;

static void config_write(unsigned reg, unsigned width, uint32_t value)
{
    mmio_store(ECAM + (SLOT << 15) + reg, width, LITTLE, value);
}

void machine_setup(void)
{
    config_write(0x10, 4, BAR(REGISTERS));
    config_write(0x14, 4, 0);
    config_write(0x20, 4, BAR(MEMORY));
    config_write(0x24, 4, 0);
    config_write(0x04, 2, 2);
}

uint32_t machine_identity(void)
{
    return mmio_load(ECAM + (SLOT << 15), 4, LITTLE);
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
