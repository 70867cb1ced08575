/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that accesses a device with every width (see byte-order.c)
 */
#ifndef BYTE_ORDER_H
#define BYTE_ORDER_H

/* Numbers of the BARs of an NVMe controller, and where the guest puts them */
#define REGISTERS 0
#define MEMORY 4

/* Slot of the device, but for s390x, which has no slots */
#define SLOT 5

/* Offsets in the memory: of what is written, of what is read, and of what a
 * read gave; of accesses that are not aligned; of a block; and of the end */
#define WRITES 0x1000
#define READS 0x2000
#define RESULTS 0x3000
#define ODD_WRITES 0x4000
#define ODD_READS 0x5000
#define BLOCK 0x7000
#define DONE 0x8000

/* An access has 16 bytes for itself; those with another width or way, others */
#define STEP 16

/* An access is not aligned because of this */
#define SKEW 1

#define VALUE 0x0102030405060708
#define END 0x600d

/* Where the results of the accesses that are not aligned begin; those of
 * machine_identity() and of a register of the device */
#define ODD_RESULTS 8
#define IDENTITY 16
#define VERSION 17

#ifndef __ASSEMBLER__

#include <stdint.h>

/*
 * How an instruction sees the bytes of a value: in the processor's own byte
 * order, or in the other one.
 */
enum { PLAIN, SWAPPED, WAYS };

/* What readl() and writel() of a driver do: the device is little-endian. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LITTLE PLAIN
#else
#define LITTLE SWAPPED
#endif

static inline uint64_t swapped(unsigned width, uint64_t value)
{
    return __builtin_bswap64(value) >> (64 - 8 * width);
}

/* Each machine has these: */

/* The widest access that a program can make one byte behind its alignment */
extern const unsigned machine_odd;

/* There is none */
#define NO_ODD_SIZE 0

void machine_setup(void);
uint64_t machine_load(int bar, uint64_t offset, unsigned width, int way);
void machine_store(int bar, uint64_t offset, unsigned width, int way,
                   uint64_t value);

/* The first four bytes of config space: vendor and device */
uint32_t machine_identity(void);

/* Store 16 bytes in their order; does nothing if there is no instruction. */
void machine_store_block(int bar, uint64_t offset, const void *bytes);

void guest_main(void);

#endif /* __ASSEMBLER__ */
#endif /* BYTE_ORDER_H */
