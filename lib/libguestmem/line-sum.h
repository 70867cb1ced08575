/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: sum of the lines of a watch
 */
#ifndef LIBGUESTMEM_LINE_SUM_H
#define LIBGUESTMEM_LINE_SUM_H

#include <stddef.h>
#include <stdint.h>

/**
 * gmem_line_sum() - what a line of a watch adds to its sum
 * @number: number of the line, from 0 up
 * @line: its bytes
 * @len: GMEM_WATCH_LINE; of the last line, 1 to that
 *
 * The sum of a watch is the sum of its lines, modulo 2^64.  So it can be kept
 * up to date by the lines that change.
 *
 * Return: first 8 bytes, little endian, of the SHA-256 of @number (8 bytes,
 * little endian) and the line
 */
uint64_t gmem_line_sum(uint64_t number, const uint8_t *line, size_t len);

#endif /* LIBGUESTMEM_LINE_SUM_H */
