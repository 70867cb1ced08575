/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: what a verb prints
 */
#ifndef TESTS_FUZZ_TERMINAL_H
#define TESTS_FUZZ_TERMINAL_H

#include <stdio.h>

/**
 * struct Terminal: what was printed
 * @out: on standard output
 * @out_len: bytes of it
 * @err: on standard error
 * @err_len: bytes of it
 * @saved_out: where standard output went before
 * @saved_err: where standard error went before
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
 * terminal_begin() - catch what is printed from now on
 * @terminal: where to
 */
void terminal_begin(Terminal *terminal);

/**
 * terminal_end() - catch no more; @terminal has all there was
 * @terminal: the same
 */
void terminal_end(Terminal *terminal);

/**
 * terminal_check() - does a text give orders to the terminal?
 * @text: the text
 * @len: bytes of it
 * @where: what it was printed on, for messages
 */
void terminal_check(const char *text, size_t len, const char *where);

/**
 * terminal_free() - done with what was printed
 * @terminal: the terminal
 */
void terminal_free(Terminal *terminal);

#endif /* TESTS_FUZZ_TERMINAL_H */
