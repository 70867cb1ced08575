/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: JSON that others wrote
 *
 * What comes over a socket or out of a file may be of any shape.  A member of
 * another type than the one that is asked for is as good as absent.
 */
#ifndef VFIO_TRACE_JSON_READ_H
#define VFIO_TRACE_JSON_READ_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct JsonScan: how far a text that is still growing was looked at
 * @done: bytes
 * @depth: of brackets that are open there
 * @in_string: it is in a string
 * @escaped: behind a backslash
 *
 * All zero at the beginning of a text.
 */
typedef struct JsonScan {
    gsize done;
    gsize depth;
    bool in_string;
    bool escaped;
} JsonScan;

/**
 * json_scan() - where the first object of a text ends
 * @scan: how far it was looked at
 * @data: the text, from its beginning
 * @len: its bytes
 *
 * JSON-GLib recurses: this is also what keeps it from objects that are nested
 * deeper than QEMU's own parser takes.
 *
 * Return: bytes up to the end of the object, 0 if it has not ended yet, -1 if
 *         there is none, or one that is nested too deep
 */
gssize json_scan(JsonScan *scan, const char *data, gsize len);

/**
 * json_read_object() - parse a text that is one object
 * @data: the text
 * @len: its bytes
 *
 * Return: the object, to be freed with json_node_unref(), or NULL
 */
JsonNode *json_read_object(const char *data, gsize len);

/**
 * json_read_int() - a number of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: it, or 0
 */
uint64_t json_read_int(JsonObject *object, const char *name);

/**
 * json_read_bool() - a truth value of an object
 * @object: the object
 * @name: the member's name
 */
bool json_read_bool(JsonObject *object, const char *name);

/**
 * json_read_str() - a string of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: it, as it is, or NULL
 */
const char *json_read_str(JsonObject *object, const char *name);

/**
 * json_read_object_member() - an object of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: it, or NULL
 */
JsonObject *json_read_object_member(JsonObject *object, const char *name);

/**
 * json_read_array() - a list of an object
 * @object: the object
 * @name: the member's name
 *
 * Return: it, or NULL
 */
JsonArray *json_read_array(JsonObject *object, const char *name);

/**
 * json_read_length_of() - the number of a list's elements
 * @array: the list, or NULL
 */
guint json_read_length_of(JsonArray *array);

/**
 * json_read_element() - an object of a list
 * @array: the list
 * @i: its place
 *
 * Return: it, or NULL if that element is no object
 */
JsonObject *json_read_element(JsonArray *array, guint i);

/**
 * json_read_find() - the object of a list with a certain string in it
 * @array: the list, or NULL
 * @name: the member's name
 * @value: its string
 *
 * Return: the first such object, or NULL
 */
JsonObject *json_read_find(JsonArray *array, const char *name,
                           const char *value);

#endif /* VFIO_TRACE_JSON_READ_H */
