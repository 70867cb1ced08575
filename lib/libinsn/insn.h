/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: one x86 instruction, carried out on somebody else's behalf
 *
 * Theory of operation
 *
 * A hypervisor's emulator has met an instruction that it does not know, whose
 * operand is no memory.  Whoever can reach what is behind that operand carries
 * the instruction out in four steps:
 *
 *   insn_decode()   what is it (Zydis)
 *   insn_plan()     which bytes at which linear addresses does it read and
 *                   write, with the registers as they are: spans
 *   -               the caller translates the spans' addresses, raises what
 *                   page faults there are, and reads what is to be read
 *   insn_execute()  do it: registers, flags, and the bytes to be written
 *   -               the caller writes these, and gives the vCPU its registers
 *
 * Execution is left to the processor underneath: a guest's processor has no
 * instruction that the host's has not.  The instruction is encoded anew, from
 * what the decoder has understood of it and never from the guest's bytes, with
 * a buffer of ours for its operand in memory, and runs with the guest's vector
 * registers.  Only instructions are taken that have nothing but general
 * registers, vector registers, x87, flags and such an operand to work on: none
 * that jumps, traps, or touches a segment, the stack or the system.  What one
 * instruction does to several places (gather, scatter) or to a place that the
 * register names (MASKMOVDQU, MOVDIR64B) is done here by hand.
 *
 * Nothing here knows of KVM or QEMU.  No global state but the signal handlers
 * (native.h); any number of threads, each with its own structures.
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

/* Places of one instruction: a gather of 16 dwords, each somewhere else */
#define INSN_MAX_SPANS 16

/* In the machine's numbering of general registers */
enum {
    INSN_RAX, INSN_RCX, INSN_RDX, INSN_RBX, INSN_RSP, INSN_RBP, INSN_RSI,
    INSN_RDI, INSN_R8, INSN_R9, INSN_R10, INSN_R11, INSN_R12, INSN_R13,
    INSN_R14, INSN_R15, INSN_GPRS,
};

/* In the machine's numbering of segment registers */
enum {
    INSN_ES, INSN_CS, INSN_SS, INSN_DS, INSN_FS, INSN_GS, INSN_SEGMENTS,
};

/* Exceptions, by vector */
enum {
    INSN_DB = 1, INSN_UD = 6, INSN_NM = 7, INSN_SS_FAULT = 12, INSN_GP = 13,
    INSN_PF = 14, INSN_MF = 16, INSN_AC = 17, INSN_XM = 19,
};

/*
 * In InsnFault.vector: no exception, the instruction can not be carried out
 * here after all.  Everything is as it was.
 */
#define INSN_CANT UINT_MAX

/**
 * enum InsnMode: what the processor takes instruction bytes for
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
 * @expand_down: valid are offsets above @limit
 * @big: the upper end of those is 4 GiB, not 64 KiB
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
 * struct InsnState: a vCPU, as far as an instruction can see it
 * @mode: of the code segment
 * @cpl: privilege level, 0 to 3
 * @gpr: general registers
 * @rip: the instruction's; insn_execute() moves it on
 * @rflags: flags
 * @seg: segments, by INSN_ES and so on
 * @cr0: control register
 * @cr4: control register
 * @xcr0: the guest's
 * @xsave: x87, vector and mask registers: an XSAVE area in standard format,
 *         as KVM_GET_XSAVE has it; 64-byte aligned
 * @xsave_len: its bytes
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
 * enum InsnWay: how an instruction is carried out
 * @INSN_WAY_NATIVE: by the host's processor, one operand in memory
 * @INSN_WAY_COPY: source to destination, both in memory (MOVDIR64B)
 * @INSN_WAY_MASKMOV: MASKMOVQ, MASKMOVDQU, VMASKMOVDQU
 * @INSN_WAY_GATHER: memory at a vector's addresses to a register
 * @INSN_WAY_SCATTER: the reverse
 * @INSN_WAY_NOTHING: a hint to the caches, which what is no memory has none of
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
 * struct Insn: an instruction, decoded
 * @z: what Zydis says of it
 * @op: of its operands, hidden ones included
 * @memory: index of the operand in memory in @op; of a copy the destination's
 * @source: of a copy the source's; else -1
 * @way: how it is carried out
 * @mode: in which it was decoded
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
 * enum InsnStatus: what has come of decoding
 * @INSN_OK: it can be carried out
 * @INSN_SHORT: there must be more bytes
 * @INSN_INVALID: these bytes are no instruction
 * @INSN_NO_MEMORY: it has no operand in memory
 * @INSN_UNSUPPORTED: it is none that may be carried out in this way
 */
