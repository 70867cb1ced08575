/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: private to native*.c: the parts of insn_native_run()
 */
#ifndef LIBINSN_NATIVE_INTERNAL_H
#define LIBINSN_NATIVE_INTERNAL_H

#include "libinsn/insn.h"

/**
 * struct InsnNativeCode: a re-encoded instruction
 * @bytes: its bytes for 64-bit mode, with [base] as its operand in memory
 * @len: number of bytes
 * @base: the general register that points to the operand; the instruction does
 *        not use it for anything else
 * @rsp: the general register that replaces RSP, or -1: RSP is not used
 * @fop: its x87 opcode (FOP); not 0
 */
typedef struct InsnNativeCode {
    uint8_t bytes[INSN_MAX_LEN];
    uint8_t len;
    int base;
    int rsp;
    uint16_t fop;
} InsnNativeCode;

/**
 * struct InsnNativeContext: registers and addresses for insn_native_enter()
 * @gpr: the guest's general registers; @gpr[RSP] is not used
 * @rflags: flags to run with; gets the flags that the code has left
 * @entry: address of the code
 * @mask: which components of the XSAVE areas to change
 * @host: XSAVE area for the host's state
 * @guest: XSAVE area of the guest, valid for XRSTOR
 * @restore: gets the address of the XRSTOR of @guest
 * @fault: gets the address at which a signal handler must continue after an
 *         exception at @entry or @restore; @gpr and @rflags stay as they are
 */
typedef struct InsnNativeContext {
    uint64_t gpr[INSN_GPRS];
    uint64_t rflags;
    uint64_t entry;
    uint64_t mask;
    uint8_t *host;
    uint8_t *guest;
    uint64_t restore;
    uint64_t fault;
} InsnNativeContext;

/**
 * struct InsnNativeThread: per-thread data
 * @cx: for insn_native_enter()
 * @trap: the exception's vector, or INSN_NATIVE_NO_TRAP,
 *        INSN_NATIVE_BAD_STATE; a signal handler sets it
 * @code: the code page, mapped writable
 * @entry: the same page, mapped executable
 * @page: page for the operand, between two inaccessible pages
 * @areas: the two XSAVE areas
 * @area_len: bytes of each area
 * @mxcsr_mask: the bits of MXCSR that the processor supports
 */
typedef struct InsnNativeThread {
    InsnNativeContext cx;
    volatile unsigned trap;
    uint8_t *code;
    uint8_t *entry;
    uint8_t *page;
    uint8_t *areas;
    size_t area_len;
    uint32_t mxcsr_mask;
} InsnNativeThread;

/* InsnNativeThread.trap: no exception; XRSTOR refused the guest's area */
#define INSN_NATIVE_NO_TRAP UINT_MAX
#define INSN_NATIVE_BAD_STATE (UINT_MAX - 1)

/* Bytes of InsnNativeThread.page */
#define INSN_NATIVE_PAGE 4096

/* The general register of which @reg is a part, or -1 */
int insn_native_gpr(ZydisRegister reg);

/* The x87 opcode (FOP), if it is an x87 instruction */
uint16_t insn_native_fop(const ZydisDecodedInstruction *z);

/**
 * insn_native_encode() - re-encode an instruction
 * @insn: the instruction, decoded in any mode
 * @code: filled in
 *
 * Return: false if it can't be encoded, or if decoding the new bytes does not
 * give the same instruction
 */
bool insn_native_encode(const Insn *insn, InsnNativeCode *code);

/**
 * insn_native_enter() - run the code
 * @cx: registers
 *
 * Runs on the caller's stack, with a normal RSP: signals may come at any time.
 * On return, @cx->guest has the state that the code or the exception left, and
 * the host's x87, vector and mask registers are as before.
 */
void insn_native_enter(InsnNativeContext *cx);

/**
 * insn_native_trap_init() - install the signal handlers
 *
 * Return: NULL, or the reason of the failure
 */
const char *insn_native_trap_init(void);

/**
 * insn_native_trap_run() - insn_native_enter() with exceptions caught
 * @thread: the calling thread's; gets the result in ->trap
 */
void insn_native_trap_run(InsnNativeThread *thread);

/**
 * insn_native_thread_get() - get the calling thread's data
 * @why: gets the reason of a failure, if not NULL
 *
 * The first call in a thread allocates the data; they are freed when the thread
 * ends.
 *
 * Return: the data, or NULL on failure
 */
InsnNativeThread *insn_native_thread_get(const char **why);

/**
 * insn_native_thread_code() - write code to the code page
 * @thread: the calling thread's
 * @code: a single instruction
 */
void insn_native_thread_code(InsnNativeThread *thread,
                             const InsnNativeCode *code);

#endif /* LIBINSN_NATIVE_INTERNAL_H */
