/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: strict reader of untrusted JSON that is too large for a tree
 *
 * JSON-GLib makes some 2,000 bytes of an object of 100; a file of millions of
 * objects is read piece by piece instead.  The caller asks for what must come
 * next.  The first error is kept, and everything asked for afterwards fails.
 *
 * RFC 8259, and in addition: numbers are whole, strings have no U+0000.
 */
#ifndef VFIO_TRACE_JSON_PULL_H
#define VFIO_TRACE_JSON_PULL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Objects and arrays in each other */
#define JSON_PULL_DEPTH_MAX 64

/**
 * struct JsonPull: position in a text
 * @p: the next byte
 * @end: end of the text
 * @line: line of @p, from 1
 * @depth: objects and arrays that are open
 * @first: bits: whether the next member or element of each is its first
 * @text: the last string
 * @error: the first error, or NULL
 */
typedef struct JsonPull {
    const char *p;
    const char *end;
    uint32_t line;
    unsigned depth;
    uint64_t first;
    GString *text;
    GError *error;
} JsonPull;

/**
 * json_pull_begin() - begin a text
 * @pull: the position
 * @text: the text, which stays where it is; needs no NUL at its end
 * @len: its length in bytes
 */
void json_pull_begin(JsonPull *pull, const char *text, size_t len);

/**
 * json_pull_clear() - free what a position has
 * @pull: the position
 */
void json_pull_clear(JsonPull *pull);

/**
 * json_pull_object() - take the beginning of an object
 * @pull: the position
 */
bool json_pull_object(JsonPull *pull);

/**
 * json_pull_member() - take the name of the next member, or the object's end
 * @pull: the position; the name is in its text
 *
 * Return: true if there is one; its value must be taken next
 */
bool json_pull_member(JsonPull *pull);

/**
 * json_pull_array() - take the beginning of an array
 * @pull: the position
 */
bool json_pull_array(JsonPull *pull);

/**
 * json_pull_element() - take what precedes the next element, or the array's end
 * @pull: the position
 *
 * Return: true if there is one; it must be taken next
 */
bool json_pull_element(JsonPull *pull);

/**
 * json_pull_is_array() - does an array come next?
 * @pull: the position, which stays
 */
bool json_pull_is_array(JsonPull *pull);

/**
 * json_pull_string() - take a string
 * @pull: the position
 *
 * Return: the string, valid UTF-8 but not filtered for a terminal; valid until
 *         the next string or name.  NULL if something else comes next.
 */
const char *json_pull_string(JsonPull *pull);

/**
 * json_pull_uint() - take a number that is not negative
 * @pull: the position
 * @number: where to store it
 */
bool json_pull_uint(JsonPull *pull, uint64_t *number);

/**
 * json_pull_int() - take a number
 * @pull: the position
 * @number: where to store it
 */
bool json_pull_int(JsonPull *pull, int64_t *number);

/**
 * json_pull_bool() - take true or false
 * @pull: the position
 * @value: where to store it
 */
bool json_pull_bool(JsonPull *pull, bool *value);

/**
 * json_pull_end() - make sure that nothing follows
 * @pull: the position
 */
bool json_pull_end(JsonPull *pull);

#endif /* VFIO_TRACE_JSON_PULL_H */
