/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: capture of a verb's output
 */
#ifndef TESTS_FUZZ_TERMINAL_H
#define TESTS_FUZZ_TERMINAL_H

#include <stdio.h>

/**
 * struct Terminal: captured output
 * @out: on standard output
 * @out_len: bytes of it
 * @err: on standard error
 * @err_len: bytes of it
 * @saved_out: the previous standard output
 * @saved_err: the previous standard error
 */
typedef struct Terminal {
    char *out;
    size_t out_len;
    char *err;
    size_t err_len;
    FILE *saved_out;
    FILE *saved_err;
} Terminal;

/**
 * terminal_begin() - start to capture the output
 * @terminal: where to store it
 */
void terminal_begin(Terminal *terminal);

/**
 * terminal_end() - stop capturing; @terminal has all output
 * @terminal: as for terminal_begin()
 */
void terminal_end(Terminal *terminal);

/**
 * terminal_check() - check that a text has no control sequences
 * @text: the text
 * @len: bytes of it
 * @where: the stream's name, for messages
 */
void terminal_check(const char *text, size_t len, const char *where);

/**
 * terminal_free() - free the captured output
 * @terminal: the terminal
 */
void terminal_free(Terminal *terminal);

#endif /* TESTS_FUZZ_TERMINAL_H */
