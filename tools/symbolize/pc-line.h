/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: parser for the program counters in a line
 *
 * This is faster than parse.h, which checks each byte of each field: for most
 * lines, only one number is needed here.
 */
#ifndef VFIO_TRACE_PC_LINE_H
#define VFIO_TRACE_PC_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum PcLineKind {
    PC_LINE_FOREIGN,    /* not a line of a log */
    PC_LINE_OTHER,      /* a line without program counters */
    PC_LINE_ACCESS,     /* R, W, UNKNOWN */
    PC_LINE_CONFIG,     /* "vfio-trace: config ..." */
    PC_LINE_BACKTRACE,  /* "vfio-trace: backtrace ..." */
    PC_LINE_SYMBOLS,    /* "vfio-trace: symbols ..." */
    PC_LINE_BAD,        /* begins like an access, but is malformed */
} PcLineKind;

/**
 * struct PcLine: a parsed line
 * @kind: kind of the line; says which of the other members are set
 * @op: ACCESS, CONFIG: 'R', 'W', 'U'
 * @width: ACCESS: bytes; 0 for UNKNOWN
 * @pc: ACCESS, CONFIG: the program counter, or 0
 * @end: end of the line (exclusive), without a CR
 * @text: marks: the mark's text
 * @words: BACKTRACE: the words after "backtrace"
 * @sym: ACCESS, CONFIG: the blank before an existing sym=, or NULL
 * @sym_end: end of this sym= (exclusive)
 */
typedef struct PcLine {
    PcLineKind kind;
    char op;
    uint8_t width;
    uint64_t pc;
    const char *end;
    const char *text;
    const char *words;
    const char *sym;
    const char *sym_end;
} PcLine;

/**
 * pc_line_parse() - parse a line
 * @p: its first byte
 * @len: its length in bytes, without the newline
 * @line: where to store the result
 */
void pc_line_parse(const char *p, size_t len, PcLine *line);

/**
 * pc_line_next() - take the next program counter of a backtrace
 * @line: a PC_LINE_BACKTRACE; its @words are advanced
 * @pc: where to store it
 * @is_return: where to store whether it is a return address
 *
 * Return: true, or false if there are no more
 */
bool pc_line_next(PcLine *line, uint64_t *pc, bool *is_return);

#endif /* VFIO_TRACE_PC_LINE_H */
