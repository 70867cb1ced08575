/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: an A64 instruction to be executed, as test-a64-execute.c hands it
 * to a64-guest.c, which executes it and hands it back
 *
 * All numbers are little-endian, on both sides.
 */
#ifndef A64_CASE_H
#define A64_CASE_H

#include <stdint.h>

/* The instruction's address, and the memory around the registers' addresses */
#define A64_CASE_CODE   0x40000000ull
#define A64_CASE_MEMORY 0x40010000ull
#define A64_CASE_BYTES  4096

/**
 * struct A64Case: registers and memory, before or behind the instruction
 * @word: the instruction
 * @zero_block: bytes of a block of DC ZVA; filled in by the guest
 * @x: X0 to X30
 * @sp: the stack pointer
 * @v: vector registers, low half first
 * @memory: what is at A64_CASE_MEMORY
 */
typedef struct A64Case {
    uint32_t word;
    uint32_t zero_block;
    uint64_t x[31];
    uint64_t sp;
    uint64_t v[32][2];
    uint8_t memory[A64_CASE_BYTES];
} A64Case;

#endif /* A64_CASE_H */
