/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the words of a mark
 *
 * Nothing here trusts them.  mmt_mark_value() finds the value of a
 * "key=value".
 */
#ifndef VFIO_TRACE_MARK_WORDS_H
#define VFIO_TRACE_MARK_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/parse.h"

/**
 * words_are() - are these bytes that text?
 * @span: the bytes
 * @text: the text
 */
bool words_are(MmtSpan span, const char *text);

/**
 * words_next() - the next word of a text
 * @text: the text; loses the word and the blanks before it
 *
 * Return: the word; its @p is NULL if there is none
 */
MmtSpan words_next(MmtSpan *text);

/**
 * words_have() - does a text have that word?
 * @text: the text
 * @word: the word
 */
bool words_have(MmtSpan text, const char *word);

/**
 * words_before() - the words before the one that is followed by free text
 * @text: the text
 * @last: how that word begins, the '=' included
 *
 * Return: all of @text if there is no such word
 */
MmtSpan words_before(MmtSpan text, const char *last);

/**
 * words_decimal() - a decimal number, which is all that there is
 * @span: the bytes
 * @out: where to store it
 *
 * Return: whether it is one that fits
 */
bool words_decimal(MmtSpan span, uint64_t *out);

/**
 * words_hex() - the same for a hexadecimal one that begins with 0x
 * @span: the bytes
 * @out: where to store it
 */
bool words_hex(MmtSpan span, uint64_t *out);

/**
 * words_number() - the number that is the value of a word, in either base
 * @text: the mark's text
 * @key: the word's key
 *
 * Return: the number, or 0 if there is no such word or it has no number
 */
uint64_t words_number(MmtSpan text, const char *key);

/**
 * words_printable() - a piece of a log, fit to be shown
 * @span: the piece
 *
 * Return: as much of it as an error message quotes, to be freed
 */
char *words_printable(MmtSpan span);

#endif /* VFIO_TRACE_MARK_WORDS_H */
