/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace memory: reads the memory of a running guest
 */
#ifndef VFIO_TRACE_MEMORY_READ_H
#define VFIO_TRACE_MEMORY_READ_H

#include "tools/memory/dump.h"
#include "tools/qemu/target.h"

/* Most bytes of one range */
#define MEMORY_READ_MAX (1ull << 30)

/**
 * struct MemoryRange: what to read
 * @at: address of the first byte
 * @len: number of bytes
 * @physical: @at is the machine's address, not the device's
 */
typedef struct MemoryRange {
    uint64_t at;
    uint64_t len;
    bool physical;
} MemoryRange;

/**
 * memory_range_parse() - parse the operands of a range
 * @at: its address: 4096, 0x1000 or 4K
 * @len: its length, likewise
 * @range: where to store it
 * @error: where to store what is wrong
 */
bool memory_range_parse(const char *at, const char *len, MemoryRange *range,
                        GError **error);

/**
 * memory_read() - read a range, and write it
 * @target: the QEMU
 * @device: name of the device
 * @range: what to read
 * @dump: where to write
 * @quiet: show no progress
 * @done: where to store how many bytes were read; less than all if the next one
 *        is not RAM
 * @error: where to store why it can't be read, or written
 *
 * The guest runs meanwhile: it may change what was not read yet.
 */
bool memory_read(Target *target, const char *device, const MemoryRange *range,
                 MemoryDump *dump, bool quiet, uint64_t *done, GError **error);

#endif /* VFIO_TRACE_MEMORY_READ_H */
