/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: an instruction on the host's processor
 */
#ifndef LIBINSN_NATIVE_H
#define LIBINSN_NATIVE_H

#include "libinsn/insn.h"

/**
 * insn_native_init() - before the first insn_execute()
 *
 * Takes SIGILL, SIGFPE, SIGSEGV and SIGBUS of the process; those that are not
 * of an instruction in here go to whoever had them before.  May be called any
 * number of times, by one thread at a time.
 *
 * Return: NULL, or why this process can not (it must not have memory that is
 * both written and executed, say)
 */
const char *insn_native_init(void);

/**
 * insn_native_can() - can the calling thread run it?
 * @insn: the instruction
 *
 * What it does to its operands may still be more than is possible: INSN_CANT.
 */
bool insn_native_can(const Insn *insn);

/**
 * insn_native_shows_pointers() - does it show x87 pointers that it has not set?
 * @insn: the instruction
 *
 * On processors that keep other programs' it is not carried out.
 */
bool insn_native_shows_pointers(const Insn *insn);

/**
 * insn_native_run() - INSN_WAY_NATIVE of insn_execute()
 * @insn: the instruction
 * @state: the vCPU, normalized
 * @span: its operand in memory, whole: @span->addr is where it starts, whatever
 *        part of it is active
 *
 * Return: as insn_execute(); INSN_CANT also if it turns out to write more than
 * @span, or raises #DE, or an exception that the guest gets in another way
 */
InsnFault insn_native_run(const Insn *insn, InsnState *state, InsnSpan *span);

#endif /* LIBINSN_NATIVE_H */
