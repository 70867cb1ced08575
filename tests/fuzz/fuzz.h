/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code shared by the fuzz targets
 *
 * A target is a program with libFuzzer's main(): it calls
 * LLVMFuzzerTestOneInput() with arbitrary bytes.  The sanitizers detect crashes
 * and undefined behaviour; fuzz_check() checks the code's other promises.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/**
 * fuzz_check() - check a promise; if it is broken, the input is a finding
 * @condition: what must be true
 * @...: printf's format and arguments: the promise and the actual value
 */
#define fuzz_check(condition, ...) \
    do { \
        if (!(condition)) { \
            fuzz_fail(__FILE__, __LINE__, #condition, __VA_ARGS__); \
        } \
    } while (0)

void fuzz_fail(const char *file, int line, const char *condition,
               const char *fmt, ...) G_GNUC_PRINTF(4, 5) G_GNUC_NORETURN;

/**
 * fuzz_copy() - copy bytes to a block of exactly their size
 * @p: the bytes
 * @len: their number
 *
 * AddressSanitizer detects reads behind its end; in libFuzzer's own buffer it
 * would not.
 *
 * Return: the copy, to be freed with free()
 */
char *fuzz_copy(const void *p, size_t len);

/**
 * struct FuzzInput: an input that is consumed piece by piece
 * @p: the next byte
 * @left: bytes left
 */
typedef struct FuzzInput {
    const uint8_t *p;
    size_t left;
} FuzzInput;

/**
 * fuzz_take() - take a number from the input
 * @in: the input; counts as zeros once it is used up
 * @bytes: its width, up to 8; little-endian
 */
uint64_t fuzz_take(FuzzInput *in, unsigned bytes);

/**
 * fuzz_check_event() - check that the parser's result for a line is consistent
 * @line: the line
 * @len: its length
 * @ev: the result of mmt_parse_line()
 */
void fuzz_check_event(const char *line, size_t len, const MmtEvent *ev);

/**
 * fuzz_check_lines() - check that a text is whole lines for any reader
 * @text: the text
 * @len: its length
 * @last_ns: in/out: the time of the line before; or NULL
 *
 * Each line ends in a newline, fits the buffer of 1,024 bytes that envytools'
 * demmio has, and parses; time does not go back.  PCIDEV lines are stored as
 * text in a ring: a damaged one need not parse.
 */
void fuzz_check_lines(const char *text, size_t len, uint64_t *last_ns);

#endif /* TESTS_FUZZ_FUZZ_H */
