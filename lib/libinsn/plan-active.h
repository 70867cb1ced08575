/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: active bytes of an operand; private to plan.c
 */
#ifndef LIBINSN_PLAN_ACTIVE_H
#define LIBINSN_PLAN_ACTIVE_H

#include "libinsn/insn.h"

/**
 * insn_plan_active() - which bytes of its operand does an instruction access?
 * @insn: the instruction, which has one operand in memory
 * @state: the vCPU, normalized
 *
 * Return: a bit for each byte
 */
uint64_t insn_plan_active(const Insn *insn, const InsnState *state);

/**
 * insn_plan_vector_signs() - which elements of a vector are negative?
 * @state: the vCPU, normalized
 * @op: the register
 * @elements: number of elements
 * @size: bytes of each element
 *
 * Return: a bit for each element
 */
uint64_t insn_plan_vector_signs(const InsnState *state,
                                const ZydisDecodedOperand *op,
                                unsigned elements, unsigned size);

#endif /* LIBINSN_PLAN_ACTIVE_H */
