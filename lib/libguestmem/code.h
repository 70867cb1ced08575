/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: operations of an expression that is being compiled
 *
 * Follows how many numbers are on the stack at each operation, and folds
 * constants.
 */
#ifndef LIBGUESTMEM_CODE_H
#define LIBGUESTMEM_CODE_H

#include "libguestmem/model.h"

/**
 * struct GmemCode: operations
 * @op: GmemOp
 * @depth: numbers on the stack behind the last operation
 * @barrier: operations from here on may be folded: no jump leads behind them
 */
typedef struct GmemCode {
    GArray *op;
    unsigned depth;
    unsigned barrier;
} GmemCode;

/**
 * gmem_code_put() - add an operation
 * @code: the operations
 * @op: the operation
 *
 * Return: NULL, or what limit that exceeds, a constant text
 */
const char *gmem_code_put(GmemCode *code, GmemOp op);

/* gmem_code_put_number() - likewise, push a number */
const char *gmem_code_put_number(GmemCode *code, uint64_t number);

/* gmem_code_land() - jumps at operation number @from lead to here */
void gmem_code_land(GmemCode *code, unsigned from);

/**
 * gmem_code_take_number() - take back an operation that pushes a number
 * @code: the operations
 * @from: it must be the only one from this number on
 * @number: where to store its number
 *
 * Return: whether it was
 */
bool gmem_code_take_number(GmemCode *code, unsigned from, uint64_t *number);

#endif /* LIBGUESTMEM_CODE_H */
