/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: execution of one x86 instruction for a vCPU
 *
 * Theory of operation
 *
 * A hypervisor's emulator stopped at an instruction that it does not know,
 * whose operand is not RAM.  The caller, which can access that operand, and
 * this library execute the instruction in these steps:
 *
 *   insn_decode()   decodes it (with Zydis)
 *   insn_plan()     determines the bytes that it reads and writes with the
 *                   current registers: spans of linear addresses
 *   -               the caller translates the spans' addresses, raises page
 *                   faults, and reads the bytes that are to be read
 *   insn_execute()  computes registers, flags, and the bytes to be written
 *   -               the caller writes these bytes and sets the vCPU's registers
 *
 * The host's processor does the execution: it has every instruction that the
 * guest's processor has.  The instruction is re-encoded from what the decoder
 * returned, never from the guest's bytes, with a buffer of this library as its
 * operand in memory, and runs with the guest's vector registers.  Supported
 * instructions work on general registers, vector registers, x87, flags and
 * such an operand only: none that jumps, traps, or accesses a segment, the
 * stack or system state.  Instructions that access several places (gather,
 * scatter) or a place that a register names (MASKMOVDQU, MOVDIR64B) are
 * emulated in C (lanes.h).
 *
 * This library does not depend on KVM or QEMU.  Its only global state is the
 * signal handlers (native.h); any number of threads may use it, each with its
 * own structures.
 */
#ifndef LIBINSN_INSN_H
#define LIBINSN_INSN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <Zydis/Zydis.h>

/* The longest instruction */
#define INSN_MAX_LEN 15

/* The widest operand, bytes: a ZMM register */
#define INSN_MAX_OPERAND 64

/* Places in memory of one instruction: a gather of 16 separate dwords */
#define INSN_MAX_SPANS 16

/* General registers, as the processor numbers them */
enum {
    INSN_RAX, INSN_RCX, INSN_RDX, INSN_RBX, INSN_RSP, INSN_RBP, INSN_RSI,
    INSN_RDI, INSN_R8, INSN_R9, INSN_R10, INSN_R11, INSN_R12, INSN_R13,
    INSN_R14, INSN_R15, INSN_GPRS,
};

/* Segment registers, as the processor numbers them */
enum {
    INSN_ES, INSN_CS, INSN_SS, INSN_DS, INSN_FS, INSN_GS, INSN_SEGMENTS,
};

/* Exceptions, by vector */
enum {
    INSN_DB = 1, INSN_UD = 6, INSN_NM = 7, INSN_SS_FAULT = 12, INSN_GP = 13,
    INSN_PF = 14, INSN_MF = 16, INSN_AC = 17, INSN_XM = 19,
};

/*
 * In InsnFault.vector: no exception, but the instruction can't be executed here
 * after all.  Nothing has been changed.
 */
#define INSN_CANT UINT_MAX

/**
 * enum InsnMode: how the processor decodes instruction bytes
 * @INSN_MODE_16: 16-bit code, in real mode as well
 * @INSN_MODE_32: 32-bit code
 * @INSN_MODE_64: 64-bit mode
 */
typedef enum InsnMode {
    INSN_MODE_16,
    INSN_MODE_32,
    INSN_MODE_64,
} InsnMode;

/**
 * struct InsnSegment: a segment register's hidden part
 * @base: linear address
 * @limit: last byte, in bytes; outside 64-bit mode
 * @expand_down: the valid offsets are those above @limit
 * @big: if @expand_down, valid offsets end at 4 GiB, not at 64 KiB
 * @unusable: null selector
 */
typedef struct InsnSegment {
    uint64_t base;
    uint32_t limit;
    bool expand_down;
    bool big;
    bool unusable;
} InsnSegment;

/**
 * struct InsnState: a vCPU's state, as far as instructions can see it
 * @mode: mode of the code segment
 * @cpl: privilege level, 0 to 3
 * @gpr: general registers
 * @rip: the instruction's offset; insn_execute() advances it
 * @rflags: flags
 * @seg: segments, by INSN_ES and so on
 * @cr0: control register
 * @cr4: control register
 * @xcr0: the guest's XCR0
 * @xsave: x87, vector and mask registers: an XSAVE area in standard format,
 *         as KVM_GET_XSAVE returns it; 64-byte aligned
 * @xsave_len: its length in bytes
 */
typedef struct InsnState {
    InsnMode mode;
    unsigned cpl;
    uint64_t gpr[INSN_GPRS];
    uint64_t rip;
    uint64_t rflags;
    InsnSegment seg[INSN_SEGMENTS];
    uint64_t cr0;
    uint64_t cr4;
    uint64_t xcr0;
    uint8_t *xsave;
    size_t xsave_len;
} InsnState;

/**
 * enum InsnWay: how an instruction is executed
 * @INSN_WAY_NATIVE: by the host's processor, one operand in memory
 * @INSN_WAY_COPY: source to destination, both in memory (MOVDIR64B)
 * @INSN_WAY_MASKMOV: MASKMOVQ, MASKMOVDQU, VMASKMOVDQU
 * @INSN_WAY_GATHER: memory at a vector's addresses to a register
 * @INSN_WAY_SCATTER: a register to memory at a vector's addresses
 * @INSN_WAY_NOTHING: a cache hint, without effect on what is not RAM
 */
