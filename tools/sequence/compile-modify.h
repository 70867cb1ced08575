/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: values that depend on what was read
 *
 * A driver reads a register, changes some bits and writes it back, or writes to
 * one register what it has read from another one.  The first reading of a trace
 * collects, for each pair of registers, how the values written depend on those
 * read before; the second one asks for each write.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_MODIFY_H
#define VFIO_TRACE_SEQUENCE_COMPILE_MODIFY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/sequence/compile-registers.h"

/* Accesses within which a value that was read may be used */
#define COMPILE_MODIFY_NEAR 16

/**
 * struct CompileFormula: value = (((read & @and_mask) | @or_mask) ^ @xor_mask)
 *                        + @add
 * @source: number of the operation that read it
 * @and_mask: see above
 * @or_mask: see above
 * @xor_mask: see above
 * @add: see above
 */
typedef struct CompileFormula {
    uint32_t source;
    uint64_t and_mask;
    uint64_t or_mask;
    uint64_t xor_mask;
    uint64_t add;
} CompileFormula;

typedef struct CompileModify CompileModify;

CompileModify *compile_modify_new(void);

/**
 * compile_modify_learn() - take an access of the first reading
 * @modify: the state
 * @entry: the access
 */
void compile_modify_learn(CompileModify *modify, const MmtEntry *entry);

/**
 * compile_modify_restart() - the second reading begins
 * @modify: the state
 */
void compile_modify_restart(CompileModify *modify);

/**
 * compile_modify_read() - an operation has read a value
 * @modify: the state
 * @entry: the read
 * @op: number of the operation
 */
void compile_modify_read(CompileModify *modify, const MmtEntry *entry,
                         uint32_t op);

/**
 * compile_modify_write() - does a value depend on one that was read?
 * @modify: the state
 * @registers: what is known of registers
 * @entry: the write
 * @formula: where to store how
 *
 * Return: whether it does; to be called for every write
 */
bool compile_modify_write(CompileModify *modify, CompileRegisters *registers,
                          const MmtEntry *entry, CompileFormula *formula);

/**
 * compile_modify_forget() - operations have got other numbers
 * @modify: the state
 * @first: the first of them
 */
void compile_modify_forget(CompileModify *modify, uint32_t first);

void compile_modify_free(CompileModify *modify);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_MODIFY_H */
