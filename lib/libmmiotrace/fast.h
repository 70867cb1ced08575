/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: fast parser of the lines that a log is full of
 *
 * It takes R and W lines as the kernel and this project's tracer print them,
 * and refuses everything else: other lines, unusual forms of numbers, faults.
 * The parser of parse.h then takes the line or explains what is wrong.  What
 * this parser takes, it takes as the other one does; a fuzz target compares
 * the two.
 */
#ifndef LIBMMIOTRACE_FAST_H
#define LIBMMIOTRACE_FAST_H

#include <stdint.h>

#include "libmmiotrace/event.h"

/* Bytes that must be readable behind the newline of the last line. */
#define MMT_FAST_SLACK 64

/**
 * struct MmtFast: an R or W line; fields as in MmtEvent
 * @is_write: it is a W line
 * @width: bytes accessed
 * @hw_state: MmtHwState
 * @map_id: the mapping
 * @pid: process
 * @extras: MmtExtra, the fields behind the PID
 * @cpu: MMT_EXTRA_CPU
 * @ns: time
 * @addr: physical address
 * @value: the value
 * @pc: program counter
 * @exact_ns: MMT_EXTRA_NS
 * @hw: MMT_EXTRA_HW
 */
typedef struct MmtFast {
    uint8_t is_write;
    uint8_t width;
    uint8_t hw_state;
    uint32_t map_id;
    uint32_t pid;
    uint32_t extras;
    uint32_t cpu;
    uint64_t ns;
    uint64_t addr;
    uint64_t value;
    uint64_t pc;
    uint64_t exact_ns;
    uint64_t hw;
} MmtFast;

/**
 * mmt_fast_parse() - parse a line, if it is an ordinary R or W line
 * @line: the line; it ends in a newline, and MMT_FAST_SLACK bytes behind that
 *        can be read
 * @fast: where to store it; unspecified if it is refused
 *
 * Return: the first byte behind the newline, or NULL if it is refused
 */
const char *mmt_fast_parse(const char *line, MmtFast *fast);

#endif /* LIBMMIOTRACE_FAST_H */
