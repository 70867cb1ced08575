/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: line splitter
 */
#ifndef VFIO_TRACE_RUN_LINES_H
#define VFIO_TRACE_RUN_LINES_H

#include <glib.h>
#include <stddef.h>

/* What is longer is cut off; a marker in the log is shorter. */
#define RUN_LINE_MAX 4096

/**
 * struct RunLines: a line of which the end has not come yet
 * @text: so far
 */
typedef struct RunLines {
    GString *text;
} RunLines;

/**
 * typedef RunLine: take a line
 * @opaque: as given
 * @line: the line, without its end; a '\0' in it has become a blank
 */
typedef void RunLine(void *opaque, const char *line);

/**
 * run_lines_init() - begin
 * @lines: what to set up
 */
void run_lines_init(RunLines *lines);

/**
 * run_lines_feed() - here is more
 * @lines: the lines
 * @data: what has come
 * @len: its bytes
 * @fn: called with each line that is complete now
 * @opaque: for @fn
 */
void run_lines_feed(RunLines *lines, const char *data, size_t len, RunLine *fn,
                    void *opaque);

/**
 * run_lines_end() - that was all: a last line needs no end
 * @lines: the lines, not to be used any more
 * @fn: called with it
 * @opaque: for @fn
 */
void run_lines_end(RunLines *lines, RunLine *fn, void *opaque);

#endif /* VFIO_TRACE_RUN_LINES_H */
