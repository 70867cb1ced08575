/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: where a log's line has program counters
 *
 * Not the whole of parse.h, which looks at each byte of each field: of most
 * lines one number is wanted here.
 */
#ifndef VFIO_TRACE_PC_LINE_H
#define VFIO_TRACE_PC_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum PcLineKind {
    PC_LINE_FOREIGN,    /* of no log */
    PC_LINE_OTHER,      /* no program counters */
    PC_LINE_ACCESS,     /* R, W, UNKNOWN */
    PC_LINE_CONFIG,     /* "vfio-trace: config ..." */
    PC_LINE_BACKTRACE,  /* "vfio-trace: backtrace ..." */
    PC_LINE_SYMBOLS,    /* "vfio-trace: symbols ..." */
    PC_LINE_BAD,        /* begins like an access, and is none */
} PcLineKind;

/**
 * struct PcLine: a line with program counters
 * @kind: which of the rest is set
 * @op: ACCESS, CONFIG: 'R', 'W', 'U'
 * @width: ACCESS: bytes; 0 for UNKNOWN
 * @pc: ACCESS, CONFIG: the program counter, or 0
 * @end: behind the line's last byte; a CR is none
 * @text: of marks, the text
 * @words: BACKTRACE: what follows the word
 * @sym: ACCESS, CONFIG: the blank before a sym= that is there already, or NULL
 * @sym_end: behind that
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
 * pc_line_parse() - look at a line
 * @p: its first byte
 * @len: bytes, without the newline
 * @line: where to store what it has
 */
void pc_line_parse(const char *p, size_t len, PcLine *line);

/**
 * pc_line_next() - take the next program counter of a backtrace
 * @line: a PC_LINE_BACKTRACE; its @words are used up
 * @pc: where to store it
 * @is_return: where to store whether it is where a call returns to
 *
 * Return: true, or false if there are no more
 */
bool pc_line_next(PcLine *line, uint64_t *pc, bool *is_return);

#endif /* VFIO_TRACE_PC_LINE_H */
