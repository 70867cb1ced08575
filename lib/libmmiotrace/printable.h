/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: text that gives no orders to who shows it
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
 * Not control characters, of ASCII and Latin-1, which terminals obey; not
 * U+2028 and U+2029, which break lines; not those that turn the direction of
 * text, with which what is shown is not what is there (Unicode's bidirectional
 * algorithm, UAX #9).
 */
bool mmt_char_is_printable(gunichar c);

/**
 * mmt_printable() - replace by '?' what is not printable
 * @text: any bytes
 * @len: their number
 * @buf: gets the text with a final NUL; may be @text
 * @max: most bytes of the result, without the NUL; it ends with a whole
 *       character.  @len is always enough
 *
 * What is not UTF-8 is replaced byte by byte.
 *
 * Return: length of the result
 */
size_t mmt_printable(const char *text, size_t len, char *buf, size_t max);

#endif /* LIBMMIOTRACE_PRINTABLE_H */
