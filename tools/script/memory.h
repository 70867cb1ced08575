/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: guest memory, as the snapshots of a log show it
 *
 * Of a byte that several snapshots show, the last one counts.  The oldest pages
 * are forgotten when there are too many.
 */
#ifndef VFIO_TRACE_SCRIPT_MEMORY_H
#define VFIO_TRACE_SCRIPT_MEMORY_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ScriptMemory ScriptMemory;

/**
 * script_memory_new() - make a memory of which nothing is known
 */
ScriptMemory *script_memory_new(void);

/**
 * script_memory_put() - some bytes are known
 * @memory: the memory
 * @device: number of the device whose addresses these are
 * @address: address of the first byte
 * @bytes: the bytes
 * @len: their number
 */
void script_memory_put(ScriptMemory *memory, unsigned device, uint64_t address,
                       const uint8_t *bytes, size_t len);

/**
 * script_memory_get() - get some bytes
 * @memory: the memory
 * @device: number of the device
 * @address: address of the first byte
 * @bytes: where to store them, or NULL
 * @len: their number
 *
 * Return: false if not all of them are known
 */
bool script_memory_get(const ScriptMemory *memory, unsigned device,
                       uint64_t address, uint8_t *bytes, size_t len);

/**
 * script_memory_free() - free a memory
 * @memory: the memory, or NULL
 */
void script_memory_free(ScriptMemory *memory);

#endif /* VFIO_TRACE_SCRIPT_MEMORY_H */
