/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: native execution, on the host's processor
 */
#ifndef LIBINSN_NATIVE_H
#define LIBINSN_NATIVE_H

#include "libinsn/insn.h"

/**
 * insn_native_init() - install signal handlers and check that code can run
 *
 * To be called before the first insn_execute().  Handles SIGILL, SIGFPE,
 * SIGSEGV and SIGBUS of the process; signals that do not come from an
 * instruction run here are passed on to the previous handlers.  May be called
 * any number of times, by one thread at a time.
 *
 * Return: NULL, or the reason why this process can't execute instructions (for
 * example, it must not have memory that is both written and executed)
 */
const char *insn_native_init(void);

/**
 * insn_native_can() - can the calling thread run this instruction?
 * @insn: the instruction
 *
 * insn_native_run() may still return INSN_CANT, depending on the operands.
 */
bool insn_native_can(const Insn *insn);

/**
 * insn_native_shows_pointers() - may it expose x87 pointers of other code?
 * @insn: the instruction
 *
 * It is not executed on processors that keep other programs' pointers.
 */
bool insn_native_shows_pointers(const Insn *insn);

/**
 * insn_native_run() - insn_execute() for INSN_WAY_NATIVE
 * @insn: the instruction
 * @state: the vCPU, normalized
 * @span: its whole operand in memory: @span->addr is the address of the first
 *        byte, even if that byte is not active
 *
 * Return: as insn_execute(); also INSN_CANT if the instruction has written
 * outside @span, or raised #DE, or an exception that the guest gets in another
 * way
 */
InsnFault insn_native_run(const Insn *insn, InsnState *state, InsnSpan *span);

#endif /* LIBINSN_NATIVE_H */
