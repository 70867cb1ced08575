/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what a trace tells of a register
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_REGISTERS_H
#define VFIO_TRACE_SEQUENCE_COMPILE_REGISTERS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

/**
 * struct CompileRegister: a register
 * @ones: bits that were 1 in a read
 * @zeros: bits that were 0 in a read
 * @sticks: bits that are read as they were written
 * @free: it changes by itself, in all its bits: a counter, a port for data
 * @effect: a read of it changes something: events are cleared, data is taken
 * @address: it is written with addresses of RAM
 */
typedef struct CompileRegister {
    uint64_t ones;
    uint64_t zeros;
    uint64_t sticks;
    bool free;
    bool effect;
    bool address;
} CompileRegister;

typedef struct CompileRegisters CompileRegisters;

CompileRegisters *compile_registers_new(void);

/**
 * compile_registers_add() - take an access
 * @registers: the registers
 * @entry: the access
 */
void compile_registers_add(CompileRegisters *registers, const MmtEntry *entry);

/**
 * compile_registers_finish() - all accesses were taken
 * @registers: the registers
 */
void compile_registers_finish(CompileRegisters *registers);

/**
 * compile_registers_find() - find out about a register
 * @registers: the registers, finished
 * @region: number of its region
 * @offset: its offset
 *
 * Return: the register; NULL if nothing is known of it: it is one of a table
 */
const CompileRegister *compile_registers_find(CompileRegisters *registers,
                                              uint32_t region,
                                              uint64_t offset);

void compile_registers_free(CompileRegisters *registers);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_REGISTERS_H */
