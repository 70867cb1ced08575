/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: lines of umr's files
 *
 * All of them are lines of words, with spaces or tabs between.
 */
#ifndef LIBREGDB_UMR_LINE_H
#define LIBREGDB_UMR_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of a line that count: a row of a SOC15 table has up to 256 */
#define REGDB_UMR_WORDS_MAX 257

/**
 * struct RegDbUmrWord: a word of a text
 * @p: its first byte
 * @len: bytes
 */
typedef struct RegDbUmrWord {
    const char *p;
    size_t len;
} RegDbUmrWord;

/**
 * struct RegDbUmrLines: a text and its current line
 * @p: what was not read yet
 * @end: end of the text
 * @line: number of the current line
 * @n: words of it, at most REGDB_UMR_WORDS_MAX
 * @words: the words
 *
 * Begin with @p and @end set and all else zero.
 */
typedef struct RegDbUmrLines {
    const char *p;
    const char *end;
    unsigned line;
    unsigned n;
    RegDbUmrWord words[REGDB_UMR_WORDS_MAX];
} RegDbUmrLines;

/**
 * regdb_umr_next_line() - go to the next line that has words
 * @lines: the text
 *
 * Return: false at its end
 */
bool regdb_umr_next_line(RegDbUmrLines *lines);

/**
 * regdb_umr_number() - parse a word that is a number
 * @word: the word: decimal, or hexadecimal with 0x
 * @max: highest number that is allowed
 * @number: where to store it
 */
bool regdb_umr_number(const RegDbUmrWord *word, uint64_t max, uint64_t *number);

/**
 * regdb_umr_is() - is a word this one?
 * @word: the word
 * @text: what it is compared with
 */
bool regdb_umr_is(const RegDbUmrWord *word, const char *text);

#endif /* LIBREGDB_UMR_LINE_H */