typedef enum InsnWay {
    INSN_WAY_NATIVE,
    INSN_WAY_COPY,
    INSN_WAY_MASKMOV,
    INSN_WAY_GATHER,
    INSN_WAY_SCATTER,
    INSN_WAY_NOTHING,
} InsnWay;

/**
 * struct Insn: a decoded instruction
 * @z: the instruction, as decoded by Zydis
 * @op: its operands, as decoded by Zydis, including hidden ones
 * @memory: index in @op of the operand in memory; for a copy, the destination
 * @source: index in @op of a copy's source; -1 for other instructions
 * @way: how it is executed
 * @mode: mode in which it was decoded
 */
typedef struct Insn {
    ZydisDecodedInstruction z;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    int memory;
    int source;
    InsnWay way;
    InsnMode mode;
} Insn;

/**
 * enum InsnStatus: result of decoding
 * @INSN_OK: it may be executed
 * @INSN_SHORT: more bytes are needed
 * @INSN_INVALID: the bytes are not an instruction
 * @INSN_NO_MEMORY: it has no operand in memory
 * @INSN_UNSUPPORTED: this library does not execute it
 */
typedef enum InsnStatus {
    INSN_OK,
    INSN_SHORT,
    INSN_INVALID,
    INSN_NO_MEMORY,
    INSN_UNSUPPORTED,
} InsnStatus;

/**
 * struct InsnSpan: contiguous bytes that an instruction accesses
 * @addr: linear address of the first byte
 * @size: number of bytes, 1 to INSN_MAX_OPERAND
 * @active: a bit for each byte that is accessed, bit 0 for the byte at @addr; a
 *          mask may leave out some bytes, or all
 * @read: the bytes are read
 * @write: the bytes are written
 * @segment: the segment; its faults are #SS if it is INSN_SS, #GP otherwise
 * @data: the bytes that were read, then the bytes to be written
 */
typedef struct InsnSpan {
    uint64_t addr;
    unsigned size;
    uint64_t active;
    bool read;
    bool write;
    int segment;
    uint8_t data[INSN_MAX_OPERAND];
} InsnSpan;

/**
 * struct InsnPlan: the bytes that an instruction is going to access
 * @spans: number of valid elements in @span
 * @span: the spans, in the order of access
 */
typedef struct InsnPlan {
    unsigned spans;
    InsnSpan span[INSN_MAX_SPANS];
} InsnPlan;

/**
 * struct InsnFault: an exception that is the instruction's result
 * @vector: INSN_UD and so on; 0: no exception; or INSN_CANT
 * @error_code: error code, for exceptions that have one
 */
typedef struct InsnFault {
    unsigned vector;
    uint32_t error_code;
} InsnFault;

/**
 * insn_decode() - decode an instruction, and check that it may be executed
 * @insn: filled in if the bytes are an instruction
 * @bytes: bytes from the guest
 * @len: number of @bytes; at most INSN_MAX_LEN are used
 * @mode: the guest's mode
 *
 * @insn->z and @insn->op are valid after INSN_OK, INSN_NO_MEMORY and
 * INSN_UNSUPPORTED.
 */
InsnStatus insn_decode(Insn *insn, const uint8_t *bytes, size_t len,
                       InsnMode mode);

/**
 * insn_plan() - determine the bytes that an instruction accesses
 * @insn: from insn_decode(), which returned INSN_OK
 * @state: the vCPU; @state->xsave may become normalized (xstate.h)
 * @plan: filled in
 *
 * Raises the exceptions that the processor raises before it reads page tables:
 * #UD or #NM for features that the guest has not enabled, #GP or #SS for
 * segments, addresses that are not canonical and unaligned operands that must
 * be aligned.
 *
 * Return: .vector 0, or the exception
 */
InsnFault insn_plan(const Insn *insn, InsnState *state, InsnPlan *plan);

/**
 * insn_address() - get the address of an operand
 * @insn: from insn_decode(), which returned INSN_OK or INSN_UNSUPPORTED
 * @state: the vCPU
 * @op: index of the operand in @insn->op
 * @addr: gets the linear address of its first byte
 *
 * Return: false if the operand is not in memory, or is in several places.  The
 * register operand of ENQCMD that holds an address counts as in memory
 */
bool insn_address(const Insn *insn, const InsnState *state, unsigned op,
                  uint64_t *addr);

/**
 * insn_can() - can the calling thread execute this instruction?
 * @insn: from insn_decode(), which returned INSN_OK
 *
 * To be called before the operands are read.
 */
bool insn_can(const Insn *insn);

/**
 * insn_execute() - execute an instruction
 * @insn: from insn_decode()
 * @state: the vCPU; gets the state after the instruction.  Unchanged if there
 *         is a fault, except for exception flags in MXCSR and in x87
 * @plan: from insn_plan(), with the data of the spans that are read; gets the
 *        data of the spans that are written, whose @active may shrink
 *
 * The caller handles TF and the exception that follows from it; RF is cleared.
 *
 * Return: .vector 0, or the exception
 */
InsnFault insn_execute(const Insn *insn, InsnState *state, InsnPlan *plan);

#endif /* LIBINSN_INSN_H */
