/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: JSON with an object on each line
 *
 * Verbs print millions of them, too many for a tree of objects in memory each.
 * Addresses, offsets and values of registers are strings with 0x, as in the
 * other JSON of vfio-trace; times are whole nanoseconds.
 */
#ifndef VFIO_TRACE_ANALYSIS_JSON_LINE_H
#define VFIO_TRACE_ANALYSIS_JSON_LINE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * json_line_quote() - append a text in quotes
 * @json: the line
 * @text: any bytes; characters that are not printable get JSON's escapes, and
 *        bytes that are not UTF-8 become U+FFFD, each of them
 * @len: their number
 */
void json_line_quote(GString *json, const char *text, size_t len);

/**
 * json_line_begin() - begin an object
 * @json: the line; its contents are replaced
 * @type: value of its first member, "type"
 */
void json_line_begin(GString *json, const char *type);

/**
 * json_line_text() - append a string
 * @json: the line
 * @name: the member's name, which needs no escapes
 * @text: the string; written as by json_line_quote()
 */
void json_line_text(GString *json, const char *name, const char *text);

/**
 * json_line_number() - append a number
 * @json: the line
 * @name: the member's name
 * @number: the number
 */
void json_line_number(GString *json, const char *name, uint64_t number);

/**
 * json_line_real() - append a number with a fraction
 * @json: the line
 * @name: the member's name
 * @number: the number, which is finite
 */
void json_line_real(GString *json, const char *name, double number);

/**
 * json_line_hex() - append a number as a string: "0x100"
 * @json: the line
 * @name: the member's name
 * @number: the number
 */
void json_line_hex(GString *json, const char *name, uint64_t number);

/**
 * json_line_bool() - append true or false
 * @json: the line
 * @name: the member's name
 * @value: the value
 */
void json_line_bool(GString *json, const char *name, bool value);

/**
 * json_line_list() - begin a list
 * @json: the line
 * @name: the member's name
 */
void json_line_list(GString *json, const char *name);

/**
 * json_line_item() - begin an object in a list; members follow
 * @json: the line
 */
void json_line_item(GString *json);

/**
 * json_line_item_end() - end the object
 * @json: the line
 */
void json_line_item_end(GString *json);

/**
 * json_line_list_end() - end the list
 * @json: the line
 */
void json_line_list_end(GString *json);

/**
 * json_line_print() - end the object and print it to standard output
 * @json: the line
 */
void json_line_print(GString *json);

#endif /* VFIO_TRACE_ANALYSIS_JSON_LINE_H */
