/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the text of a log, for compression
 */
#ifndef TESTS_UNIT_SOME_TEXT_H
#define TESTS_UNIT_SOME_TEXT_H

/**
 * some_text() - text that does not compress well
 * @lines: number of its accesses
 *
 * Return: the text, the same each time, to be freed
 */
char *some_text(unsigned lines);

#endif /* TESTS_UNIT_SOME_TEXT_H */
