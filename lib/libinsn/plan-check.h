/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: checks of a plan; private to plan.c
 */
#ifndef LIBINSN_PLAN_CHECK_H
#define LIBINSN_PLAN_CHECK_H

#include "libinsn/insn.h"

/**
 * insn_plan_check_enabled() - has the guest enabled the features it needs?
 * @insn: the instruction
 * @state: the vCPU
 *
 * Return: .vector 0, or #UD or #NM
 */
InsnFault insn_plan_check_enabled(const Insn *insn, const InsnState *state);

/**
 * insn_plan_check_alignment() - is the operand aligned, if it must be?
 * @insn: the instruction
 * @state: the vCPU, normalized
 * @span: the operand's span
 *
 * Return: .vector 0, or #GP
 */
InsnFault insn_plan_check_alignment(const Insn *insn, const InsnState *state,
                                    const InsnSpan *span);

#endif /* LIBINSN_PLAN_CHECK_H */
