/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: JSON for standard output
 */
#ifndef VFIO_TRACE_JSON_TEXT_H
#define VFIO_TRACE_JSON_TEXT_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/**
 * json_text() - a value as text that gives no orders to a terminal
 * @node: the value
 * @pretty: over several lines
 *
 * What is not printable (libmmiotrace/printable.h) is written as \\uXXXX, which
 * json-glib does with some of it only.  It stays the same value.
 *
 * Return: the text, without a final newline, to be freed
 */
char *json_text(JsonNode *node, bool pretty);

#endif /* VFIO_TRACE_JSON_TEXT_H */
