/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * byte-order.c for s390x
 *
 * No address of this processor is a PCI device's.  There are instructions for
 * it, to which a device is a number, the handle of its function.
 */
#include "byte-order.h"

#define COMMAND_BLOCK 0x8000    /* for the instruction CLP; a page of RAM */
#define CONFIG_SPACE 15

asm("    .pushsection .text.start, \"ax\"\n"
    "    .global _start\n"
    "_start:\n"
    "    larl %r1, wide\n"
    "    lpswe 0(%r1)\n"
    "1:  lghi %r15, 0x7000\n"
    "    brasl %r14, guest_main\n"
    "    .balign 8\n"
    "wide:\n"
    "    .quad 0x180000000, 1b\n"           /* 64-bit addresses */
    "    .popsection\n");

/* An access must not cross a border of 8 bytes. */
const unsigned machine_odd = 4;

static uint64_t handle;

static inline uint64_t pci_load(uint64_t space, uint64_t offset, unsigned width)
{
    register uint64_t request asm("2") = handle << 32 | space << 16 | width;
    register uint64_t at asm("3") = offset;
    uint64_t value;

    asm volatile(".insn rre, 0xb9d20000, %0, %1"        /* PCILG */
                 : "=d" (value), "+d" (request) : "d" (at) : "cc", "memory");
    return value;
}

static inline void pci_store(uint64_t space, uint64_t offset, unsigned width,
                             uint64_t value)
{
    register uint64_t request asm("2") = handle << 32 | space << 16 | width;
    register uint64_t at asm("3") = offset;

    asm volatile(".insn rre, 0xb9d00000, %1, %0"        /* PCISTG */
                 : "+d" (request) : "d" (value), "d" (at) : "cc", "memory");
}

void machine_store_block(int bar, uint64_t offset, const void *bytes)
{
    uint64_t request = handle << 32 | (uint64_t)bar << 16 | 16;

    asm volatile(".insn rsy, 0xeb00000000d0, %0, %1, %2"        /* PCISTB */
                 : "+d" (request) : "d" (offset),
                   "Q" (*(const uint8_t (*)[16])bytes) : "cc", "memory");
}

struct header {
    uint16_t length;
    uint16_t command;
    uint32_t format;
    uint64_t reserved;
};

struct list {
    struct header request;
    uint64_t resume_token;
    uint64_t reserved;
    struct header response;
    uint64_t next_token;
    uint32_t words[2];
    struct {
        uint16_t device;
        uint16_t vendor;
        uint32_t config;
        uint32_t fid;
        uint32_t handle;
    } function[1];
};

struct enable {
    struct header request;
    uint32_t handle;
    uint16_t reserved;
    uint8_t operation;
    uint8_t spaces;
    uint64_t reserved2;
    struct header response;
    uint32_t enabled_handle;
};

static void call_pci(void *block)
{
    asm volatile(".insn rrf, 0xb9a00000, 0, %0, 2, 0"   /* CLP */
                 : : "a" (block) : "cc", "memory");
}

void machine_setup(void)
{
    struct list *list = (void *)COMMAND_BLOCK;
    struct enable *enable = (void *)COMMAND_BLOCK;
    uint32_t function;

    *list = (struct list) {
        .request = { .length = 32, .command = 2 },
        .response = { .length = 4096 - 32 },
    };
    call_pci(list);
    function = list->function[0].handle;
    *enable = (struct enable) {
        .request = { .length = 32, .command = 5 },
        .handle = function,
        .spaces = 1,
        .response = { .length = 32 },
    };
    call_pci(enable);
    handle = enable->enabled_handle;
    pci_store(CONFIG_SPACE, 4, 2, swapped(2, 2));       /* memory decoding */
}

uint32_t machine_identity(void)
{
    return swapped(4, pci_load(CONFIG_SPACE, 0, 4));
}

uint64_t machine_load(int bar, uint64_t offset, unsigned width, int way)
{
    uint64_t value = pci_load(bar, offset, width);

    return way == SWAPPED ? swapped(width, value) : value;
}

void machine_store(int bar, uint64_t offset, unsigned width, int way,
                   uint64_t value)
{
    pci_store(bar, offset, width,
              way == SWAPPED ? swapped(width, value) : value);
}
