/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of structured marks
 *
 * For the text of marks in a log, which is not trusted.  mmt_mark_value() finds
 * the value of a "key=value"; the table (marks.h) defines valid values.
 */
#ifndef LIBMMIOTRACE_MARK_WORDS_H
#define LIBMMIOTRACE_MARK_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/marks.h"
#include "libmmiotrace/parse.h"

/**
 * mmt_words_are() - are these bytes equal to a text?
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
 * mmt_words_have() - does a text contain a word?
 * @text: the text
 * @word: the word
 */
bool mmt_words_have(MmtSpan text, const char *word);

/**
 * mmt_words_before() - the words before a given key
 * @text: the text
 * @key: the key, whose value is free text
 *
 * Return: the words, or all of @text if there is no such key
 */
MmtSpan mmt_words_before(MmtSpan text, const char *key);

/**
 * mmt_words_decimal() - parse bytes that are one decimal number
 * @span: the bytes
 * @out: where to store it
 *
 * Return: whether they are a number that fits
 */
bool mmt_words_decimal(MmtSpan span, uint64_t *out);

/**
 * mmt_words_hex() - parse bytes that are one hexadecimal number with 0x
 * @span: the bytes
 * @out: where to store it
 *
 * Return: whether they are a number that fits
 */
bool mmt_words_hex(MmtSpan span, uint64_t *out);

/**
 * mmt_words_number() - a key's value as a number, decimal or hexadecimal
 * @text: the mark's text
 * @key: the key
 *
 * Return: the number, or 0 if the key is absent or has no number
 */
uint64_t mmt_words_number(MmtSpan text, const char *key);

/**
 * mmt_words_printable() - make a piece of a log printable
 * @span: the piece
 *
 * Return: as much of it as an error message quotes, to be freed
 */
char *mmt_words_printable(MmtSpan span);

/**
 * mmt_mark_name() - the name of a structured mark
 * @text: the text of a mark
 *
 * Return: the word after the prefix; empty if there is none; its @p is NULL if
 *         the text does not begin with the prefix
 */
MmtSpan mmt_mark_name(MmtSpan text);

/**
 * mmt_mark_said() - what a guest wrote in a mark
 * @text: the text of a guest's mark
 *
 * Return: what is behind "text="; its @p is NULL if that is not there
 */
MmtSpan mmt_mark_said(MmtSpan text);

/**
 * mmt_mark_value_sound() - does the table allow this value?
 * @key: the key
 * @value: the value
 */
bool mmt_mark_value_sound(const MmtMarkKey *key, MmtSpan value);

/**
 * mmt_mark_value_wanted() - the values that the table allows, for a message
 * @key: the key
 *
 * Return: "a decimal number", say, or the choice
 */
const char *mmt_mark_value_wanted(const MmtMarkKey *key);

#endif /* LIBMMIOTRACE_MARK_WORDS_H */
