/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: writes of addresses of guest memory
 *
 * The first reading of a trace collects values that may be addresses: of one
 * write, or of two to the halves of a 64-bit register.  When it is over, those
 * stay that lie in memory which the trace or the user knows.  If the user says
 * nothing, so do those that were written to registers which the profile takes
 * for such.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_DMA_H
#define VFIO_TRACE_SEQUENCE_COMPILE_DMA_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/sequence/compile-areas.h"
#include "tools/sequence/compile-registers.h"
#include "tools/sequence/model.h"

/**
 * struct CompileAddress: a write of an address
 * @line: its line
 * @address: the whole address
 * @part: which part of it is written
 * @alone: 32 bits are all that the device gets of it
 */
typedef struct CompileAddress {
    uint64_t line;
    uint64_t address;
    SeqPart part;
    bool alone;
} CompileAddress;

typedef struct CompileDma CompileDma;

/**
 * compile_dma_new() - begin
 * @areas: memory that is known; must live as long as the state
 */
CompileDma *compile_dma_new(CompileAreas *areas);

/**
 * compile_dma_write() - take a write of the first reading
 * @dma: the state
 * @entry: the write, not of config space
 */
void compile_dma_write(CompileDma *dma, const MmtEntry *entry);

/**
 * compile_dma_finish() - decide which values are addresses
 * @dma: the state
 * @registers: what is known of registers
 *
 * The areas, which must be joined, get what they are of.
 *
 * Return: uint64_t, lines of these writes, sorted; owned by @dma
 */
const GArray *compile_dma_finish(CompileDma *dma,
                                 CompileRegisters *registers);

/**
 * compile_dma_find() - is a write one of an address?
 * @dma: the state, finished
 * @line: its line
 *
 * Return: the address, or NULL
 */
const CompileAddress *compile_dma_find(const CompileDma *dma, uint64_t line);

/**
 * compile_dma_lost() - may a write be one of an address that was not kept?
 * @dma: the state, finished
 * @entry: a write that compile_dma_find() does not know
 *
 * Memory is bounded: of a trace with too many values that may be addresses, the
 * first ones are kept.
 */
bool compile_dma_lost(const CompileDma *dma, const MmtEntry *entry);

/**
 * compile_dma_buffer() - get the buffer of an address, made if it is new
 * @dma: the state
 * @seq: the sequence
 * @address: the address
 * @line: line of the trace that has it
 *
 * Return: its number, or SEQUENCE_NONE if buffers would be too large
 */
uint32_t compile_dma_buffer(CompileDma *dma, Sequence *seq, uint64_t address,
                            uint64_t line);

void compile_dma_free(CompileDma *dma);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_DMA_H */
