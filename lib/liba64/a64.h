/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * liba64: execution of one A64 load or store for a vCPU
 *
 * Theory of operation
 *
 * Arm's processors describe an access that a hypervisor has to emulate only if
 * the instruction loads or stores one general register and writes no address
 * back.  For all others, the hypervisor gets an address and no more.  The
 * caller, which can access that address, and this library execute the
 * instruction in these steps:
 *
 *   a64_decode()    decodes it, by a table
 *   a64_plan()      determines its accesses with the current registers
 *   -               the caller translates their addresses
 *   a64_execute()   makes the accesses by the caller's functions and changes
 *                   the registers
 *
 * An access is one that the architecture makes: of a register's size, or of an
 * element's, in the order of the addresses.  A Q register is two accesses of
 * 8 bytes.  Instructions that load or store whole vectors without interleaving
 * (LD1, ST1) access 8 bytes at a time as well; with big-endian data, they
 * access the elements.
 *
 * This library does not depend on KVM, on QEMU or on an Arm host, and has no
 * global state.
 */
#ifndef LIBA64_A64_H
#define LIBA64_A64_H

#include <stdbool.h>
#include <stdint.h>

/* Number of a register that reads as 0, or of SP: the instruction says which */
#define A64_REG_31 31

/* General registers with a name of their own: X0 to X30 */
#define A64_GPRS 31

/* Vector registers */
#define A64_VECTORS 32

/* Accesses of one instruction: LD4 of 16 bytes each */
#define A64_MAX_ACCESSES 64

/* The largest block of DC ZVA that is supported, bytes */
#define A64_MAX_ZERO_BLOCK (8 * A64_MAX_ACCESSES)

/**
 * enum A64Status: result of decoding
 * @A64_OK: it can be executed
 * @A64_REFUSED: it accesses memory in a way that can't be done here
 * @A64_UNKNOWN: it is no load or store, as far as the decoder knows
 */
typedef enum A64Status {
    A64_OK,
    A64_REFUSED,
    A64_UNKNOWN,
} A64Status;

/**
 * enum A64Kind: what an instruction transfers
 * @A64_KIND_NOTHING: nothing; a prefetch
 * @A64_KIND_GENERAL: one general register, or two
 * @A64_KIND_VECTOR: one SIMD and floating-point register, or two
 * @A64_KIND_ELEMENTS: all elements of 1 to 4 vectors
 * @A64_KIND_LANE: one element of each of 1 to 4 vectors
 * @A64_KIND_REPLICATE: loads an element into all lanes, for 1 to 4 vectors
 * @A64_KIND_ZERO: zeroes a block of memory (DC ZVA)
 */
typedef enum A64Kind {
    A64_KIND_NOTHING,
    A64_KIND_GENERAL,
    A64_KIND_VECTOR,
    A64_KIND_ELEMENTS,
    A64_KIND_LANE,
    A64_KIND_REPLICATE,
    A64_KIND_ZERO,
} A64Kind;

/**
 * enum A64Index: how the address is formed
 * @A64_INDEX_OFFSET: base and offset
 * @A64_INDEX_PRE: the same; the address becomes the base's new value
 * @A64_INDEX_POST: the base; base and offset become its new value
 * @A64_INDEX_PC: PC and offset
 * @A64_INDEX_BLOCK: the base, aligned to the block of DC ZVA
 */
typedef enum A64Index {
    A64_INDEX_OFFSET,
    A64_INDEX_PRE,
    A64_INDEX_POST,
    A64_INDEX_PC,
    A64_INDEX_BLOCK,
} A64Index;

/**
 * enum A64Extend: how an offset in a register is extended, as encoded
 * @A64_EXTEND_UXTW: 32 bits, unsigned
 * @A64_EXTEND_LSL: 64 bits
 * @A64_EXTEND_SXTW: 32 bits, signed
 * @A64_EXTEND_SXTX: 64 bits
 */
typedef enum A64Extend {
    A64_EXTEND_UXTW = 2,
    A64_EXTEND_LSL = 3,
    A64_EXTEND_SXTW = 6,
    A64_EXTEND_SXTX = 7,
} A64Extend;

