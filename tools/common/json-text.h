/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: printable JSON for standard output
 */
#ifndef VFIO_TRACE_JSON_TEXT_H
#define VFIO_TRACE_JSON_TEXT_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/**
 * json_text() - format a value without control characters for a terminal
 * @node: the value
 * @pretty: over several lines
 *
 * Characters that are not printable (libmmiotrace/printable.h) are written as
 * \\uXXXX; json-glib does so for some of them only.  The value stays the same.
 *
 * Return: the text, without a final newline, to be freed
 */
char *json_text(JsonNode *node, bool pretty);

#endif /* VFIO_TRACE_JSON_TEXT_H */
