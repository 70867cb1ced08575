/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: reader of untrusted JSON
 *
 * JSON from a socket or a file may have any shape.  A member of another type
 * than the requested one is treated as absent.
 */
#ifndef VFIO_TRACE_JSON_READ_H
#define VFIO_TRACE_JSON_READ_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct JsonScan: state of a scan of a text that is still growing
 * @done: bytes scanned so far
 * @depth: number of open brackets
 * @in_string: the position is in a string
 * @escaped: the last character was a backslash
 *
 * Must be all zero at the beginning of a text.
 */
typedef struct JsonScan {
    gsize done;
    gsize depth;
    bool in_string;
    bool escaped;
} JsonScan;

/**
 * json_scan() - find the end of the first object of a text
 * @scan: state of the scan
 * @data: the text, from its beginning
 * @len: its length in bytes
 *
 * Also protects JSON-GLib, which recurses, from objects that are nested deeper
 * than the limit of QEMU's own parser.
 *
 * Return: bytes up to the end of the object, 0 if it has not ended yet, -1 if
 *         the text is not an object or is nested too deep
 */
gssize json_scan(JsonScan *scan, const char *data, gsize len);

/**
 * json_read_object() - parse a text that consists of one object
 * @data: the text
 * @len: its length in bytes
 *
 * Return: the object, to be freed with json_node_unref(), or NULL
 */
JsonNode *json_read_object(const char *data, gsize len);

/**
 * json_read_int() - get a number of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: the number, or 0
 */
uint64_t json_read_int(JsonObject *object, const char *name);

/**
 * json_read_bool() - get a truth value of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: the value, or false
 */
bool json_read_bool(JsonObject *object, const char *name);

/**
 * json_read_str() - get a string of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: the string, unfiltered, or NULL
 */
const char *json_read_str(JsonObject *object, const char *name);

/**
 * json_read_object_member() - get an object that is a member of an object
 * @object: the outer object
 * @name: the member's name
 *
 * Return: the inner object, or NULL
 */
JsonObject *json_read_object_member(JsonObject *object, const char *name);

/**
 * json_read_array() - get an array of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: the array, or NULL
 */
JsonArray *json_read_array(JsonObject *object, const char *name);

/**
 * json_read_length_of() - get the number of an array's elements
 * @array: the array, or NULL
 */
guint json_read_length_of(JsonArray *array);

/**
 * json_read_element() - get an object of an array
 * @array: the array
 * @i: its index
 *
 * Return: the object, or NULL if the element is not an object
 */
JsonObject *json_read_element(JsonArray *array, guint i);

/**
 * json_read_find() - find the object of an array that has a certain string
 * @array: the array, or NULL
 * @name: the member's name
 * @value: the member's string
 *
 * Return: the first such object, or NULL
 */
JsonObject *json_read_find(JsonArray *array, const char *name,
                           const char *value);

#endif /* VFIO_TRACE_JSON_READ_H */
