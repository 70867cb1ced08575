/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: private to plan*.c: the parts of insn_plan()
 */
#ifndef LIBINSN_PLAN_INTERNAL_H
#define LIBINSN_PLAN_INTERNAL_H

#include "libinsn/insn.h"

/* The low @n bits */
static inline uint64_t insn_low_bits(unsigned n)
{
    return n < 64 ? (1ull << n) - 1 : UINT64_MAX;
}

static inline unsigned insn_operand_bytes(const ZydisDecodedOperand *op)
{
    return op->size / 8;
}

static inline unsigned insn_register_number(const ZydisDecodedOperand *op)
{
    return ZydisRegisterGetId(op->reg.value);
}

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

#endif /* LIBINSN_PLAN_INTERNAL_H */
