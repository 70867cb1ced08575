/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark: lines of a stream
 *
 * A marker is what the port takes for one: the bytes before LF, CRLF or NUL.
 * Empty lines are not markers.
 */
#ifndef GUEST_MARKER_LINES_H
#define GUEST_MARKER_LINES_H

#include "guest-images/marker/text.h"

/**
 * struct MarkLines: a line that is being read
 *
 * @line: the line as far as it is known
 * @cr: a CR has been read that may belong to the line's end
 * @whole: the line has been given to the caller
 */
typedef struct MarkLines {
    MarkText line;
    bool cr;
    bool whole;
} MarkLines;

/** mark_lines_init() - expect the first line */
void mark_lines_init(MarkLines *l);

/**
 * mark_lines_next() - read on, up to the end of a line
 * @bytes: position in the input, moved to behind what was read
 * @len: bytes left there, at least one
 *
 * Returns: whether @l->line is a whole line, not an empty one.  The next call
 * begins another one.
 */
bool mark_lines_next(MarkLines *l, const char **bytes, size_t *len);

/** mark_lines_end() - at the end of the input: is there a line without end? */
bool mark_lines_end(MarkLines *l);

#endif
