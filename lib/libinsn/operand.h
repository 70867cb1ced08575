/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: operands of an instruction; private to plan*.c
 */
#ifndef LIBINSN_OPERAND_H
#define LIBINSN_OPERAND_H

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

#endif /* LIBINSN_OPERAND_H */
