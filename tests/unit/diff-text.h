/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: differences of two short logs as text
 */
#ifndef TESTS_UNIT_DIFF_TEXT_H
#define TESTS_UNIT_DIFF_TEXT_H

#include <glib.h>

#include "tools/diff/engine.h"


/**
 * diff_log_text() - make a log
 * @words: its lines in short: "W10=5" writes 5 to offset 0x10, "R10=5" reads
 *         it, "U10" is an UNKNOWN there, "c10=5" reads config space, "M:name" is a
 *         user's mark; numbers are hexadecimal.  "R10=5*20" is 20 such lines,
 *         and "+5" adds 5 milliseconds to the time
 * @base: address of BAR 0
 *
 * Return: the log, to be freed
 */
char *diff_log_text(const char *words, uint64_t base);

/**
 * diff_text() - compare two logs
 * @a: a log
 * @b: another one
 * @options: how
 * @window: tokens in memory, or 0
 * @status: where to store the result of diff_compare()
 *
 * Checks that each token is in one hunk, in order.
 *
 * Return: the hunks, to be freed: "=3 v1 -2 +1 o2/2 e1 t1 r4/0"; what is the
 *         same is "=", then come values, what is only in the first (-) or the
 *         second log (+), order, ends and times of polls, and rounds
 */
char *diff_text(const char *a, const char *b, const DiffOptions *options,
                uint32_t window, ToolStatus *status);

#endif /* TESTS_UNIT_DIFF_TEXT_H */
