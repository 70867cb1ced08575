/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: from tokens to lines
 *
 * Sequences are folded as `vfio-trace fold` does.  Two sequences of pairs have
 * the same places, and so the same folded lines, but for their values: a line
 * is in both logs, or has both values.
 */
#ifndef VFIO_TRACE_DIFF_LINES_H
#define VFIO_TRACE_DIFF_LINES_H

#include "tools/diff/report.h"

/**
 * struct DiffLine: a line
 * @sign: ' ' in both logs, '-' in A only, '+' in B only, '!' other values, '.'
 *        a remark
 * @a: line of its first access in A, or 0
 * @b: line of its first access in B, or 0
 * @text: the text, printable
 */
typedef struct DiffLine {
    char sign;
    uint64_t a;
    uint64_t b;
    const char *text;
} DiffLine;

typedef void DiffLineTaken(const DiffLine *line, void *opaque);

typedef struct DiffLines DiffLines;

/**
 * diff_lines_new() - begin
 * @report: the report
 * @take: takes the lines
 * @opaque: for @take
 */
DiffLines *diff_lines_new(DiffReport *report, DiffLineTaken *take,
                          void *opaque);

/**
 * diff_lines_free() - free the state
 * @lines: the state, or NULL
 */
void diff_lines_free(DiffLines *lines);

/**
 * diff_lines_split() - keep pairs with other values apart from those that are
 *                      the same
 * @lines: the state, flushed
 * @split: whether to do so; if not, they are folded together, as in a table of
 *         which every other word differs
 */
void diff_lines_split(DiffLines *lines, bool split);

/**
 * diff_lines_limit() - do not fold what is not shown
 * @lines: the state
 * @limit: lines from which on the middle of what follows is left out; 0: none
 */
void diff_lines_limit(DiffLines *lines, uint64_t limit);

/**
 * diff_lines_left_out() - count the accesses that were left out
 * @lines: the state
 *
 * Return: their number since the last call
 */
uint64_t diff_lines_left_out(DiffLines *lines);

/**
 * diff_lines_enough() - are there as many lines as the limit says?
 * @lines: the state
 */
bool diff_lines_enough(const DiffLines *lines);

/**
 * diff_lines_skip() - leave out a hunk
 * @lines: the state
 * @hunk: the hunk
 */
void diff_lines_skip(DiffLines *lines, const DiffHunk *hunk);

/**
 * diff_lines_add() - make lines of a hunk
 * @lines: the state
 * @hunk: the hunk; it follows the one before in both logs
 */
void diff_lines_add(DiffLines *lines, const DiffHunk *hunk);

/**
 * diff_lines_flush() - give all lines to the taker
 * @lines: the state
 */
void diff_lines_flush(DiffLines *lines);

#endif /* VFIO_TRACE_DIFF_LINES_H */
