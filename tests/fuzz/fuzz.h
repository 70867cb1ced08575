/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: what they share
 *
 * A target is a program with libFuzzer's main(): it calls
 * LLVMFuzzerTestOneInput() with bytes that nobody has meant well.  Crashes
 * and undefined behaviour are the sanitizers' to see; what the code promises
 * beyond that is checked with fuzz_check().
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
 * fuzz_check() - a promise; if it is broken, this input is a finding
 * @condition: what must be true
 * @...: printf's format and arguments: what was promised, and what is
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
 * fuzz_copy() - bytes in a block of just their size
 * @p: the bytes
 * @len: their number
 *
 * AddressSanitizer sees who looks behind the end; in libFuzzer's own buffer
 * it would not.
 *
 * Return: the copy, to be freed with free()
 */
char *fuzz_copy(const void *p, size_t len);

/**
 * struct FuzzInput: an input on its way to being used up
 * @p: the next byte
 * @left: bytes left
 */
typedef struct FuzzInput {
    const uint8_t *p;
    size_t left;
} FuzzInput;

/**
 * fuzz_take() - a number from the input
 * @in: the input; counts as zeros once it is used up
 * @bytes: its width, up to 8; little-endian
 */
uint64_t fuzz_take(FuzzInput *in, unsigned bytes);

/**
 * fuzz_check_event() - is what the parser says of a line consistent?
 * @line: the line
 * @len: its length
 * @ev: what mmt_parse_line() made of it
 */
void fuzz_check_event(const char *line, size_t len, const MmtEvent *ev);

/**
 * fuzz_check_lines() - is this text whole lines that any reader understands?
 * @text: the text
 * @len: its length
 * @last_ns: the time of the line before, or NULL; is updated
 *
 * Each line ends in a newline, fits the buffer of 1,024 bytes that envytools'
 * demmio has, and parses; time does not go back.  PCIDEV lines are text
 * already when they get into a ring: one that was damaged there need not
 * parse.
 */
void fuzz_check_lines(const char *text, size_t len, uint64_t *last_ns);

#endif /* TESTS_FUZZ_FUZZ_H */
