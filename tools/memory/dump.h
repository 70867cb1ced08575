/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace memory: guest memory as text or as bytes
 *
 * The text is that of `hexdump -C`: rows of 16 bytes, and "*" for rows like the
 * one above.  Its column of characters has printable ASCII only.
 */
#ifndef VFIO_TRACE_MEMORY_DUMP_H
#define VFIO_TRACE_MEMORY_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MEMORY_DUMP_ROW 16

/**
 * struct MemoryDump: output of one range
 * @out: where to write
 * @raw: bytes, not text
 * @row: the last full row
 * @any: there is such a row
 * @same: the row before this one was like @row, and "*" stands for it
 * @end: address behind the last byte
 */
typedef struct MemoryDump {
    FILE *out;
    bool raw;
    uint8_t row[MEMORY_DUMP_ROW];
    bool any;
    bool same;
    uint64_t end;
} MemoryDump;

/**
 * memory_dump_put() - write a piece
 * @dump: the output
 * @at: address of its first byte
 * @data: the bytes
 * @len: number of bytes; of all pieces but the last, whole rows
 *
 * Return: false if it can't be written
 */
bool memory_dump_put(MemoryDump *dump, uint64_t at, const uint8_t *data,
                     size_t len);

/**
 * memory_dump_end() - write the address behind the last byte
 * @dump: the output
 */
void memory_dump_end(MemoryDump *dump);

#endif /* VFIO_TRACE_MEMORY_DUMP_H */