typedef enum InsnStatus {
    INSN_OK,
    INSN_SHORT,
    INSN_INVALID,
    INSN_NO_MEMORY,
    INSN_UNSUPPORTED,
} InsnStatus;

/**
 * struct InsnSpan: bytes in a row that an instruction touches
 * @addr: linear address of the first
 * @size: bytes from the first to the last, 1 to INSN_MAX_OPERAND
 * @active: a bit for each byte that is touched, bit 0 for @addr's; a mask may
 *          leave some out, or all
 * @read: they are read
 * @write: they are written
 * @segment: INSN_SS: a fault of this segment is #SS, else #GP
 * @data: what was read; what is to be written
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
 * struct InsnPlan: what an instruction is going to touch
 * @spans: how many of @span there are
 * @span: in the order in which they are to be accessed
 */
typedef struct InsnPlan {
    unsigned spans;
    InsnSpan span[INSN_MAX_SPANS];
} InsnPlan;

/**
 * struct InsnFault: an exception that is the instruction's result
 * @vector: INSN_UD and so on; 0: none; INSN_CANT
 * @error_code: its, for those that have one
 */
typedef struct InsnFault {
    unsigned vector;
    uint32_t error_code;
} InsnFault;

/**
 * insn_decode() - what is it, and may it be carried out?
 * @insn: filled in if there is an instruction at all
 * @bytes: from the guest
 * @len: how many, up to INSN_MAX_LEN are looked at
 * @mode: the guest's
 *
 * @insn->z and @insn->op are valid after INSN_OK, INSN_NO_MEMORY and
 * INSN_UNSUPPORTED.
 */
InsnStatus insn_decode(Insn *insn, const uint8_t *bytes, size_t len,
                       InsnMode mode);

/**
 * insn_plan() - which bytes does it touch?
 * @insn: from insn_decode(), which said INSN_OK
 * @state: the vCPU; @state->xsave may be normalized (xstate.h)
 * @plan: filled in
 *
 * Raises what the processor would raise before it looks at page tables: #UD for
 * what the guest has not switched on, #GP or #SS for segments, addresses that
 * are not canonical and operands that must be aligned.
 *
 * Return: .vector 0, or the exception
 */
InsnFault insn_plan(const Insn *insn, InsnState *state, InsnPlan *plan);

/**
 * insn_address() - where one of its operands begins
 * @insn: from insn_decode(), which said INSN_OK or INSN_UNSUPPORTED
 * @state: the vCPU
 * @op: index of the operand in @insn->op
 * @addr: gets the linear address
 *
 * Return: false if it is none in memory, or one at several places.  An operand
 * of ENQCMD is in memory, too, that has its address in a register
 */
bool insn_address(const Insn *insn, const InsnState *state, unsigned op,
                  uint64_t *addr);

/**
 * insn_can() - is there a way to execute it?
 * @insn: from insn_decode(), which said INSN_OK
 *
 * For before its operands are read.
 */
bool insn_can(const Insn *insn);

/**
 * insn_execute() - do it
 * @insn: from insn_decode()
 * @state: the vCPU, which becomes what it is after the instruction; as it was
 *         if there is a fault, but for exception flags in MXCSR and x87's
 * @plan: from insn_plan(), with the data of its spans that are read; gets the
 *        data of those that are written, whose @active may shrink
 *
 * TF and what follows from it is the caller's matter; RF is cleared.
 *
 * Return: .vector 0, or the exception
 */
InsnFault insn_execute(const Insn *insn, InsnState *state, InsnPlan *plan);

#endif /* LIBINSN_INSN_H */
