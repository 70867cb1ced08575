/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: tables of lines for the parsers of formats
 */
#ifndef TESTS_UNIT_INPUT_LINES_H
#define TESTS_UNIT_INPUT_LINES_H

#include <glib.h>

#include "libmmiotrace/input.h"

/* Numbers of InputLine that are not to be checked, or that an entry lacks */
#define NO_TIME UINT64_MAX

/**
 * struct InputLine: an access and what the parser is to make of it
 * @line: the line
 * @kind: MmtEntryKind
 * @width: its bytes
 * @device: the region's device
 * @region: the region's name
 * @offset: the offset in it
 * @value: the value
 * @ns: the time, or NO_TIME
 * @cpu: processor + 1, or 0 if not known
 * @pc: program counter, or 0
 */
typedef struct InputLine {
    const char *line;
    MmtEntryKind kind;
    unsigned width;
    const char *device;
    const char *region;
    uint64_t offset;
    uint64_t value;
    uint64_t ns;
    uint32_t cpu;
    uint64_t pc;
} InputLine;

/**
 * input_parse() - parse a line
 * @parse: the parser
 * @input: its state
 * @line: the line
 * @len: its length
 * @entry: to be filled in
 *
 * The line is parsed from blocks that end MMT_INPUT_SLACK bytes behind it, with
 * different bytes there, which must make no difference.
 */
MmtInputResult input_parse(MmtInputParse *parse, MmtInput *input,
                           const char *line, size_t len, MmtEntry *entry);

/**
 * input_check_lines() - check that lines are parsed as the table says
 * @parse: the parser
 * @input: its state
 * @lines: the table
 * @n: lines in it
 *
 * Each line is parsed twice in a row, and must not be an access if letters
 * follow it.  Each beginning of it is parsed, too.
 */
void input_check_lines(MmtInputParse *parse, MmtInput *input,
                       const InputLine *lines, size_t n);

/**
 * input_check_results() - check that lines that are no accesses are recognised
 * @parse: the parser
 * @result: what it returns for each of them
 * @lines: the lines
 * @n: their number
 */
void input_check_results(MmtInputParse *parse, MmtInputResult result,
                         const char *const *lines, size_t n);

#endif /* TESTS_UNIT_INPUT_LINES_H */
