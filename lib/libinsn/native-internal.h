/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: private to native*.c: the parts of insn_native_run()
 */
#ifndef LIBINSN_NATIVE_INTERNAL_H
#define LIBINSN_NATIVE_INTERNAL_H

#include "libinsn/insn.h"

/**
 * struct InsnNativeCode: an instruction, encoded anew
 * @bytes: for 64-bit mode, with [base] for its operand in memory
 * @len: how many
 * @base: the general register that is to point to the operand; the
 *        instruction has no other use for it
 * @rsp: the one that stands in for RSP, or -1: RSP is not used
 * @fop: what x87 calls it; not 0
 */
typedef struct InsnNativeCode {
    uint8_t bytes[INSN_MAX_LEN];
    uint8_t len;
    int base;
    int rsp;
    uint16_t fop;
} InsnNativeCode;

/**
 * struct InsnNativeContext: what insn_native_enter() goes by
 * @gpr: the guest's general registers, but @gpr[RSP], which is not used
 * @rflags: flags to run with; those that it has left
 * @entry: the code
 * @mask: which components of the XSAVE areas to change
 * @host: XSAVE area for the host's state
 * @guest: the guest's, sane enough for XRSTOR
 * @restore: gets the address of the XRSTOR of @guest
 * @fault: gets the address at which a signal handler has to go on if there was
 *         an exception at @entry or @restore; @gpr and @rflags stay as they are
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
 * struct InsnNativeThread: a thread's own
 * @cx: for insn_native_enter()
 * @trap: the exception's vector, or INSN_NATIVE_NO_TRAP,
 *        INSN_NATIVE_BAD_STATE; a signal handler sets it
 * @code: the code page, to write it
 * @entry: the same page, to execute it
 * @page: for the operand, between two pages that are not there
 * @areas: the two XSAVE areas
 * @area_len: bytes of one
 * @mxcsr_mask: bits that MXCSR has
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

/* InsnNativeThread.trap: no exception; XRSTOR has refused the guest's area */
#define INSN_NATIVE_NO_TRAP UINT_MAX
#define INSN_NATIVE_BAD_STATE (UINT_MAX - 1)

/* Bytes of InsnNativeThread.page */
#define INSN_NATIVE_PAGE 4096

/* The general register of which @reg is a part, or -1 */
int insn_native_gpr(ZydisRegister reg);

/* What x87 calls it, if it is one of x87's */
uint16_t insn_native_fop(const ZydisDecodedInstruction *z);

/**
 * insn_native_encode() - encode an instruction anew
 * @insn: decoded in whatever mode
 * @code: filled in
 *
 * Return: false if it can't be had, or is not the same when decoded again
 */
bool insn_native_encode(const Insn *insn, InsnNativeCode *code);

/**
 * insn_native_enter() - run the code
 * @cx: registers
 *
 * Runs on the caller's stack, with RSP as is usual: signals may come at any
 * time.  When it returns, @cx->guest is what the code or the exception has
 * left, and the host's x87, vector and mask registers are what they were.
 */
void insn_native_enter(InsnNativeContext *cx);

/**
 * insn_native_trap_init() - take the signals
 *
 * Return: NULL, or why not
 */
const char *insn_native_trap_init(void);

/**
 * insn_native_trap_run() - insn_native_enter() with exceptions caught
 * @thread: the calling thread's; ->trap says what came of it
 */
void insn_native_trap_run(InsnNativeThread *thread);

/**
 * insn_native_thread_get() - the calling thread's own, made at the first call
 * @why: gets why there is none, if not NULL
 */
InsnNativeThread *insn_native_thread_get(const char **why);

/**
 * insn_native_thread_code() - have code in the code page
 * @thread: the calling thread's
 * @code: bytes, a single instruction
 */
void insn_native_thread_code(InsnNativeThread *thread,
                             const InsnNativeCode *code);

#endif /* LIBINSN_NATIVE_INTERNAL_H */
