/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: JSON of a page's data
 *
 * Functions append to a text and put commas where they are needed.  @name is
 * the member's name, which needs no escapes, or NULL in a list.
 */
#ifndef VFIO_TRACE_REPORT_JSON_H
#define VFIO_TRACE_REPORT_JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * report_json_open() - begin an object or a list
 * @json: the text
 * @name: the member's name, or NULL
 * @bracket: '{' or '['
 */
void report_json_open(GString *json, const char *name, char bracket);

/**
 * report_json_close() - end an object or a list
 * @json: the text
 * @bracket: '}' or ']'
 */
void report_json_close(GString *json, char bracket);

/**
 * report_json_text() - append a string
 * @json: the text
 * @name: the member's name, or NULL
 * @text: any bytes
 */
void report_json_text(GString *json, const char *name, const char *text);

/**
 * report_json_bytes() - append a string that is not NUL-terminated
 * @json: the text
 * @name: the member's name, or NULL
 * @text: any bytes
 * @len: their number
 */
void report_json_bytes(GString *json, const char *name, const char *text,
                       size_t len);

/**
 * report_json_number() - append a number
 * @json: the text
 * @name: the member's name, or NULL
 * @number: the number; JavaScript knows 53 bits of it
 */
void report_json_number(GString *json, const char *name, uint64_t number);

/**
 * report_json_hex() - append a number as a string: "0x100"
 * @json: the text
 * @name: the member's name, or NULL
 * @number: the number
 */
void report_json_hex(GString *json, const char *name, uint64_t number);

/**
 * report_json_bool() - append true or false
 * @json: the text
 * @name: the member's name, or NULL
 * @value: the value
 */
void report_json_bool(GString *json, const char *name, bool value);

/**
 * report_json_null() - append null
 * @json: the text
 * @name: the member's name, or NULL
 */
void report_json_null(GString *json, const char *name);

/**
 * report_json_index() - append a number, or null for UINT32_MAX
 * @json: the text
 * @name: the member's name, or NULL
 * @index: the number
 */
void report_json_index(GString *json, const char *name, uint32_t index);

#endif /* VFIO_TRACE_REPORT_JSON_H */
