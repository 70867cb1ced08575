/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: text that is safe to print
 */
#ifndef LIBMMIOTRACE_PRINTABLE_H
#define LIBMMIOTRACE_PRINTABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * mmt_char_is_printable() - may a character go to a terminal or into a log?
 * @c: the character
 *
 * Not printable are: control characters of ASCII and Latin-1, which terminals
 * execute; U+2028 and U+2029, which break lines; and characters that change the
 * direction of text, which can make it look different from what it is
 * (Unicode's bidirectional algorithm, UAX #9).
 */
bool mmt_char_is_printable(gunichar c);

/**
 * mmt_printable() - replace characters that are not printable by '?'
 * @text: any bytes
 * @len: number of bytes
 * @buf: gets the text with a final NUL; may be @text
 * @max: maximum bytes of the result, without the NUL; it ends with a whole
 *       character.  @len is always enough
 *
 * Bytes that are not UTF-8 are replaced one by one.
 *
 * Return: length of the result
 */
size_t mmt_printable(const char *text, size_t len, char *buf, size_t max);

#endif /* LIBMMIOTRACE_PRINTABLE_H */
