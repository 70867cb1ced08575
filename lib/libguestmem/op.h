/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: arithmetic of expressions
 *
 * The parser folds constants with it, the engine evaluates with it.
 */
#ifndef LIBGUESTMEM_OP_H
#define LIBGUESTMEM_OP_H

#include "libguestmem/model.h"

/**
 * gmem_op_one() - carry out an operation on one number
 * @code: GMEM_OP_NOT, _IS_ZERO, _NEGATE or _IS_TRUE
 * @x: the number
 * @result: where to store the result
 *
 * Return: whether @code is such an operation
 */
bool gmem_op_one(GmemOpCode code, uint64_t x, uint64_t *result);

/**
 * gmem_op_two() - carry out an operation on two numbers
 * @code: GMEM_OP_ADD to GMEM_OP_MAXIMUM
 * @a: the number that was pushed first
 * @b: the number that was pushed last
 * @result: where to store the result
 *
 * Return: false if @code is no such operation, or for a division by 0
 */
bool gmem_op_two(GmemOpCode code, uint64_t a, uint64_t b, uint64_t *result);

/**
 * gmem_op_bits() - take bits out of a number
 * @x: the number
 * @high: the highest bit
 * @low: the lowest bit
 *
 * Return: the bits; 0 if @low is above @high or above 63
 */
uint64_t gmem_op_bits(uint64_t x, uint64_t high, uint64_t low);

#endif /* LIBGUESTMEM_OP_H */
