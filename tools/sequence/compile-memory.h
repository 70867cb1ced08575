/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: guest memory that a trace knows
 *
 * Rings, entries, what they point to, watches and snapshots (docs/memory.md)
 * say that an address is one of memory, and what is there at first.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_H
#define VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"

#define COMPILE_PAGE 4096

/**
 * struct CompileArea: a part of the guest's memory
 * @start: its first address, a multiple of COMPILE_PAGE
 * @end: the address behind it, a multiple of COMPILE_PAGE
 */
typedef struct CompileArea {
    uint64_t start;
    uint64_t end;
} CompileArea;

typedef struct CompileMemory CompileMemory;

CompileMemory *compile_memory_new(void);

/**
 * compile_memory_entry() - take an entry of the first reading
 * @memory: the memory
 * @trace: the trace
 * @entry: the entry, in the array of the last mmt_trace_next()
 */
void compile_memory_entry(CompileMemory *memory, MmtTrace *trace,
                          const MmtEntry *entry);

/**
 * compile_memory_add() - an address is one of memory
 * @memory: the memory
 * @start: the address
 * @len: bytes there, not 0
 */
void compile_memory_add(CompileMemory *memory, uint64_t start, uint64_t len);

/**
 * compile_memory_join() - join areas that overlap or touch
 * @memory: the memory
 */
void compile_memory_join(CompileMemory *memory);

/**
 * compile_memory_find() - find the area of an address
 * @memory: the memory, joined
 * @address: the address
 *
 * Return: the area, or NULL
 */
const CompileArea *compile_memory_find(const CompileMemory *memory,
                                       uint64_t address);

/**
 * compile_memory_contents() - get what an area has at first
 * @memory: the memory
 * @area: the area
 * @addresses: where to store how many of its words are addresses of memory
 *
 * Return: the bytes, zero where nothing is known; NULL if nothing is known
 */
GBytes *compile_memory_contents(const CompileMemory *memory,
                                const CompileArea *area,
                                uint64_t *addresses);

/**
 * compile_memory_changed() - has the driver changed memory that was known?
 * @memory: the memory
 * @line: line of an entry of the second reading; grows from call to call
 * @address: where to store the first address that was changed
 *
 * Return: whether the trace says so in this line
 */
bool compile_memory_changed(CompileMemory *memory, uint64_t line,
                            uint64_t *address);

void compile_memory_free(CompileMemory *memory);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_MEMORY_H */
