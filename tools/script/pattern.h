/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Lua's patterns, with a limit
 *
 * Lua's own matcher may take a time that is exponential in the pattern, and
 * nothing can interrupt it.  This one counts its steps.
 */
#ifndef VFIO_TRACE_SCRIPT_PATTERN_H
#define VFIO_TRACE_SCRIPT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_CAPTURES_MAX 32

/* ScriptCapture.len of a capture that is a position, and of an open one */
#define SCRIPT_CAPTURE_POSITION (-2)
#define SCRIPT_CAPTURE_OPEN (-1)

/**
 * struct ScriptCapture: a part of the subject
 * @start: its first byte
 * @len: its length, or SCRIPT_CAPTURE_...
 */
typedef struct ScriptCapture {
    const char *start;
    ptrdiff_t len;
} ScriptCapture;

/**
 * struct ScriptMatch: a match
 * @subject: where to look
 * @subject_end: its end
 * @pattern: the pattern, without '^'
 * @pattern_end: its end
 * @steps: steps that are left, counted down; 0: none were left
 * @error: what is wrong with the pattern, or NULL
 * @depth: recursion
 * @n: number of captures
 * @captures: the captures
 */
typedef struct ScriptMatch {
    const char *subject;
    const char *subject_end;
    const char *pattern;
    const char *pattern_end;
    uint64_t steps;
    const char *error;
    unsigned depth;
    unsigned n;
    ScriptCapture captures[SCRIPT_CAPTURES_MAX];
} ScriptMatch;

/**
 * script_match() - match a pattern at one place
 * @match: the match: subject, pattern and steps
 * @at: place in the subject
 *
 * Return: the end of the match; NULL if there is none, after an error, and if
 *         no steps were left
 */
const char *script_match(ScriptMatch *match, const char *at);

#endif /* VFIO_TRACE_SCRIPT_PATTERN_H */