/**
 * struct A64Insn: a decoded instruction
 * @name: for A64_REFUSED, its mnemonic, or the kind of instructions
 * @kind: what it transfers
 * @load: it loads
 * @regs: number of registers
 * @reg: the registers' numbers
 * @size: bytes of a register that are transferred, or of an element
 * @sign: a load extends the sign
 * @wide: with @sign: to 64 bits, else to 32
 * @quad: vectors have 16 bytes, else 8 (A64_KIND_ELEMENTS, _REPLICATE)
 * @interleaved: number of vectors whose elements alternate in memory
 * @lane: number of the element, for A64_KIND_LANE
 * @index: how the address is formed
 * @base: register with the base; 31 is SP
 * @offset: offset in bytes, if @has_rm is not set
 * @has_rm: the offset is in a register
 * @rm: that register
 * @extend: how it is extended
 * @shift: by how many bits it is then shifted left
 */
typedef struct A64Insn {
    const char *name;
    A64Kind kind;
    bool load;
    unsigned regs;
    unsigned reg[4];
    unsigned size;
    bool sign;
    bool wide;
    bool quad;
    unsigned interleaved;
    unsigned lane;
    A64Index index;
    unsigned base;
    int64_t offset;
    bool has_rm;
    unsigned rm;
    A64Extend extend;
    unsigned shift;
} A64Insn;

/**
 * struct A64State: a vCPU's registers
 * @x: X0 to X30
 * @sp: the current stack pointer
 * @pc: address of the instruction; a64_execute() advances it
 * @v: vector registers: low half, high half
 * @big_endian: data is big-endian at the current exception level
 * @zero_block: bytes of a block of DC ZVA; 0: not known
 * @x_changed: by a64_execute(): bit N: X(N); bit 31: SP
 * @v_changed: by a64_execute(): bit N: V(N)
 */
typedef struct A64State {
    uint64_t x[A64_GPRS];
    uint64_t sp;
    uint64_t pc;
    uint64_t v[A64_VECTORS][2];
    bool big_endian;
    unsigned zero_block;
    uint32_t x_changed;
    uint32_t v_changed;
} A64State;

/**
 * struct A64Access: one access
 * @addr: virtual address, as the registers have it: with a tag, if any
 * @size: 1, 2, 4 or 8 bytes
 * @swap: the bytes are in big-endian order
 * @reg: number of the register
 * @at: offset of the bytes in a vector register
 */
typedef struct A64Access {
    uint64_t addr;
    unsigned size;
    bool swap;
    unsigned reg;
    unsigned at;
} A64Access;

/**
 * struct A64Plan: the accesses of an instruction
 * @load: they are reads, else writes
 * @accesses: number of valid entries in @access
 * @access: the accesses, in their order
 * @base: the base's new value, for instructions that write it back
 */
typedef struct A64Plan {
    bool load;
    unsigned accesses;
    A64Access access[A64_MAX_ACCESSES];
    uint64_t base;
} A64Plan;

/**
 * struct A64Memory: functions that make accesses
 * @opaque: argument of the functions
 * @read: make the plan's access number @access; the byte with the lowest
 *        address is in the lowest bits of the value
 * @write: likewise
 */
typedef struct A64Memory {
    void *opaque;
    uint64_t (*read)(void *opaque, unsigned access);
    void (*write)(void *opaque, unsigned access, uint64_t value);
} A64Memory;

/**
 * a64_decode() - decode an instruction
 * @insn: filled in, if A64_OK is returned; otherwise only @name
 * @word: the instruction, as a number
 *
 * Return: whether it can be executed
 */
A64Status a64_decode(A64Insn *insn, uint32_t word);

/**
 * a64_uses_vectors() - does it read or write vector registers?
 * @insn: from a64_decode()
 */
bool a64_uses_vectors(const A64Insn *insn);

/**
 * a64_plan() - determine the accesses
 * @insn: from a64_decode()
 * @state: general registers, and what is not a register
 * @plan: filled in
 *
 * Return: false if it can't be done: the block of DC ZVA is not known
 */
bool a64_plan(const A64Insn *insn, const A64State *state, A64Plan *plan);

/**
 * a64_execute() - execute it
 * @insn: from a64_decode()
 * @plan: from a64_plan(), with the same registers
 * @state: changed as the processor would have changed it
 * @memory: makes the accesses
 */
void a64_execute(const A64Insn *insn, const A64Plan *plan, A64State *state,
                 const A64Memory *memory);

#endif /* LIBA64_A64_H */
