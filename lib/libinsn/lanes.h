/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: instructions that are emulated in C
 */
#ifndef LIBINSN_LANES_H
#define LIBINSN_LANES_H

#include "libinsn/insn.h"

/**
 * insn_lanes_run() - insn_execute() for all ways except INSN_WAY_NATIVE
 * @insn: the instruction
 * @state: the vCPU, normalized; RIP and flags are left as they are
 * @plan: as for insn_execute()
 *
 * Return: as insn_execute()
 */
InsnFault insn_lanes_run(const Insn *insn, InsnState *state, InsnPlan *plan);

#endif /* LIBINSN_LANES_H */
