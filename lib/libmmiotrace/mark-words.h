/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: the words of a mark that is read
 *
 * Nothing here trusts them.  mmt_mark_value() finds the value of a
 * "key=value", marks.h says what it should be.
 */
#ifndef LIBMMIOTRACE_MARK_WORDS_H
#define LIBMMIOTRACE_MARK_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/marks.h"
#include "libmmiotrace/parse.h"

/**
 * mmt_words_are() - are these bytes that text?
 * @span: the bytes
 * @text: the text
 */
bool mmt_words_are(MmtSpan span, const char *text);

/**
 * mmt_words_next() - the next word of a text
 * @text: the text; loses the word and the blanks before it
 *
 * Return: the word; its @p is NULL if there is none
 */
MmtSpan mmt_words_next(MmtSpan *text);

/**
 * mmt_words_have() - does a text have that word?
 * @text: the text
 * @word: the word
 */
bool mmt_words_have(MmtSpan text, const char *word);

/**
 * mmt_words_before() - the words before the one whose value is free text
 * @text: the text
 * @key: the key of that word
 *
 * Return: all of @text if there is no such word
 */
MmtSpan mmt_words_before(MmtSpan text, const char *key);

/**
 * mmt_words_decimal() - a decimal number, which is all that there is
 * @span: the bytes
 * @out: where to store it
 *
 * Return: whether it is one that fits
 */
bool mmt_words_decimal(MmtSpan span, uint64_t *out);

/**
 * mmt_words_hex() - the same for a hexadecimal one that begins with 0x
 * @span: the bytes
 * @out: where to store it
 */
bool mmt_words_hex(MmtSpan span, uint64_t *out);

/**
 * mmt_words_number() - the number that is the value of a word, in either base
 * @text: the mark's text
 * @key: the word's key
 *
 * Return: the number, or 0 if there is no such word or it has no number
 */
uint64_t mmt_words_number(MmtSpan text, const char *key);

/**
 * mmt_words_printable() - a piece of a log, fit to be shown
 * @span: the piece
 *
 * Return: as much of it as an error message quotes, to be freed
 */
char *mmt_words_printable(MmtSpan span);

/**
 * mmt_mark_name() - the word after the prefix
 * @text: the text of a mark
 *
 * Return: the word; what is behind the prefix if that is no word; its @p is
 * NULL if the mark is none of the tracer's own
 */
MmtSpan mmt_mark_name(MmtSpan text);

/**
 * mmt_mark_value_sound() - is that a value that the table allows?
 * @key: the key
 * @value: the value
 */
bool mmt_mark_value_sound(const MmtMarkKey *key, MmtSpan value);

/**
 * mmt_mark_value_wanted() - what values the table allows, for a message
 * @key: the key
 *
 * Return: "a decimal number", say, or the choice
 */
const char *mmt_mark_value_wanted(const MmtMarkKey *key);

#endif /* LIBMMIOTRACE_MARK_WORDS_H */
