/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: line splitter
 */
#ifndef VFIO_TRACE_RUN_LINES_H
#define VFIO_TRACE_RUN_LINES_H

#include <glib.h>
#include <stddef.h>

/* Longer lines are cut; markers in the log are shorter. */
#define RUN_LINE_MAX 4096

/**
 * struct RunLines: a line splitter
 * @text: the incomplete last line
 */
typedef struct RunLines {
    GString *text;
} RunLines;

/**
 * typedef RunLine: callback for a line
 * @opaque: as passed along with the callback
 * @line: the line, without its end; a '\0' in it is replaced by a blank
 */
typedef void RunLine(void *opaque, const char *line);

/**
 * run_lines_init() - initialize a splitter
 * @lines: the splitter
 */
void run_lines_init(RunLines *lines);

/**
 * run_lines_feed() - add data
 * @lines: the splitter
 * @data: the data
 * @len: its length in bytes
 * @fn: called with each complete line
 * @opaque: for @fn
 */
void run_lines_feed(RunLines *lines, const char *data, size_t len, RunLine *fn,
                    void *opaque);

/**
 * run_lines_end() - end of the data: the last line may lack a newline
 * @lines: the splitter; it is freed
 * @fn: called with the last line, if it is not empty
 * @opaque: for @fn
 */
void run_lines_end(RunLines *lines, RunLine *fn, void *opaque);

#endif /* VFIO_TRACE_RUN_LINES_H */
